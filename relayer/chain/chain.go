package chain

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// How much is kept of what was read.
const (
	keptHeaders = 64
	keptSets    = 8
	keptBlocks  = 3 // results are large
)

// Chain is one chain. It is safe for concurrent use.
type Chain struct {
	config   Config
	revision uint64
	log      *slog.Logger
	codec    encoding
	pool     *endpoints
	heads    *heads

	headers *cache[*cmttypes.SignedHeader]
	sets    *cache[*cmttypes.ValidatorSet]
	blocks  *cache[*results]

	signers *signers
	gas     *gasBook
	price   *gasPrice
	limits  limits

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
}

var (
	_ ibcpath.Chain       = (*Chain)(nil)
	_ ibcpath.StoreProver = (*Chain)(nil)
)

// Open connects to a chain: at least one endpoint must answer and be on it. The keys are looked up in the keyring; their accounts
// are asked for when they are first used. Close must be called. ctx bounds the opening only.
func Open(ctx context.Context, config Config, keys keyring.Keyring, log *slog.Logger) (*Chain, error) {
	config, prices, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	codec, err := newEncoding(config.Prefix)
	if err != nil {
		return nil, fmt.Errorf("chain %q: %w", config.Name, err)
	}
	log = log.With("chain", config.Name)
	c := &Chain{
		config: config, revision: clienttypes.ParseChainID(config.ChainID), log: log, codec: codec,
		pool: newEndpoints(config, log), heads: newHeads(), gas: newGasBook(), price: newGasPrice(prices),
	}
	c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	c.headers = newCache[*cmttypes.SignedHeader](c.ctx, keptHeaders)
	c.sets = newCache[*cmttypes.ValidatorSet](c.ctx, keptSets)
	c.blocks = newCache[*results](c.ctx, keptBlocks)
	if c.signers, err = newSigners(config, keys); err == nil {
		err = c.reach(ctx)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	compare := &judge{pool: c.pool}
	c.work.Go(func() { c.pool.watch(c.ctx, config.Poll, compare.compare) })
	c.work.Go(func() { c.poll(c.ctx) })
	c.work.Go(func() { c.listen(c.ctx) })
	return c, nil
}

// reach asks the endpoints where they are, and one of them for what the chain allows.
func (c *Chain) reach(ctx context.Context) error {
	problem := c.pool.look(ctx)
	if err := c.pollOnce(ctx); err != nil {
		if problem != nil {
			return problem
		}
		return err
	}
	return c.learnLimits(ctx)
}

// Close ends what runs in the background and lets go of the connections.
func (c *Chain) Close() {
	c.cancel()
	c.work.Wait()
	c.pool.close()
}

// ID is the chain id.
func (c *Chain) ID() string { return c.config.ChainID }

// Addresses are the signers' addresses.
func (c *Chain) Addresses() []string {
	var all []string
	for _, s := range c.signers.all {
		all = append(all, s.address)
	}
	return all
}
