package orderproof

import (
	"errors"
	"fmt"
)

// The refusals, in the order in which they are tried. Each means that nothing of the batch may be acted on.
var (
	// ErrMalformed: not the one canonical encoding, or beyond a limit.
	ErrMalformed = errors.New("malformed proof")
	// ErrOtherChain: a header of another chain id.
	ErrOtherChain = errors.New("proof of another chain")
	// ErrRoot: the path does not begin at the header that is believed.
	ErrRoot = errors.New("the path does not begin at the believed header")
	// ErrOutsideTrustingPeriod: the believed header is too old to lead anywhere; a person has to name a newer one.
	ErrOutsideTrustingPeriod = errors.New("the believed header is outside the trusting period")
	// ErrHeader: a header that is forked, signed by too few, or from the future.
	ErrHeader = errors.New("header refused")
	// ErrProof: the ICS-23 proof does not lead to the state which the header signs.
	ErrProof = errors.New("state proof refused")
	// ErrOtherLedger: a record or an instruction of another ledger or another chain.
	ErrOtherLedger = errors.New("record of another ledger")
	// ErrChain: the instructions do not hash to what the proven record says.
	ErrChain = errors.New("instructions differ from the proven record")
)

// ErrTooFar comes with ErrHeader where validators with a third of the believed power have not signed a step: whoever
// makes the path puts a header between.
var ErrTooFar = errors.New("too many validators have changed for one step")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
