package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// shortPrepare is the prepare time of the swap whose HOLD nobody carries in time.
const shortPrepare = 5 * time.Second

// killTries is how often the relayer may be too quick for its killer.
const killTries = 3

// Travel is step 5: swaps whose EUR leg is on a second chain. Its packets are carried by a relayer of its own process.
func (s *Story) Travel(ctx context.Context) error {
	s.title(5, "A leg that travels by IBC: EUR on a second chain for USD at the bank network, carried by `corridor relay run`")
	for _, provider := range []string{"fxp", "thin-fx"} {
		if _, err := s.Hub.Publish(ctx, swap.Offer{
			Provider: provider, Pay: world.FarCurrency, Receive: "USD", Rate: "1.1", Size: "100000.00", Rounding: "down",
			Reference: "demo-far", For: 30 * time.Minute, Prepare: 5 * time.Minute,
		}); err != nil {
			return fmt.Errorf("quote of %s: %w", provider, err)
		}
	}
	for _, tell := range []func(context.Context) error{s.travelSettles, s.travelRefused, s.travelKilled, s.travelTimedOut} {
		if err := tell(ctx); err != nil {
			return err
		}
	}
	return nil
}

// travelling is a swap of EUR on the second chain for USD.
func travelling(reference, provider string) swap.Line {
	return swap.Line{
		Reference: reference, Payer: "bank-a", Payee: "bank-b", Amount: "500.00", Currency: world.FarCurrency, ReceiveCurrency: "USD", Provider: provider,
	}
}

func money(minor uint64) string { return swap.FormatAmount(minor, world.FarCurrency, 2) }

// watchedFar are the accounts that this step shows.
func (s *Story) watchedFar() []watchedAccount {
	return []watchedAccount{
		{world.Far, s.far.address("bank-a"), "bank-a"},
		{world.Far, s.far.address("fxp"), "fxp"},
		{world.Bank, "CDRFUS33", "fxp"},
		{world.Bank, "CDRBUS33", "bank-b"},
	}
}

// travelled shows what became of a swap and checks that both legs moved their money, or none did.
func (s *Story) travelled(ctx context.Context, before balances, v settlement.SettlementView) error {
	if err := s.packetsEnded(ctx); err != nil {
		return err
	}
	after, err := s.balances(ctx)
	if err != nil {
		return err
	}
	if err := s.showBalances(s.watchedFar(), before, after); err != nil {
		return err
	}
	if err := s.showSettlement(ctx, v); err != nil {
		return err
	}
	c, err := s.far.check(ctx)
	if err != nil {
		return err
	}
	if c.HeldMinor != 0 || c.SuspenseMinor != 0 {
		return fmt.Errorf("%s: %s held and %s in suspense, want nothing", world.Far, money(c.HeldMinor), money(c.SuspenseMinor))
	}
	state, found, err := s.far.entry(ctx, v.Settlement.Legs[0].EntryId)
	if err != nil {
		return err
	}
	s.say("   %s: entry %s is %s", world.Far, v.Settlement.Legs[0].EntryId, holdName(state))
	if v.Settlement.State == settlement.STATE_SETTLED {
		if !found || state != token.HOLD_STATE_POSTED {
			return fmt.Errorf("the entry on %s is %s, want POSTED", world.Far, holdName(state))
		}
		if _, err := s.journal(ctx, s.usd, v, 1, []string{"hold", "post"}); err != nil {
			return err
		}
		return exchanged(s.watchedFar(), before, after, v)
	}
	if state != token.HOLD_STATE_VOIDED && state != token.HOLD_STATE_TOMBSTONED {
		return fmt.Errorf("the entry on %s is %s, want VOIDED or TOMBSTONED", world.Far, holdName(state))
	}
	return s.nothingMoved(before, after)
}

// travelSettles is the first telling.
func (s *Story) travelSettles(ctx context.Context) error {
	s.say("   (a) both legs are held, and it settles")
	return s.travel(ctx, travelling("invoice-5001", "fxp"), swap.Settled)
}

// travelRefused is the second telling: the provider's account at the bank has not enough money.
func (s *Story) travelRefused(ctx context.Context) error {
	s.say("\n   (b) the bank refuses the USD leg: what was held on the second chain is given back")
	return s.travel(ctx, travelling("invoice-5002", "thin-fx"), swap.Unwound)
}

func (s *Story) travel(ctx context.Context, l swap.Line, want swap.Status) error {
	before, err := s.balances(ctx)
	if err != nil {
		return err
	}
	r, err := s.run(ctx, l, want)
	if err != nil {
		return err
	}
	return s.travelled(ctx, before, *r.Settlement)
}

// ended is what became of a swap that runs beside the story.
type ended struct {
	result swap.Result
	err    error
}

