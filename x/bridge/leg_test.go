package bridge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/fsm/fsmtest"
	"github.com/corridor-network/corridor/x/bridge"
)

func TestDispatchTableIsSoundAndDrawnInTheReadme(t *testing.T) {
	fsmtest.Check(t, bridge.DispatchTable,
		[]bridge.DispatchState{
			bridge.DISPATCH_STATE_WAITING, bridge.DISPATCH_STATE_SENT, bridge.DISPATCH_STATE_ANSWERED, bridge.DISPATCH_STATE_UNANSWERED,
		},
		[]bridge.DispatchStep{bridge.DispatchSent, bridge.DispatchAnswered, bridge.DispatchUnanswered, bridge.DispatchAgain})
	fsmtest.NoPath(t, bridge.DispatchTable, bridge.DISPATCH_STATE_ANSWERED, bridge.DISPATCH_STATE_WAITING)
	fsmtest.Diagram(t, bridge.DispatchTable, "ibc/README.md")
}

// agreed is a swap with a leg of its own consent and one under a quote, both on the far chain, with the payers' key.
func agreed() (order.Body, order.Quote, *secp256k1.PrivKey) {
	q := order.Quote{
		ChainID: "hub-1", Provider: "fxp", Reference: "q", PayCurrency: "CNY", ReceivingLedger: "far", ReceivingAccount: "f-cny",
		ReceiveCurrency: "USD", PayingLedger: "far", PayingAccount: "f-usd", RatioNumerator: 1, RatioDenominator: 7,
		Rounding: order.RoundDown, SizeMinor: 15, ExpiryUnixNs: 1_000, LatestPrepareUnixNs: 5_000,
	}
	id := q.ID()
	b := order.Body{
		ChainID: "hub-1", Proposer: "bank-a", Reference: "r", PrepareDeadlineUnixNs: 4_000, Pivot: order.NoLeg,
		Legs: []order.Leg{
			{Ledger: "far", Payer: "a", Payee: "f-cny", Currency: "CNY", AmountMinor: 70, PaidBy: order.NoLeg},
			{Ledger: "far", Payer: "f-usd", Payee: "b", Currency: "USD", AmountMinor: 10, QuoteID: id[:], PaidBy: 0},
		},
	}
	return b, q, keyOf("payer")
}

func signed(key *secp256k1.PrivKey, bytes []byte) []byte {
	signature, err := key.Sign(bytes)
	if err != nil {
		panic(err)
	}
	return signature
}

func holdOf(leg int) order.LegPacket {
	b, q, key := agreed()
	p := order.LegPacket{Instruction: order.NewInstruction(order.Hold, b, leg), Body: b.Encode()}
	if leg == 1 {
		p.Quote, p.Signature = q.Encode(), signed(key, order.QuoteSignBytes("hub-1", q.ID()))
	} else {
		p.Signature = signed(key, order.ConsentSignBytes("hub-1", b.Hash()))
	}
	return p
}

