package demo

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/x/settlement"
)

// Payments is the payments file of the story, as a user could have written it.
//
//go:embed payments.csv
var Payments string

// patience is how long one swap may take, with a take-over inside.
const patience = time.Minute

// Story is told on one localnet.
type Story struct {
	Net *localnet.Localnet
	Hub *swap.Hub
	Bin string    // folder of the binaries
	Out io.Writer // what is shown

	cny, usd adminClient
	far      *farClient        // nil where the localnet has no second chain
	opening  map[string]uint64 // issued money by ledger, when the story began
	runner   *swap.Runner
	lines    []swap.Line
}

// Begin prepares the story: it writes the payments file and has the providers publish their quotes.
func (s *Story) Begin(ctx context.Context) error {
	for id, to := range map[string]*adminClient{world.CBDC: &s.cny, world.Bank: &s.usd} {
		l, err := s.Net.Ledger(id)
		if err != nil {
			return err
		}
		if *to, err = openAdmin(l); err != nil {
			return err
		}
	}
	s.opening = map[string]uint64{}
	for _, a := range []adminClient{s.cny, s.usd} {
		c, err := a.check(ctx)
		if err != nil {
			return err
		}
		s.opening[a.ledger.ID] = c.IssuedMinor
	}
	if err := s.beginFar(ctx); err != nil {
		return err
	}
	s.runner = &swap.Runner{Hub: s.Hub, Prepare: patience, Wait: patience}
	if err := os.WriteFile(s.PaymentsFile(), []byte(Payments), 0o600); err != nil {
		return err
	}
	var err error
	if s.lines, err = swap.ReadFile(strings.NewReader(Payments)); err != nil {
		return err
	}
	for _, provider := range []string{"fxp", "thin-fx"} {
		if _, err := s.quote(ctx, provider, "100000.00", 30*time.Minute, "demo-quote"); err != nil {
			return fmt.Errorf("quote of %s: %w", provider, err)
		}
	}
	return nil
}

// beginFar opens the second chain, if there is one.
func (s *Story) beginFar(ctx context.Context) error {
	if s.Net.Far == nil {
		return nil
	}
	var err error
	if s.far, err = openFar(ctx, s.Net.Far); err != nil {
		return err
	}
	c, err := s.far.check(ctx)
	s.opening[world.Far] = c.IssuedMinor
	return err
}

// End closes what the story has opened.
func (s *Story) End() error {
	if s.far == nil {
		return nil
	}
	return s.far.client.Close()
}

// PaymentsFile is the story's payments file in the localnet's folder.
func (s *Story) PaymentsFile() string { return filepath.Join(s.Net.Dir, "payments.csv") }

// quote publishes a quote CNY → USD and gives its id.
func (s *Story) quote(ctx context.Context, provider, size string, lasts time.Duration, reference string) (string, error) {
	q, err := s.Hub.Publish(ctx, swap.Offer{
		Provider: provider, Pay: "CNY", Receive: "USD", Rate: "0.1391", Size: size, Rounding: "down",
		Reference: reference, For: lasts, Prepare: 5 * time.Minute,
	})
	return q.QuoteId, err
}

func (s *Story) say(format string, args ...any) { fmt.Fprintf(s.Out, format+"\n", args...) }

// title begins a step.
func (s *Story) title(n int, what string) { s.say("\n── %d. %s", n, what) }

// run carries one line out and wants it to end in one way.
func (s *Story) run(ctx context.Context, l swap.Line, want swap.Status) (swap.Result, error) {
	s.say("   $ corridor swap --payer %s --payee %s --amount %s --currency %s --receive-currency %s %s --reference %s",
		l.Payer, l.Payee, l.Amount, l.Currency, l.ReceiveCurrency, price(l), l.Reference)
	r, err := s.runner.Run(ctx, l)
	if err != nil {
		return r, err
	}
	if r.Status != want {
		return r, fmt.Errorf("reference %s: %s (%s), want %s", l.Reference, r.Status, r.Message, want)
	}
	return r, nil
}

func price(l swap.Line) string {
	if l.Quote != "" {
		return "--quote " + l.Quote[:min(len(l.Quote), 12)] + "…"
	}
	return "--provider " + l.Provider
}

// balances are the ledgers' accounts, asked of the ledgers themselves, by ledger and account.
type balances map[string]map[string]Account

func (s *Story) balances(ctx context.Context) (balances, error) {
	all := balances{}
	for _, a := range []adminClient{s.cny, s.usd} {
		accounts, err := a.accounts(ctx)
		if err != nil {
			return nil, err
		}
		all[a.ledger.ID] = map[string]Account{}
		for _, account := range accounts {
			all[a.ledger.ID][account.Account] = account
		}
	}
	if s.far != nil {
		var err error
		if all[world.Far], err = s.far.accounts(ctx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// watchedAccount is an account that the story shows.
type watchedAccount struct{ ledger, account, holder string }

// watched are payer and provider where the first leg is, then provider and payee where the second is.
var watched = []watchedAccount{
	{world.CBDC, "wallet-bank-a", "bank-a"}, {world.CBDC, "wallet-fxp", "fxp"}, {world.Bank, "CDRFUS33", "fxp"}, {world.Bank, "CDRBUS33", "bank-b"},
}

func (s *Story) showBalances(watched []watchedAccount, before, after balances) error {
	table := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "   ledger\taccount\tholder\tbefore\tafter")
	for _, w := range watched {
		b, a := before[w.ledger][w.account], after[w.ledger][w.account]
		fmt.Fprintf(table, "   %s\t%s\t%s\t%s\t%s\n", w.ledger, w.account, w.holder,
			swap.FormatAmount(b.AvailableMinor, b.Currency, 2), swap.FormatAmount(a.AvailableMinor, a.Currency, 2))
	}
	return table.Flush()
}

// moved checks that an account's available money changed by so many minor units and that nothing is held there.
func moved(before, after balances, ledger, account string, by int64) error {
	b, a := before[ledger][account], after[ledger][account]
	if got := int64(a.AvailableMinor) - int64(b.AvailableMinor); got != by || a.HeldMinor != 0 {
		return fmt.Errorf("%s on %s changed by %d minor units with %d held; want %d and nothing held", account, ledger, got, a.HeldMinor, by)
	}
	return nil
}

// showSettlement shows legs and timeline, indented.
func (s *Story) showSettlement(ctx context.Context, v settlement.SettlementView) error {
	var text strings.Builder
	if err := s.Hub.WriteSettlement(ctx, &text, v); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		fmt.Fprint(s.Out, "   "+line)
	}
	return nil
}

// Tell tells the whole story; it ends at the first thing that is not as promised.
func (s *Story) Tell(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.Begin, s.Settle, s.RefusedByBank, s.Kill, s.TurnAway, s.Travel, s.Audit} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
