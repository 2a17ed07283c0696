package orderproof

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"time"

	cmtmath "github.com/cometbft/cometbft/libs/math"
	cmttypes "github.com/cometbft/cometbft/types"
)

// trustLevel is the part of the believed voting power that must have signed a later header: with fewer than a third
// dishonest, at least one of the signers is honest.
var trustLevel = cmtmath.Fraction{Numerator: 1, Denominator: 3}

// Params are what a verifier knows of the hub beside the header it believes.
type Params struct {
	ChainID string
	// TrustingPeriod is how long a header is believed: well below the hub's unbonding time. Zero looks at no age, for
	// proofs that are kept and read later.
	TrustingPeriod time.Duration
	// MaxClockDrift is how far a header may be ahead of the verifier's clock.
	MaxClockDrift time.Duration
}

// Verify follows the path from the root and gives its last header, which is then believed. With a TrustingPeriod of
// zero a zero now looks at no clock at all.
func (p Path) Verify(params Params, root Root, now time.Time) (*cmttypes.Header, error) {
	p, err := p.checked()
	if err != nil {
		return nil, err
	}
	return p.verify(params, root, now)
}

// verify is Verify of a path that checked has passed. The guards are in the order of errors.go.
func (p Path) verify(params Params, root Root, now time.Time) (*cmttypes.Header, error) {
	headers := []*cmttypes.Header{&p.Anchor.Header}
	for _, step := range p.Steps {
		headers = append(headers, step.Header)
	}
	for _, h := range headers {
		if params.ChainID == "" || h.ChainID != params.ChainID {
			return nil, fmt.Errorf("%w: header %d is of %q, want %q", ErrOtherChain, h.Height, h.ChainID, params.ChainID)
		}
	}
	anchor := headers[0]
	if !root.Is(anchor) {
		return nil, fmt.Errorf("%w: it begins at %s, believed is %s", ErrRoot, NewRoot(anchor), root)
	}
	if !bytes.Equal(anchor.ValidatorsHash, p.Anchor.Validators.Hash()) {
		return nil, fmt.Errorf("%w: the validators are not those of header %s", ErrRoot, root)
	}
	if end := anchor.Time.Add(params.TrustingPeriod); params.TrustingPeriod != 0 && !end.After(now) {
		return nil, fmt.Errorf("%w: header %s was believed until %s, it is %s: name a newer header that the hub's operators confirm",
			ErrOutsideTrustingPeriod, root, end.Format(time.RFC3339), now.Format(time.RFC3339))
	}
	latest := now.Add(params.MaxClockDrift)
	if params.TrustingPeriod == 0 && now.IsZero() {
		latest = time.Unix(math.MaxInt32<<8, 0)
	}
	validators := p.Anchor.Validators
	for i, step := range p.Steps {
		if err := verifyStep(headers[i], validators, step, latest); err != nil {
			return nil, fmt.Errorf("%w: header %d: %w", ErrHeader, step.Height, err)
		}
		validators = step.ValidatorSet
	}
	return headers[len(headers)-1], nil
}

// verifyStep is CometBFT's rule for light clients, from a believed header and its validators to a later one. It differs
// in one thing: it checks all signatures of the commit, where a light client stops at enough, so that none can be altered.
func verifyStep(believed *cmttypes.Header, validators *cmttypes.ValidatorSet, step *cmttypes.LightBlock, latest time.Time) error {
	switch {
	case step.Height <= believed.Height:
		return fmt.Errorf("not above the header before it, %d", believed.Height)
	case !step.Time.After(believed.Time):
		return fmt.Errorf("its time %s is not after that of the header before it, %s", step.Time, believed.Time)
	case !step.Time.Before(latest):
		return fmt.Errorf("its time %s is in the future: check the clock here and at the hub", step.Time)
	case !bytes.Equal(step.Commit.BlockID.Hash, step.Hash()):
		return errors.New("the commit signs another header")
	case !bytes.Equal(step.ValidatorsHash, step.ValidatorSet.Hash()):
		return errors.New("the validators are not those it names")
	}
	if step.Height == believed.Height+1 {
		if !bytes.Equal(step.ValidatorsHash, believed.NextValidatorsHash) {
			return errors.New("its validators are not the next ones of the header before it")
		}
	} else if err := validators.VerifyCommitLightTrusting(step.ChainID, step.Commit, trustLevel); err != nil {
		return fmt.Errorf("from header %d: %w", believed.Height, tooFar(err))
	}
	return step.ValidatorSet.VerifyCommit(step.ChainID, step.Commit.BlockID, step.Height, step.Commit)
}

func tooFar(err error) error {
	if short := new(cmttypes.ErrNotEnoughVotingPowerSigned); errors.As(err, short) {
		return fmt.Errorf("%w: %w", ErrTooFar, err)
	}
	return err
}
