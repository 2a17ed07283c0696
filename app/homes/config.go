package homes

import (
	"fmt"
	"os"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"

	serverconfig "github.com/cosmos/cosmos-sdk/server/config"

	"github.com/corridor-network/corridor/app"
)

// gossipSleep replaces CometBFT's pauses of 100 ms each in gossip: several nodes on one machine need none, and
// they would add 0.3 s to every block.
const gossipSleep = 10 * time.Millisecond

// A validator that is down still gets its turn to propose. The others wait timeoutPropose for its block, and after they
// have voted for none, timeoutVote for stragglers: by CometBFT's defaults 3 s and 1 s, every fourth block of a localnet.
// The nodes are on one machine, so a proposal comes within milliseconds; a second leaves room for a busy one. What is
// still too short grows with each round, by timeoutDelta, so that a slow machine gets its block as well.
const (
	timeoutPropose = time.Second
	timeoutVote    = 200 * time.Millisecond
	timeoutDelta   = 500 * time.Millisecond
)

func (n Node) writeConfig(chainID string, timeoutCommit time.Duration, peers []string) error {
	cmtcfg.WriteConfigFile(n.file("config", "config.toml"), n.comet(timeoutCommit, peers))
	serverconfig.WriteConfigFile(n.file("config", "app.toml"), n.server())
	return os.WriteFile(n.file("config", "client.toml"), []byte(fmt.Sprintf(
		"chain-id = %q\nkeyring-backend = \"test\"\noutput = \"text\"\nnode = %q\nbroadcast-mode = \"sync\"\n",
		chainID, "tcp://"+n.RPC)), 0o600)
}

func (n Node) comet(timeoutCommit time.Duration, peers []string) *cmtcfg.Config {
	c := cmtcfg.DefaultConfig()
	c.Moniker = n.Name
	c.RPC.ListenAddress, c.RPC.PprofListenAddress = "tcp://"+n.RPC, ""
	c.P2P.ListenAddress, c.P2P.PersistentPeers = "tcp://"+n.P2P, strings.Join(peers, ",")
	c.P2P.AddrBookStrict, c.P2P.AllowDuplicateIP, c.P2P.PexReactor = false, true, false
	c.P2P.FlushThrottleTimeout = gossipSleep
	c.Consensus.TimeoutCommit, c.Consensus.PeerGossipSleepDuration = timeoutCommit, gossipSleep
	c.Consensus.TimeoutPropose, c.Consensus.TimeoutProposeDelta = timeoutPropose, timeoutDelta
	c.Consensus.TimeoutPrevote, c.Consensus.TimeoutPrevoteDelta = timeoutVote, timeoutDelta
	c.Consensus.TimeoutPrecommit, c.Consensus.TimeoutPrecommitDelta = timeoutVote, timeoutDelta
	c.Instrumentation.Prometheus = false
	return c
}

func (n Node) server() *serverconfig.Config {
	c := serverconfig.DefaultConfig()
	c.MinGasPrices = "0" + app.SeatDenom
	c.QueryGasLimit = app.MaxQueryGas
	c.GRPC.Address, c.GRPCWeb.Enable = n.GRPC, false
	c.API.Enable = n.REST != ""
	if c.API.Enable {
		c.API.Address = "tcp://" + n.REST
	}
	return c
}
