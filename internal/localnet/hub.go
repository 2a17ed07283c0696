package localnet

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	dbm "github.com/cosmos/cosmos-db"

	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/client/flags"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/genesis"
	"github.com/corridor-network/corridor/internal/world"
)

// Times of a localnet's hub: blocks every 0.24 s on two cores. See docs/adr for the measurements.
const (
	timeoutCommit = 200 * time.Millisecond
	gossipSleep   = 10 * time.Millisecond
	votingPeriod  = 20 * time.Second
)

// SeatKeyName is the name of a validator's seat in the localnet's keyring.
func SeatKeyName(node int) string { return fmt.Sprintf("seat-%d", node) }

// makeHub writes the validators' homes with one genesis.
func (l *Localnet) makeHub(w *world.World, validators int) error {
	ports, err := freePorts(4 * validators)
	if err != nil {
		return err
	}
	spec := genesis.Spec{
		ChainID: l.ChainID, Time: time.Now(), VotingPeriod: votingPeriod,
		Compliance: w.Compliance(), Bridge: w.Bridge(), Currency: w.Currency(), Token: w.Token(),
	}
	var peers []string
	for i := range validators {
		n := Node{
			Name: fmt.Sprintf("hub-%d", i), Home: filepath.Join(l.Dir, "hub", fmt.Sprintf("node-%d", i)),
			P2P: ports[4*i], RPC: ports[4*i+1], GRPC: ports[4*i+2], REST: ports[4*i+3],
		}
		v, peer, err := makeNode(n)
		if err != nil {
			return fmt.Errorf("%s: %w", n.Name, err)
		}
		operator := secp256k1.GenPrivKey()
		if err := w.ImportKey(SeatKeyName(i), hex.EncodeToString(operator.Bytes()), hd.Secp256k1Type); err != nil {
			return err
		}
		v.Operator = operator
		spec.Validators = append(spec.Validators, v)
		peers = append(peers, peer)
		l.Nodes = append(l.Nodes, n)
	}
	return l.writeHomes(spec, peers)
}

// makeNode makes a node's keys.
func makeNode(n Node) (v genesis.Validator, peer string, err error) {
	for _, dir := range []string{"config", "data"} {
		if err := os.MkdirAll(filepath.Join(n.Home, dir), 0o700); err != nil {
			return v, "", err
		}
	}
	node, err := p2p.LoadOrGenNodeKey(filepath.Join(n.Home, "config", "node_key.json"))
	if err != nil {
		return v, "", err
	}
	file := privval.LoadOrGenFilePV(filepath.Join(n.Home, "config", "priv_validator_key.json"), filepath.Join(n.Home, "data", "priv_validator_state.json"))
	consensus, err := cryptocodec.FromCmtPubKeyInterface(file.Key.PubKey)
	if err != nil {
		return v, "", err
	}
	return genesis.Validator{Moniker: n.Name, ConsensusKey: consensus}, string(node.ID()) + "@" + n.P2P, nil
}

func (l *Localnet) writeHomes(spec genesis.Spec, peers []string) error {
	scratch, err := os.MkdirTemp("", "corridor-genesis") // x/upgrade wants a home
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	model := app.New(log.NewNopLogger(), dbm.NewMemDB(), nil, true, appOptions{flags.FlagHome: scratch})
	doc, err := genesis.Build(model, spec)
	if err != nil {
		return err
	}
	for i, n := range l.Nodes {
		others := append(append([]string{}, peers[:i]...), peers[i+1:]...)
		cmtcfg.WriteConfigFile(filepath.Join(n.Home, "config", "config.toml"), cometConfig(n, others))
		serverconfig.WriteConfigFile(filepath.Join(n.Home, "config", "app.toml"), appConfig(n))
		if err := doc.SaveAs(filepath.Join(n.Home, "config", "genesis.json")); err != nil {
			return err
		}
	}
	return nil
}

type appOptions map[string]any

// Get returns an option, or nil.
func (o appOptions) Get(key string) any { return o[key] }

func cometConfig(n Node, peers []string) *cmtcfg.Config {
	c := cmtcfg.DefaultConfig()
	c.Moniker = n.Name
	c.RPC.ListenAddress, c.RPC.PprofListenAddress = "tcp://"+n.RPC, ""
	c.P2P.ListenAddress, c.P2P.PersistentPeers = "tcp://"+n.P2P, strings.Join(peers, ",")
	c.P2P.AddrBookStrict, c.P2P.AllowDuplicateIP, c.P2P.PexReactor = false, true, false
	c.P2P.FlushThrottleTimeout = gossipSleep
	c.Consensus.TimeoutCommit, c.Consensus.PeerGossipSleepDuration = timeoutCommit, gossipSleep
	c.Instrumentation.Prometheus = false
	return c
}

func appConfig(n Node) *serverconfig.Config {
	c := serverconfig.DefaultConfig()
	c.MinGasPrices = "0" + app.SeatDenom
	c.GRPC.Address, c.GRPCWeb.Enable = n.GRPC, false
	c.API.Enable, c.API.Address = true, "tcp://"+n.REST
	return c
}
