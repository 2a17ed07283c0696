package settlement_test

import (
	"slices"
	"testing"

	"github.com/corridor-network/corridor/internal/fsm/fsmtest"
	"github.com/corridor-network/corridor/x/settlement"
)

var settlementTriggers = []settlement.Trigger{
	settlement.OnConsented, settlement.OnAllHeld, settlement.OnPivotTurn, settlement.OnPivotPaid, settlement.OnPivotFailed,
	settlement.OnRefused, settlement.OnDeadline, settlement.OnWithdrawn, settlement.OnVetoed, settlement.OnAllPosted, settlement.OnAllReturned,
}

var legTriggers = []settlement.LegTrigger{
	settlement.LegHoldOrdered, settlement.LegPostOrdered, settlement.LegVoidOrdered, settlement.LegPayOrdered,
	settlement.LegHeld, settlement.LegRefused, settlement.LegPosted, settlement.LegSuspense, settlement.LegVoided,
}

// enum lists the values of a protobuf enum but its zero, in order.
func enum[E ~int32](names map[int32]string) (values []E) {
	for number := range names {
		if number != 0 {
			values = append(values, E(number))
		}
	}
	slices.Sort(values)
	return values
}

func TestSettlementTableIsSound(t *testing.T) {
	fsmtest.Check(t, settlement.Table, enum[settlement.State](settlement.State_name), settlementTriggers)
}

func TestLegTableIsSound(t *testing.T) {
	fsmtest.Check(t, settlement.LegTable, enum[settlement.LegState](settlement.LegState_name), legTriggers)
}

func TestNothingLeadsFromOneDecisionToTheOther(t *testing.T) {
	for _, done := range []settlement.State{settlement.STATE_COMMITTED, settlement.STATE_SETTLED} {
		for _, undone := range []settlement.State{settlement.STATE_ABORTED, settlement.STATE_UNWOUND} {
			fsmtest.NoPath(t, settlement.Table, done, undone)
			fsmtest.NoPath(t, settlement.Table, undone, done)
		}
	}
}

func TestNothingLeadsFromPostingToAVoidNorBack(t *testing.T) {
	for _, posting := range []settlement.LegState{settlement.LEG_STATE_POSTING, settlement.LEG_STATE_POSTED, settlement.LEG_STATE_SUSPENSE} {
		for _, voiding := range []settlement.LegState{settlement.LEG_STATE_VOIDING, settlement.LEG_STATE_VOIDED, settlement.LEG_STATE_REFUSED} {
			fsmtest.NoPath(t, settlement.LegTable, posting, voiding)
			fsmtest.NoPath(t, settlement.LegTable, voiding, posting)
		}
	}
}

func TestDiagramsAreFresh(t *testing.T) {
	fsmtest.Diagram(t, settlement.Table, "README.md")
	fsmtest.Diagram(t, settlement.LegTable, "README.md")
}