// beside runs a swap of that prepare time while the story goes on, and waits until the hub knows it.
func (s *Story) beside(ctx context.Context, l swap.Line, prepare time.Duration, want swap.Status) (settlement.SettlementView, <-chan ended, error) {
	done := make(chan ended, 1)
	s.runner.Prepare = prepare
	go func() {
		r, err := s.run(ctx, l, want)
		done <- ended{r, err}
	}()
	var v settlement.SettlementView
	payer, err := s.Hub.Participant(ctx, l.Payer)
	if err != nil {
		return v, done, err
	}
	err = s.until(ctx, "settlement "+l.Reference+" to be proposed", func() (found bool, err error) {
		v, found, err = s.Hub.ByReference(ctx, payer.Address, l.Reference)
		return found, err
	})
	return v, done, err
}

func (s *Story) until(ctx context.Context, what string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return localnet.Until(ctx, what, done)
}

// travelKilled is the third telling. That the relayer has carried the HOLD but not its acknowledgement is what both chains say after
// its death; should it have been quicker, it is killed again, in another swap.
func (s *Story) travelKilled(ctx context.Context) error {
	s.say("\n   (c) the relayer is killed (SIGKILL) between the hold on the second chain and the hub's knowing of it")
	for try := range killTries {
		halfway, err := s.killRelayer(ctx, travelling(fmt.Sprintf("invoice-5003-%d", try+1), "fxp"))
		if err != nil || halfway {
			return err
		}
		s.say("   the relayer had carried the acknowledgement already; once more")
	}
	return fmt.Errorf("the relayer was never killed half-way in %d swaps", killTries)
}

func (s *Story) killRelayer(ctx context.Context, l swap.Line) (halfway bool, err error) {
	before, err := s.balances(ctx)
	if err != nil {
		return false, err
	}
	v, done, err := s.beside(ctx, l, patience, swap.Settled)
	if err != nil {
		return false, err
	}
	entry := v.Settlement.Legs[0].EntryId
	if err := s.until(ctx, "the hold on "+world.Far, func() (bool, error) {
		_, found, err := s.far.entry(ctx, entry)
		return found, err
	}); err != nil {
		return false, err
	}
	pid, err := s.endRelayer(ctx, localnet.Process.Kill)
	if err != nil {
		return false, err
	}
	if halfway, err = s.unheard(ctx, v.SettlementId); err != nil {
		return false, err
	}
	if halfway {
		s.say("   %s holds entry %s; killed the relayer (pid %d), and the hub has not heard of it: its packet is open", world.Far, entry, pid)
	}
	if err := s.Net.RestartRelayer(ctx, s.Bin); err != nil {
		return false, err
	}
	s.say("   the relayer runs again; it has kept nothing and asks both chains what is to be done")
	e := <-done
	if e.err != nil {
		return false, e.err
	}
	return halfway, s.travelled(ctx, before, *e.result.Settlement)
}

// unheard tells whether the hub does not know of the hold, once whatever the dead relayer had sent is in a block.
func (s *Story) unheard(ctx context.Context, id string) (bool, error) {
	now, err := s.Hub.Client.Latest(ctx)
	if err != nil {
		return false, err
	}
	if err := s.until(ctx, "two more blocks of the hub", func() (bool, error) {
		b, err := s.Hub.Client.Latest(ctx)
		return b.Height >= now.Height+2, err
	}); err != nil {
		return false, err
	}
	v, err := s.Hub.Settlement(ctx, id)
	if err != nil {
		return false, err
	}
	open, err := s.openPackets(ctx)
	return v.Settlement.Legs[0].State == settlement.LEG_STATE_HOLDING && open == 1, err
}

// endRelayer ends the relayer in some way, and gives its process id.
func (s *Story) endRelayer(ctx context.Context, end func(localnet.Process, context.Context) error) (int, error) {
	p, err := s.Net.Process(localnet.RelayerName)
	if err != nil {
		return 0, err
	}
	return p.PID, end(p, ctx)
}

// travelTimedOut is the fourth telling.
func (s *Story) travelTimedOut(ctx context.Context) error {
	s.say("\n   (d) no relayer runs until the HOLD has timed out")
	before, err := s.balances(ctx)
	if err != nil {
		return err
	}
	if _, err := s.endRelayer(ctx, localnet.Process.Stop); err != nil {
		return err
	}
	v, done, err := s.beside(ctx, travelling("invoice-5004", "fxp"), shortPrepare, swap.Unwound)
	if err != nil {
		return err
	}
	if err := s.until(ctx, "the hub to abort", func() (bool, error) {
		v, err = s.Hub.Settlement(ctx, v.SettlementId)
		return v.Settlement.State == settlement.STATE_ABORTED, err
	}); err != nil {
		return err
	}
	if _, found, err := s.far.entry(ctx, v.Settlement.Legs[0].EntryId); err != nil || found {
		return fmt.Errorf("%s knows entry %s, and nobody carried it there (%t, %w)", world.Far, v.Settlement.Legs[0].EntryId, found, err)
	}
	s.say("   the hub has aborted: %s. %s has never heard of it", v.Settlement.AbortReason, world.Far)
	if err := s.Net.RestartRelayer(ctx, s.Bin); err != nil {
		return err
	}
	s.say("   the relayer runs again: it carries the proof that the HOLD was not received in time, and the VOID")
	e := <-done
	s.runner.Prepare = patience
	if e.err != nil {
		return e.err
	}
	return s.travelled(ctx, before, *e.result.Settlement)
}
