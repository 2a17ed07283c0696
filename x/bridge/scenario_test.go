package bridge_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	abci "github.com/cometbft/cometbft/abci/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

// TestScenarios tells the stories of testdata/*.txt on the whole hub, in memory. -rewrite writes what happens.
//
//	swap REFERENCE                          bank-a swaps CNY on ledger cny for USD on ledger usd: one HOLD for each
//	attest LEDGER NOTARY OUTCOME NUMBER...  a notary gives its word, one outcome about these instructions
//	forge LEDGER NOTARY OUTCOME NUMBER      the same, but about other bytes than the instruction's
//	govern suspend-notary LEDGER NOTARY     a proposal is carried out
//	govern suspend-ledger | resume-ledger LEDGER
//	govern notaries LEDGER K NOTARY...
//	wait DURATION                           one block, so much later
//	restart                                 export, and a new chain from it
//	state LEDGER                            the ledger, and each instruction with its words
//	work LEDGER NOTARY
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := newStory(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			s.t = t
			out := &strings.Builder{}
			s.step(out, d.Cmd, words(d))
			if out.Len() == 0 {
				return "ok\n"
			}
			return out.String()
		})
	})
}

func words(d *datadriven.TestData) []string {
	var all []string
	for _, a := range d.CmdArgs {
		all = append(all, a.String())
	}
	return all
}

type story struct {
	t     *testing.T
	chain *apptest.Chain
}

func newStory(t *testing.T) *story {
	g := apptest.NewGenesis()
	for _, l := range []string{"cny", "usd"} {
		g.Ledger(l, 3, 2)
		g.Currency(strings.ToUpper(l), 2, l)
	}
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	g.Participant("fxp", compliance.ROLE_PROVIDER)
	g.Account("bank-a", "cny", "wallet-a", "CNY")
	g.Account("fxp", "cny", "wallet-fxp", "CNY")
	g.Account("fxp", "usd", "acct-fxp", "USD")
	g.Account("bank-b", "usd", "acct-b", "USD")
	return &story{t: t, chain: apptest.New(t, g)}
}

func (s *story) step(out *strings.Builder, cmd string, args []string) {
	switch cmd {
	case "swap":
		s.swap(out, args[0])
	case "attest", "forge":
		s.attest(out, cmd == "forge", args)
	case "govern":
		s.govern(out, args)
	case "wait":
		later, err := time.ParseDuration(args[0])
		require.NoError(s.t, err)
		s.events(out, s.chain.NextBlock(later).Events)
	case "restart":
		chain, err := s.chain.Restart(time.Second)
		require.NoError(s.t, err)
		s.chain = chain
	case "state":
		s.state(out, args[0])
	case "work":
		answer, err := s.query().Work(context.Background(), &bridge.QueryWorkRequest{Ledger: args[0], Notary: args[1]})
		require.NoError(s.t, err)
		if len(answer.Records) == 0 {
			fmt.Fprintln(out, "nothing")
		}
		for _, r := range answer.Records {
			i, err := order.DecodeInstruction(r.Instruction)
			require.NoError(s.t, err)
			fmt.Fprintf(out, "%d %s\n", r.Number, i.Kind)
		}
	default:
		s.t.Fatalf("no such step: %s", cmd)
	}
}

func (s *story) swap(out *strings.Builder, reference string) {
	now := s.chain.Now()
	q := order.Quote{
		ChainID: s.chain.ID(), Provider: apptest.Address("fxp").String(), Reference: "quote for " + reference,
		PayCurrency: "CNY", ReceivingLedger: "cny", ReceivingAccount: "wallet-fxp",
		ReceiveCurrency: "USD", PayingLedger: "usd", PayingAccount: "acct-fxp",
		RatioNumerator: 1, RatioDenominator: 7, Rounding: order.RoundDown, SizeMinor: 10_000,
		ExpiryUnixNs: uint64(now.Add(time.Minute).UnixNano()), LatestPrepareUnixNs: uint64(now.Add(time.Hour).UnixNano()),
	}
	id := q.ID()
	body := order.Body{
		ChainID: s.chain.ID(), Proposer: apptest.Address("bank-a").String(), Reference: reference,
		Legs: []order.Leg{
			{Ledger: "cny", Payer: "wallet-a", Payee: "wallet-fxp", Currency: "CNY", AmountMinor: 70_000, PaidBy: order.NoLeg},
			{Ledger: "usd", Payer: "acct-fxp", Payee: "acct-b", Currency: "USD", AmountMinor: 10_000, QuoteID: id[:], PaidBy: 0},
		},
		PrepareDeadlineUnixNs: uint64(now.Add(50 * time.Minute).UnixNano()), Pivot: order.NoLeg,
	}
	s.chain.MustRunTx("fxp", apptest.SignQuote(q))
	s.run(out, "bank-a", &settlement.MsgPropose{
		Proposer: body.Proposer, Body: body.Encode(), Consents: []settlement.LegConsent{apptest.SignConsent(body, 0)},
	})
}

