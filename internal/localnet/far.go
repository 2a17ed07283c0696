package localnet

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"

	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/token"
)

// The second chain of a localnet: its id, its node and the relayer between it and the hub.
const (
	farChainID = "corridor-far"
	farNode    = "far-0"
	// RelayerName is the process that carries packets between the hub and the second chain.
	RelayerName = "ibc-relayer"
)

// Chains as the relayer's file and its commands call them.
const (
	relayedHub = "hub"
	relayedFar = "far"
)

// Far is a second chain of one validator, which is a ledger of the hub. Packets between the two are carried by `corridor relay run`.
type Far struct {
	ChainID     string `json:"chain_id"`
	Ledger      string `json:"ledger"` // what the hub calls it
	Node        Node   `json:"node"`
	RelayerFile string `json:"relayer_file"`
}

// ClientFile is what the participants' commands read to speak to the second chain.
func (f Far) ClientFile() string { return filepath.Join(filepath.Dir(f.Node.Home), "client.yaml") }

// RelayerStatusFile holds the address of the relayer's status server, once it runs.
func (f Far) RelayerStatusFile() string {
	return filepath.Join(filepath.Dir(f.RelayerFile), "status.addr")
}

// makeFar makes the second chain's home. The hub's genesis knows the chain only if it is made after this.
func (l *Localnet) makeFar(ctx context.Context, w *world.World, corridord string) error {
	far, err := w.AddFar(l.ChainID, farChainID)
	if err != nil {
		return err
	}
	nodes, err := makeChain(ctx, far, chain{ID: farChainID, Dir: far.Dir, Names: []string{farNode}}, corridord)
	if err != nil {
		return err
	}
	l.Far = &Far{ChainID: farChainID, Ledger: world.Far, Node: nodes[0], RelayerFile: filepath.Join(w.RelayerDir(), "relay.yaml")}
	return far.WriteClient(farChainID, nodes[0].world())
}

// startFar starts what connects the second chain, whose node runs, with the hub: at first the link as well.
func (l *Localnet) startFar(ctx context.Context, o Options) error {
	if err := l.chainReady(ctx, l.Far.ChainID, l.Far.Node); err != nil {
		return err
	}
	if !l.Ready {
		o.Progress(fmt.Sprintf("second chain: money, and a link by which %s is the hub's ledger %s", l.Far.ChainID, l.Far.Ledger))
		if err := l.issueFar(ctx); err != nil {
			return fmt.Errorf("opening money on %s: %w", l.Far.ChainID, err)
		}
		if err := l.linkFar(ctx, filepath.Join(o.Bin, "corridor")); err != nil {
			return err
		}
	}
	if err := l.startRelayer(o.Bin); err != nil {
		return err
	}
	_, err := l.answers(ctx, RelayerName, l.Far.RelayerStatusFile(), "/readyz")
	return err
}

// issueFar has the issuer on the second chain issue the opening money.
func (l *Localnet) issueFar(ctx context.Context) error {
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: l.Far.Node.GRPC}, l.Far.ChainID)
	if err != nil {
		return err
	}
	defer client.Close()
	keys, err := keyring.New("corridor", keyring.BackendTest, filepath.Join(l.Dir, "keys"), nil, client.Codec())
	if err != nil {
		return err
	}
	for _, i := range world.FarOpening() {
		to, err := compliance.NewQueryClient(client.Conn()).Participant(ctx, &compliance.QueryParticipantRequest{Id: i.Recipient})
		if err != nil {
			return err
		}
		sender, err := client.NewSender(keys, i.Issuer)
		if err != nil {
			return err
		}
		msg := &token.MsgIssue{Issuer: sender.Address(), Recipient: to.Participant.Address, Currency: i.Currency, AmountMinor: i.AmountMinor}
		if _, err := sender.Send(ctx, msg); err != nil {
			return err
		}
	}
	return nil
}

// linkFar makes the relayer's file, and clients, connection and channel between both chains, by the commands that a user types.
func (l *Localnet) linkFar(ctx context.Context, corridor string) error {
	folder := filepath.Dir(l.Far.RelayerFile)
	hub, far := filepath.Join(folder, relayedHub+".yaml"), filepath.Join(folder, relayedFar+".yaml")
	for file, node := range map[string]Node{hub: l.Nodes[0], far: l.Far.Node} {
		text := fmt.Sprintf("rpc: http://%s\nkeys: [%s]\n", node.RPC, world.RelayerKey)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := l.relay(ctx, corridor, "init", hub, far); err != nil {
		return err
	}
	if err := l.relayerAddress(); err != nil {
		return err
	}
	return l.relay(ctx, corridor, "link", relayedHub, relayedFar, "--port", bridge.LegPort, "--version", bridge.LegVersion)
}

// relay runs one of the relayer's commands.
func (l *Localnet) relay(ctx context.Context, corridor string, arguments ...string) error {
	arguments = append(append([]string{"relay"}, arguments...), "--config", l.Far.RelayerFile)
	if out, err := exec.CommandContext(ctx, corridor, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("corridor relay %s: %w: %s", arguments[1], err, out)
	}
	return nil
}

// relayerAddress has the relayer's status server take a free port, as its usual one may be another's here, and say which.
func (l *Localnet) relayerAddress() error {
	raw, err := os.ReadFile(l.Far.RelayerFile)
	if err != nil {
		return err
	}
	usual := []byte("listen: 127.0.0.1:9465")
	if !bytes.Contains(raw, usual) {
		return fmt.Errorf("%s has no %s", l.Far.RelayerFile, usual)
	}
	own := fmt.Appendf(nil, "listen: 127.0.0.1:0\n  addr_file: %s", l.Far.RelayerStatusFile())
	return os.WriteFile(l.Far.RelayerFile, bytes.Replace(raw, usual, own, 1), 0o600)
}

func (l *Localnet) startRelayer(bin string) error {
	if err := forget(l.Far.RelayerStatusFile()); err != nil {
		return err
	}
	argv := []string{filepath.Join(bin, "corridor"), "relay", "run", "--config", l.Far.RelayerFile}
	return l.run(command{RelayerName, "relayer", argv, filepath.Join(l.Dir, "logs", RelayerName+".log")})
}

// RestartRelayer starts the relayer between both chains again, which has ended, and waits until it is ready.
func (l *Localnet) RestartRelayer(ctx context.Context, bin string) error {
	p, err := l.Process(RelayerName)
	if err != nil {
		return err
	}
	if p.Alive() {
		return fmt.Errorf("the relayer still runs (pid %d)", p.PID)
	}
	if err := l.startRelayer(bin); err != nil {
		return err
	}
	_, err = l.answers(ctx, RelayerName, l.Far.RelayerStatusFile(), "/readyz")
	return err
}
