package bundle_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/internal/bundle"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// Every way in which a settlement can end, and some in which it has not, has its evidence.
func TestEveryEndHasItsEvidence(t *testing.T) {
	hub := func(s *stage, reference string) order.Body {
		a, fxp, b := apptest.Address("bank-a").String(), apptest.Address("fxp").String(), apptest.Address("bank-b").String()
		return s.body(reference, [2]string{bridge.HubLedger, bridge.HubLedger}, [4]string{a, fxp, fxp, b})
	}
	for _, row := range []struct {
		name  string
		play  func(*stage) order.Body
		state settlement.State
		legs  [2]string
		says  []string
	}{
		{"settled", func(s *stage) order.Body { return s.settled("r-1", 1) }, settlement.STATE_SETTLED, [2]string{"POSTED", "POSTED"}, []string{
			"HELD, signed by cny-2, cny-3 (2 of 3 are needed), reference cny-1-by-2", "POSTED, signed by usd-2, usd-3", "reference usd-2-by-2",
		}},
		{"settled, money in suspense", func(s *stage) order.Body {
			body := s.notarised("r-1")
			s.propose(body, 0, 1)
			s.both("cny", 1, order.Held)
			s.both("usd", 1, order.Held)
			s.both("cny", 2, order.Posted)
			s.both("usd", 2, order.Suspense)
			return body
		}, settlement.STATE_SETTLED, [2]string{"POSTED", "SUSPENSE"}, []string{"SUSPENSE, signed by usd-2, usd-3"}},
		{"unwound by a refusal", func(s *stage) order.Body {
			body := s.notarised("r-1")
			s.propose(body, 0, 1)
			s.both("cny", 1, order.Held)
			s.both("usd", 1, order.Refused)
			s.both("cny", 2, order.Voided)
			return body
		}, settlement.STATE_UNWOUND, [2]string{"VOIDED", "REFUSED"}, []string{"because leg 1 on usd was refused", "VOIDED, signed by cny-2, cny-3"}},
		{"unwound by the deadline", func(s *stage) order.Body {
			body := s.notarised("r-1")
			s.propose(body, 0, 1)
			s.wait(time.Hour)
			s.both("cny", 2, order.Voided)
			s.both("usd", 2, order.Voided)
			return body
		}, settlement.STATE_UNWOUND, [2]string{"VOIDED", "VOIDED"}, []string{"the prepare deadline", "no outcome yet"}},
		{"unwound before anything was ordered", func(s *stage) order.Body {
			body := s.notarised("r-1")
			s.propose(body, 0)
			s.wait(time.Hour)
			return body
		}, settlement.STATE_UNWOUND, [2]string{"PLANNED", "PLANNED"}, nil},
		{"settled on the hub itself", func(s *stage) order.Body {
			s.issue()
			body := hub(s, "r-1")
			s.propose(body, 0, 1)
			return body
		}, settlement.STATE_SETTLED, [2]string{"POSTED", "POSTED"}, []string{"POSTED, done by the hub itself"}},
		{"unwound on the hub itself", func(s *stage) order.Body {
			body := hub(s, "r-1")
			s.propose(body, 0, 1)
			return body
		}, settlement.STATE_UNWOUND, [2]string{"REFUSED", "REFUSED"}, []string{"REFUSED, done by the hub itself"}},
		{"not final: preparing", func(s *stage) order.Body {
			body := s.notarised("r-1")
			s.propose(body, 0, 1)
			s.both("usd", 1, order.Held)
			return body
		}, settlement.STATE_PREPARING, [2]string{"HOLDING", "HELD"}, []string{"not final: later it may be another"}},
		{"not final: committed", func(s *stage) order.Body {
			body := s.notarised("r-1")
			s.propose(body, 0, 1)
			s.both("usd", 1, order.Held)
			s.both("cny", 1, order.Held)
			return body
		}, settlement.STATE_COMMITTED, [2]string{"POSTING", "POSTING"}, []string{"not final"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t)
			body := row.play(s)
			s.wait(time.Second) // the hub goes on
			b, root := s.export(body)
			read, err := bundle.Decode(encode(t, b))
			require.NoError(t, err)
			proven, err := read.Verify(root)
			require.NoError(t, err)
			require.Equal(t, row.state.Word(), proven.State)
			require.Equal(t, body.ID().String(), proven.SettlementID)
			require.Equal(t, root.String(), proven.Trusted)
			for i, leg := range proven.Legs {
				require.Equal(t, row.legs[i], leg.State)
			}
			var told strings.Builder
			require.NoError(t, proven.Write(&told))
			for _, words := range row.says {
				require.Contains(t, told.String(), words)
			}
		})
	}
}

// A batch is covered by one signature, so the words about others come along; an attestation for two instructions is there once.
func TestABatchAboutManySettlementsIsTakenWhole(t *testing.T) {
	s := newStage(t)
	one, two := s.notarised("r-1"), s.notarised("r-2")
	s.propose(one, 0, 1)
	s.propose(two, 0, 1)
	for _, ledger := range []string{"cny", "usd"} {
		for _, n := range []string{"1", "2"} {
			s.attest(ledger, n, s.chain.Word(ledger, 1, order.Held), s.chain.Word(ledger, 2, order.Held))
		}
	}
	for _, ledger := range []string{"cny", "usd"} {
		s.both(ledger, 3, order.Posted)
		s.both(ledger, 4, order.Posted)
	}
	for _, body := range []order.Body{one, two} {
		b, root := s.export(body)
		proven, err := b.Verify(root)
		require.NoError(t, err)
		require.Equal(t, "SETTLED", proven.State)
		require.Len(t, b.Ledgers[0].Attestations, 4)
		require.Len(t, b.Ledgers[0].Attestations[0].Words, 2)
	}
}

