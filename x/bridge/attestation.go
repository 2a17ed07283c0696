package bridge

import (
	"crypto/sha256"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/corridor-network/corridor/adapters/order"
)

// OrderWords are the message's words in the form that is signed. The first that is malformed is the error.
func (m MsgAttest) OrderWords() ([]order.Word, error) {
	if len(m.Words) == 0 || len(m.Words) > order.MaxWords {
		return nil, ErrWordCount.Wrapf("want 1 to %d, got %d", order.MaxWords, len(m.Words))
	}
	words := make([]order.Word, len(m.Words))
	for i, w := range m.Words {
		if err := w.validate(i); err != nil {
			return nil, err
		}
		words[i] = order.Word{
			Number: w.Number, Outcome: order.Outcome(w.Outcome), LedgerReference: w.LedgerReference, Reason: w.Reason,
			InstructionHash: order.Hash(w.InstructionHash),
		}
	}
	return words, nil
}

func (w Word) validate(item int) error {
	switch {
	case w.Number == 0:
		return ErrWordForm.Wrapf("word %d: instruction numbers count from 1", item)
	case len(w.InstructionHash) != sha256.Size:
		return ErrWordForm.Wrapf("word %d: instruction hash of %d bytes, want %d", item, len(w.InstructionHash), sha256.Size)
	case w.Outcome == 0 || w.Outcome > uint32(order.Verified):
		return ErrWordForm.Wrapf("word %d: %d is not an outcome", item, w.Outcome)
	case !printable(w.LedgerReference, order.MaxNoteBytes):
		return ErrWordForm.Wrapf("word %d: ledger reference: want at most %d printable bytes", item, order.MaxNoteBytes)
	case !printable(w.Reason, order.MaxNoteBytes):
		return ErrWordForm.Wrapf("word %d: reason: want at most %d printable bytes", item, order.MaxNoteBytes)
	}
	return nil
}

// CheckSignature verifies that the notary signed these words about this ledger of this chain.
//
// REPLAY PROTECTION: the sign-bytes name chain, ledger and notary, and each word its instruction's hash, so a
// signature is good for nothing else; given again it is a no-op.
func (m MsgAttest) CheckSignature(chainID string, key []byte, words []order.Word) error {
	signed := order.AttestationSignBytes(chainID, m.Ledger, m.Notary, words)
	if !(&secp256k1.PubKey{Key: key}).VerifySignature(signed, m.Signature) {
		return ErrSignature.Wrapf("notary %s of %s, chain %s: sign order.AttestationSignBytes with its registered key, 64 bytes r ‖ s, low s",
			m.Notary, m.Ledger, chainID)
	}
	return nil
}

// CheckWord verifies that a word is about this record and says something its instruction can have become.
func CheckWord(item int, w order.Word, r Record) error {
	if got := order.HashInstruction(r.Instruction); got != w.InstructionHash {
		return ErrInstructionHash.Wrapf("word %d: instruction %d of %s hashes to %s, the word says %s", item, r.Number, r.Ledger, got, w.InstructionHash)
	}
	i, err := order.DecodeInstruction(r.Instruction)
	if err != nil {
		return ErrInvalidInstruction.Wrapf("instruction %d of %s: %s", r.Number, r.Ledger, err)
	}
	if !i.Kind.Allowed(w.Outcome) {
		return ErrOutcomeNotAllowed.Wrapf("word %d: instruction %d of %s is a %s, which cannot become %s", item, r.Number, r.Ledger, i.Kind, w.Outcome)
	}
	return nil
}
