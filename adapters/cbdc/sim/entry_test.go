package sim_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

func pay(reference, payer, payee string, amountMinor uint64) simtest.Payment {
	return simtest.Payment{Reference: reference, Payer: payer, Payee: payee, AmountMinor: amountMinor}
}

// kinds is the entry's journal in words.
func kinds(e sim.EntryWithJournal) []string {
	list := []string{}
	for _, l := range e.Journal {
		list = append(list, l.Kind)
	}
	return list
}

func TestAHoldReservesAndAPostPaysAndEachIsOneLineOfTheJournal(t *testing.T) {
	s := simtest.Start(t)
	p := pay("R1", simtest.Rich, simtest.Payee, 700)
	require.Equal(t, "HELD", s.Hold(t, p.Hold()).State)
	rich := s.Account(t, simtest.Rich)
	require.Equal(t, [2]uint64{9_999_300, 700}, [2]uint64{rich.AvailableMinor, rich.HeldMinor})

	require.Equal(t, "POSTED", s.Post(t, p).State)
	rich = s.Account(t, simtest.Rich)
	require.Equal(t, [2]uint64{9_999_300, 0}, [2]uint64{rich.AvailableMinor, rich.HeldMinor})
	require.EqualValues(t, 700, s.Account(t, simtest.Payee).AvailableMinor)

	e := s.Entry(t, p.ID().String())
	require.Equal(t, []string{"hold", "post"}, kinds(e))
	require.Equal(t, [2]string{simtest.Rich, "held:" + simtest.Rich}, [2]string{e.Journal[0].Debit, e.Journal[0].Credit})
	require.Equal(t, [2]string{"held:" + simtest.Rich, simtest.Payee}, [2]string{e.Journal[1].Debit, e.Journal[1].Credit})
	require.Equal(t, "notary-1", e.Journal[0].Caller)
	require.EqualValues(t, simtest.Issued, s.Check(t).IssuedMinor)
}

func TestASecondDeliveryOfAnythingChangesNothing(t *testing.T) {
	s := simtest.Start(t)
	posted, voided := pay("R1", simtest.Rich, simtest.Payee, 700), pay("R2", simtest.Rich, simtest.Payee, 300)
	s.Hold(t, posted.Hold())
	s.Hold(t, voided.Hold())
	first, back := s.Post(t, posted), s.Void(t, voided)
	before := s.Accounts(t)
	for range 2 {
		require.Equal(t, first, s.Hold(t, posted.Hold()))
		require.Equal(t, first, s.Post(t, posted))
		require.Equal(t, first, s.Refuse(t, posted.Hold()))
		require.Equal(t, back, s.Hold(t, voided.Hold()))
		require.Equal(t, back, s.Void(t, voided))
		require.Equal(t, back, s.Refuse(t, voided.Hold()))
	}
	require.Equal(t, before, s.Accounts(t))
	require.Equal(t, []string{"hold", "post"}, kinds(s.Entry(t, posted.ID().String())))
	require.Equal(t, []string{"hold", "void"}, kinds(s.Entry(t, voided.ID().String())))
	s.Check(t)
}

func TestAnUnknownIDIsTombstonedByVoidAndRefuseAndNeverHeldAfterwards(t *testing.T) {
	s := simtest.Start(t)
	before := s.Accounts(t)
	for name, bury := range map[string]func(simtest.Payment) sim.Entry{
		"void":   func(p simtest.Payment) sim.Entry { return s.Void(t, p) },
		"refuse": func(p simtest.Payment) sim.Entry { return s.Refuse(t, p.Hold()) },
	} {
		p := pay(name, simtest.Rich, simtest.Payee, 700)
		require.Equal(t, "TOMBSTONED", bury(p).State)
		require.Equal(t, "TOMBSTONED", s.Hold(t, p.Hold()).State)
		require.Equal(t, "TOMBSTONED", bury(p).State)
		require.Empty(t, s.Entry(t, p.ID().String()).Journal)
	}
	require.Equal(t, before, s.Accounts(t))
	s.Check(t)
}

