package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"syscall"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// Kill is step 3: the leading notary's relayer and its adapter are killed after the ledger has executed the hold and before they
// can have heard of it. The ledger's withheld reply makes that certain.
func (s *Story) Kill(ctx context.Context) error {
	s.title(3, "The leading notary and its adapter are killed (SIGKILL) between the hold and their word")
	before, err := s.balances(ctx)
	if err != nil {
		return err
	}
	if err := s.cny.withholdNextHold(ctx); err != nil {
		return err
	}
	s.say("   %s will execute the next hold and withhold its reply", world.CBDC)
	done := make(chan ended, 1)
	go func() {
		r, err := s.run(ctx, s.lines[1], swap.Settled)
		done <- ended{r, err}
	}()
	entry, err := s.awaitWithheld(ctx)
	if err != nil {
		return err
	}
	leader, err := s.killLeader(ctx, entry)
	if err != nil {
		return err
	}
	if err := s.cny.clearFaults(ctx); err != nil {
		return err
	}
	e := <-done
	if e.err != nil {
		return e.err
	}
	if err := s.showSettlement(ctx, *e.result.Settlement); err != nil {
		return err
	}
	if err := s.oneEffect(ctx, *e.result.Settlement); err != nil {
		return err
	}
	after, err := s.balances(ctx)
	if err != nil {
		return err
	}
	if err := exchanged(watched, before, after, *e.result.Settlement); err != nil {
		return err
	}
	if err := s.Net.RestartNotary(ctx, leader, s.Bin); err != nil {
		return err
	}
	s.say("   notary %s runs again", leader)
	return nil
}

// awaitWithheld waits until the ledger has executed the hold and withholds its reply.
func (s *Story) awaitWithheld(ctx context.Context) (order.EntryID, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ids, err := s.cny.withheld(ctx)
		if err != nil {
			return order.EntryID{}, err
		}
		if len(ids) > 0 {
			return order.ParseEntryID(ids[len(ids)-1])
		}
		select {
		case <-ctx.Done():
			return order.EntryID{}, fmt.Errorf("no hold reached %s: %w", world.CBDC, ctx.Err())
		case <-tick.C:
		}
	}
}

// killLeader ends the entry's leading notary and its adapter, and checks that both are gone.
func (s *Story) killLeader(ctx context.Context, entry order.EntryID) (string, error) {
	led, err := bridge.NewQueryClient(s.Hub.Client.Conn()).Ledger(ctx, &bridge.QueryLedgerRequest{Id: world.CBDC})
	if err != nil {
		return "", err
	}
	var ids []string
	for _, n := range led.Ledger.Notaries {
		ids = append(ids, n.Id)
	}
	leader := order.Leader(entry, ids)[0]
	adapter, err := s.adapterPID(ctx, leader)
	if err != nil {
		return "", err
	}
	p, err := s.Net.Process(leader)
	if err != nil {
		return "", err
	}
	if err := p.Kill(ctx); err != nil {
		return "", err
	}
	if err := syscall.Kill(adapter, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
		return "", fmt.Errorf("adapter of %s (pid %d): %w", leader, adapter, err)
	}
	s.say("   entry %s is held; killed %s (pid %d) and its adapter (pid %d), which never heard of it", entry, leader, p.PID, adapter)
	return leader, localnet.AwaitGone(ctx, adapter)
}

// adapterPID asks a notary which process its adapter is.
func (s *Story) adapterPID(ctx context.Context, notary string) (int, error) {
	address, err := s.Net.NotaryStatusAddress(notary)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/status", nil)
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	var status struct {
		AdapterPID int `json:"adapter_pid"`
	}
	if err := json.NewDecoder(res.Body).Decode(&status); err != nil {
		return 0, err
	}
	if status.AdapterPID == 0 {
		return 0, fmt.Errorf("notary %s has no adapter running", notary)
	}
	return status.AdapterPID, nil
}

// oneEffect checks in each ledger's own journal that the leg was held once and posted once.
func (s *Story) oneEffect(ctx context.Context, v settlement.SettlementView) error {
	for i, a := range []adminClient{s.cny, s.usd} {
		e, err := s.journal(ctx, a, v, i, []string{"hold", "post"})
		if err != nil {
			return err
		}
		s.say("   %s: entry %s is %s, journal: one hold, one post", a.ledger.ID, e.EntryID, e.State)
	}
	return nil
}

// journal checks what a ledger's own journal says of a leg.
func (s *Story) journal(ctx context.Context, a adminClient, v settlement.SettlementView, leg int, want []string) (Entry, error) {
	e, err := a.entry(ctx, v.Settlement.Legs[leg].EntryId)
	if err != nil {
		return e, err
	}
	var kinds []string
	for _, line := range e.Journal {
		kinds = append(kinds, line.Kind)
	}
	if !slices.Equal(kinds, want) {
		return e, fmt.Errorf("ledger %s shows %v for entry %s, want %v", a.ledger.ID, kinds, e.EntryID, want)
	}
	return e, nil
}