// One row a guard, in the order of ibc/README.md: the packet breaks that guard, and those after it as far as it can.
func TestWhatAPeersHoldMustComeWith(t *testing.T) {
	body, quote, key := agreed()
	on := key.PubKey().Bytes()
	now := time.Unix(0, 4_000)
	for leg := range 2 {
		q, err := bridge.CheckHold(holdOf(leg), on, now)
		require.NoError(t, err)
		require.Equal(t, leg == 1, q != nil)
	}
	for _, row := range []struct {
		name   string
		leg    int
		key    []byte
		now    time.Time
		change func(*order.LegPacket)
		want   error
	}{
		{"4: no body", 0, nil, now.Add(1), func(p *order.LegPacket) { p.Body = []byte("?") }, bridge.ErrHoldBody},
		{"4: another body", 0, nil, now.Add(1), func(p *order.LegPacket) {
			other := body
			other.PrepareDeadlineUnixNs++
			p.Body = other.Encode()
		}, bridge.ErrHoldBody},
		{"4: another leg's amount", 0, nil, now.Add(1), func(p *order.LegPacket) { p.Instruction.AmountMinor++ }, bridge.ErrHoldBody},
		{"4: another payee", 0, nil, now.Add(1), func(p *order.LegPacket) { p.Instruction.Payee = "thief" }, bridge.ErrHoldBody},
		{"5: too late", 0, nil, now.Add(1), func(p *order.LegPacket) { p.Signature = nil }, bridge.ErrHoldLate},
		{"6: no such account", 0, nil, now, func(p *order.LegPacket) { p.Signature = nil }, bridge.ErrHoldPayer},
		{"7: a quote too many", 0, on, now, func(p *order.LegPacket) { p.Quote = quote.Encode() }, bridge.ErrHoldQuote},
		{"7: no quote", 1, on, now, func(p *order.LegPacket) { p.Quote = nil }, bridge.ErrHoldQuote},
		{"7: another quote", 1, on, now, func(p *order.LegPacket) {
			other := quote
			other.Reference = "q-2"
			p.Quote = other.Encode()
		}, bridge.ErrHoldQuote},
		{"7: no quote's bytes", 1, on, now, func(p *order.LegPacket) { p.Quote = []byte("?") }, bridge.ErrHoldQuote},
		{"8: outside the quote's terms", 1, on, now, func(p *order.LegPacket) {
			greedy := body
			greedy.Legs = append([]order.Leg(nil), body.Legs...)
			greedy.Legs[1].AmountMinor = 11
			p.Instruction, p.Body = order.NewInstruction(order.Hold, greedy, 1), greedy.Encode()
		}, bridge.ErrHoldQuote},
		{"9: another's signature", 0, keyOf("thief").PubKey().Bytes(), now, func(*order.LegPacket) {}, bridge.ErrHoldSignature},
		{"9: a consent to something else", 0, on, now, func(p *order.LegPacket) {
			p.Signature = signed(key, order.ConsentSignBytes("hub-1", order.Hash{}))
		}, bridge.ErrHoldSignature},
		{"9: another's quote", 1, keyOf("thief").PubKey().Bytes(), now, func(*order.LegPacket) {}, bridge.ErrHoldSignature},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := holdOf(row.leg)
			row.change(&p)
			_, err := bridge.CheckHold(p, row.key, row.now)
			require.ErrorIs(t, err, row.want)
		})
	}
	require.NoError(t, bridge.CheckQuoteSize(quote, 5, 10))
	require.ErrorIs(t, bridge.CheckQuoteSize(quote, 6, 10), bridge.ErrHoldQuoteSize, "guard 10")
	require.ErrorIs(t, bridge.CheckQuoteSize(quote, 16, 0), bridge.ErrHoldQuoteSize)
}

func TestWhatAnAnswerMakesOfAnInstruction(t *testing.T) {
	body, _, _ := agreed()
	answer := func(k order.Kind, o order.Outcome, reason string) bridge.PacketAnswer {
		i := order.NewInstruction(k, body, 0)
		return bridge.PacketAnswer{Result: order.LegAnswer{InstructionHash: i.Hash(), Outcome: o, LedgerReference: "ref", Reason: reason}.Encode()}
	}
	long := strings.Repeat("é", 200)
	for _, row := range []struct {
		name    string
		kind    order.Kind
		answer  bridge.PacketAnswer
		outcome string // empty: no outcome
		says    string
	}{
		{"held", order.Hold, answer(order.Hold, order.Held, "x"), "HELD", "x"},
		{"refused", order.Hold, answer(order.Hold, order.Refused, "no money"), "REFUSED", "no money"},
		{"posted", order.Post, answer(order.Post, order.Posted, ""), "POSTED", ""},
		{"in suspense", order.Post, answer(order.Post, order.Suspense, "frozen"), "SUSPENSE", "frozen"},
		{"voided", order.Void, answer(order.Void, order.Voided, ""), "VOIDED", ""},
		{"a HOLD that failed there", order.Hold, bridge.PacketAnswer{Failure: "unknown peer"}, "REFUSED", "unknown peer"},
		{"a HOLD that failed at length", order.Hold, bridge.PacketAnswer{Failure: long}, "REFUSED", long[:256]},
		{"a POST that failed there", order.Post, bridge.PacketAnswer{Failure: "unknown peer"}, "", "unknown peer"},
		{"a VOID that failed there", order.Void, bridge.PacketAnswer{Failure: "unknown peer"}, "", "unknown peer"},
		{"bytes that are no answer", order.Hold, bridge.PacketAnswer{Result: []byte("yes")}, "", "malformed"},
		{"an answer about another instruction", order.Hold, answer(order.Void, order.Voided, ""), "", "about instruction"},
		{"an outcome of another kind", order.Hold, answer(order.Hold, order.Posted, ""), "", "the answer to a HOLD is POSTED"},
		{"a note that nobody should read is dropped", order.Hold, answer(order.Hold, order.Refused, "a\nb"), "REFUSED", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			v, ok := bridge.ReadAnswer(order.NewInstruction(row.kind, body, 0), row.answer)
			require.Equal(t, row.outcome != "", ok)
			if ok {
				require.Equal(t, row.outcome, v.Outcome.String())
				require.Equal(t, row.says, v.Reason)
				return
			}
			require.Contains(t, v.Reason, row.says)
		})
	}
}

