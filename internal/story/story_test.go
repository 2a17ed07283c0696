package story_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/story"
	"github.com/corridor-network/corridor/internal/trail"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// course is a settlement of two legs that is driven through the settlement's own rules, with its instructions and votes.
type course struct {
	t            *testing.T
	run          *settlement.Run
	body         order.Body
	height       int64
	instructions []trail.Instruction
}

// newCourse is 700.00 CNY of bank-a to fxp, which consents by its quote to 100.00 USD for bank-b.
func newCourse(t *testing.T) *course {
	body := order.Body{
		ChainID: "corridor-1", Proposer: "corridor1banka", Reference: "invoice-7",
		Legs: []order.Leg{
			{Ledger: "cny", Payer: "wallet-a", Payee: "wallet-fxp", Currency: "CNY", AmountMinor: 70_000, PaidBy: order.NoLeg},
			{Ledger: "usd", Payer: "acct-fxp", Payee: "acct-b", Currency: "USD", AmountMinor: 10_000, QuoteID: bytes.Repeat([]byte{0xab}, 32), PaidBy: 0},
		},
		PrepareDeadlineUnixNs: uint64(start.Add(time.Minute).UnixNano()), Pivot: order.NoLeg,
	}
	c := &course{t: t, body: body, height: 10}
	c.run = settlement.New(body.Encode(), body, 1, c.at())
	return c
}

func (c *course) at() settlement.Moment {
	return settlement.Moment{Height: c.height, Time: start.Add(time.Duration(c.height-10) * time.Second)}
}

// block goes on in a later block: the store's part of a step is played by the test.
func (c *course) block(later int64, do func(*settlement.Run)) {
	c.height += later
	run, err := settlement.Resume(c.run.Settlement, c.at())
	require.NoError(c.t, err)
	c.run = run
	do(run)
	for _, i := range run.Effects.Orders {
		number := uint64(1)
		for _, before := range c.instructions {
			if before.Record.Ledger == i.Ledger {
				number++
			}
		}
		c.instructions = append(c.instructions, trail.Instruction{
			Leg: i.Leg, Kind: i.Kind, Tracking: bridge.Tracking{Progress: bridge.PROGRESS_OPEN},
			Record: bridge.Record{Ledger: i.Ledger, Number: number, Height: c.height, Time: c.at().Time, Instruction: i.Encode()},
		})
	}
	run.Effects = settlement.Effects{}
}

func (c *course) consent() *course {
	c.block(1, func(r *settlement.Run) {
		r.Consent(0, []byte("signature"))
		require.NoError(c.t, r.Advance(settlement.Facts{}))
	})
	return c
}

// word has two notaries of the leg's ledger say it, in one block each; the second makes it count.
func (c *course) word(leg int, kind order.Kind, outcome order.Outcome, note settlement.Note) *course {
	c.vote(leg, kind, "1", outcome)
	c.vote(leg, kind, "2", outcome)
	c.block(0, func(r *settlement.Run) {
		require.NoError(c.t, r.Word(order.NewInstruction(kind, c.body, leg), outcome, note))
		require.NoError(c.t, r.Advance(settlement.Facts{}))
	})
	return c
}

func (c *course) vote(leg int, kind order.Kind, notary string, outcome order.Outcome) *course {
	c.height++
	for n, i := range c.instructions {
		if i.Leg == leg && i.Kind == kind {
			c.instructions[n].Votes = append(c.instructions[n].Votes, bridge.Vote{
				Ledger: i.Record.Ledger, Number: i.Record.Number, Notary: i.Record.Ledger + "-" + notary, Outcome: uint32(outcome),
				LedgerReference: "ref-" + notary, Height: c.height,
			})
		}
	}
	return c
}

func (c *course) held(legs ...int) *course {
	for _, leg := range legs {
		c.word(leg, order.Hold, order.Held, settlement.Note{LedgerReference: "ref-1"})
	}
	return c
}

