package pathset

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"

	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/relayconfig"
	"github.com/corridor-network/corridor/relayer/relaymetrics"
)

// OpenChain connects to a chain of the file.
func OpenChain(ctx context.Context, c relayconfig.Chain, o Options) (*chain.Chain, error) {
	return chain.Open(ctx, chain.Config{
		Name: c.Name, ChainID: c.ChainID, RPC: c.RPC, Prefix: c.Prefix, GasPrice: c.GasPrice, MaxGasPrice: c.GasPriceCap,
		GasAdjustment: c.GasAdjustment, MaxTxBytes: c.MaxTxBytes, MaxGas: c.MaxGas, FeeGranter: c.FeeGranter, Keys: c.Keys, Memo: c.Memo,
		Observer: observer(o.Metrics),
	}, o.Keys, o.Log)
}

func observer(m *relaymetrics.Metrics) chain.Observer {
	if m == nil {
		return chain.Observer{}
	}
	return chain.Observer{
		RPCError: m.RPCError, Endpoint: m.Endpoint, Conflict: func(chain string, _ int64) { m.Conflict(chain) },
	}
}

// Options are what a set works with.
type Options struct {
	Keys    keyring.Keyring
	Log     *slog.Logger
	Metrics *relaymetrics.Metrics // may be nil
	Traces  *relaymetrics.Traces  // may be nil
}

// chains are the open ones, each shared by all paths that end there.
type chains struct {
	options Options

	mu       sync.Mutex
	all      map[string]*shared
	balances map[string][]Balance // by chain
}

// shared is one chain. It is opened by the first that needs it and closed after the last.
type shared struct {
	config relayconfig.Chain
	users  int // guarded by chains.mu

	mu    sync.Mutex // held while it is opened
	chain *chain.Chain
	stop  context.CancelFunc // of what watches its accounts
}

// acquire gives the chain, opening it if need be. Call release when done with it.
func (c *chains) acquire(ctx context.Context, config relayconfig.Chain) (opened *chain.Chain, release func(), err error) {
	key := fmt.Sprintf("%#v", config)
	c.mu.Lock()
	s := c.all[key]
	if s == nil {
		s = &shared{config: config}
		c.all[key] = s
	}
	s.users++
	c.mu.Unlock()
	release = func() { c.release(key, s) }
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chain != nil {
		return s.chain, release, nil
	}
	if s.chain, err = OpenChain(ctx, config, c.options); err != nil {
		s.chain = nil
		defer release()
		return nil, nil, err
	}
	var watching context.Context
	watching, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	go c.watchBalances(watching, config, s.chain)
	return s.chain, release, nil
}

// release closes a chain that nobody uses any more. It must not be called while s.mu is held by another opener for long: it does not wait
// for one, because whoever opens is a user too.
func (c *chains) release(key string, s *shared) {
	c.mu.Lock()
	s.users--
	last := s.users == 0
	if last {
		delete(c.all, key)
	}
	c.mu.Unlock()
	if last && s.chain != nil {
		s.stop()
		s.chain.Close()
		c.mu.Lock()
		delete(c.balances, s.config.Name)
		c.mu.Unlock()
	}
}

// Ends are where a path ends, on chains that are open.
func Ends(p relayconfig.Path, a, b ibcpath.Chain) [2]ibcpath.End {
	return [2]ibcpath.End{
		{Chain: a, ClientID: p.A.Client, ConnectionID: p.A.Connection}, {Chain: b, ClientID: p.B.Client, ConnectionID: p.B.Connection},
	}
}

// filter names chains by their chain ids, as the packets' rules want them.
func filter(f relayconfig.Filter, ends [2]relayconfig.Chain) ibcpath.Filter {
	rules := func(from []relayconfig.Rule) (to []ibcpath.Rule) {
		for _, r := range from {
			id := ""
			for _, ch := range ends {
				if r.Chain == ch.Name {
					id = ch.ChainID
				}
			}
			to = append(to, ibcpath.Rule{Chain: id, Port: r.Port, Channel: r.Channel, Sender: r.Sender, Denom: r.Denom})
		}
		return to
	}
	return ibcpath.Filter{Allow: rules(f.Allow), Deny: rules(f.Deny)}
}
