package keeper_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// world is a whole hub with two notarised ledgers, cny and usd, three notaries each of which two count; a paying bank,
// a receiving bank, a provider with accounts on both, a supervisor, and tokens of both currencies on the hub.
type world struct {
	t      *testing.T
	chain  *apptest.Chain
	quotes map[string]order.Quote
	bodies map[string]order.Body
	refs   []string
	shown  map[string]string
}

func newGenesis() *apptest.Genesis {
	g := apptest.NewGenesis()
	g.Ledger("cny", 3, 2)
	g.Ledger("usd", 3, 2)
	g.Currency("CNY", 2, "cny", bridge.HubLedger)
	g.Currency("USD", 2, "usd", bridge.HubLedger)
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	g.Participant("fxp", compliance.ROLE_PROVIDER)
	g.Participant("watch", compliance.ROLE_SUPERVISOR)
	g.Participant("issuer", compliance.ROLE_ISSUER)
	g.Account("bank-a", "cny", "wallet-a", "CNY")
	g.Account("fxp", "cny", "wallet-fxp", "CNY")
	g.Account("fxp", "usd", "acct-fxp", "USD")
	g.Account("bank-b", "usd", "acct-b", "USD")
	g.Issuer("issuer", "CNY", 1_000_000_000)
	g.Issuer("issuer", "USD", 1_000_000_000)
	g.Balance("bank-a", token.Denom("CNY"), 1_000_000)
	g.Balance("fxp", token.Denom("USD"), 1_000_000)
	return g
}

func newWorld(t *testing.T) *world { return startWorld(t, newGenesis()) }

func startWorld(t *testing.T, g *apptest.Genesis) *world {
	return &world{
		t: t, chain: apptest.New(t, g),
		quotes: map[string]order.Quote{}, bodies: map[string]order.Body{}, shown: map[string]string{},
	}
}

// quote publishes a firm quote of the provider: CNY at 7 to 1 USD, between these two ledgers.
func (w *world) quote(name, receivingLedger, payingLedger string, size uint64, expiry time.Duration) error {
	account := func(ledger, off string) string {
		if ledger == bridge.HubLedger {
			return apptest.Address("fxp").String()
		}
		return off
	}
	q := order.Quote{
		ChainID: w.chain.ID(), Provider: apptest.Address("fxp").String(), Reference: name,
		PayCurrency: "CNY", ReceivingLedger: receivingLedger, ReceivingAccount: account(receivingLedger, "wallet-fxp"),
		ReceiveCurrency: "USD", PayingLedger: payingLedger, PayingAccount: account(payingLedger, "acct-fxp"),
		RatioNumerator: 1, RatioDenominator: 7, Rounding: order.RoundDown, SizeMinor: size,
		ExpiryUnixNs:        uint64(w.chain.Now().Add(expiry).UnixNano()),
		LatestPrepareUnixNs: uint64(w.chain.Now().Add(expiry + time.Hour).UnixNano()),
	}
	w.quotes[name] = q
	_, err := w.chain.RunTx("fxp", apptest.SignQuote(q))
	return err
}

// body is a settlement of bank-a's with a prepare deadline so much later than the last block.
func (w *world) body(reference string, deadline time.Duration, legs ...order.Leg) order.Body {
	return order.Body{
		ChainID: w.chain.ID(), Proposer: apptest.Address("bank-a").String(), Reference: reference, Legs: legs,
		PrepareDeadlineUnixNs: uint64(w.chain.Now().Add(deadline).UnixNano()), Pivot: order.NoLeg,
	}
}

// swapLegs are CNY from bank-a to the provider, and USD from the provider to bank-b under a quote, on these ledgers.
func (w *world) swapLegs(payLedger, receiveLedger, quote string, cny uint64) []order.Leg {
	id := w.quotes[quote].ID()
	name := func(ledger, off, participant string) string {
		if ledger == bridge.HubLedger {
			return apptest.Address(participant).String()
		}
		return off
	}
	return []order.Leg{
		{
			Ledger: payLedger, Payer: name(payLedger, "wallet-a", "bank-a"), Payee: name(payLedger, "wallet-fxp", "fxp"),
			Currency: "CNY", AmountMinor: cny, PaidBy: order.NoLeg,
		},
		{
			Ledger: receiveLedger, Payer: name(receiveLedger, "acct-fxp", "fxp"), Payee: name(receiveLedger, "acct-b", "bank-b"),
			Currency: "USD", AmountMinor: cny / 7, QuoteID: id[:], PaidBy: 0,
		},
	}
}

