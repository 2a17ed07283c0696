package ledgerlink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/relayer/hublight"
)

// Connection is the hub as one notary's configuration says it is read.
type Connection struct {
	Hub    HubNode
	Prover Prover
	// Follow gives new blocks until ctx ends.
	Follow func(ctx context.Context) <-chan hubclient.Block
	// Health tells how the light client and its nodes do; nil where a node is believed.
	Health func() hublight.Health

	check   func(context.Context) error
	clients []*hubclient.Client
	light   *hublight.Client
}

// Connect opens the hub for a notary and checks that the hub knows it by its key.
func Connect(ctx context.Context, c Config, log *slog.Logger, registry prometheus.Registerer) (conn *Connection, err error) {
	if c.Hub.Verify == VerifyNode {
		log.Warn("verify: node: this node is believed whatever it says; it has to be this notary's own", "node", c.Hub.GRPC)
		conn, err = believe(ctx, c, log)
	} else {
		conn, err = verify(c, log, registry)
	}
	if err == nil {
		err = conn.check(ctx)
	}
	if err != nil && conn != nil {
		err = errors.Join(err, conn.Close())
		conn = nil
	}
	return conn, err
}

// Close lets go of the hub, and keeps what is believed.
func (c *Connection) Close() error {
	errs := []error{}
	for _, each := range c.clients {
		errs = append(errs, each.Close())
	}
	if c.light != nil {
		errs = append(errs, c.light.Close())
	}
	return errors.Join(errs...)
}

func openKeys(c Config, client *hubclient.Client) (keyring.Keyring, error) {
	keys, err := keyring.New("corridor", c.Key.Backend, c.Key.Dir, nil, client.Codec())
	if err != nil {
		return nil, fmt.Errorf("keyring %s in %s: %w", c.Key.Backend, c.Key.Dir, err)
	}
	return keys, nil
}

// believe reads one node and believes it.
func believe(ctx context.Context, c Config, log *slog.Logger) (*Connection, error) {
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: c.Hub.GRPC, RPC: c.Hub.RPC}, c.Hub.ChainID)
	if err != nil {
		return nil, err
	}
	conn := &Connection{clients: []*hubclient.Client{client}}
	keys, err := openKeys(c, client)
	if err != nil {
		return conn, err
	}
	node, err := NewNode(client, keys, c.Key.Name, c.Ledger, c.Notary)
	if err != nil {
		return conn, err
	}
	conn.Hub, conn.check = node, node.Check
	conn.Prover = &ownProver{config: c, client: client, keys: keys, log: log}
	conn.Follow = func(ctx context.Context) <-chan hubclient.Block { return client.Follow(ctx, log) }
	return conn, nil
}

// verify reads nodes and believes none.
func verify(c Config, log *slog.Logger, registry prometheus.Registerer) (*Connection, error) {
	config := hublight.Config{
		ChainID: c.Hub.ChainID, TrustFile: c.Hub.Trust.File, TrustingPeriod: c.Hub.Trust.Period, MaxClockDrift: c.Hub.Trust.MaxClockDrift,
		Log: log, Metrics: registry,
	}
	to := LightConfig{Clients: map[string]*hubclient.Client{}, Key: c.Key.Name, Ledger: c.Ledger, Notary: c.Notary}
	conn := &Connection{}
	for _, n := range c.Hub.Nodes {
		client, err := hubclient.New(hubclient.Node{GRPC: n.GRPC, RPC: n.RPC}, c.Hub.ChainID)
		if err != nil {
			return conn, err
		}
		conn.clients = append(conn.clients, client)
		to.Clients[n.Name] = client
		config.Nodes = append(config.Nodes, hublight.Node{Name: n.Name, RPC: n.RPC})
	}
	var err error
	if to.Keys, err = openKeys(c, conn.clients[0]); err != nil {
		return conn, err
	}
	if conn.light, err = hublight.Open(config); err != nil {
		return conn, err
	}
	to.Light = conn.light
	node, err := NewLightNode(to)
	if err != nil {
		return conn, err
	}
	conn.Hub, conn.Prover, conn.check = node, node, node.Check
	conn.Health = conn.light.Health
	conn.Follow = func(ctx context.Context) <-chan hubclient.Block { return blocksOf(conn.light.Follow(ctx)) }
	return conn, nil
}

// ownProver proves what the one node says that is believed. A ledger that checks needs no less from such a notary.
type ownProver struct {
	config Config
	client *hubclient.Client
	keys   keyring.Keyring
	log    *slog.Logger
	node   *LightNode // from the first batch on; one batch is made at a time
}

// Batch implements Prover.
func (p *ownProver) Batch(ctx context.Context, book sdk.Book) ([]byte, error) {
	if p.node == nil {
		own := hublight.Node{Name: ownNode, RPC: p.config.Hub.RPC}
		begin, err := hublight.Offered(ctx, own, p.config.Hub.ChainID, 0)
		if err != nil {
			return nil, err
		}
		light, err := hublight.Believing(hublight.Config{ChainID: p.config.Hub.ChainID, Nodes: []hublight.Node{own}, Log: p.log}, begin)
		if err != nil {
			return nil, err
		}
		if p.node, err = NewLightNode(LightConfig{
			Light: light, Clients: map[string]*hubclient.Client{ownNode: p.client}, Keys: p.keys, Key: p.config.Key.Name,
			Ledger: p.config.Ledger, Notary: p.config.Notary,
		}); err != nil {
			return nil, err
		}
	}
	if _, err := p.node.light.Latest(ctx); err != nil {
		return nil, err
	}
	if _, err := p.node.Read(ctx); err != nil {
		return nil, err
	}
	return p.node.Batch(ctx, book)
}