func (s *story) attest(out *strings.Builder, forged bool, args []string) {
	ledger, notary, said := args[0], args[1], args[2]
	outcome := order.Outcome(1)
	for outcome.String() != said {
		require.NotEqual(s.t, "INVALID", outcome.String(), "%s is no outcome", said)
		outcome++
	}
	var batch []order.Word
	for _, arg := range args[3:] {
		var number uint64
		_, err := fmt.Sscan(arg, &number)
		require.NoError(s.t, err)
		w := order.Word{Number: number, Outcome: outcome}
		if head := s.head(ledger); number <= head {
			w = s.chain.Word(ledger, number, outcome)
		}
		if forged {
			w.InstructionHash[0]++
		}
		batch = append(batch, w)
	}
	s.run(out, apptest.Governor, apptest.SignWords(apptest.Governor, s.chain.ID(), ledger, notary, batch...))
}

func (s *story) govern(out *strings.Builder, args []string) {
	var msg sdk.Msg
	authority := app.Authority()
	switch what, ledger := args[0], args[1]; what {
	case "suspend-notary":
		msg = &bridge.MsgSuspendNotary{Authority: authority, Ledger: ledger, Notary: args[2], Reason: "audit"}
	case "suspend-ledger":
		msg = &bridge.MsgSuspendLedger{Authority: authority, Ledger: ledger, Reason: "incident"}
	case "resume-ledger":
		msg = &bridge.MsgResumeLedger{Authority: authority, Ledger: ledger}
	case "notaries":
		m := &bridge.MsgSetNotaries{Authority: authority, Ledger: ledger}
		_, err := fmt.Sscan(args[2], &m.Threshold)
		require.NoError(s.t, err)
		for _, id := range args[3:] {
			m.Notaries = append(m.Notaries, bridge.Notary{Id: id, PublicKey: apptest.NotaryKey(ledger, id).PubKey().Bytes()})
		}
		msg = m
	}
	if err := s.chain.Govern(msg); err != nil {
		fmt.Fprintf(out, "refused: %s\n", err)
		return
	}
	s.events(out, s.chain.Last.Events)
}

func (s *story) run(out *strings.Builder, signer string, msg sdk.Msg) {
	result, err := s.chain.RunTx(signer, msg)
	if err != nil {
		reason, _, _ := strings.Cut(result.Log, "\n")
		fmt.Fprintf(out, "refused: %s\n", strings.TrimPrefix(reason, "failed to execute message; message index: 0: "))
		return
	}
	s.events(out, result.Events)
}

// events prints the bridge's own, one a line, and how settlements moved.
func (s *story) events(out *strings.Builder, events []abci.Event) {
	for _, e := range events {
		name, ours := strings.CutPrefix(e.Type, "corridor.bridge.v1.Event")
		if !ours {
			continue
		}
		fmt.Fprint(out, name)
		for _, a := range e.Attributes {
			if a.Key != "msg_index" && a.Key != "entry_id" && a.Key != "settlement_id" && a.Key != "mode" {
				fmt.Fprintf(out, " %s=%s", a.Key, strings.Trim(a.Value, `"`))
			}
		}
		fmt.Fprintln(out)
	}
}

func (s *story) state(out *strings.Builder, id string) {
	answer, err := s.query().Ledger(context.Background(), &bridge.QueryLedgerRequest{Id: id})
	require.NoError(s.t, err)
	l := answer.Ledger
	fmt.Fprintf(out, "%s: %d of %v", l.Id, l.Threshold, l.ActiveNotaries())
	if l.Suspended {
		fmt.Fprintf(out, ", suspended: %s", l.SuspendedReason)
	}
	if answer.Pending != nil {
		fmt.Fprintf(out, ", planned: %d of %v", answer.Pending.Threshold, bridge.Ledger{Notaries: answer.Pending.Notaries}.ActiveNotaries())
	}
	fmt.Fprintln(out)
	for n := uint64(1); n <= s.head(id); n++ {
		i, err := s.query().Instruction(context.Background(), &bridge.QueryInstructionRequest{Ledger: id, Number: n})
		require.NoError(s.t, err)
		fmt.Fprintf(out, "  %d %s %s", n, s.chain.Record(id, n).Kind, strings.TrimPrefix(i.Tracking.Progress.String(), "PROGRESS_"))
		if i.Tracking.Outcome != 0 {
			fmt.Fprintf(out, " %s", order.Outcome(i.Tracking.Outcome))
		}
		for _, v := range i.Votes {
			fmt.Fprintf(out, ", %s says %s", v.Notary, order.Outcome(v.Outcome))
		}
		fmt.Fprintln(out)
	}
}

func (s *story) head(ledger string) uint64 {
	answer, err := s.query().Head(context.Background(), &bridge.QueryHeadRequest{Ledger: ledger})
	if err != nil {
		return 0 // a ledger that the story only talks about
	}
	return answer.Number
}

func (s *story) query() bridge.QueryClient { return bridge.NewQueryClient(s.chain.Conn()) }
