package compliance

import (
	"fmt"
	"math/big"
	"strings"
)

// ISO 17442-1: eighteen characters of 0-9 and A-Z, then two check digits by ISO/IEC 7064 MOD 97-10.
const (
	leiLength       = 20
	leiPrefixLength = 18
)

// ValidateLEI verifies form and check digits of a legal entity identifier. It does not ask whether it was issued.
func ValidateLEI(lei string) error {
	if len(lei) != leiLength {
		return fmt.Errorf("LEI: want %d characters, got %d", leiLength, len(lei))
	}
	rest, err := mod97(lei)
	if err != nil {
		return err
	}
	if lei[leiPrefixLength] > '9' || lei[leiPrefixLength+1] > '9' || rest != 1 {
		return fmt.Errorf("LEI %s: the check digits are wrong", lei)
	}
	return nil
}

// CompleteLEI appends the check digits to the first eighteen characters.
func CompleteLEI(prefix string) (string, error) {
	if len(prefix) != leiPrefixLength {
		return "", fmt.Errorf("LEI: want %d characters before the check digits, got %d", leiPrefixLength, len(prefix))
	}
	rest, err := mod97(prefix + "00")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s%02d", prefix, 98-rest), nil
}

// mod97 is ISO/IEC 7064 MOD 97-10: A counts as 10, Z as 35, and the digits so written make one number.
func mod97(s string) (int64, error) {
	var digits strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			fmt.Fprintf(&digits, "%d", r-'A'+10)
		default:
			return 0, fmt.Errorf("LEI: want digits and capital letters, got %q", r)
		}
	}
	number, ok := new(big.Int).SetString(digits.String(), 10)
	if !ok {
		return 0, fmt.Errorf("LEI: empty")
	}
	return number.Mod(number, big.NewInt(97)).Int64(), nil
}