// facts is what the hub would say now.
func (c *course) facts() story.Facts {
	view, err := settlement.View(c.run.Settlement)
	require.NoError(c.t, err)
	ledgers := map[string]bridge.QueryLedgerResponse{}
	for _, id := range []string{"cny", "usd"} {
		ledgers[id] = bridge.QueryLedgerResponse{Ledger: bridge.Ledger{
			Id: id, Link: bridge.LINK_NOTARIES, Threshold: 2, Notaries: []bridge.Notary{{Id: id + "-1"}, {Id: id + "-2"}, {Id: id + "-3"}},
		}}
	}
	return story.Facts{
		Height: c.height, Now: c.at().Time, View: view, Proposer: "bank-a", Instructions: c.instructions, Ledgers: ledgers,
		Holders: map[story.Account]story.Party{
			{Ledger: "cny", Account: "wallet-a"}: {ID: "bank-a"}, {Ledger: "cny", Account: "wallet-fxp"}: {ID: "fxp"},
			{Ledger: "usd", Account: "acct-fxp"}: {ID: "fxp"}, {Ledger: "usd", Account: "acct-b"}: {ID: "bank-b"},
		},
		Exponents: map[string]uint32{"CNY": 2, "USD": 2},
	}
}

// text is the story as a person reads it.
func text(t *testing.T, f story.Facts) string {
	var out strings.Builder
	require.NoError(t, story.Tell(f).Write(&out))
	return out.String()
}

func posted(c *course) *course {
	return c.word(0, order.Post, order.Posted, settlement.Note{LedgerReference: "post-0"}).word(1, order.Post, order.Posted, settlement.Note{})
}

func refused(c *course) *course {
	return c.consent().held(0).word(1, order.Hold, order.Refused, settlement.Note{Reason: "not enough money"})
}

func late(c *course) *course {
	c.block(100, func(r *settlement.Run) { require.NoError(c.t, r.Advance(settlement.Facts{})) })
	return c
}

