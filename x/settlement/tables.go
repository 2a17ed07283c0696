package settlement

import "github.com/corridor-network/corridor/internal/fsm"

// Trigger is what moves a settlement.
type Trigger string

// The closed set of a settlement's triggers.
const (
	OnConsented   Trigger = "all consents"
	OnAllHeld     Trigger = "all held, guard valid"
	OnPivotTurn   Trigger = "all but pivot held, guard valid"
	OnPivotPaid   Trigger = "pivot paid"
	OnPivotFailed Trigger = "pivot refused or voided"
	OnRefused     Trigger = "leg refused"
	OnDeadline    Trigger = "prepare deadline"
	OnWithdrawn   Trigger = "all payers withdrew"
	OnVetoed      Trigger = "veto"
	OnAllPosted   Trigger = "all posted or in suspense"
	OnAllReturned Trigger = "every ordered hold given back"
)

// Table is the settlement's machine. PIVOTING is left only by the ledgers' word on the pivot, and nothing leads
// from COMMITTED to a void.
var Table = fsm.MustNew("settlement", STATE_PROPOSED, []State{STATE_SETTLED, STATE_UNWOUND},
	[]fsm.Row[State, Trigger]{
		{From: STATE_PROPOSED, On: OnConsented, To: STATE_PREPARING},
		{From: STATE_PROPOSED, On: OnDeadline, To: STATE_ABORTED},
		{From: STATE_PROPOSED, On: OnWithdrawn, To: STATE_ABORTED},
		{From: STATE_PROPOSED, On: OnVetoed, To: STATE_ABORTED},
		{From: STATE_PREPARING, On: OnAllHeld, To: STATE_COMMITTED},
		{From: STATE_PREPARING, On: OnPivotTurn, To: STATE_PIVOTING},
		{From: STATE_PREPARING, On: OnRefused, To: STATE_ABORTED},
		{From: STATE_PREPARING, On: OnDeadline, To: STATE_ABORTED},
		{From: STATE_PREPARING, On: OnWithdrawn, To: STATE_ABORTED},
		{From: STATE_PREPARING, On: OnVetoed, To: STATE_ABORTED},
		{From: STATE_PIVOTING, On: OnPivotPaid, To: STATE_COMMITTED},
		{From: STATE_PIVOTING, On: OnPivotFailed, To: STATE_ABORTED},
		{From: STATE_COMMITTED, On: OnAllPosted, To: STATE_SETTLED},
		{From: STATE_ABORTED, On: OnAllReturned, To: STATE_UNWOUND},
	})

// LegTrigger is what moves a leg: an instruction that the hub wrote, or the outcome of one.
type LegTrigger string

// The closed set of a leg's triggers.
const (
	LegHoldOrdered LegTrigger = "hold ordered"
	LegPostOrdered LegTrigger = "post ordered"
	LegVoidOrdered LegTrigger = "void ordered"
	LegPayOrdered  LegTrigger = "pay ordered"
	LegHeld        LegTrigger = "held"
	LegRefused     LegTrigger = "refused"
	LegPosted      LegTrigger = "posted"
	LegSuspense    LegTrigger = "suspense"
	LegVoided      LegTrigger = "voided"
)

// LegTable is a leg's machine. A hold that comes late keeps VOIDING where it is: the void is under way. A pivot
// leg stays PAYING when its void is ordered, because only the ledger's answer decides.
var LegTable = fsm.MustNew("leg", LEG_STATE_PLANNED,
	[]LegState{LEG_STATE_REFUSED, LEG_STATE_POSTED, LEG_STATE_SUSPENSE, LEG_STATE_VOIDED},
	[]fsm.Row[LegState, LegTrigger]{
		{From: LEG_STATE_PLANNED, On: LegHoldOrdered, To: LEG_STATE_HOLDING},
		{From: LEG_STATE_HOLDING, On: LegHeld, To: LEG_STATE_HELD},
		{From: LEG_STATE_HOLDING, On: LegRefused, To: LEG_STATE_REFUSED},
		{From: LEG_STATE_HOLDING, On: LegVoidOrdered, To: LEG_STATE_VOIDING},
		{From: LEG_STATE_HELD, On: LegPostOrdered, To: LEG_STATE_POSTING},
		{From: LEG_STATE_HELD, On: LegVoidOrdered, To: LEG_STATE_VOIDING},
		{From: LEG_STATE_POSTING, On: LegPosted, To: LEG_STATE_POSTED},
		{From: LEG_STATE_POSTING, On: LegSuspense, To: LEG_STATE_SUSPENSE},
		{From: LEG_STATE_VOIDING, On: LegHeld, To: LEG_STATE_VOIDING},
		{From: LEG_STATE_VOIDING, On: LegRefused, To: LEG_STATE_REFUSED},
		{From: LEG_STATE_VOIDING, On: LegVoided, To: LEG_STATE_VOIDED},
		{From: LEG_STATE_PLANNED, On: LegPayOrdered, To: LEG_STATE_PAYING},
		{From: LEG_STATE_PAYING, On: LegVoidOrdered, To: LEG_STATE_PAYING},
		{From: LEG_STATE_PAYING, On: LegPosted, To: LEG_STATE_POSTED},
		{From: LEG_STATE_PAYING, On: LegRefused, To: LEG_STATE_REFUSED},
		{From: LEG_STATE_PAYING, On: LegVoided, To: LEG_STATE_VOIDED},
	})

// Undecided tells whether the settlement can still be aborted by a message or a timer.
func (s State) Undecided() bool { return s == STATE_PROPOSED || s == STATE_PREPARING }

// Open tells whether something is still to be done.
func (s State) Open() bool { return !Table.IsFinal(s) }

// Word is the state as people read it: without the enum's prefix.
func (s State) Word() string { return trimEnum(s.String(), "STATE_") }

// Word is the state as people read it: without the enum's prefix.
func (s LegState) Word() string { return trimEnum(s.String(), "LEG_STATE_") }

func trimEnum(name, prefix string) string {
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return name[len(prefix):]
	}
	return name
}
