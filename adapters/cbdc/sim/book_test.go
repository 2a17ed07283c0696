package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// checking is a ledger that checks the orders of a hub of its own, whose first header is ten minutes old.
func checking(t testing.TB) (*simtest.Server, *simtest.Hub) {
	h := simtest.NewHub(simtest.ChainID, 10*time.Minute)
	return simtest.StartWith(t, h.Checking(simtest.Config(t))), h
}

// refused checks an error's code and words.
func refused(t testing.TB, code simkit.Code, says string, status int, raw []byte) {
	t.Helper()
	var e simkit.Error
	require.NoError(t, json.Unmarshal(raw, &e), "%s", raw)
	require.Equal(t, code, e.Code, "%s", raw)
	require.Contains(t, e.Message, says)
	require.NotEqual(t, http.StatusOK, status)
}

// act asks for what an instruction orders, with the payer's consent where that is a hold.
func act(t testing.TB, s *simtest.Server, p simtest.Payment, k order.Kind) (status int, raw []byte) {
	path := "/v1/entries/" + p.ID().String()
	switch k {
	case order.Hold:
		return s.Do(t, simtest.NotaryToken, http.MethodPut, path, simtest.OrderJSON(p.Hold()))
	case order.Post:
		return s.Do(t, simtest.NotaryToken, http.MethodPost, path+"/post", simtest.InstructionJSON(p.Instruction(k)))
	}
	return s.Do(t, simtest.NotaryToken, http.MethodPost, path+"/void", simtest.InstructionJSON(p.Instruction(k)))
}

func TestALedgerThatChecksHoldsPostsAndVoidsWhatWasProven(t *testing.T) {
	s, h := checking(t)
	require.Equal(t, sdk.Book{ChainID: simtest.ChainID, Height: h.Root().Height, Hash: h.Root().Hash}, s.Book(t))
	posted, voided := pay("R1", simtest.Rich, simtest.Payee, 700), pay("R2", simtest.Rich, simtest.Payee, 300)
	b := s.Proven(t, h, posted.Instruction(order.Hold), voided.Instruction(order.Hold))
	require.EqualValues(t, 2, b.Number)
	require.Greater(t, b.Height, h.Root().Height, "the newer header is believed from now on")
	require.Equal(t, "HELD", s.Hold(t, posted.Hold()).State)
	require.Equal(t, "HELD", s.Hold(t, voided.Hold()).State)
	s.Proven(t, h, posted.Instruction(order.Post), voided.Instruction(order.Void))
	require.Equal(t, "POSTED", s.Post(t, posted).State)
	require.Equal(t, "VOIDED", s.Void(t, voided).State)
	require.EqualValues(t, 4, s.Book(t).Number)
	s.Check(t)
	journal := s.Entry(t, posted.ID().String()).Journal
	require.Equal(t, []uint64{1, 3}, []uint64{journal[0].Instruction, journal[1].Instruction}, "each line names the instruction it was made on")

	var d struct {
		OrderCheck string `json:"order_check"`
	}
	_, raw := s.Do(t, simtest.NotaryToken, http.MethodGet, "/v1/ledger", nil)
	require.NoError(t, json.Unmarshal(raw, &d))
	require.Equal(t, "ledger", d.OrderCheck)
}

