package simkit

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The operations and modes of a fault.
const (
	OpHold   = "hold"
	OpPost   = "post"
	OpVoid   = "void"
	OpLookup = "lookup"
	OpRefuse = "refuse"
	OpAll    = "*"

	OpConsentKey = "consent-key"
	OpTake       = "take" // a batch of orders, on a ledger that checks them

	ModeRefuse      = "refuse"
	ModeSlow        = "slow"
	ModeUnavailable = "unavailable"
	ModeWithhold    = "withhold"
)

const (
	maxFaults      = 100
	maxWithheld    = 1000
	maxDelayMS     = 600_000
	maxReasonBytes = 105
)

var (
	operations = []string{OpHold, OpPost, OpVoid, OpLookup, OpRefuse, OpConsentKey, OpTake, OpAll}
	modes      = []string{ModeRefuse, ModeSlow, ModeUnavailable, ModeWithhold}
)

// Fault is one switched-on fault.
type Fault struct {
	Operation string `json:"operation"`
	Mode      string `json:"mode"`
	Count     int    `json:"count"` // how many calls are left; 0: until cleared
	DelayMS   int    `json:"delay_ms"`
	Reason    string `json:"reason"`
}

// Validate checks a fault before it is switched on.
func (f Fault) Validate() error {
	switch {
	case !slices.Contains(operations, f.Operation):
		return Errorf(Invalid, "operation: %q is none of %s", f.Operation, strings.Join(operations, " "))
	case !slices.Contains(modes, f.Mode):
		return Errorf(Invalid, "mode: %q is none of %s", f.Mode, strings.Join(modes, " "))
	case f.Mode == ModeRefuse && f.Operation != OpHold && f.Operation != OpAll:
		return Errorf(Invalid, "mode refuse: only a hold can be refused; what is held can always be posted or voided")
	case f.Count < 0:
		return Errorf(Invalid, "count: %d; want a number of calls, or 0 for all until cleared", f.Count)
	case f.DelayMS < 0 || f.DelayMS > maxDelayMS:
		return Errorf(Invalid, "delay_ms: %d; want 0 to %d", f.DelayMS, maxDelayMS)
	case f.Mode == ModeSlow && f.DelayMS == 0:
		return Errorf(Invalid, "delay_ms: mode slow needs one")
	case len(f.Reason) > maxReasonBytes:
		return Errorf(Invalid, "reason: at most %d bytes", maxReasonBytes)
	}
	return nil
}

// Withheld is an operation that was executed and whose reply nobody got.
type Withheld struct {
	EntryID   string    `json:"entry_id"`
	Operation string    `json:"operation"`
	At        time.Time `json:"at"`
}

// Faults holds what is switched on. The zero value is ready: no faults.
type Faults struct {
	mu       sync.Mutex
	on       []Fault
	withheld []Withheld
	released chan struct{} // closed by Clear
}

// Add switches a fault on.
func (f *Faults) Add(fault Fault) error {
	if err := fault.Validate(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.on) >= maxFaults {
		return Errorf(Conflict, "%d faults are on already; clear them first", maxFaults)
	}
	f.on = append(f.on, fault)
	return nil
}

// List is what is switched on, in the order it was.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Fault{}, f.on...)
}

// Withheld lists the executed operations whose replies were withheld, oldest first.
func (f *Faults) Withheld() []Withheld {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Withheld{}, f.withheld...)
}

// Clear switches every fault off, lets hanging requests go (slow ones with their answer, withheld ones without)
// and says how many faults were on.
func (f *Faults) Clear() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.on)
	f.on = nil
	if f.released != nil {
		close(f.released)
		f.released = nil
	}
	return n
}

// take uses up one call of the first fault for op in one of the modes. released is closed by the next Clear,
// which a call that has taken its fault can't miss.
func (f *Faults) take(op string, modes ...string) (fault Fault, released <-chan struct{}, on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.on {
		if fault.Operation != op && fault.Operation != OpAll || !slices.Contains(modes, fault.Mode) {
			continue
		}
		switch fault.Count {
		case 0:
		case 1:
			f.on = slices.Delete(f.on, i, i+1)
		default:
			f.on[i].Count--
		}
		if f.released == nil {
			f.released = make(chan struct{})
		}
		return fault, f.released, true
	}
	return Fault{}, nil, false
}

// Gate is asked before a call has any effect. Unavailable: turn the call away.
func (f *Faults) Gate(op string) error {
	fault, _, on := f.take(op, ModeUnavailable)
	if !on {
		return nil
	}
	if fault.Reason != "" {
		return Errorf(Unavailable, "%s", fault.Reason)
	}
	return Errorf(Unavailable, "a switched-on fault turned this call away; nothing happened")
}

// Refusal is asked where a hold is decided, for an entry not known yet. ok: refuse it with that reason.
func (f *Faults) Refusal(op string) (reason string, ok bool) {
	fault, _, on := f.take(op, ModeRefuse)
	if on && fault.Reason == "" {
		fault.Reason = "a switched-on fault refused this"
	}
	return fault.Reason, on
}

// Answer is asked after the effect is durable and before the reply. With a withheld reply it returns
// only by panicking with http.ErrAbortHandler, which closes the connection without one.
func (f *Faults) Answer(ctx context.Context, op, entry string) {
	if fault, released, on := f.take(op, ModeSlow); on {
		wait(ctx, fault.DelayMS, released)
	}
	fault, released, on := f.take(op, ModeWithhold)
	if !on {
		return
	}
	f.mu.Lock()
	f.withheld = append(f.withheld, Withheld{EntryID: entry, Operation: op, At: time.Now().UTC()})
	if len(f.withheld) > maxWithheld {
		f.withheld = f.withheld[1:]
	}
	f.mu.Unlock()
	wait(ctx, fault.DelayMS, released)
	panic(http.ErrAbortHandler)
}

// wait hangs until the caller goes away, the faults are cleared, or the delay is over; 0: it never is.
func wait(ctx context.Context, delayMS int, released <-chan struct{}) {
	var over <-chan time.Time
	if delayMS > 0 {
		timer := time.NewTimer(time.Duration(delayMS) * time.Millisecond)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-released:
	case <-ctx.Done():
	}
}

// Register serves the faults under /admin. guard wraps a handler with the check of the admin's token.
func (f *Faults) Register(mux *http.ServeMux, guard func(http.HandlerFunc) http.HandlerFunc) {
	mux.HandleFunc("GET /admin/faults", guard(func(w http.ResponseWriter, _ *http.Request) {
		WriteJSON(w, http.StatusOK, f.List())
	}))
	mux.HandleFunc("POST /admin/faults", guard(func(w http.ResponseWriter, r *http.Request) {
		var fault Fault
		err := ReadJSON(r, 4<<10, &fault)
		if err == nil {
			err = f.Add(fault)
		}
		if err != nil {
			WriteError(w, err)
			return
		}
		WriteJSON(w, http.StatusCreated, fault)
	}))
	mux.HandleFunc("DELETE /admin/faults", guard(func(w http.ResponseWriter, _ *http.Request) {
		WriteJSON(w, http.StatusOK, map[string]int{"cleared": f.Clear()})
	}))
	mux.HandleFunc("GET /admin/withheld", guard(func(w http.ResponseWriter, _ *http.Request) {
		WriteJSON(w, http.StatusOK, f.Withheld())
	}))
}
