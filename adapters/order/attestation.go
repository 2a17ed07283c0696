package order

const (
	domainAttestation = "corridor/attestation/1"
	// MaxWords bounds one attestation.
	MaxWords = 200
	// MaxNoteBytes bounds a ledger reference and a reason.
	MaxNoteBytes = 256
)

// Word is one outcome that a notary attests. What the hub counts is (chain id, ledger, Number,
// InstructionHash, Outcome); LedgerReference and Reason are notes, covered by the signature alone.
type Word struct {
	Number          uint64 // the instruction's number in the ledger's outbox
	InstructionHash Hash
	Outcome         Outcome
	LedgerReference string
	Reason          string
}

// AttestationSignBytes is what notary signs over a batch of words about one ledger:
// "corridor/attestation/1" ‖ chain id ‖ ledger ‖ notary ‖ words.
func AttestationSignBytes(chainID, ledger, notary string, words []Word) []byte {
	e := newEncoder(domainAttestation).text(chainID).text(ledger).text(notary).number(uint64(len(words)))
	for _, w := range words {
		e.number(w.Number).bytes(w.InstructionHash[:]).number(uint64(w.Outcome)).text(w.LedgerReference).text(w.Reason)
	}
	return e.buf
}
