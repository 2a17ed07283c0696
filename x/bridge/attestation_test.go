package bridge_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

const chainID = "corridor-test-1"

func instruction(k order.Kind, ledger string) order.Instruction {
	settlement := order.SettlementID(chainID, "bank-a", "ref-1")
	return order.Instruction{
		Kind: k, ChainID: chainID, Ledger: ledger, Entry: order.NewEntryID(chainID, settlement, 0, ledger),
		Settlement: settlement, Payer: "payer", Payee: "payee", Currency: "CNY", AmountMinor: 100,
	}
}

func word(o order.Outcome) bridge.Word {
	hash := instruction(order.Hold, "cny").Hash()
	return bridge.Word{Number: 1, InstructionHash: hash[:], Outcome: uint32(o), LedgerReference: "ref", Reason: "because"}
}

func TestWordsAreBoundedAndWellFormed(t *testing.T) {
	with := func(change func(*bridge.Word)) []bridge.Word {
		w := word(order.Held)
		change(&w)
		return []bridge.Word{word(order.Held), w}
	}
	for _, c := range []struct {
		name  string
		words []bridge.Word
		err   error
		says  string
	}{
		{"fine", with(func(*bridge.Word) {}), nil, ""},
		{"notes as long as may be", with(func(w *bridge.Word) { w.Reason = strings.Repeat("a", 256) }), nil, ""},
		{"no notes", with(func(w *bridge.Word) { w.Reason, w.LedgerReference = "", "" }), nil, ""},
		{"as many as may be", make200(), nil, ""},
		{"none", nil, bridge.ErrWordCount, "got 0"},
		{"too many", append(make200(), word(order.Held)), bridge.ErrWordCount, "got 201"},
		{"number 0", with(func(w *bridge.Word) { w.Number = 0 }), bridge.ErrWordForm, "word 1: instruction numbers"},
		{"short hash", with(func(w *bridge.Word) { w.InstructionHash = w.InstructionHash[1:] }), bridge.ErrWordForm, "word 1: instruction hash of 31"},
		{"no hash", with(func(w *bridge.Word) { w.InstructionHash = nil }), bridge.ErrWordForm, "of 0 bytes"},
		{"outcome 0", with(func(w *bridge.Word) { w.Outcome = 0 }), bridge.ErrWordForm, "word 1: 0 is not an outcome"},
		{"outcome that doesn't fit a byte", with(func(w *bridge.Word) { w.Outcome = 257 }), bridge.ErrWordForm, "257 is not"},
		{"long reference", with(func(w *bridge.Word) { w.LedgerReference = strings.Repeat("a", 257) }), bridge.ErrWordForm, "ledger reference"},
		{"long reason", with(func(w *bridge.Word) { w.Reason = strings.Repeat("a", 257) }), bridge.ErrWordForm, "reason"},
		{"control characters", with(func(w *bridge.Word) { w.Reason = "a\nb" }), bridge.ErrWordForm, "reason"},
		{"not UTF-8", with(func(w *bridge.Word) { w.Reason = "\xff" }), bridge.ErrWordForm, "reason"},
	} {
		t.Run(c.name, func(t *testing.T) {
			words, err := bridge.MsgAttest{Words: c.words}.OrderWords()
			requireSays(t, err, c.err, c.says)
			if c.err == nil {
				require.Len(t, words, len(c.words))
			}
		})
	}
}

func make200() []bridge.Word {
	words := make([]bridge.Word, order.MaxWords)
	for i := range words {
		words[i] = word(order.Held)
	}
	return words
}

func TestASignatureIsGoodForOneChainLedgerNotaryAndBatch(t *testing.T) {
	sign := func(chain, ledger, who string, words []bridge.Word) []byte {
		ws, err := bridge.MsgAttest{Words: words}.OrderWords()
		require.NoError(t, err)
		sig, err := keyOf("n1").Sign(order.AttestationSignBytes(chain, ledger, who, ws))
		require.NoError(t, err)
		return sig
	}
	words := []bridge.Word{word(order.Held)}
	good := sign(chainID, "cny", "n1", words)
	otherNote := word(order.Held)
	otherNote.Reason = "changed on the way"
	for _, c := range []struct {
		name string
		sig  []byte
		good bool
	}{
		{"the notary's own", good, true},
		{"for another chain", sign("corridor-test-2", "cny", "n1", words), false},
		{"for another ledger", sign(chainID, "usd", "n1", words), false},
		{"as another notary", sign(chainID, "cny", "n2", words), false},
		{"over another outcome", sign(chainID, "cny", "n1", []bridge.Word{word(order.Refused)}), false},
		{"over another note", sign(chainID, "cny", "n1", []bridge.Word{otherNote}), false},
		{"over more words", sign(chainID, "cny", "n1", append(words, words[0])), false},
		{"with high s", highS(good), false},
		{"cut short", good[:63], false},
		{"none", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := bridge.MsgAttest{Ledger: "cny", Notary: "n1", Words: words, Signature: c.sig}
			ws, err := m.OrderWords()
			require.NoError(t, err)
			err = m.CheckSignature(chainID, keyOf("n1").PubKey().Bytes(), ws)
			if c.good {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, bridge.ErrSignature)
			}
		})
	}
}

// highS is the other signature that plain ECDSA would accept for the same bytes.
func highS(sig []byte) []byte {
	n, _ := new(big.Int).SetString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
	s := new(big.Int).Sub(n, new(big.Int).SetBytes(sig[32:]))
	return append(append([]byte(nil), sig[:32]...), s.FillBytes(make([]byte, 32))...)
}

func TestAWordIsAboutTheRecordAndSaysWhatItsKindAllows(t *testing.T) {
	all := []order.Outcome{order.Held, order.Refused, order.Posted, order.Suspense, order.Voided, order.Verified}
	for _, kind := range []order.Kind{order.Hold, order.Post, order.Void, order.Pay, order.VerifyAccount} {
		i := instruction(kind, "cny")
		r := bridge.Record{Ledger: "cny", Number: 7, Instruction: i.Encode()}
		for _, o := range all {
			err := bridge.CheckWord(3, order.Word{Number: 7, InstructionHash: i.Hash(), Outcome: o}, r)
			if kind.Allowed(o) {
				require.NoError(t, err, "%s %s", kind, o)
			} else {
				requireSays(t, err, bridge.ErrOutcomeNotAllowed, "word 3: instruction 7 of cny is a "+kind.String())
			}
		}
		err := bridge.CheckWord(3, order.Word{Number: 7, InstructionHash: instruction(kind, "usd").Hash(), Outcome: order.Held}, r)
		requireSays(t, err, bridge.ErrInstructionHash, "word 3: instruction 7 of cny hashes to")
	}
}
