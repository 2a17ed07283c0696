package bundle

import (
	"errors"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/x/bridge"
)

const domain = "corridor/proof/1"

// Limits of what is read.
const (
	MaxBytes        = 4 << 20
	MaxLedgers      = order.MaxLegs
	MaxInstructions = 3 * order.MaxLegs // a hold, and a post or a void; a payment and its void
	// MaxAttestations of one ledger: every notary about every instruction in a batch of its own.
	MaxAttestations = bridge.MaxNotaries * MaxInstructions
)

// The refusals, in the order in which they are tried. The message before each names the part.
var (
	ErrMalformed     = errors.New("malformed")
	ErrHeader        = errors.New("header refused")
	ErrState         = errors.New("not in the proven state")
	ErrSettlement    = errors.New("the settlement's record is not sound")
	ErrForeign       = errors.New("not of this settlement")
	ErrAttestation   = errors.New("attestation refused")
	ErrTooFew        = errors.New("too few notaries")
	ErrContradiction = errors.New("the evidence says otherwise")
)

// Bundle is the evidence of one settlement.
type Bundle struct {
	Path         orderproof.Path
	Settlement   orderproof.Membership
	Ledgers      []Ledger      // by id
	Instructions []Instruction // by leg, then by kind
}

// Ledger is a leg's ledger as the hub knows it, and what its notaries signed.
type Ledger struct {
	Record       orderproof.Membership
	Attestations []Attestation // by notary, in the order of the set; a notary's by the first number
}

// Attestation is one signed batch of words. The words about other settlements are there because the signature covers them.
type Attestation struct {
	Notary    string
	Words     []order.Word
	Signature []byte // 64 bytes, r ‖ s
}

// Instruction is one record of an outbox, and how far the hub is with it.
type Instruction struct {
	Record   orderproof.Membership
	Tracking orderproof.Membership
}