// The refusals of what is not in the book: whoever asks, with whatever token, nothing happens.
func TestALedgerThatChecksActsOnNothingElse(t *testing.T) {
	s, h := checking(t)
	held := pay("R1", simtest.Rich, simtest.Payee, 700)
	never := pay("R2", simtest.Rich, simtest.Payee, 300)
	s.Proven(t, h, held.Instruction(order.Hold))
	s.Hold(t, held.Hold())
	const says = "not proven: the hub's order to"

	t.Run("a hold that the hub never ordered, with the payer's consent", func(t *testing.T) {
		status, raw := act(t, s, never, order.Hold)
		refused(t, simkit.Denied, says, status, raw)
	})
	t.Run("a refusal of what the hub never ordered", func(t *testing.T) {
		status, raw := s.Do(t, simtest.NotaryToken, http.MethodPost, "/v1/entries/"+never.ID().String()+"/refuse", simtest.OrderJSON(never.Hold()))
		refused(t, simkit.Denied, says, status, raw)
	})
	t.Run("a void that no decision allows, of an entry held and of one never held", func(t *testing.T) {
		for _, p := range []simtest.Payment{held, never} {
			status, raw := act(t, s, p, order.Void)
			refused(t, simkit.Denied, says, status, raw)
		}
	})
	t.Run("a post that no decision allows", func(t *testing.T) {
		status, raw := act(t, s, held, order.Post)
		refused(t, simkit.Denied, says, status, raw)
	})
	t.Run("a post of another amount than the hub ordered", func(t *testing.T) {
		s.Proven(t, h, held.Instruction(order.Post))
		other := held
		other.AmountMinor++
		status, raw := act(t, s, other, order.Post)
		refused(t, simkit.Denied, says, status, raw)
	})
	require.Equal(t, []string{"hold"}, kinds(s.Entry(t, held.ID().String())))
	status, raw := s.Do(t, simtest.NotaryToken, http.MethodGet, "/v1/entries/"+never.ID().String(), nil)
	refused(t, simkit.NotFound, "never heard of", status, raw)

	t.Run("a hold that the hub ordered without the payer's consent is refused for good", func(t *testing.T) {
		s.Proven(t, h, never.Instruction(order.Hold))
		o := never.Hold()
		o.Consent.Signature = simtest.Sign(simtest.Poor, order.ConsentSignBytes(simtest.ChainID, never.Body().Hash()))
		e := s.Hold(t, o)
		require.Equal(t, "TOMBSTONED", e.State)
		require.Equal(t, sim.ConsentInvalid, e.ReasonCode)
	})
	s.Check(t)
}

func TestAgeAloneWithinTheTrustingPeriodStopsNoPostAndNoVoid(t *testing.T) {
	h := simtest.NewHub(simtest.ChainID, simtest.TrustingPeriod-2*time.Minute)
	s := simtest.StartWith(t, h.Checking(simtest.Config(t)))
	posted, voided := pay("R1", simtest.Rich, simtest.Payee, 700), pay("R2", simtest.Rich, simtest.Payee, 300)
	s.Proven(t, h, posted.Instruction(order.Hold), voided.Instruction(order.Hold))
	s.Hold(t, posted.Hold())
	s.Hold(t, voided.Hold())
	s.Proven(t, h, posted.Instruction(order.Post), voided.Instruction(order.Void))
	require.Equal(t, "POSTED", s.Post(t, posted).State)
	require.Equal(t, "VOIDED", s.Void(t, voided).State)
}

func TestTheBookOutlivesAKillAndWhatWasNotAcknowledgedIsAllThereOrNotAtAll(t *testing.T) {
	h := simtest.NewHub(simtest.ChainID, time.Minute)
	c := h.Checking(simtest.Config(t))
	p := startProcess(t, c)
	one := pay("R1", simtest.Rich, simtest.Payee, 700)
	p.Fault(t, simkit.Fault{Operation: simkit.OpTake, Mode: simkit.ModeWithhold, Count: 1})
	batch, err := h.Prove(p.Book(t), one.Instruction(order.Hold))
	require.NoError(t, err)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if sendBatch(p.URL, batch) == nil {
			t.Error("the notary got a reply")
		}
	}()
	require.Eventually(t, func() bool {
		var list []simkit.Withheld
		p.Admin(t, http.MethodGet, "/admin/withheld", nil, &list)
		return len(list) == 1 && list[0].Operation == simkit.OpTake
	}, patience, 5*time.Millisecond)
	require.Error(t, p.end(t, syscall.SIGKILL))
	<-gone

	p = startProcess(t, c)
	require.EqualValues(t, 1, p.Book(t).Number)
	require.Equal(t, p.Book(t), p.Take(t, batch), "sent again, it brings nothing new")
	require.Equal(t, "HELD", p.Hold(t, one.Hold()).State, "killed between the proof and the hold: it needs no other proof")
	p.Check(t)
	require.NoError(t, p.end(t, syscall.SIGTERM))
}

// sendBatch sends a batch and gives the error of a reply that did not come.
func sendBatch(url string, batch []byte) error {
	r, err := http.NewRequest(http.MethodPut, url+"/v1/book", bytes.NewReader(batch))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+simtest.NotaryToken)
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	return reply.Body.Close()
}

