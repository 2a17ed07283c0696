package demoibc

import (
	"context"
	"fmt"
	"text/tabwriter"

	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"

	"cosmossdk.io/math"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// account is the user's money of one denomination on one chain.
type account struct{ chain, denom string }

// money is how much of each the users have, in minor units.
type money map[account]math.Int

// changes are by how much money changed, in minor units; what is not there stayed the same.
type changes map[account]int64

// voucher is what a chain's own money is called on the other one.
func voucher(of *ibcnet.Chain) string {
	return transfertypes.ParseDenomTrace(transfertypes.GetPrefixedDenom(port, channel, of.Denom)).IBCDenom()
}

// accounts are those that the story shows, in this order.
func (s *story) accounts() []account {
	return []account{
		{s.hub.ID, s.hub.Denom}, {s.stock.ID, voucher(s.hub)}, {s.stock.ID, s.stock.Denom}, {s.hub.ID, voucher(s.stock)},
	}
}

// money asks both chains.
func (s *story) money(ctx context.Context) (money, error) {
	all := money{}
	for _, a := range s.accounts() {
		chain := s.hub
		if a.chain == s.stock.ID {
			chain = s.stock
		}
		var err error
		if all[a], err = chain.Balance(ctx, s.address(chain), a.denom); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *story) showMoney(before, after money) error {
	table := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "   chain\tmoney\tbefore\tafter")
	for i, a := range s.accounts() {
		what := a.denom
		if i%2 == 1 {
			what = fmt.Sprintf("%s…, voucher for %s", a.denom[:12], s.accounts()[i-1].denom)
		}
		fmt.Fprintf(table, "   %s\t%s\t%s\t%s\n", a.chain, what, before[a], after[a])
	}
	return table.Flush()
}

// moved checks that money changed by so much, and nothing else.
func moved(before, after money, by changes) error {
	for a := range before {
		if got := after[a].Sub(before[a]); !got.Equal(math.NewInt(by[a])) {
			return fmt.Errorf("the user's %s on %s changed by %s, want %d", a.denom, a.chain, got, by[a])
		}
	}
	return nil
}

// heights are both chains' newest.
func (s *story) heights(ctx context.Context) (h [2]int64, err error) {
	if h[0], err = s.hub.Height(ctx); err == nil {
		h[1], err = s.stock.Height(ctx)
	}
	return h, err
}

// showPackets reads the blocks after the heights, and checks how many packets from the hub were acknowledged, as many as came
// from the other chain, and how many timed out.
func (s *story) showPackets(ctx context.Context, after [2]int64, acknowledged, timedOut int) error {
	to, err := s.heights(ctx)
	if err != nil {
		return err
	}
	chains := []*ibcnet.Chain{s.hub, s.stock}
	var txs [2][]ibcnet.Tx
	relayed := 0
	for i, c := range chains {
		if txs[i], err = c.Txs(ctx, after[i], to[i]); err != nil {
			return err
		}
		for _, tx := range txs[i] {
			if tx.Messages["/ibc.applications.transfer.v1.MsgTransfer"] == 0 {
				relayed++
			}
		}
	}
	for i, c := range chains {
		tally, err := ibcnet.Count(ibcnet.Fates(txs[i], txs[1-i], port, channel))
		if err != nil {
			return fmt.Errorf("packets from %s: %w", c.ID, err)
		}
		if tally.Packets == 0 {
			continue
		}
		s.say("   packets from %s: %s", c.ID, tally)
		if tally.Acknowledged != acknowledged || i == 0 && tally.TimedOut != timedOut {
			return fmt.Errorf("packets from %s: %d acknowledged and %d timed out, want %d and %d", c.ID, tally.Acknowledged, tally.TimedOut, acknowledged, timedOut)
		}
	}
	s.say("   by %d transactions of the relayer", relayed)
	return nil
}
