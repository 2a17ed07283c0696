package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	compliancekeeper "github.com/corridor-network/corridor/x/compliance/keeper"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/settlement/keeper"
)

// guards is a hub with a settlement "open" that waits for a consent and one, "ended", that is UNWOUND. Messages go to
// the handlers past the ante handler, on a state that is thrown away.
type guards struct {
	*world
	ctx sdk.Context
}

func newGuards(t *testing.T) guards {
	g := newGenesis()
	g.Ledger("pivot", 1, 1)
	g.Bridge.Ledgers[len(g.Bridge.Ledgers)-1].Cell = bridge.CELL_PIVOT
	w := startWorld(t, g)
	require.NoError(t, w.quote("q1", "cny", "usd", 1_000, time.Hour))
	for _, reference := range []string{"open", "ended"} {
		_, err := w.propose(w.body(reference, 10*time.Minute, w.swapLegs("cny", "usd", "q1", 7_000)...))
		require.NoError(t, err)
	}
	id := w.bodies["ended"].ID()
	w.chain.MustRunTx("watch", &settlement.MsgVeto{Supervisor: address("watch"), SettlementId: id[:], Reason: "no"})
	return guards{w, w.chain.Context()}
}

func address(name string) string { return apptest.Address(name).String() }

func (g guards) id(reference string) []byte {
	id := g.bodies[reference].ID()
	return id[:]
}

func (g guards) freeze(participant string) {
	_, err := compliancekeeper.NewMsgServer(app.KeepersOf(g.chain.App).Compliance).Freeze(g.ctx,
		&compliance.MsgFreeze{Sender: address("watch"), Id: participant, Reason: "court order"})
	require.NoError(g.t, err)
}

// rotate has governance register another consent key for an account.
func (g guards) rotate(participant, account string) {
	p, err := app.KeepersOf(g.chain.App).Compliance.Participant(g.ctx, participant)
	require.NoError(g.t, err)
	for i := range p.Accounts {
		if p.Accounts[i].Account == account {
			p.Accounts[i].ConsentKey = apptest.ConsentKey("another", account).PubKey().Bytes()
		}
	}
	_, err = compliancekeeper.NewMsgServer(app.KeepersOf(g.chain.App).Compliance).Update(g.ctx,
		&compliance.MsgUpdate{Authority: app.Authority(), Participant: p})
	require.NoError(g.t, err)
}

// fresh is a new body of the payer's leg and the provider's, changed.
func (g guards) fresh(change func(*order.Body)) *settlement.MsgPropose {
	body := g.body("new", 10*time.Minute, g.swapLegs("cny", "usd", "q1", 7_000)...)
	change(&body)
	return &settlement.MsgPropose{Proposer: body.Proposer, Body: body.Encode()}
}

