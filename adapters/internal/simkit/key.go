package simkit

import (
	"encoding/hex"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// ParseConsentKey reads a consent key as configurations name it: a compressed secp256k1 point as 66 hex digits. An
// empty text gives no bytes: the account can only receive.
func ParseConsentKey(text string) ([]byte, error) {
	if text == "" {
		return []byte{}, nil
	}
	raw, err := hex.DecodeString(text)
	if err == nil && len(raw) != secp256k1.PubKeyBytesLenCompressed {
		err = fmt.Errorf("%d bytes", len(raw))
	}
	if err == nil {
		_, err = secp256k1.ParsePubKey(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("consent_key: want a compressed secp256k1 point as 66 hex digits: %w", err)
	}
	return raw, nil
}