// Every state of a settlement, and of a leg that is waited for, has words that say who must act.
func TestEveryStateIsTold(t *testing.T) {
	for _, row := range []struct {
		name  string
		drive func(*course) *course
		state settlement.State
		says  []string
	}{
		{"proposed", func(c *course) *course { return c }, settlement.STATE_PROPOSED, []string{
			"It waits for consents: 1 of 2 legs have theirs", "fxp, who pays leg 1, had consented by its signed quote abababababab…",
			"the consent to leg 0, 700.00 CNY to fxp on cny", "of bank-a, for 0s (since block 10), at the latest until 2026-01-02T03:05:05Z",
			"With the last consent the hub orders every ledger to hold", "--as bank-a", "all payers: to give it up together",
		}},
		{"preparing", func(c *course) *course { return c.consent().vote(0, order.Hold, "1", order.Held) }, settlement.STATE_PREPARING, []string{
			"Undecided: the ledgers are asked to hold the money, and 0 of 2 legs are held", "bank-a, who pays leg 0, consented",
			"the hub ordered cny to hold 700.00 CNY of bank-a for fxp (instruction 1 of cny)", "notary cny-1 attested HELD to the HOLD of leg 0",
			"cny to hold 700.00 CNY of leg 0 (instruction 1 of cny); cny-1 said HELD; 2 equal words are needed", "of cny-2, cny-3, for 1s (since block 11)",
			"no notary has spoken, 2 equal words are needed", "notary cny-2: is `corridor ledger run` running", "If a ledger refuses",
		}},
		{"committed", func(c *course) *course {
			return c.consent().held(0, 1).word(0, order.Post, order.Posted, settlement.Note{LedgerReference: "post-0"})
		}, settlement.STATE_COMMITTED, []string{
			"Decided in block 15: every leg happens. 1 of 2 ledgers' legs are final", "cny counts as having said, by 2 of 3 notaries: posted, fxp has 700.00 CNY for good; its reference is post-0",
			"usd to post 100.00 USD of leg 1", "A ledger that has not posted by", "The decision stands for good",
		}},
		{"defaulted", func(c *course) *course {
			c.consent().held(0, 1)
			c.block(3000, func(r *settlement.Run) { require.NoError(c.t, r.Advance(settlement.Facts{})) })
			return c
		}, settlement.STATE_COMMITTED, []string{"had not posted leg 0 within 15m0s of the decision: it broke its promise"}},
		{"settled", func(c *course) *course { return posted(c.consent().held(0, 1)) }, settlement.STATE_SETTLED, []string{
			"Done: every leg happened, and each is final", "every leg is final: it is SETTLED", "Nothing: this is final.", "corridor proof export",
		}},
		{"in suspense", func(c *course) *course {
			return c.consent().held(0, 1).word(0, order.Post, order.Posted, settlement.Note{}).word(1, order.Post, order.Suspense, settlement.Note{Reason: "payee closed"})
		}, settlement.STATE_SETTLED, []string{
			"The money of 1 leg(s) waits in its ledger's suspense account", "bank-b cannot be paid now, the money has left fxp for good", "its reason: payee closed",
			"the operator of usd: pay 100.00 USD out of suspense to bank-b",
		}},
		{"aborted", refused, settlement.STATE_ABORTED, []string{
			"no leg happens, because leg 1 on usd was refused: not enough money. What is held is being given back",
			"cny to give back 700.00 CNY of leg 0", "no leg happens (ABORTED), because leg 1 on usd was refused",
		}},
		{"unwound", func(c *course) *course { return refused(c).word(0, order.Void, order.Voided, settlement.Note{}) }, settlement.STATE_UNWOUND, []string{
			"Over: no leg happened, because leg 1 on usd was refused: not enough money.", "the hold is given back", "it is UNWOUND",
		}},
		{"unwound without a consent", late, settlement.STATE_UNWOUND, []string{
			"the prepare deadline 2026-01-02T03:05:05Z passed: no consent for leg 0 on cny",
		}},
		{"unwound by the deadline", func(c *course) *course {
			return late(c.consent().held(0)).word(0, order.Void, order.Voided, settlement.Note{}).word(1, order.Void, order.Voided, settlement.Note{})
		}, settlement.STATE_UNWOUND, []string{"passed: not held: leg 1 on usd"}},
		{"withdrawn", func(c *course) *course {
			c.block(1, func(r *settlement.Run) {
				require.NoError(c.t, r.Withdraw([]int{0, 1}))
				require.NoError(c.t, r.Advance(settlement.Facts{}))
			})
			return c
		}, settlement.STATE_UNWOUND, []string{"because all payers withdrew", "bank-a, who pays leg 0, agreed to withdraw"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := row.drive(newCourse(t))
			require.Equal(t, row.state, c.run.Settlement.State)
			told := text(t, c.facts())
			for _, words := range row.says {
				require.Contains(t, told, words)
			}
			require.Equal(t, told, text(t, c.facts()), "the same facts, the same story")
		})
	}
}

// PIVOTING has its place in the tables; no settlement gets there yet, so it is put there.
func TestAPivotIsTold(t *testing.T) {
	c := newCourse(t).consent().held(0)
	f := c.facts()
	f.View.Settlement.State, f.View.Settlement.Legs[1].State = settlement.STATE_PIVOTING, settlement.LEG_STATE_PAYING
	told := text(t, f)
	require.Contains(t, told, "what the pivot's ledger says decides")
	require.Contains(t, told, "usd to pay 100.00 USD of leg 1")
}