func TestEveryGuardOfAProposal(t *testing.T) {
	leg0 := func(change func(*order.Leg)) func(*order.Body) {
		return func(b *order.Body) { change(&b.Legs[0]) }
	}
	for _, test := range []struct {
		name string
		want error
		make func(guards) *settlement.MsgPropose
	}{
		{"2 another chain", settlement.ErrOtherChain, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) { b.ChainID = "elsewhere" })
		}},
		{"3 another signer", settlement.ErrNotProposer, func(g guards) *settlement.MsgPropose {
			msg := g.fresh(func(*order.Body) {})
			msg.Proposer = address("bank-b")
			return msg
		}},
		{"4 another body", settlement.ErrConflict, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) { b.Reference = "open"; b.PrepareDeadlineUnixNs++ })
		}},
		{"5 a pivot", settlement.ErrPivot, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) { b.Pivot, b.PivotDeadlineUnixNs = 0, b.PrepareDeadlineUnixNs+1 })
		}},
		{"6 no participant", compliance.ErrUnknownParticipant, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) { b.Proposer = address("stranger") })
		}},
		{"6 neither bank nor provider", settlement.ErrRole, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) { b.Proposer = address("issuer") })
		}},
		{"6 a frozen proposer", settlement.ErrFrozen, func(g guards) *settlement.MsgPropose {
			g.freeze("bank-a")
			return g.fresh(func(*order.Body) {})
		}},
		{"7 an unknown ledger", bridge.ErrUnknownLedger, func(g guards) *settlement.MsgPropose {
			return g.fresh(leg0(func(l *order.Leg) { l.Ledger = "jpy" }))
		}},
		{"7 a pivot ledger", settlement.ErrPivot, func(g guards) *settlement.MsgPropose {
			return g.fresh(leg0(func(l *order.Leg) { l.Ledger = "pivot" }))
		}},
		{"7 an unregistered currency", currency.ErrUnknownCurrency, func(g guards) *settlement.MsgPropose {
			return g.fresh(leg0(func(l *order.Leg) { l.Currency = "JPY" }))
		}},
		{"7 a currency that does not settle there", currency.ErrLedger, func(g guards) *settlement.MsgPropose {
			return g.fresh(leg0(func(l *order.Leg) { l.Currency = "USD" }))
		}},
		{"7 an unregistered payer", compliance.ErrUnknownAccount, func(g guards) *settlement.MsgPropose {
			return g.fresh(leg0(func(l *order.Leg) { l.Payer = "nobody" }))
		}},
		{"7 an unregistered payee", compliance.ErrUnknownAccount, func(g guards) *settlement.MsgPropose {
			return g.fresh(leg0(func(l *order.Leg) { l.Payee = "nobody" }))
		}},
		{"7 a frozen payee", settlement.ErrFrozen, func(g guards) *settlement.MsgPropose {
			g.freeze("bank-b")
			return g.fresh(func(*order.Body) {})
		}},
		{"8 a deadline of now", settlement.ErrDeadlinePassed, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) { b.PrepareDeadlineUnixNs = uint64(g.chain.Now().UnixNano()) })
		}},
		{"8 a deadline a nanosecond too late", settlement.ErrDeadlineTooLate, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) {
				b.PrepareDeadlineUnixNs = uint64(g.chain.Now().Add(apptest.LongestPrepare).UnixNano()) + 1
			})
		}},
		{"9 an unknown quote", currency.ErrUnknownQuote, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) { b.Legs[1].QuoteID = make([]byte, 32) })
		}},
		{"9 more than the quote gives", settlement.ErrQuoteTerms, func(g guards) *settlement.MsgPropose {
			return g.fresh(leg0(func(l *order.Leg) { l.AmountMinor-- }))
		}},
		{"9 a quote signed with a key that was replaced", currency.ErrSignature, func(g guards) *settlement.MsgPropose {
			g.rotate("fxp", "acct-fxp")
			return g.fresh(func(*order.Body) {})
		}},
		{"10 a forged consent", settlement.ErrConsentSignature, func(g guards) *settlement.MsgPropose {
			msg := g.fresh(func(*order.Body) {})
			msg.Consents = []settlement.LegConsent{{Leg: 0, Signature: make([]byte, 64)}}
			return msg
		}},
		{"10 more consents than legs can be", settlement.ErrInvalid, func(g guards) *settlement.MsgPropose {
			msg := g.fresh(func(*order.Body) {})
			msg.Consents = make([]settlement.LegConsent, order.MaxLegs+1)
			return msg
		}},
		{"nothing wrong", nil, func(g guards) *settlement.MsgPropose { return g.fresh(func(*order.Body) {}) }},
		{"nothing wrong with a deadline as late as can be", nil, func(g guards) *settlement.MsgPropose {
			return g.fresh(func(b *order.Body) {
				b.PrepareDeadlineUnixNs = uint64(g.chain.Now().Add(apptest.LongestPrepare).UnixNano())
			})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := shared(t)
			_, err := keeper.NewMsgServer(app.KeepersOf(g.chain.App).Settlement).Propose(g.ctx, test.make(g))
			require.ErrorIs(t, err, test.want)
		})
	}
}