// propose has a body proposed, with the consents of these legs.
func (w *world) propose(body order.Body, consents ...int) (settlement.MsgProposeResponse, error) {
	msg := &settlement.MsgPropose{Proposer: body.Proposer, Body: body.Encode()}
	for _, leg := range consents {
		msg.Consents = append(msg.Consents, apptest.SignConsent(body, leg))
	}
	var response settlement.MsgProposeResponse
	result, err := w.chain.RunTx("bank-a", msg)
	if err != nil {
		return response, err
	}
	w.chain.Response(result, 0, &response)
	w.remember(body)
	return response, nil
}

func (w *world) remember(body order.Body) {
	if _, known := w.bodies[body.Reference]; !known {
		w.refs = append(w.refs, body.Reference)
	}
	w.bodies[body.Reference] = body
}

// number is the outbox number of an instruction for a leg.
func (w *world) number(body order.Body, leg int, kind order.Kind) uint64 {
	ledger := body.Legs[leg].Ledger
	head, err := bridge.NewQueryClient(w.chain.Conn()).Head(context.Background(), &bridge.QueryHeadRequest{Ledger: ledger})
	require.NoError(w.t, err)
	for n := head.Number; n > 0; n-- {
		if i := w.chain.Record(ledger, n); i.Settlement == body.ID() && i.Leg == leg && i.Kind == kind {
			return n
		}
	}
	return 0
}

// word is what notaries say became of an instruction for a leg.
type word struct {
	leg     int
	kind    order.Kind
	outcome order.Outcome
	reason  string
}

// attest has some notaries of a leg's ledger say one word.
func (w *world) attest(body order.Body, say word, notaries ...int) error {
	ledger, number := body.Legs[say.leg].Ledger, w.number(body, say.leg, say.kind)
	if number == 0 {
		return fmt.Errorf("%s has no %s for leg %d of %s", ledger, say.kind, say.leg, body.Reference)
	}
	word := w.chain.Word(ledger, number, say.outcome)
	word.Reason = say.reason
	for _, n := range notaries {
		notary := fmt.Sprintf("%s-%d", ledger, n)
		if _, err := w.chain.RunTx("watch", apptest.SignWords("watch", w.chain.ID(), ledger, notary, word)); err != nil {
			return err
		}
	}
	return nil
}

// settlement reads a stored settlement.
func (w *world) settlement(reference string) settlement.SettlementView {
	id := w.bodies[reference].ID()
	response, err := settlement.NewQueryClient(w.chain.Conn()).Settlement(context.Background(),
		&settlement.QuerySettlementRequest{SettlementId: id.String()})
	require.NoError(w.t, err)
	return response.Settlement
}

// is demands a state, and sound invariants.
func (w *world) is(reference string, state settlement.State, legs ...settlement.LegState) {
	w.t.Helper()
	s := w.settlement(reference).Settlement
	require.Equal(w.t, state.Word(), s.State.Word(), s.AbortReason)
	for i, leg := range legs {
		require.Equal(w.t, leg.Word(), s.Legs[i].State.Word(), "leg %d", i)
	}
	w.check()
}

// left is what a quote has left.
func (w *world) left(quote string) uint64 {
	firm, _, err := app.KeepersOf(w.chain.App).Currency.FirmQuote(w.chain.Context(), w.quotes[quote].ID())
	require.NoError(w.t, err)
	return firm.RemainingMinor
}

// balance is what a participant has on the hub.
func (w *world) balance(participant, code string) int64 {
	return app.KeepersOf(w.chain.App).Bank.GetBalance(w.chain.Context(), apptest.Address(participant), token.Denom(code)).Amount.Int64()
}

