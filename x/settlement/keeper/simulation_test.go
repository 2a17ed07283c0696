package keeper_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

var seeds = flag.Int("seeds", 2, "how many seeds TestSimulation tries, from 1 on; every change runs the default")

// simulation is a hub, two ledgers that keep their promises but answer late, out of order or not for long, and
// participants who do all that they may at any time.
type simulation struct {
	*world
	r       *rand.Rand
	entries map[order.EntryID]order.EntryState // what the ledgers did
	said    map[string]bool                    // instructions that two notaries have given their word on
	frozen  map[string]bool
}

// TestSimulation demands that everything that was ever proposed ends, all or none, with every invariant sound at
// every step, and that ledgers, hub and quotes agree in the end.
func TestSimulation(t *testing.T) {
	ended := map[settlement.State]int{}
	for seed := range *seeds {
		t.Run(fmt.Sprintf("seed %d", seed+1), func(t *testing.T) {
			s := &simulation{
				world: newWorld(t), r: rand.New(rand.NewPCG(uint64(seed+1), 0)),
				entries: map[order.EntryID]order.EntryState{}, said: map[string]bool{}, frozen: map[string]bool{},
			}
			require.NoError(t, s.quote("cny-usd", "cny", "usd", 20_000, 2*time.Hour))
			require.NoError(t, s.quote("hub-usd", "hub", "usd", 20_000, 2*time.Hour))
			require.NoError(t, s.quote("hub-hub", "hub", "hub", 20_000, 2*time.Hour))
			for range 150 {
				s.event()
				s.check()
			}
			s.finish(ended)
		})
	}
	require.NotZero(t, ended[settlement.STATE_SETTLED], "a simulation that settles nothing shows nothing")
	require.NotZero(t, ended[settlement.STATE_UNWOUND], "a simulation that aborts nothing shows nothing")
	t.Logf("%d settled, %d unwound", ended[settlement.STATE_SETTLED], ended[settlement.STATE_UNWOUND])
}

// event is one thing that happens. Messages may be refused; they must not break anything.
func (s *simulation) event() {
	switch s.r.IntN(20) {
	case 0, 1, 2:
		s.proposeAny()
	case 3:
		s.submit("bank-a", func(id []byte, body order.Body) sdk.Msg {
			return &settlement.MsgConsent{
				Sender: address("bank-a"), SettlementId: id, Consents: []settlement.LegConsent{apptest.SignConsent(body, 0)},
			}
		})
	case 4:
		who := []string{"bank-a", "fxp"}[s.r.IntN(2)]
		s.submit(who, func(id []byte, _ order.Body) sdk.Msg {
			return &settlement.MsgWithdraw{Sender: address(who), SettlementId: id}
		})
	case 5:
		if s.r.IntN(3) == 0 {
			s.submit("watch", func(id []byte, _ order.Body) sdk.Msg {
				return &settlement.MsgVeto{Supervisor: address("watch"), SettlementId: id, Reason: "simulated"}
			})
		}
	case 6:
		s.toggleFreeze([]string{"bank-a", "bank-b", "fxp"}[s.r.IntN(3)])
	case 7:
		s.chain.NextBlock(time.Duration(s.r.IntN(90)) * time.Second)
	case 8:
		if s.r.IntN(4) == 0 {
			s.restart()
		}
	case 9:
		s.submit("bank-b", func(id []byte, _ order.Body) sdk.Msg {
			return &settlement.MsgAdvance{Sender: address("bank-b"), SettlementId: id}
		})
	default:
		s.ledgersAnswer(1)
	}
}

func (s *simulation) proposeAny() {
	kinds := [][3]string{{"cny", "usd", "cny-usd"}, {"hub", "usd", "hub-usd"}, {"hub", "hub", "hub-hub"}}
	kind := kinds[s.r.IntN(len(kinds))]
	body := s.body(fmt.Sprintf("s%d", len(s.refs)), time.Duration(60+s.r.IntN(600))*time.Second,
		s.swapLegs(kind[0], kind[1], kind[2], uint64(7*(1+s.r.IntN(500))))...)
	var consents []int
	if s.r.IntN(2) == 0 {
		consents = []int{0}
	}
	_, _ = s.propose(body, consents...) // refused while someone is frozen or the quote is used up
}

// submit sends a message about some settlement.
func (s *simulation) submit(signer string, make func(id []byte, body order.Body) sdk.Msg) {
	if len(s.refs) == 0 {
		return
	}
	body := s.bodies[s.refs[s.r.IntN(len(s.refs))]]
	id := body.ID()
	_, _ = s.chain.RunTx(signer, make(id[:], body))
}

