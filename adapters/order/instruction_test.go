package order_test

import (
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/stretchr/testify/require"
)

var (
	kinds  = []order.Kind{order.Hold, order.Post, order.Void, order.Pay, order.VerifyAccount}
	states = []order.EntryState{
		order.EntryUnknown, order.EntryHeld, order.EntryPosted, order.EntrySuspense, order.EntryVoided, order.EntryTombstoned,
	}
)

// What a notary may attest of an instruction when the ledger says this of its entry; "-" is no word.
func TestWhatANotaryMaySay(t *testing.T) {
	words := map[order.Kind][]string{
		//                    UNKNOWN HELD    POSTED    SUSPENSE    VOIDED    TOMBSTONED
		order.Hold:          {"-", "HELD", "HELD", "HELD", "HELD", "REFUSED"},
		order.Post:          {"-", "-", "POSTED", "SUSPENSE", "-", "-"},
		order.Void:          {"-", "-", "-", "-", "VOIDED", "VOIDED"},
		order.Pay:           {"-", "-", "POSTED", "-", "-", "REFUSED"},
		order.VerifyAccount: {"-", "-", "-", "-", "-", "-"},
	}
	for _, k := range kinds {
		for n, s := range states {
			got := "-"
			if o, ok := order.Attestable(k, s); ok {
				got = o.String()
				require.True(t, k.Allowed(o), "%s may be answered %s, which is no outcome of it", k, o)
			}
			require.Equal(t, words[k][n], got, "%s of an entry that is %s", k, s)
		}
	}
}

// A word must never change later: from each state, what can come next gives the same word or none before.
func TestAWordThatWasSaidStaysTrue(t *testing.T) {
	next := map[order.EntryState][]order.EntryState{order.EntryHeld: {order.EntryPosted, order.EntrySuspense, order.EntryVoided}}
	for _, k := range kinds {
		for s, later := range next {
			said, ok := order.Attestable(k, s)
			for _, l := range later {
				after, stillOK := order.Attestable(k, l)
				require.False(t, ok && (!stillOK || after != said), "%s: %s said at %s, %s at %s", k, said, s, after, l)
			}
		}
	}
	for _, s := range states {
		require.Equal(t, s != order.EntryUnknown && s != order.EntryHeld, s.Final(), "%s", s)
	}
}

func TestAnInstructionIsDecodedToWhatWasEncoded(t *testing.T) {
	b, _ := swap()
	for _, k := range kinds {
		i := order.NewInstruction(k, b, 1)
		require.NoError(t, i.Validate())
		require.NoError(t, i.Matches(b))
		got, err := order.DecodeInstruction(i.Encode())
		require.NoError(t, err)
		require.Equal(t, i, got)
		require.Equal(t, order.HashInstruction(i.Encode()), i.Hash())
	}
	for _, k := range []order.Kind{0, 6} {
		i := order.NewInstruction(order.Hold, b, 1)
		i.Kind = k
		_, err := order.DecodeInstruction(i.Encode())
		require.ErrorIs(t, err, order.ErrMalformed)
		require.Equal(t, "INVALID", k.String())
		require.False(t, k.Allowed(order.Held))
	}
}

func TestAnInstructionThatBreaksARuleIsRefused(t *testing.T) {
	b, _ := swap()
	for _, c := range []struct {
		name  string
		spoil func(*order.Instruction)
		says  string
	}{
		{"no kind", func(i *order.Instruction) { i.Kind = 0 }, "kind"},
		{"a kind that is not known", func(i *order.Instruction) { i.Kind = 6 }, "kind"},
		{"no chain id", func(i *order.Instruction) { i.ChainID = "" }, "chain id"},
		{"no ledger", func(i *order.Instruction) { i.Ledger = "" }, "ledger"},
		{"a leg before the first", func(i *order.Instruction) { i.Leg = -1 }, "leg"},
		{"a leg beyond the last there can be", func(i *order.Instruction) { i.Leg = order.MaxLegs }, "leg"},
		{"another entry's id", func(i *order.Instruction) { i.Entry[0] ^= 1 }, "entry id"},
		{"another settlement", func(i *order.Instruction) { i.Settlement[0] ^= 1 }, "entry id"},
		{"no payer", func(i *order.Instruction) { i.Payer = "" }, "payer"},
		{"no payee", func(i *order.Instruction) { i.Payee = "" }, "payee"},
		{"no currency", func(i *order.Instruction) { i.Currency = "" }, "currency"},
		{"no amount", func(i *order.Instruction) { i.AmountMinor = 0 }, "amount"},
		{"too large an amount", func(i *order.Instruction) { i.AmountMinor = order.MaxAmountMinor + 1 }, "amount"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := order.NewInstruction(order.Hold, b, 0)
			c.spoil(&i)
			err := i.Validate()
			require.ErrorIs(t, err, order.ErrInvalid)
			require.ErrorContains(t, err, c.says)
			require.ErrorIs(t, i.Matches(b), order.ErrInvalid, "and it is not about the settlement either")
			_, err = order.DecodeInstruction(i.Encode())
			require.Error(t, err, "nobody decodes it")
		})
	}
}
