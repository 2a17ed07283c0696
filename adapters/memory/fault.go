package memory

import (
	"context"
	"slices"
	"time"

	"github.com/corridor-network/corridor/adapters/sdk"
)

// Op names a call to the ledger.
type Op string

// The calls that can be made to fail.
const (
	OpConsentKey Op = "consent-key"
	OpBalance    Op = "balance"
	OpHold       Op = "hold"
	OpRefuse     Op = "refuse"
	OpPost       Op = "post"
	OpVoid       Op = "void"
	OpLookup     Op = "lookup"
)

// FaultKind is a way to fail.
type FaultKind string

// The kinds of fault.
const (
	Withhold   FaultKind = "withhold"    // take effect, lose the reply
	TurnedAway FaultKind = "turned-away" // fail before any effect
	Slow       FaultKind = "slow"        // take effect at once, answer after Delay
)

// Fault makes one call fail.
type Fault struct {
	Op    Op
	Kind  FaultKind
	Delay time.Duration // of a slow one
}

// Inject makes the next call of f.Op fail; faults of one operation are used up in the order of injection.
func (l *Ledger) Inject(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, f)
}

// ClearFaults forgets all faults that were not used up.
func (l *Ledger) ClearFaults() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = nil
}

// call runs one operation under the lock: control files, then the fault that waits for it, then the effect,
// which is saved before the caller hears of it.
func (l *Ledger) call(ctx context.Context, op Op, effect func() error) error {
	if err := ctx.Err(); err != nil {
		return &sdk.Error{Code: sdk.Unavailable, Message: "the call came after its time was up", Err: err}
	}
	if err := l.readControls(); err != nil {
		return err
	}
	fault, err := l.change(op, effect)
	switch fault.Kind {
	case Withhold:
		return sdk.Errorf(sdk.Unknown, "%s: the reply got lost (a fault was switched on)", op)
	case Slow:
		return answerLate(ctx, fault.Delay, err)
	}
	return err
}

func (l *Ledger) change(op Op, effect func() error) (Fault, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fault := l.takeFault(op)
	if fault.Kind == TurnedAway {
		return fault, sdk.Errorf(sdk.Unavailable, "%s: turned away (a fault was switched on)", op)
	}
	err := effect()
	if writes := op != OpLookup && op != OpBalance && op != OpConsentKey; writes && err == nil {
		err = l.state.save(l.config.StateFile)
	}
	return fault, err
}

func (l *Ledger) takeFault(op Op) Fault {
	i := slices.IndexFunc(l.faults, func(f Fault) bool { return f.Op == op })
	if i < 0 {
		return Fault{}
	}
	f := l.faults[i]
	l.faults = slices.Delete(l.faults, i, i+1)
	return f
}

func answerLate(ctx context.Context, delay time.Duration, err error) error {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return err
	case <-ctx.Done():
		return &sdk.Error{Code: sdk.Unknown, Message: "the ledger is slow and the caller's time was up", Err: ctx.Err()}
	}
}
