package bridge_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// FuzzAttest reads whatever attestation: no panic, and words that are taken are as many as were sent, about instructions that there can
// be; a forged signature verifies nothing, whatever its bytes and the key's.
func FuzzAttest(f *testing.F) {
	sound := bridge.MsgAttest{
		Submitter: "s", Ledger: "usd", Notary: "usd-1", Signature: make([]byte, 64),
		Words: []bridge.Word{{Number: 1, InstructionHash: make([]byte, 32), Outcome: uint32(order.Held), LedgerReference: "ref", Reason: "why"}},
	}
	raw, err := sound.Marshal()
	require.NoError(f, err)
	f.Add(raw, make([]byte, 33))
	f.Add([]byte{}, []byte{2})
	f.Fuzz(func(t *testing.T, raw, key []byte) {
		var m bridge.MsgAttest
		if m.Unmarshal(raw) != nil {
			return
		}
		words, err := m.OrderWords()
		if err != nil {
			return
		}
		require.Len(t, words, len(m.Words))
		require.LessOrEqual(t, len(words), order.MaxWords)
		for i, w := range words {
			require.NotZero(t, w.Number)
			require.Equal(t, m.Words[i].InstructionHash, w.InstructionHash[:])
		}
		if len(key) == 33 { // the registry has no other
			require.ErrorIs(t, m.CheckSignature("corridor-fuzz-1", key, words), bridge.ErrSignature)
		}
	})
}

// FuzzAnswer reads whatever another chain answers to an instruction: what counts is about that instruction, and something that it can
// have become; what came to nothing is REFUSED for a HOLD alone.
func FuzzAnswer(f *testing.F) {
	body := order.Body{
		ChainID: "corridor-fuzz-1", Proposer: "p", Reference: "r", PrepareDeadlineUnixNs: 1, Pivot: order.NoLeg,
		Legs: []order.Leg{{Ledger: "far", Payer: "a", Payee: "b", Currency: "CNY", AmountMinor: 1, PaidBy: order.NoLeg}},
	}
	kinds := []order.Kind{order.Hold, order.Post, order.Void}
	for i, outcome := range []order.Outcome{order.Held, order.Posted, order.Voided} {
		answer := order.LegAnswer{InstructionHash: order.NewInstruction(kinds[i], body, 0).Hash(), Outcome: outcome, LedgerReference: "ref"}
		f.Add(uint8(i), answer.Encode(), "")
	}
	f.Add(uint8(0), []byte{}, "timed out")
	f.Fuzz(func(t *testing.T, which uint8, result []byte, failure string) {
		i := order.NewInstruction(kinds[int(which)%len(kinds)], body, 0)
		v, ok := bridge.ReadAnswer(i, bridge.PacketAnswer{Result: result, Failure: failure})
		require.LessOrEqual(t, len(v.Reason), order.MaxNoteBytes)
		require.LessOrEqual(t, len(v.LedgerReference), order.MaxNoteBytes)
		if !ok {
			return
		}
		require.True(t, i.Kind.Allowed(v.Outcome), "%s became %s", i.Kind, v.Outcome)
		if failure != "" {
			require.Equal(t, order.Refused, v.Outcome)
			require.Equal(t, order.Hold, i.Kind)
			return
		}
		answer, err := order.DecodeLegAnswer(result)
		require.NoError(t, err)
		require.Equal(t, i.Hash(), answer.InstructionHash)
	})
}

// FuzzCheckWord: a word is taken only for the instruction that it names, by its hash, and for an outcome that instruction can have.
func FuzzCheckWord(f *testing.F) {
	f.Add([]byte{}, uint8(0), false)
	f.Add([]byte("corridor/instruction/1"), uint8(order.Held), true)
	outcomes := []order.Outcome{order.Held, order.Refused, order.Posted, order.Suspense, order.Voided, order.Verified}
	f.Fuzz(func(t *testing.T, instruction []byte, outcome uint8, forged bool) {
		w := order.Word{Number: 1, InstructionHash: order.HashInstruction(instruction), Outcome: order.Outcome(outcome)}
		if forged {
			w.InstructionHash[0] ^= 1
		}
		err := bridge.CheckWord(0, w, bridge.Record{Ledger: "usd", Number: 1, Instruction: instruction})
		if forged {
			require.ErrorIs(t, err, bridge.ErrInstructionHash)
		}
		if err == nil {
			require.True(t, slices.Contains(outcomes, w.Outcome))
		}
	})
}
