package localnet

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/gogoproto/proto"

	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/token"
)

// Times of a localnet's hub: blocks every 0.24 s on two cores.
const (
	timeoutCommit = 200 * time.Millisecond
	votingPeriod  = 20 * time.Second
)

// hubFile is what `corridord homes` reads; its documentation says what the fields are.
type hubFile struct {
	ChainID       string                     `json:"chain_id"`
	Time          time.Time                  `json:"time"`
	VotingPeriod  string                     `json:"voting_period"`
	TimeoutCommit string                     `json:"timeout_commit"`
	Nodes         []hubNode                  `json:"nodes"`
	Modules       map[string]json.RawMessage `json:"modules"`
}

type hubNode struct {
	Node
	Operator string `json:"operator"`
}

// makeHub makes the hub's homes.
func (l *Localnet) makeHub(ctx context.Context, w *world.World, validators int, corridord string) (err error) {
	c := chain{ID: l.ChainID, Dir: filepath.Join(l.Dir, "hub")}
	for i := range validators {
		c.Names = append(c.Names, fmt.Sprintf("hub-%d", i))
	}
	l.Nodes, err = makeChain(ctx, w, c, corridord)
	return err
}

// chain is one to be made, with a validator for each name.
type chain struct {
	ID    string
	Dir   string
	Names []string
}

// makeChain has corridord make the validators' homes: it alone knows the chain's modules.
func makeChain(ctx context.Context, w *world.World, c chain, corridord string) ([]Node, error) {
	addresses, err := freePorts(4 * len(c.Names))
	if err != nil {
		return nil, err
	}
	hub := hubFile{
		ChainID: c.ID, Time: time.Now().UTC(),
		VotingPeriod: votingPeriod.String(), TimeoutCommit: timeoutCommit.String(),
	}
	var nodes []Node
	for i, name := range c.Names {
		n := Node{
			Name: name, Home: filepath.Join(c.Dir, fmt.Sprintf("node-%d", i)),
			P2P: addresses[4*i], RPC: addresses[4*i+1], GRPC: addresses[4*i+2], REST: addresses[4*i+3],
		}
		operator, err := w.AddSeat(i)
		if err != nil {
			return nil, fmt.Errorf("seat of %s: %w", n.Name, err)
		}
		hub.Nodes = append(hub.Nodes, hubNode{Node: n, Operator: operator})
		nodes = append(nodes, n)
	}
	if hub.Modules, err = moduleStates(w); err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(hub, "", "  ")
	if err != nil {
		return nil, err
	}
	file := c.Dir + ".json"
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return nil, err
	}
	if out, err := exec.CommandContext(ctx, corridord, "homes", file).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("corridord homes: %w: %s", err, out)
	}
	return nodes, nil
}

// moduleStates are the genesis states that the world wants, by module.
func moduleStates(w *world.World) (map[string]json.RawMessage, error) {
	complianceState, bridgeState, currencyState, tokenState := w.Compliance(), w.Bridge(), w.Currency(), w.Token()
	states := map[string]proto.Message{
		compliance.ModuleName: &complianceState, bridge.ModuleName: &bridgeState,
		currency.ModuleName: &currencyState, token.ModuleName: &tokenState,
	}
	cdc := codec.NewProtoCodec(types.NewInterfaceRegistry())
	raw := map[string]json.RawMessage{}
	for name, state := range states {
		var err error
		if raw[name], err = cdc.MarshalJSON(state); err != nil {
			return nil, fmt.Errorf("genesis of %s: %w", name, err)
		}
	}
	return raw, nil
}
