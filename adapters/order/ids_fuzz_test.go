package order_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
)

// An id in words has one notation: what is read is written the same way, and all else is ErrMalformed.
func FuzzID(f *testing.F) {
	b, q := swap()
	f.Add(b.EntryID(0).String())
	f.Add(strings.ToUpper(b.EntryID(1).String()))
	f.Add(q.ID().String())
	f.Fuzz(func(t *testing.T, text string) {
		switch id, err := order.ParseEntryID(text); {
		case err == nil && id.String() != text:
			t.Fatalf("%q is read as entry %s", text, id)
		case err != nil && !errors.Is(err, order.ErrMalformed):
			t.Fatal("another package's error", err)
		}
		switch h, err := order.ParseHash(text); {
		case err == nil && h.String() != strings.ToLower(text):
			t.Fatalf("%q is read as hash %s", text, h)
		case err != nil && !errors.Is(err, order.ErrMalformed):
			t.Fatal("another package's error", err)
		}
	})
}

// A signature over one attestation is good for no other: two that differ anywhere differ in what is signed, wherever the parts
// meet. The texts of the second are cut from those of the first, so that parts move over their borders.
func FuzzAttestationSignBytes(f *testing.F) {
	f.Add("corridor-1", "usd", "usd-1", "ref", "no money", uint64(1), uint8(order.Held), uint8(1))
	f.Add("a", "bc", "", "d", "", uint64(1<<40), uint8(order.Refused), uint8(3))
	f.Fuzz(func(t *testing.T, chainID, ledger, notary, reference, reason string, number uint64, outcome, cut uint8) {
		word := order.Word{Number: number, Outcome: order.Outcome(outcome), LedgerReference: reference, Reason: reason}
		signed := order.AttestationSignBytes(chainID, ledger, notary, []order.Word{word})
		differs := func(what string, chainID, ledger, notary string, words ...order.Word) {
			if bytes.Equal(signed, order.AttestationSignBytes(chainID, ledger, notary, words)) {
				t.Fatalf("the same bytes are signed with %s", what)
			}
		}
		differs("no word", chainID, ledger, notary)
		differs("the word twice", chainID, ledger, notary, word, word)
		differs("another number", chainID, ledger, notary, order.Word{
			Number: number + 1, Outcome: word.Outcome, LedgerReference: reference, Reason: reason,
		})
		differs("another instruction", chainID, ledger, notary, order.Word{
			Number: number, Outcome: word.Outcome, LedgerReference: reference, Reason: reason, InstructionHash: order.Hash{cut | 1},
		})
		differs("another outcome", chainID, ledger, notary, order.Word{
			Number: number, Outcome: order.Outcome(outcome + 1), LedgerReference: reference, Reason: reason,
		})
		if a, b, moved := move(chainID, ledger, cut); moved {
			differs("a border between chain and ledger moved", a, b, notary, word)
		}
		if a, b, moved := move(ledger, notary, cut); moved {
			differs("a border between ledger and notary moved", chainID, a, b, word)
		}
		if a, b, moved := move(reference, reason, cut); moved {
			differs("a border between reference and reason moved", chainID, ledger, notary, order.Word{
				Number: number, Outcome: word.Outcome, LedgerReference: a, Reason: b,
			})
		}
	})
}

// move puts the border between two texts elsewhere, if it then is elsewhere.
func move(a, b string, cut uint8) (string, string, bool) {
	at := int(cut) % (len(a) + len(b) + 1)
	return (a + b)[:at], (a + b)[at:], at != len(a)
}