func TestAHeldEntryCanAlwaysBePosted(t *testing.T) {
	rows := []struct {
		name, payee string
		meanwhile   func(t *testing.T, s *simtest.Server)
		want        string
		reason      string
	}{
		{"to a payee frozen meanwhile, whose frozen money it becomes", simtest.Doomed, func(t *testing.T, s *simtest.Server) {
			s.Admin(t, http.MethodPost, "/admin/accounts/"+simtest.Doomed+"/freeze", nil, nil)
		}, "POSTED", ""},
		{"from a payer closed meanwhile", simtest.Payee, func(t *testing.T, s *simtest.Server) {
			s.Admin(t, http.MethodPost, "/admin/accounts/"+simtest.Rich+"/close", nil, nil)
		}, "POSTED", ""},
		{"into suspense, for a payee closed meanwhile", simtest.Doomed, func(t *testing.T, s *simtest.Server) {
			s.Admin(t, http.MethodPost, "/admin/accounts/"+simtest.Doomed+"/close", nil, nil)
		}, "SUSPENSE", sim.PayeeClosed},
		{"into suspense, for a payee that is full meanwhile", simtest.Capped, func(t *testing.T, s *simtest.Server) {
			issue := map[string]any{"operator": "op-1", "account": simtest.Capped, "amount_minor": 2_500}
			s.Admin(t, http.MethodPost, "/admin/issue", issue, nil)
		}, "SUSPENSE", sim.OverBalanceLimit},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := simtest.Start(t)
			p := pay("R1", simtest.Rich, row.payee, 700)
			require.Equal(t, "HELD", s.Hold(t, p.Hold()).State)
			row.meanwhile(t, s)
			e := s.Post(t, p)
			require.Equal(t, row.want, e.State)
			require.Equal(t, row.reason, e.ReasonCode)
			require.Equal(t, e, s.Post(t, p), "a second post is the same answer")
			c := s.Check(t)
			require.Equal(t, row.want == "SUSPENSE", c.SuspenseMinor == 700)
		})
	}
}

func TestARefusalIsATombstoneThatSaysWhyAndTellsNoBalance(t *testing.T) {
	s := simtest.Start(t)
	quote := simtest.Quote(simtest.Rich, 1_000)
	s.Hold(t, simtest.QuotedHold("Q-USED", simtest.Payee, 600, quote))
	unsigned := pay("NO-CONSENT", simtest.Rich, simtest.Payee, 700).Hold()
	unsigned.Consent.Signature = simtest.Sign(simtest.Poor, []byte("something else"))
	dollars := pay("USD", simtest.Rich, simtest.Payee, 700)
	dollars.Currency = "USD"
	rows := []struct {
		want string
		hold sdk.HoldOrder
	}{
		{sim.PayerUnknown, pay("R01", simtest.Unknown, simtest.Payee, 700).Hold()},
		{sim.PayerWithoutKey, pay("R02", simtest.Keyless, simtest.Payee, 700).Hold()},
		{sim.ConsentInvalid, unsigned},
		{sim.WrongCurrency, dollars.Hold()},
		{sim.PayerClosed, pay("R05", simtest.Closed, simtest.Payee, 700).Hold()},
		{sim.PayerFrozen, pay("R06", simtest.Frozen, simtest.Payee, 700).Hold()},
		{sim.PayeeUnknown, pay("R07", simtest.Rich, simtest.Unknown, 700).Hold()},
		{sim.PayeeClosed, pay("R08", simtest.Rich, simtest.Closed, 700).Hold()},
		{sim.PayeeFrozen, pay("R09", simtest.Rich, simtest.Frozen, 700).Hold()},
		{sim.OverTransactionLimit, pay("R10", simtest.Capped, simtest.Payee, 1_001).Hold()},
		{sim.OverQuoteSize, simtest.QuotedHold("R11", simtest.Payee, 401, quote)},
		{sim.OverBalanceLimit, pay("R12", simtest.Rich, simtest.Capped, 3_001).Hold()},
		{sim.InsufficientFunds, pay("R13", simtest.Poor, simtest.Payee, 501).Hold()},
	}
	before := s.Accounts(t)
	for _, row := range rows {
		t.Run(row.want, func(t *testing.T) {
			e := s.Hold(t, row.hold)
			require.Equal(t, "TOMBSTONED", e.State)
			require.Equal(t, row.want, e.ReasonCode)
			require.NotContains(t, e.Reason, "500 ", "the payer's balance is nobody else's business")
			require.Equal(t, e, s.Hold(t, row.hold), "a refusal is for ever")
			require.Equal(t, before, s.Accounts(t))
		})
	}
	s.Check(t)
}

