package relayconfig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/cosmos/cosmos-sdk/client/grpc/node"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	"github.com/cosmos/gogoproto/proto"
)

// askTimeout bounds one question to a node.
const askTimeout = 10 * time.Second

// Answered is what a chain's nodes say of it.
type Answered struct {
	Chain
	BondDenom string
	Unbonding time.Duration
	Notes     []string // what was assumed because no node said it
}

// Ask completes what a person gave by what the nodes say. Every address is asked for its chain: one on another chain is refused. A node
// that does not answer is no error as long as another one does.
func Ask(ctx context.Context, g Given) (Answered, error) {
	a := Answered{Chain: Chain{
		Name: g.Name, ChainID: g.ChainID, RPC: g.RPC, Prefix: g.Prefix, GasPrice: g.GasPrice, GasPriceCap: g.GasCap, Keys: g.Keys, FeeGranter: g.FeeGranter,
	}}
	var first *asked
	var silent []error
	for _, address := range g.RPC {
		n, err := dial(ctx, address)
		if err != nil {
			silent = append(silent, err)
			continue
		}
		if a.ChainID != "" && a.ChainID != n.chainID {
			return a, fmt.Errorf("the node at %s is on chain %s, not %s: correct chain_id or rpc", address, n.chainID, a.ChainID)
		}
		a.ChainID = n.chainID
		if first == nil {
			first = n
		}
	}
	if first == nil {
		return a, fmt.Errorf("no node of %s answers; is one running, and is that its RPC address (often port 26657)? %w", g.Name, errors.Join(silent...))
	}
	for _, err := range silent {
		a.Notes = append(a.Notes, err.Error())
	}
	return a, a.complete(ctx, first)
}

// complete asks one node for prefix, bond denomination, unbonding time and lowest gas price.
func (a *Answered) complete(ctx context.Context, n *asked) error {
	if a.Prefix == "" {
		prefix, err := n.prefix(ctx)
		if err != nil {
			return fmt.Errorf("%s does not say how its addresses start (%w): add `prefix: …` to its file", a.Name, err)
		}
		a.Prefix = prefix
	}
	var params stakingtypes.QueryParamsResponse
	if err := n.query(ctx, "/cosmos.staking.v1beta1.Query/Params", &stakingtypes.QueryParamsRequest{}, &params); err == nil {
		a.BondDenom, a.Unbonding = params.Params.BondDenom, params.Params.UnbondingTime
	}
	if a.GasPrice != "" {
		return nil
	}
	var config node.ConfigResponse
	err := n.query(ctx, "/cosmos.base.node.v1beta1.Service/Config", &node.ConfigRequest{}, &config)
	first, _, _ := strings.Cut(config.MinimumGasPrice, ",")
	if _, wrong := ParsePrice(first); err == nil && wrong == nil {
		a.GasPrice = trimZeros(first)
		return nil
	}
	if a.BondDenom == "" {
		return fmt.Errorf("%s says neither its lowest gas price nor its bond denomination: add `gas_price: …`, such as 0.0025stake, to its file", a.Name)
	}
	a.GasPrice = "0" + a.BondDenom
	a.Notes = append(a.Notes, fmt.Sprintf("%s: the node does not say its lowest gas price; gas_price is %s", a.Name, a.GasPrice))
	return nil
}

// trimZeros writes a price as a person would: nodes answer 0.000000000000000000stake.
func trimZeros(price string) string {
	p, err := ParsePrice(price)
	if err != nil {
		return price
	}
	amount := p.Amount.String()
	if strings.Contains(amount, ".") {
		amount = strings.TrimSuffix(strings.TrimRight(amount, "0"), ".")
	}
	return amount + p.Denom
}

// asked is one node that answered.
type asked struct {
	address string
	chainID string
	rpc     *rpchttp.HTTP
}

func dial(ctx context.Context, address string) (*asked, error) {
	rpc, err := rpchttp.NewWithTimeout(address, "/websocket", uint(askTimeout/time.Second))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	status, err := rpc.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s does not answer: %w", address, err)
	}
	return &asked{address: address, chainID: status.NodeInfo.Network, rpc: rpc}, nil
}

// query asks one gRPC question over CometBFT's RPC.
func (n *asked) query(ctx context.Context, method string, question, answer proto.Message) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	raw, err := proto.Marshal(question)
	if err != nil {
		return err
	}
	res, err := n.rpc.ABCIQuery(ctx, method, raw)
	if err != nil {
		return fmt.Errorf("%s: %w", n.address, err)
	}
	if res.Response.Code != 0 {
		return fmt.Errorf("%s: %s", n.address, res.Response.Log)
	}
	return proto.Unmarshal(res.Response.Value, answer)
}

// prefix asks the auth module, and of older chains a validator's address.
func (n *asked) prefix(ctx context.Context) (string, error) {
	var said authtypes.Bech32PrefixResponse
	err := n.query(ctx, "/cosmos.auth.v1beta1.Query/Bech32Prefix", &authtypes.Bech32PrefixRequest{}, &said)
	if err == nil && said.Bech32Prefix != "" {
		return said.Bech32Prefix, nil
	}
	var validators stakingtypes.QueryValidatorsResponse
	if err := n.query(ctx, "/cosmos.staking.v1beta1.Query/Validators", &stakingtypes.QueryValidatorsRequest{}, &validators); err != nil {
		return "", err
	}
	for _, v := range validators.Validators {
		if prefix, _, ok := strings.Cut(v.OperatorAddress, "valoper1"); ok {
			return prefix, nil
		}
	}
	return "", errors.Join(err, errors.New("no validator's address is known"))
}

// OnLoopback tells whether every node of every chain is on this machine.
func OnLoopback(chains []Chain) bool {
	for _, ch := range chains {
		for _, address := range ch.RPC {
			at, err := url.Parse(address)
			if err != nil {
				return false
			}
			if ip := net.ParseIP(at.Hostname()); at.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
				return false
			}
		}
	}
	return true
}
