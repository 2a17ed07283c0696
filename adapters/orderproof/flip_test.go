package orderproof_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

// everyByteMatters alters each byte of a batch in each of these ways: none is taken.
func everyByteMatters(t *testing.T, b orderproof.Batch, root orderproof.Root, flips ...byte) {
	t.Helper()
	raw, err := b.Encode()
	require.NoError(t, err)
	verify := func(raw []byte) error {
		b, err := orderproof.DecodeBatch(raw)
		if err != nil {
			return err
		}
		_, err = b.Verify(params, ledger, root, now)
		return err
	}
	require.NoError(t, verify(raw))
	for at := range raw {
		for _, flip := range flips {
			altered := slices.Clone(raw)
			altered[at] ^= flip
			if verify(altered) == nil {
				t.Fatalf("byte %d of %d altered from %#02x to %#02x, and taken", at, len(raw), raw[at], altered[at])
			}
		}
		if verify(raw[:at]) == nil {
			t.Fatalf("cut short at byte %d of %d, and taken", at, len(raw))
		}
	}
	require.ErrorIs(t, verify(append(slices.Clone(raw), 0)), orderproof.ErrMalformed)
}

func TestNoByteCanBeAltered(t *testing.T) {
	h := newHub()
	give(h, 1)
	h.Give(ledger, instruction(chainID, ledger, 10))
	h.Commit()
	b := h.Batch(ledger, 1, h.Path(1, 3, h.Commit()))
	b.Items[0].Raw = nil
	everyByteMatters(t, b, h.Root(1), 0x01, 0x80)
}