// The state is the one in which the settlement ended: a notary that lost its key later is no matter.
func TestLaterChangesOfNotariesSpoilNothing(t *testing.T) {
	s := newStage(t)
	body := s.settled("r-1", 1)
	s.wait(time.Second)
	_, before := s.export(body)
	require.NoError(t, s.chain.Govern(&bridge.MsgSuspendNotary{Authority: app.Authority(), Ledger: "cny", Notary: "cny-2", Reason: "its key was stolen"}))
	s.note()
	_, after := s.export(body)
	require.Equal(t, before, after)

	trust := s.header(s.chain.Height() + 1)
	_, _, err := s.exporter().Export(context.Background(), bundle.Request{Settlement: s.view(body), Trust: &trust})
	require.ErrorIs(t, err, bundle.ErrTooFew, "in a state where the notary is suspended, one word of two is left")
}

// What is counted after the end changes nothing of the evidence of the end.
func TestWordsThatComeAfterTheEndSpoilNothing(t *testing.T) {
	s := newStage(t)
	body := s.notarised("r-1")
	s.propose(body, 0, 1)
	s.wait(time.Hour)
	s.both("cny", 2, order.Voided)
	s.both("usd", 2, order.Voided)
	s.wait(time.Second)
	_, before := s.export(body)
	s.both("cny", 1, order.Held) // it was held late, and given back
	_, after := s.export(body)
	require.Equal(t, before, after)
}

// A reader who believes an older header is led to the state, over as many headers as the validators' changes need.
func TestThePathLeadsFromTheHeaderThatTheReaderBelieves(t *testing.T) {
	s := newStage(t)
	s.seats = func(height int64) []string {
		all := []string{"v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9"}
		first := min(int(height)/3, 5)
		return all[first : first+4]
	}
	first := s.header(2)
	body := s.settled("r-1", 1)
	request := bundle.Request{Settlement: s.view(body), Trust: &first}
	b, root, err := s.exporter().Export(context.Background(), request)
	require.NoError(t, err)
	require.Equal(t, first, root)
	require.Greater(t, len(b.Path.Steps), 1)
	read, err := bundle.Decode(encode(t, b))
	require.NoError(t, err)
	proven, err := read.Verify(first)
	require.NoError(t, err)
	require.Equal(t, "SETTLED", proven.State)

	forged := orderproof.Root{Height: 2, Hash: hash("forged")}
	request.Trust = &forged
	_, _, err = s.exporter().Export(context.Background(), request)
	require.ErrorIs(t, err, orderproof.ErrRoot)
	_, err = read.Verify(forged)
	require.ErrorIs(t, err, bundle.ErrHeader)
}

// A reader who believes a header above the end gets the state below that header.
func TestAReaderMayBelieveALaterHeader(t *testing.T) {
	s := newStage(t)
	body := s.settled("r-1", 1)
	s.wait(time.Second)
	s.wait(time.Second)
	later := s.header(s.chain.Height())
	b, root, err := s.exporter().Export(context.Background(), bundle.Request{Settlement: s.view(body), Trust: &later})
	require.NoError(t, err)
	require.Equal(t, later, root)
	proven, err := b.Verify(later)
	require.NoError(t, err)
	require.Equal(t, later.Height-1, proven.StateHeight)
}

// A node that keeps old states no more can still show the newest.
func TestAPrunedNodeShowsTheNewestState(t *testing.T) {
	s := newStage(t)
	body := s.settled("r-1", 1)
	s.wait(time.Second)
	e := s.exporter()
	e.Source = pruned{s}
	b, root, err := e.Export(context.Background(), bundle.Request{Settlement: s.view(body)})
	require.NoError(t, err)
	require.Equal(t, s.chain.Height()+1, root.Height)
	_, err = b.Verify(root)
	require.NoError(t, err)
}

// pruned is a node that has the newest state alone.
type pruned struct{ *stage }

// Prove implements bundle.Source.
func (p pruned) Prove(ctx context.Context, height int64, store string, key []byte) (orderproof.Membership, error) {
	if height < p.chain.Height() {
		return orderproof.Membership{}, context.DeadlineExceeded
	}
	return p.stage.Prove(ctx, height, store, key)
}

// Names in the JSON are for programs: they stay.
func TestTheJSONNamesStay(t *testing.T) {
	s := newStage(t)
	b, root := s.export(s.settled("r-1", 1))
	proven, err := b.Verify(root)
	require.NoError(t, err)
	raw, err := json.Marshal(proven)
	require.NoError(t, err)
	for _, name := range []string{
		"chain_id", "trusted", "state_height", "header_time", "settlement_id", "settlement_hash", "proposer", "reference", "state", "final", "decided", "legs", "steps",
		"ledger", "payer", "payee", "currency", "amount_minor", "entry_id", "ledger_reference", "outcomes", "instruction", "number", "ordered", "ordered_height",
		"outcome", "proved_by", "attested_by", "threshold", "notaries",
	} {
		require.Contains(t, string(raw), `"`+name+`":`)
	}
}

func (s *stage) header(height int64) orderproof.Root {
	block, err := s.Header(context.Background(), height)
	require.NoError(s.t, err)
	return orderproof.NewRoot(block.Header)
}
