package settlement

import (
	"bytes"
	"slices"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
)

// Consent notes that a leg's payer agreed. The caller has verified the signature.
func (r *Run) Consent(leg int, signature []byte) {
	r.Settlement.Legs[leg].Consented = true
	r.Settlement.Legs[leg].Consent = bytes.Clone(signature)
	r.step(StepConsented, leg+1, Note{})
	r.Effects.Events = append(r.Effects.Events, &EventConsented{SettlementId: r.id(), Leg: uint32(leg)})
}

// AllConsented tells whether the next Advance orders the holds.
func (r *Run) AllConsented() bool {
	return r.Settlement.State == STATE_PROPOSED && r.every(func(l LegProgress) bool { return l.Consented })
}

// AllHeld tells whether the next Advance needs Facts to decide.
func (r *Run) AllHeld() bool {
	return r.Settlement.State == STATE_PREPARING && r.every(func(l LegProgress) bool { return l.State == LEG_STATE_HELD })
}

// Withdraw notes that the payers of these legs agree to abort, and aborts when all payers do. Agreeing twice is
// agreeing once.
func (r *Run) Withdraw(legs []int) error {
	if !r.Settlement.State.Undecided() {
		return ErrDecided.Wrapf("settlement %s is %s: a decision stands", r.id(), r.Settlement.State.Word())
	}
	for _, leg := range legs {
		if slices.Contains(r.Settlement.Withdrawals, uint32(leg)) {
			continue
		}
		r.Settlement.Withdrawals = append(r.Settlement.Withdrawals, uint32(leg))
		r.step(StepWithdrawn, leg+1, Note{})
		r.Effects.Events = append(r.Effects.Events, &EventWithdrawalAgreed{SettlementId: r.id(), Leg: uint32(leg)})
	}
	if len(r.Settlement.Withdrawals) < len(r.Settlement.Legs) {
		return nil
	}
	return r.abort(ABORT_CAUSE_WITHDRAWN, "all payers withdrew")
}

// Veto aborts an undecided settlement.
func (r *Run) Veto(by, reason string) error {
	if !r.Settlement.State.Undecided() {
		return ErrDecided.Wrapf("settlement %s is %s: a decision stands", r.id(), r.Settlement.State.Word())
	}
	return r.abort(ABORT_CAUSE_VETOED, "vetoed by "+by+": "+reason)
}

// Word takes in what became of an instruction. A word that changes nothing any more is kept in the timeline, once;
// one that contradicts what the leg is known to be is ErrContradiction, which stays with the bridge as an alarm.
func (r *Run) Word(i order.Instruction, outcome order.Outcome, note Note) error {
	if err := i.Matches(r.Body); err != nil {
		return ErrForeign.Wrapf("settlement %s: %v", r.id(), err)
	}
	on, known := wordTrigger(i.Kind, outcome)
	if !known {
		return ErrForeign.Wrapf("settlement %s leg %d: %s cannot answer %s", r.id(), i.Leg, outcome, i.Kind)
	}
	note.Reason, note.LedgerReference = Clip(note.Reason, MaxReasonBytes), Clip(note.LedgerReference, MaxReasonBytes)
	state := r.Settlement.Legs[i.Leg].State
	repeated := r.recorded(string(on), i.Leg)
	switch {
	case LegTable.Allows(state, on) && !repeated:
		if err := r.moveLeg(i.Leg, on, note); err != nil {
			return err
		}
		r.returnSize(i.Leg)
	case LegTable.Allows(state, on), late(state, on):
		if !repeated {
			r.step(string(on), i.Leg+1, note)
		}
	default:
		return ErrContradiction.Wrapf("settlement %s leg %d on %s is %s, and its ledger says %s to %s: look at the ledger",
			r.id(), i.Leg, i.Ledger, state.Word(), outcome, i.Kind)
	}
	return nil
}

// wordTrigger is what an outcome means to its leg.
func wordTrigger(k order.Kind, o order.Outcome) (LegTrigger, bool) {
	if !k.Allowed(o) || k == order.VerifyAccount {
		return "", false
	}
	switch o {
	case order.Held:
		return LegHeld, true
	case order.Refused:
		return LegRefused, true
	case order.Posted:
		return LegPosted, true
	case order.Suspense:
		return LegSuspense, true
	case order.Voided:
		return LegVoided, true
	}
	return "", false
}

// late tells whether a word is true of a leg that has moved on: a HOLD's answer that is counted after the VOID's,
// the answer to the VOID of a hold that was refused, or the second delivery of anything.
func late(state LegState, on LegTrigger) bool {
	switch state {
	case LEG_STATE_HELD, LEG_STATE_POSTING:
		return on == LegHeld
	case LEG_STATE_POSTED:
		return on == LegHeld || on == LegPosted
	case LEG_STATE_SUSPENSE:
		return on == LegHeld || on == LegSuspense
	case LEG_STATE_REFUSED:
		return on == LegRefused || on == LegVoided
	case LEG_STATE_VOIDED:
		return on == LegHeld || on == LegRefused || on == LegVoided
	}
	return false
}

// Advance goes as far as the facts allow. It is idempotent: without news nothing changes.
func (r *Run) Advance(facts Facts) error {
	for {
		before := r.Settlement.State
		if err := r.advanceOnce(facts); err != nil {
			return err
		}
		if r.Settlement.State == before {
			return nil
		}
	}
}

