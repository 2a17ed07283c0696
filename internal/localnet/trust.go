package localnet

import (
	"context"
	"fmt"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/relayer/hublight"
)

// The ways in which a localnet's notaries read the hub.
const (
	VerifyLight = "light" // every block by its signatures, every order by its proof
	VerifyNode  = "node"  // each believes its own node
)

// firstTrusted is the height that everybody believes first: in a localnet nobody had time to forge it.
const firstTrusted = 1

// trust gives the ledger that checks orders, and every notary, the header that it believes first. On a hub of institutions each compares its
// hash with what the others say; here all are ours.
func (l *Localnet) trust(ctx context.Context, w *world.World) error {
	node := hublight.Node{Name: l.Nodes[0].Name, RPC: l.Nodes[0].world().RPC}
	block, err := hublight.Offered(ctx, node, l.ChainID, firstTrusted)
	if err != nil {
		return fmt.Errorf("the first trusted header: %w", err)
	}
	root := orderproof.NewRoot(block.Header).String()
	if l.Unchecked {
		root = ""
	}
	if _, err := w.WriteSimulators(l.ChainID, root); err != nil {
		return err
	}
	for _, n := range w.Notaries {
		if err := hublight.InitTrust(n.TrustFile(), block, false); err != nil {
			return err
		}
	}
	return nil
}

// defaultVerify is light wherever there is a second node to compare with.
func (o *Options) defaultVerify() string {
	if o.Validators == 1 {
		return VerifyNode
	}
	return VerifyLight
}

// orderCheck is what a simulated ledger checks itself: the bank never asks, as a payment network of today.
func (l *Localnet) orderCheck(ledger string) string {
	if ledger == world.CBDC && !l.Unchecked {
		return "ledger"
	}
	return "none"
}

// hubOf is the hub for the notary of a number: its own node, and the next one, another validator's, as a witness.
func (l *Localnet) hubOf(notary int) world.Hub {
	own := notary % len(l.Nodes)
	hub := world.Hub{ChainID: l.ChainID, Verify: l.Verify, Nodes: []world.Node{l.Nodes[own].world()}}
	if witness := (own + 1) % len(l.Nodes); witness != own {
		hub.Nodes = append(hub.Nodes, l.Nodes[witness].world())
	}
	return hub
}