// What keeps a settlement, or an instruction, from going on is said with who can change it.
func TestWhatIsInTheWayIsSaid(t *testing.T) {
	suspended := func(f *story.Facts) {
		l := f.Ledgers["usd"]
		l.Ledger.Suspended = true
		f.Ledgers["usd"] = l
	}
	ibc := func(d *bridge.Dispatch, stall *bridge.Stall) func(*story.Facts) {
		return func(f *story.Facts) {
			l := f.Ledgers["cny"]
			l.Ledger.Link, l.Ledger.Channel, l.Stall = bridge.LINK_IBC, &bridge.LegChannel{ChainId: "far-1", ChannelId: "channel-0"}, stall
			f.Ledgers["cny"] = l
			f.Instructions[0].Dispatch = d
		}
	}
	packet := bridge.PacketKey{ChannelId: "channel-0", Sequence: 4}
	for _, row := range []struct {
		name   string
		change func(*story.Facts)
		says   []string
	}{
		{"a suspended ledger", suspended, []string{"governance (ledger usd): resume or unfreeze"}},
		{"a frozen party", func(f *story.Facts) {
			f.Holders[story.Account{Ledger: "usd", Account: "acct-b"}] = story.Party{ID: "bank-b", Frozen: true}
		}, []string{"a supervisor (bank-b): resume or unfreeze"}},
		{"a suspended notary", func(f *story.Facts) {
			f.Ledgers["cny"].Ledger.Notaries[2].Suspended, f.Ledgers["cny"].Ledger.Notaries[2].SuspendedReason = true, "said two things"
		}, []string{"notary cny-3 of cny is suspended (said two things)", "of cny-2, for"}},
		{"notaries that differ", func(f *story.Facts) {
			f.Instructions[0].Votes = append(f.Instructions[0].Votes, bridge.Vote{Notary: "cny-2", Outcome: uint32(order.Refused), Height: 13})
		}, []string{"the notaries contradict each other", "cny-1 said HELD and cny-2 said REFUSED"}},
		{"an outcome that could not be applied", func(f *story.Facts) {
			f.Instructions[0].Tracking = bridge.Tracking{Progress: bridge.PROGRESS_COUNTED, Attempts: 3}
		}, []string{"applying them failed 3 times", "retry-outcome cny 1"}},
		{"an overdue decision", func(f *story.Facts) { f.Now = f.Now.Add(time.Hour) }, []string{"the hub has not aborted yet"}},
		{"a packet on its way", ibc(&bridge.Dispatch{State: bridge.DISPATCH_STATE_SENT, Packet: packet, Height: 11}, nil), []string{
			"packet 4 of channel-0 was sent in block 11 and is not answered", "of the relayer of far-1", "proved by the light client of far-1",
		}},
		{"a packet that came to nothing", ibc(&bridge.Dispatch{State: bridge.DISPATCH_STATE_UNANSWERED, Reason: "error ack"}, nil), []string{
			"its packet came to nothing: error ack", "send-again cny 1",
		}},
		{"a stalled ledger", ibc(nil, &bridge.Stall{Reason: "the client expired", Height: 9}), []string{"nothing can be sent to cny since block 9: the client expired"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newCourse(t).consent().vote(0, order.Hold, "1", order.Held).facts()
			row.change(&f)
			told := text(t, f)
			for _, words := range row.says {
				require.Contains(t, told, words)
			}
		})
	}
}

// A settlement that is held and may not be committed says why, and since when.
func TestAHeldSettlementSaysWhyItIsNotDecided(t *testing.T) {
	c := newCourse(t).consent().held(0)
	c.vote(1, order.Hold, "1", order.Held).vote(1, order.Hold, "2", order.Held)
	c.block(0, func(r *settlement.Run) {
		require.NoError(t, r.Word(order.NewInstruction(order.Hold, c.body, 1), order.Held, settlement.Note{}))
		require.NoError(t, r.Advance(settlement.Facts{Suspended: []string{"ledger usd is suspended: audit"}}))
	})
	told := text(t, c.facts())
	require.Contains(t, told, "Undecided: everything is held, but ledger usd is suspended: audit.")
	require.Contains(t, told, "since block 15")
}

// Names in the JSON are for programs: they stay.
func TestTheJSONNamesStay(t *testing.T) {
	raw, err := json.Marshal(story.Tell(newCourse(t).facts()))
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(raw, &got))
	for _, name := range []string{
		"settlement_id", "reference", "proposer", "state", "final", "hub_height", "hub_time", "prepare_deadline", "summary", "legs", "events",
		"waiting", "next", "advice",
	} {
		require.Contains(t, got, name)
	}
	wait := got["waiting"].([]any)[0].(map[string]any)
	for _, name := range []string{"for", "of", "since", "since_height", "until"} {
		require.Contains(t, wait, name)
	}
}
