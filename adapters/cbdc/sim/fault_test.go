package sim_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

func TestARefusingLedgerTombstonesTheNextHoldAlone(t *testing.T) {
	s := simtest.Start(t)
	s.Fault(t, simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeRefuse, Count: 1, Reason: "under review"})
	poor := s.Hold(t, pay("R0", simtest.Poor, simtest.Payee, 501).Hold())
	require.Equal(t, sim.InsufficientFunds, poor.ReasonCode, "a rule's own refusal does not use the fault up")
	e := s.Hold(t, pay("R1", simtest.Rich, simtest.Payee, 700).Hold())
	require.Equal(t, [3]string{"TOMBSTONED", sim.FaultInjected, "under review"}, [3]string{e.State, e.ReasonCode, e.Reason})
	require.Equal(t, "HELD", s.Hold(t, pay("R2", simtest.Rich, simtest.Payee, 700).Hold()).State)
}

func TestAnUnavailableLedgerTurnsAwayBeforeAnyEffect(t *testing.T) {
	s := simtest.Start(t)
	p := pay("R1", simtest.Rich, simtest.Payee, 700)
	s.Fault(t, simkit.Fault{Operation: simkit.OpAll, Mode: simkit.ModeUnavailable})
	status, raw := s.Do(t, simtest.NotaryToken, http.MethodPut, "/v1/entries/"+p.ID().String(), simtest.OrderJSON(p.Hold()))
	requireError(t, simkit.Unavailable, status, raw)
	require.Equal(t, http.StatusServiceUnavailable, status)
	var list []sim.EntryWithJournal
	s.Admin(t, http.MethodGet, "/admin/entries", nil, &list)
	require.Empty(t, list)
	s.Admin(t, http.MethodDelete, "/admin/faults", nil, nil)
	require.Equal(t, "HELD", s.Hold(t, p.Hold()).State)
}

func TestAWithheldReplyIsNeverSentThoughTheFaultIsCleared(t *testing.T) {
	s := simtest.Start(t)
	p := pay("R1", simtest.Rich, simtest.Payee, 700)
	s.Fault(t, simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeWithhold, Count: 1})
	gone := make(chan error, 1)
	go func() { gone <- put(s.URL, p) }()
	require.Eventually(t, func() bool {
		var list []simkit.Withheld
		s.Admin(t, http.MethodGet, "/admin/withheld", nil, &list)
		return len(list) == 1
	}, patience, 5*time.Millisecond)
	require.Equal(t, []string{"hold"}, kinds(s.Entry(t, p.ID().String())))
	s.Admin(t, http.MethodDelete, "/admin/faults", nil, nil)
	require.Error(t, <-gone)
	require.Equal(t, "HELD", s.Hold(t, p.Hold()).State)
	s.Check(t)
}

func TestAWithheldReplyThatHangsUpBreaksTheConnectionByItself(t *testing.T) {
	s := simtest.Start(t)
	p := pay("R1", simtest.Rich, simtest.Payee, 700)
	s.Fault(t, simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeWithhold, Count: 1, DelayMS: 10})
	require.Error(t, put(s.URL, p))
	require.Equal(t, []string{"hold"}, kinds(s.Entry(t, p.ID().String())))
}