func (r *Run) advanceOnce(facts Facts) error {
	switch r.Settlement.State {
	case STATE_PROPOSED:
		if r.now.After(PrepareDeadline(r.Body)) {
			return r.abort(ABORT_CAUSE_DEADLINE, deadlineReason(r.Settlement, r.Body))
		}
		if r.AllConsented() {
			return r.prepare()
		}
	case STATE_PREPARING:
		decision := Decide(r.Settlement, r.Body, r.now, facts)
		switch decision.Verdict {
		case Abort:
			return r.abort(decision.Cause, decision.Reason)
		case Commit:
			return r.commit()
		}
		r.Settlement.Waiting = Clip(decision.Reason, MaxReasonBytes)
	case STATE_COMMITTED:
		if r.every(func(l LegProgress) bool { return LegTable.IsFinal(l.State) }) {
			return r.move(OnAllPosted, "")
		}
		r.flagDefaults()
	case STATE_ABORTED:
		if r.every(func(l LegProgress) bool { return l.State == LEG_STATE_PLANNED || LegTable.IsFinal(l.State) }) {
			return r.move(OnAllReturned, "")
		}
	}
	return nil
}

// prepare takes the quotes' size and orders every hold.
func (r *Run) prepare() error {
	if err := r.move(OnConsented, ""); err != nil {
		return err
	}
	for i, leg := range r.Body.Legs {
		if len(leg.QuoteID) > 0 {
			r.Settlement.Legs[i].SizeTaken = true
			r.Effects.TakeSize = append(r.Effects.TakeSize, i)
		}
		if err := r.orderLeg(i, order.Hold, LegHoldOrdered); err != nil {
			return err
		}
	}
	return nil
}

// commit decides for good and orders every post.
func (r *Run) commit() error {
	if err := r.move(OnAllHeld, ""); err != nil {
		return err
	}
	r.decided()
	for i := range r.Body.Legs {
		if err := r.orderLeg(i, order.Post, LegPostOrdered); err != nil {
			return err
		}
	}
	return nil
}

// abort decides for good and orders a void for every hold that was ordered and not refused.
func (r *Run) abort(cause AbortCause, reason string) error {
	on := map[AbortCause]Trigger{
		ABORT_CAUSE_REFUSED: OnRefused, ABORT_CAUSE_DEADLINE: OnDeadline, ABORT_CAUSE_WITHDRAWN: OnWithdrawn, ABORT_CAUSE_VETOED: OnVetoed,
	}[cause]
	reason = Clip(reason, MaxReasonBytes)
	if err := r.move(on, reason); err != nil {
		return err
	}
	r.decided()
	r.Settlement.AbortCause, r.Settlement.AbortReason = cause, reason
	for i, leg := range r.Settlement.Legs {
		if leg.State == LEG_STATE_HOLDING || leg.State == LEG_STATE_HELD {
			if err := r.orderLeg(i, order.Void, LegVoidOrdered); err != nil {
				return err
			}
		}
		r.returnSize(i)
	}
	return nil
}

func (r *Run) decided() {
	now := r.now
	r.Settlement.Decided, r.Settlement.Waiting = &now, ""
}

func (r *Run) orderLeg(i int, kind order.Kind, on LegTrigger) error {
	if err := r.moveLeg(i, on, Note{}); err != nil {
		return err
	}
	r.Effects.Orders = append(r.Effects.Orders, order.NewInstruction(kind, r.Body, i))
	return nil
}

// returnSize gives a leg's amount back to its quote, once: when the leg is refused or voided, or at ABORT if it
// was never ordered.
func (r *Run) returnSize(i int) {
	leg := &r.Settlement.Legs[i]
	unordered := leg.State == LEG_STATE_PLANNED && r.Settlement.State == STATE_ABORTED
	if leg.SizeTaken && (unordered || leg.State == LEG_STATE_REFUSED || leg.State == LEG_STATE_VOIDED) {
		leg.SizeTaken = false
		r.Effects.ReturnSize = append(r.Effects.ReturnSize, i)
	}
}

// flagDefaults raises the alarm for ledgers that have not posted long after COMMIT. It decides nothing.
func (r *Run) flagDefaults() {
	if r.Settlement.Decided == nil || r.now.Before(r.Settlement.Decided.Add(DefaultGrace)) {
		return
	}
	for i := range r.Settlement.Legs {
		leg := &r.Settlement.Legs[i]
		if leg.State != LEG_STATE_POSTING || leg.Defaulted {
			continue
		}
		leg.Defaulted = true
		r.step(StepDefaulted, i+1, Note{})
		r.Effects.Events = append(r.Effects.Events, &EventDefaulted{SettlementId: r.id(), Leg: uint32(i), Ledger: r.Body.Legs[i].Ledger})
	}
}

// NextDue is when end of block has to look at the settlement again; false if it need not.
func (r *Run) NextDue() (time.Time, bool) {
	expiry := PrepareDeadline(r.Body).Add(time.Nanosecond)
	switch r.Settlement.State {
	case STATE_PROPOSED:
		return expiry, true
	case STATE_PREPARING:
		if again := r.now.Add(GuardRecheck); r.Settlement.Waiting != "" && again.Before(expiry) {
			return again, true
		}
		return expiry, true
	case STATE_COMMITTED:
		posting := func(l LegProgress) bool { return l.State == LEG_STATE_POSTING && !l.Defaulted }
		if r.Settlement.Decided != nil && slices.ContainsFunc(r.Settlement.Legs, posting) {
			return r.Settlement.Decided.Add(DefaultGrace), true
		}
	}
	return time.Time{}, false
}
