package pathset

import (
	"context"
	"maps"
	"slices"
	"time"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// balancesEvery is how often the signers' accounts are looked at.
const balancesEvery = 30 * time.Second

// Balance is what a signer's account holds of the denomination that fees are paid in.
type Balance struct {
	Chain   string `json:"chain"`
	Address string `json:"address"`
	Denom   string `json:"denom"`
	Amount  string `json:"amount"`
}

// Balances asks a chain what its signers hold. A chain without fees names no denomination, and nothing is asked.
func Balances(ctx context.Context, config relayconfig.Chain, c *chain.Chain) ([]Balance, error) {
	price, err := relayconfig.ParsePrice(config.GasPrice)
	if config.GasPrice == "" || err != nil {
		return nil, err
	}
	var all []Balance
	for _, address := range c.Addresses() {
		answer, err := banktypes.NewQueryClient(c.At(0)).Balance(ctx, &banktypes.QueryBalanceRequest{Address: address, Denom: price.Denom})
		if err != nil {
			return nil, err
		}
		held := Balance{config.Name, address, price.Denom, "0"}
		if answer.Balance != nil {
			held.Amount = answer.Balance.Amount.String()
		}
		all = append(all, held)
	}
	return all, nil
}

// watchBalances remembers what a chain's signers hold, and tells the metrics, until ctx ends.
func (c *chains) watchBalances(ctx context.Context, config relayconfig.Chain, opened *chain.Chain) {
	tick := time.NewTicker(balancesEvery)
	defer tick.Stop()
	for {
		held, err := Balances(ctx, config, opened)
		if err != nil && ctx.Err() == nil {
			c.options.Log.Debug("the signers' balances cannot be read", "chain", config.Name, "error", err)
		}
		if err == nil && ctx.Err() == nil {
			c.mu.Lock()
			c.balances[config.Name] = held
			c.mu.Unlock()
		}
		for _, b := range held {
			if c.options.Metrics != nil {
				c.options.Metrics.Balance(b.Chain, b.Address, b.Denom, b.Amount)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// held is what all signers held when they were last looked at, by chain.
func (c *chains) held() (all []Balance) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(c.balances)) {
		all = append(all, c.balances[name]...)
	}
	return all
}