func TestHoldsUnderAQuoteFillItsSizeAndVoidsGiveItBack(t *testing.T) {
	s := simtest.Start(t)
	q := simtest.Quote(simtest.Rich, 1_000)
	first := simtest.QuotedHold("A", simtest.Payee, 600, q)
	require.Equal(t, "HELD", s.Hold(t, first).State)
	require.Equal(t, sim.OverQuoteSize, s.Hold(t, simtest.QuotedHold("B", simtest.Payee, 401, q)).ReasonCode)
	require.Equal(t, "HELD", s.Hold(t, simtest.QuotedHold("C", simtest.Payee, 400, q)).State)
	s.VoidInstruction(t, simtest.As(order.Void, first.Instruction))
	require.Equal(t, "HELD", s.Hold(t, simtest.QuotedHold("D", simtest.Payee, 600, q)).State)
	require.Equal(t, sim.OverQuoteSize, s.Hold(t, simtest.QuotedHold("E", simtest.Payee, 1, q)).ReasonCode)
	s.Check(t)
}

func TestAnIDTakenByAnotherBodyIsAConflict(t *testing.T) {
	s := simtest.Start(t)
	p := pay("R1", simtest.Rich, simtest.Payee, 700)
	other := pay("R1", simtest.Rich, simtest.Payee, 701)
	require.Equal(t, p.ID(), other.ID())
	s.Hold(t, p.Hold())
	before := s.Accounts(t)
	for verb, body := range map[string]any{
		"":      simtest.OrderJSON(other.Hold()),
		"/post": simtest.InstructionJSON(other.Instruction(order.Post)),
		"/void": simtest.InstructionJSON(other.Instruction(order.Void)),
	} {
		method := http.MethodPost
		if verb == "" {
			method = http.MethodPut
		}
		status, raw := s.Do(t, simtest.NotaryToken, method, "/v1/entries/"+p.ID().String()+verb, body)
		requireError(t, simkit.Conflict, status, raw)
	}
	require.Equal(t, "HELD", s.Refuse(t, other.Hold()).State, "a refusal changes nothing that is known")
	require.Equal(t, before, s.Accounts(t))
}

func TestOutsideOpeningHoursNothingNewIsHeldAndWhatIsHeldCanEnd(t *testing.T) {
	c := simtest.Config(t)
	s := simtest.StartWith(t, c)
	held := pay("R1", simtest.Rich, simtest.Payee, 700)
	s.Hold(t, held.Hold())
	s.Stop(t)

	c.OpeningHours = simkit.Hours{Days: []string{simtest.NotToday()}}
	s = simtest.StartWith(t, c)
	require.Equal(t, sim.OutsideOpeningHours, s.Hold(t, pay("R2", simtest.Rich, simtest.Payee, 700).Hold()).ReasonCode)
	require.Equal(t, "POSTED", s.Post(t, held).State)
	s.Check(t)
}

func requireError(t testing.TB, want simkit.Code, status int, raw []byte) simkit.Error {
	t.Helper()
	var e simkit.Error
	require.NoError(t, json.Unmarshal(raw, &e), "%s", raw)
	require.Equal(t, want, e.Code, "%s", raw)
	require.NotEmpty(t, e.Message)
	require.GreaterOrEqual(t, status, 400)
	return e
}