func TestEveryGuardOfTheOtherMessages(t *testing.T) {
	type server = settlement.MsgServer
	consent := func(reference, sender string, consents ...settlement.LegConsent) func(guards, server) error {
		return func(g guards, s server) error {
			_, err := s.Consent(g.ctx, &settlement.MsgConsent{Sender: address(sender), SettlementId: g.id(reference), Consents: consents})
			return err
		}
	}
	good := func(g guards, reference string) settlement.LegConsent {
		return apptest.SignConsent(g.bodies[reference], 0)
	}
	zero := make([]byte, 64)
	for _, test := range []struct {
		name string
		want error
		do   func(guards, server) error
	}{
		{"consent 1: not admitted", settlement.ErrNotAdmitted, consent("open", "stranger")},
		{"consent 2: none", settlement.ErrNoConsent, consent("open", "bank-a")},
		{"consent 3: no such settlement", settlement.ErrNotFound, consent("none", "bank-a", settlement.LegConsent{})},
		{"consent 3: too many", settlement.ErrInvalid, consent("open", "bank-a", make([]settlement.LegConsent, 17)...)},
		{"consent 4: no such leg", settlement.ErrNoLeg, consent("open", "bank-a", settlement.LegConsent{Leg: 2})},
		{"consent 4: a quoted leg", settlement.ErrConsentUnneeded, consent("open", "bank-a", settlement.LegConsent{Leg: 1})},
		{"consent 5: ended", settlement.ErrNotProposed, consent("ended", "bank-a", settlement.LegConsent{Signature: zero})},
		{"consent 6: too late", settlement.ErrDeadlinePassed, func(g guards, s server) error {
			g.ctx = g.ctx.WithBlockTime(g.chain.Now().Add(time.Hour))
			return consent("open", "bank-a", good(g, "open"))(g, s)
		}},
		{"consent 7: a frozen payer", settlement.ErrFrozen, func(g guards, s server) error {
			g.freeze("bank-a")
			return consent("open", "bank-b", good(g, "open"))(g, s)
		}},
		{"consent 8: a forged signature", settlement.ErrConsentSignature, consent("open", "bank-a", settlement.LegConsent{Signature: zero})},
		{"consent 8: a consent to another settlement", settlement.ErrConsentSignature, func(g guards, s server) error {
			return consent("open", "bank-a", good(g, "ended"))(g, s)
		}},
		{"consent 9: a frozen provider", settlement.ErrFrozen, func(g guards, s server) error {
			g.freeze("fxp")
			return consent("open", "bank-a", good(g, "open"))(g, s)
		}},
		{"consent 9: a quote signed with a key that was replaced", currency.ErrSignature, func(g guards, s server) error {
			g.rotate("fxp", "acct-fxp")
			return consent("open", "bank-a", good(g, "open"))(g, s)
		}},
		{"consent 9: an earlier consent with a key that was replaced", settlement.ErrConsentSignature, func(g guards, s server) error {
			body := g.body("two", 10*time.Minute, g.swapLegs("cny", "usd", "q1", 7_000)...)
			body.Legs[1].QuoteID, body.Legs[1].PaidBy = nil, order.NoLeg
			_, err := s.Propose(g.ctx, &settlement.MsgPropose{
				Proposer: body.Proposer, Body: body.Encode(), Consents: []settlement.LegConsent{apptest.SignConsent(body, 0)},
			})
			require.NoError(g.t, err)
			g.rotate("bank-a", "wallet-a")
			id := body.ID()
			return second(s.Consent(g.ctx, &settlement.MsgConsent{
				Sender: address("fxp"), SettlementId: id[:], Consents: []settlement.LegConsent{apptest.SignConsent(body, 1)},
			}))
		}},
		{"consent: nothing wrong, whoever sends it", nil, func(g guards, s server) error {
			return consent("open", "issuer", good(g, "open"))(g, s)
		}},
		{"withdraw 1: no such settlement", settlement.ErrNotFound, func(g guards, s server) error {
			return second(s.Withdraw(g.ctx, &settlement.MsgWithdraw{Sender: address("bank-a"), SettlementId: []byte("short")}))
		}},
		{"withdraw 2: no payer", settlement.ErrNotPayer, func(g guards, s server) error {
			return second(s.Withdraw(g.ctx, &settlement.MsgWithdraw{Sender: address("bank-b"), SettlementId: g.id("open")}))
		}},
		{"withdraw 3: decided", settlement.ErrDecided, func(g guards, s server) error {
			return second(s.Withdraw(g.ctx, &settlement.MsgWithdraw{Sender: address("bank-a"), SettlementId: g.id("ended")}))
		}},
		{"withdraw: a frozen payer may", nil, func(g guards, s server) error {
			g.freeze("bank-a")
			return second(s.Withdraw(g.ctx, &settlement.MsgWithdraw{Sender: address("bank-a"), SettlementId: g.id("open")}))
		}},
		{"veto 1: no supervisor", settlement.ErrNotSupervisor, func(g guards, s server) error {
			return second(s.Veto(g.ctx, &settlement.MsgVeto{Supervisor: address("bank-a"), SettlementId: g.id("open"), Reason: "r"}))
		}},
		{"veto 2: no reason", settlement.ErrReason, func(g guards, s server) error {
			return second(s.Veto(g.ctx, &settlement.MsgVeto{Supervisor: address("watch"), SettlementId: g.id("open")}))
		}},
		{"veto 2: too long a reason", settlement.ErrReason, func(g guards, s server) error {
			return second(s.Veto(g.ctx, &settlement.MsgVeto{
				Supervisor: address("watch"), SettlementId: g.id("open"), Reason: string(make([]byte, settlement.MaxVetoReasonBytes+1)),
			}))
		}},
		{"veto 3: no such settlement", settlement.ErrNotFound, func(g guards, s server) error {
			return second(s.Veto(g.ctx, &settlement.MsgVeto{Supervisor: address("watch"), Reason: "r"}))
		}},
		{"veto 4: decided", settlement.ErrDecided, func(g guards, s server) error {
			return second(s.Veto(g.ctx, &settlement.MsgVeto{Supervisor: address("watch"), SettlementId: g.id("ended"), Reason: "r"}))
		}},
		{"advance 1: not admitted", settlement.ErrNotAdmitted, func(g guards, s server) error {
			return second(s.Advance(g.ctx, &settlement.MsgAdvance{Sender: address("stranger"), SettlementId: g.id("open")}))
		}},
		{"advance 2: no such settlement", settlement.ErrNotFound, func(g guards, s server) error {
			return second(s.Advance(g.ctx, &settlement.MsgAdvance{Sender: address("bank-a")}))
		}},
		{"advance: an ended one stays as it is", nil, func(g guards, s server) error {
			return second(s.Advance(g.ctx, &settlement.MsgAdvance{Sender: address("bank-a"), SettlementId: g.id("ended")}))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := shared(t)
			require.ErrorIs(t, test.do(g, keeper.NewMsgServer(app.KeepersOf(g.chain.App).Settlement)), test.want)
		})
	}
}