func TestTheOperatorsWordAtAStartMovesTheBeliefForwardAlone(t *testing.T) {
	h := simtest.NewHub(simtest.ChainID, simtest.TrustingPeriod+time.Minute)
	c := h.Checking(simtest.Config(t))
	s := simtest.StartWith(t, c)
	hold := pay("R1", simtest.Rich, simtest.Payee, 700)
	batch, err := h.Prove(s.Book(t), hold.Instruction(order.Hold))
	require.NoError(t, err)
	status, answer := s.TryTake(t, batch)
	refused(t, simkit.Denied, "name a newer header", status, answer)
	s.Stop(t)

	old := c.Hub.Root
	h.Renew()
	c.Hub.Root = h.Chain().Root(h.Chain().Height()).String()
	s = simtest.StartWith(t, c)
	taken := s.Proven(t, h)
	require.EqualValues(t, 1, taken.Number)
	s.Stop(t)

	c.Hub.Root = old
	require.Equal(t, taken, simtest.StartWith(t, c).Book(t), "an older root in the file changes nothing")
}

func TestALedgerRefusesToStartWithAHubThatIsNotItsOwn(t *testing.T) {
	h := simtest.NewHub(simtest.ChainID, time.Minute)
	c := h.Checking(simtest.Config(t))
	simtest.StartWith(t, c).Stop(t)
	for _, row := range []struct {
		name, says string
		change     func(*sim.Config)
	}{
		{"the section taken away", "put the section back", func(c *sim.Config) { c.Hub = nil }},
		{"another chain", "holds orders of chain corridor-test-1", func(c *sim.Config) { c.Hub.ChainID, c.ChainID = "corridor-test-2", "" }},
		{"another header of the same height", "one of them is not the hub's", func(c *sim.Config) {
			c.Hub.Root = simtest.NewHub(simtest.ChainID, time.Second).Root().String()
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			other := c
			hub := *c.Hub
			other.Hub = &hub
			row.change(&other)
			_, err := sim.Open(context.Background(), other)
			require.ErrorContains(t, err, row.says)
		})
	}
}

func TestALedgerWithoutAHubKeepsNoBookAndActsAsBefore(t *testing.T) {
	s := simtest.Start(t)
	for _, method := range []string{http.MethodGet, http.MethodPut} {
		status, raw := s.Do(t, simtest.NotaryToken, method, "/v1/book", []byte{1})
		refused(t, simkit.Denied, "keeps no book", status, raw)
	}
	require.Equal(t, "HELD", s.Hold(t, pay("R1", simtest.Rich, simtest.Payee, 700).Hold()).State)
}

func TestTheDatabaseItselfRefusesABookThatGoesBackAndTheCheckFindsAForgedOne(t *testing.T) {
	h := simtest.NewHub(simtest.ChainID, time.Minute)
	c := h.Checking(simtest.Config(t))
	s := simtest.StartWith(t, c)
	held := pay("R1", simtest.Rich, simtest.Payee, 700)
	s.Proven(t, h, held.Instruction(order.Hold))
	s.Hold(t, held.Hold())
	s.Stop(t)
	db := openDB(t, c)
	for name, statement := range map[string]string{
		"an older header":            `UPDATE book SET height = height - 1`,
		"another of the same height": `UPDATE book SET hash = zeroblob(32)`,
		"fewer instructions":         `UPDATE book SET number = 0`,
		"another head":               `UPDATE book SET head = zeroblob(32)`,
		"another chain":              `UPDATE book SET chain_id = 'x'`,
		"no book":                    `DELETE FROM book`,
		"a forgotten instruction":    `DELETE FROM instruction`,
		"a rewritten instruction":    `UPDATE instruction SET hash = zeroblob(32)`,
	} {
		_, err := db.Exec(statement)
		require.Error(t, err, name)
	}
	_, err := db.Exec(`UPDATE change SET instruction = NULL`)
	require.NoError(t, err)
	_, err = db.Exec(`INSERT INTO instruction (number, hash, chain_hash, height, taken_at, caller) VALUES (2, zeroblob(32), zeroblob(32), 3, '', '')`)
	require.NoError(t, err)
	l, err := sim.Open(context.Background(), c)
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	got, err := l.Check(context.Background())
	require.NoError(t, err)
	require.Contains(t, join(got.Problems), "instruction 2 of the book does not chain")
	require.Contains(t, join(got.Problems), "the book does not end at its newest instruction")
	require.Contains(t, join(got.Problems), "an entry changed on no instruction of the book")
}