// check evaluates the invariants of settlements, quotes and tokens, and that hub legs are what the hub's ledger says.
func (w *world) check() {
	w.t.Helper()
	ctx := w.chain.Context()
	problems, err := app.KeepersOf(w.chain.App).Settlement.Problems(ctx)
	require.NoError(w.t, err)
	require.Empty(w.t, problems)
	require.NoError(w.t, app.KeepersOf(w.chain.App).Token.CheckInvariants(ctx))
	for _, reference := range w.refs {
		view := w.settlement(reference)
		for i, leg := range view.Legs {
			if leg.Ledger == bridge.HubLedger {
				w.checkHubLeg(view, i)
			}
		}
	}
	for name, q := range w.quotes {
		firm, _, err := app.KeepersOf(w.chain.App).Currency.FirmQuote(ctx, q.ID())
		if err == nil {
			require.LessOrEqual(w.t, firm.RemainingMinor, q.SizeMinor, name)
		}
	}
}

func (w *world) checkHubLeg(view settlement.SettlementView, i int) {
	w.t.Helper()
	progress := view.Settlement.Legs[i]
	response, err := token.NewQueryClient(w.chain.Conn()).Hold(context.Background(), &token.QueryHoldRequest{EntryId: progress.EntryId})
	state := token.HOLD_STATE_UNSPECIFIED
	if status.Code(err) != codes.NotFound && err == nil {
		state = response.Hold.State
	}
	want := map[settlement.LegState]token.HoldState{
		settlement.LEG_STATE_PLANNED: token.HOLD_STATE_UNSPECIFIED, settlement.LEG_STATE_HELD: token.HOLD_STATE_HELD,
		settlement.LEG_STATE_REFUSED: token.HOLD_STATE_TOMBSTONED, settlement.LEG_STATE_POSTED: token.HOLD_STATE_POSTED,
		settlement.LEG_STATE_SUSPENSE: token.HOLD_STATE_SUSPENSE, settlement.LEG_STATE_VOIDED: token.HOLD_STATE_VOIDED,
	}
	expected, known := want[progress.State]
	require.True(w.t, known, "hub leg %d of %s is %s after a step", i, view.Reference, progress.State)
	require.Equal(w.t, expected, state, "leg %d of %s", i, view.Reference)
}

var hashes = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// readable puts names where hashes and addresses stand.
func (w *world) readable(text string) string {
	text = hashes.ReplaceAllStringFunc(text, func(h string) string {
		for reference, body := range w.bodies {
			if body.ID().String() == h {
				return reference
			}
		}
		for name, q := range w.quotes {
			if q.ID().String() == h {
				return name
			}
		}
		return "<hash>"
	})
	for _, name := range []string{"bank-a", "bank-b", "fxp", "watch", "issuer", apptest.Governor} {
		text = strings.ReplaceAll(text, apptest.Address(name).String(), name)
	}
	return text
}

// news renders every settlement that looks different from when it was last shown.
func (w *world) news() string {
	var out strings.Builder
	for _, reference := range w.refs {
		text := w.render(reference)
		if w.shown[reference] != text {
			out.WriteString(text)
			w.shown[reference] = text
		}
	}
	return out.String()
}

func (w *world) render(reference string) string {
	view := w.settlement(reference)
	s := view.Settlement
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s", reference, s.State.Word())
	if reason := s.AbortReason + s.Waiting; reason != "" {
		fmt.Fprintf(&out, ": %s", reason)
	}
	out.WriteString("\n")
	for i, leg := range s.Legs {
		fmt.Fprintf(&out, "  leg %d on %s %s", i, view.Legs[i].Ledger, leg.State.Word())
		if s.State == settlement.STATE_PROPOSED && leg.Consented {
			out.WriteString(", consented")
		}
		if leg.Reason != "" {
			fmt.Fprintf(&out, ": %s", leg.Reason)
		}
		if leg.Defaulted {
			out.WriteString(" DEFAULTED")
		}
		out.WriteString("\n")
	}
	return w.readable(out.String())
}