var sharedGuards *guards

// shared is one hub for all rows: each gets a state of its own to throw away.
func shared(t *testing.T) guards {
	if sharedGuards == nil {
		g := newGuards(t)
		sharedGuards = &g
	}
	g := *sharedGuards
	w := *g.world
	w.t, g.world, g.ctx = t, &w, w.chain.Context()
	return g
}

func TestAQuoteWhoseSizeIsNotThereIsNamedAndNotImported(t *testing.T) {
	for name, test := range map[string]struct {
		consents []int
		spoil    func(guards, order.Hash) error
		says     string
	}{
		"taken twice": {nil, func(g guards, id order.Hash) error {
			return app.KeepersOf(g.chain.App).Currency.Take(g.ctx, id, 1_000)
		}, "29000 minor units are left and settlements take 0, of 30000"},
		"returned twice": {[]int{0}, func(g guards, id order.Hash) error {
			return app.KeepersOf(g.chain.App).Currency.Return(g.ctx, id, 1_000)
		}, "30000 minor units are left and settlements take 1000, of 30000"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			require.NoError(t, w.quote("q1", "cny", "usd", 30_000, time.Hour))
			_, err := w.propose(w.body("r1", 10*time.Minute, w.swapLegs("cny", "usd", "q1", 7_000)...), test.consents...)
			require.NoError(t, err)
			w.check()
			g := guards{w, w.chain.Context()}
			require.NoError(t, test.spoil(g, w.quotes["q1"].ID()))

			k := app.KeepersOf(g.chain.App).Settlement
			check, err := keeper.NewQueryServer(k).Check(g.ctx, &settlement.QueryCheckRequest{})
			require.NoError(t, err)
			require.Len(t, check.Problems, 1)
			require.Contains(t, check.Problems[0], test.says)
			exported, err := k.ExportGenesis(g.ctx)
			require.NoError(t, err)
			err = k.InitGenesis(g.ctx, *exported)
			require.ErrorIs(t, err, settlement.ErrGenesis)
			require.ErrorContains(t, err, test.says)
		})
	}
}