func TestWhatMayBeSentAgain(t *testing.T) {
	body, _, _ := agreed()
	for _, row := range []struct {
		name    string
		kind    order.Kind
		state   bridge.DispatchState
		packets uint32
		channel string
		may     bool
	}{
		{"a POST that came to nothing", order.Post, bridge.DISPATCH_STATE_UNANSWERED, 1, "channel-0", true},
		{"a VOID on a channel that was left", order.Void, bridge.DISPATCH_STATE_SENT, 1, "channel-1", true},
		{"a VOID under way", order.Void, bridge.DISPATCH_STATE_SENT, 1, "channel-0", false},
		{"what waits anyway", order.Post, bridge.DISPATCH_STATE_WAITING, 0, "channel-0", false},
		{"what is answered", order.Post, bridge.DISPATCH_STATE_ANSWERED, 1, "channel-0", false},
		{"a HOLD that was sent", order.Hold, bridge.DISPATCH_STATE_UNANSWERED, 1, "channel-0", false},
		{"a HOLD on a channel that was left", order.Hold, bridge.DISPATCH_STATE_SENT, 1, "channel-1", false},
		{"a HOLD that was never sent", order.Hold, bridge.DISPATCH_STATE_UNANSWERED, 0, "channel-0", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := bridge.Dispatch{Ledger: "far", Number: 1, State: row.state, Packets: row.packets}
			if row.packets > 0 {
				d.Packet = bridge.PacketKey{ChannelId: "channel-0", Sequence: 1}
			}
			err := bridge.CheckAgain(d, order.NewInstruction(row.kind, body, 0), row.channel)
			if row.may {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, bridge.ErrNotAgain)
		})
	}
}

func TestWhatAChannelMustBeToCarryLegs(t *testing.T) {
	c := *far().Channel
	good := bridge.ChannelEnd{
		ConnectionID: c.ConnectionId, ClientType: bridge.TendermintClient, ChainID: c.ChainId, Open: true, Unordered: true,
		FarPort: bridge.LegPort, Version: bridge.LegVersion,
	}
	require.NoError(t, bridge.CheckChannel(c, good))
	for says, change := range map[string]func(*bridge.ChannelEnd){
		"over connection-9":  func(e *bridge.ChannelEnd) { e.ConnectionID = "connection-9" },
		"not open":           func(e *bridge.ChannelEnd) { e.Open = false },
		"ordered":            func(e *bridge.ChannelEnd) { e.Unordered = false },
		"port transfer":      func(e *bridge.ChannelEnd) { e.FarPort = "transfer" },
		"version ics20-1":    func(e *bridge.ChannelEnd) { e.Version = "ics20-1" },
		"06-solomachine":     func(e *bridge.ChannelEnd) { e.ClientType = "06-solomachine" },
		"leads to chain x-1": func(e *bridge.ChannelEnd) { e.ChainID = "x-1" },
	} {
		end := good
		change(&end)
		err := bridge.CheckChannel(c, end)
		require.ErrorIs(t, err, bridge.ErrChannel)
		require.ErrorContains(t, err, says)
	}
}

func TestWhatAPeerIsAndMaySay(t *testing.T) {
	body, _, _ := agreed()
	i := order.NewInstruction(order.Hold, body, 0)
	p := bridge.Peer{Ledger: "far", Channel: bridge.LegChannel{ConnectionId: "connection-0", ChannelId: "channel-0", ChainId: "hub-1"}}
	require.NoError(t, p.Validate())
	require.NoError(t, p.Sent(i))
	otherChain, otherLedger, hub, nowhere := p, p, p, p
	otherChain.Channel.ChainId, otherLedger.Ledger, hub.Ledger, nowhere.Channel.ChannelId = "hub-2", "cny", bridge.HubLedger, ""
	require.ErrorIs(t, otherChain.Sent(i), bridge.ErrForeignInstruction)
	require.ErrorIs(t, otherLedger.Sent(i), bridge.ErrForeignInstruction)
	require.ErrorIs(t, hub.Validate(), bridge.ErrInvalidPeer)
	require.ErrorIs(t, nowhere.Validate(), bridge.ErrChannel)
}