func (s *simulation) toggleFreeze(who string) {
	if s.frozen[who] {
		s.chain.MustRunTx("watch", &compliance.MsgUnfreeze{Sender: address("watch"), Id: who})
	} else {
		s.chain.MustRunTx("watch", &compliance.MsgFreeze{Sender: address("watch"), Id: who, Reason: "simulated"})
	}
	s.frozen[who] = !s.frozen[who]
}

func (s *simulation) restart() {
	resumed, err := s.chain.Restart(time.Second)
	require.NoError(s.t, err)
	s.chain = resumed
}

// ledgersAnswer lets a ledger act on some open instructions, in any order, and its notaries tell.
func (s *simulation) ledgersAnswer(most int) (answered int) {
	for _, ledger := range []string{"cny", "usd"} {
		work, err := bridge.NewQueryClient(s.chain.Conn()).Work(context.Background(), &bridge.QueryWorkRequest{Ledger: ledger})
		require.NoError(s.t, err)
		for range min(most, len(work.Records)) {
			record := work.Records[s.r.IntN(len(work.Records))]
			if key := fmt.Sprintf("%s/%d", ledger, record.Number); !s.said[key] {
				s.said[key] = true
				s.answer(record)
				answered++
			}
		}
	}
	return answered
}

func (s *simulation) answer(record bridge.Record) {
	i, err := order.DecodeInstruction(record.Instruction)
	require.NoError(s.t, err)
	state := s.entries[i.Entry]
	switch {
	case i.Kind == order.Hold && state == order.EntryUnknown && s.r.IntN(8) > 0:
		state = order.EntryHeld
	case i.Kind == order.Hold && state == order.EntryUnknown, i.Kind == order.Void && state == order.EntryUnknown:
		state = order.EntryTombstoned
	case i.Kind == order.Post && state == order.EntryHeld:
		state = []order.EntryState{order.EntryPosted, order.EntrySuspense}[s.r.IntN(2)]
	case i.Kind == order.Void && state == order.EntryHeld:
		state = order.EntryVoided
	}
	s.entries[i.Entry] = state
	outcome, ok := order.Attestable(i.Kind, state)
	require.True(s.t, ok, "%s was ordered of an entry that is %s", i.Kind, state)
	for n := 1; n <= 2; n++ {
		notary := fmt.Sprintf("%s-%d", record.Ledger, n)
		s.chain.MustRunTx("watch", apptest.SignWords("watch", s.chain.ID(), record.Ledger, notary,
			s.chain.Word(record.Ledger, record.Number, outcome)))
	}
}

// finish lets time pass and the ledgers answer everything, then compares what all remember. It counts how settlements ended.
func (s *simulation) finish(ended map[settlement.State]int) {
	for _, who := range []string{"bank-a", "bank-b", "fxp"} {
		if s.frozen[who] {
			s.toggleFreeze(who)
		}
	}
	s.chain.NextBlock(time.Hour)
	for range 50 {
		for s.ledgersAnswer(100) > 0 {
			s.check()
		}
		s.chain.NextBlock(time.Minute)
		if open(s.world) == 0 {
			break
		}
	}
	require.Zero(s.t, open(s.world))
	left := map[string]uint64{"cny-usd": 20_000, "hub-usd": 20_000, "hub-hub": 20_000}
	for _, reference := range s.refs {
		view := s.settlement(reference)
		state := view.Settlement.State
		ended[state]++
		for i, leg := range view.Legs {
			if leg.Ledger == bridge.HubLedger {
				continue // checked at every step
			}
			entry := s.entries[s.bodies[reference].EntryID(i)]
			happened := entry == order.EntryPosted || entry == order.EntrySuspense
			require.Equal(s.t, state == settlement.STATE_SETTLED, happened, "%s is %s, and its leg %d is %s", reference, state, i, entry)
		}
		if state == settlement.STATE_SETTLED {
			left[s.quoteOf(view)] -= view.Legs[1].AmountMinor
		}
	}
	for name, want := range left {
		require.Equal(s.t, want, s.left(name), "quote %s", name)
	}
}

func (s *simulation) quoteOf(view settlement.SettlementView) string {
	for name, q := range s.quotes {
		if q.ID().String() == view.Legs[1].QuoteId {
			return name
		}
	}
	s.t.Fatalf("%s is under no quote", view.Reference)
	return ""
}
