package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Where an application tries a transaction out. The service is there only on nodes that serve gRPC or REST, the other one on all.
const (
	simulateQuery     = "/cosmos.tx.v1beta1.Service/Simulate"
	bareSimulateQuery = "/app/simulate"
	noSuchQuery       = "unknown query path"
)

// errTrial says that a trial failed, before anything was sent.
var errTrial = errors.New("in a trial")

// A trial executes one message of each type, and one more trial for each type some more of it, which tells what one of it uses. So a
// trial costs a node little however large the batch, and fits a request, in which a query takes twice its bytes.
const (
	trialCount = 8
	trialBytes = 200_000
)

// gasFor is the gas that a transaction may use: from what is known of its messages' types, or from a trial. boost is what it is
// multiplied by because less was too little.
func (c *Chain) gasFor(ctx context.Context, s *signer, msgs []sdk.Msg, boost float64) (uint64, error) {
	expected, known := c.gas.predict(loads(msgs))
	if !known {
		var err error
		if expected, err = c.tryOut(ctx, s, msgs); err != nil {
			return 0, err
		}
	}
	gas := min(uint64(expected*c.config.GasAdjustment*boost), c.limits.gas)
	if float64(gas) < expected && !known {
		return 0, fmt.Errorf("%w: %w", errTrial, &ibcpath.Refusal{
			Chain: c.config.Name, Codespace: sdkerrors.RootCodespace, Code: sdkerrors.ErrOutOfGas.ABCICode(), Message: -1,
			Log: fmt.Sprintf("the transaction needs %.0f gas, and one may use %d: send fewer messages at once", expected, c.limits.gas),
		})
	}
	return gas, nil
}

// tryOut has a node execute a few messages of each type, and concludes what all will use.
func (c *Chain) tryOut(ctx context.Context, s *signer, msgs []sdk.Msg) (float64, error) {
	all := loads(msgs)
	first := sample(msgs, "")
	base, err := c.tryPart(ctx, s, msgs, first)
	if err != nil {
		return 0, err
	}
	expected, rest, lone := base, base-gasOfTransaction, map[string]int{}
	restBytes := 0
	for url, l := range all {
		part := sample(msgs, url)
		if len(part) == len(first) { // there is only one of it, or one fills a trial
			lone[url] = l.bytes / l.count
			restBytes += lone[url]
			continue
		}
		used, err := c.tryPart(ctx, s, msgs, part)
		if err != nil {
			return 0, err
		}
		each := max((used-base)/float64(len(part)-len(first)), leastGas)
		c.gas.teach(url, each, true)
		expected += each * float64(l.count-1)
		rest -= each
	}
	for url, bytes := range lone {
		each := max(rest*float64(bytes)/float64(restBytes), leastGas)
		c.gas.teach(url, each, false)
		expected += each * float64(all[url].count-1)
	}
	return expected, nil
}

// sample picks the first message of each type, and of one type some more. It gives their places.
func sample(msgs []sdk.Msg, more string) []int {
	seen, bytes := map[string]int{}, 0
	var places []int
	for i, msg := range msgs {
		url := sdk.MsgTypeURL(msg)
		wanted := seen[url] == 0 || url == more && seen[url] < trialCount && bytes+size(msg) <= trialBytes
		if wanted {
			seen[url]++
			bytes += size(msg)
			places = append(places, i)
		}
	}
	return places
}

// tryPart has a node execute the messages at those places. A refusal names the message by its place among all.
func (c *Chain) tryPart(ctx context.Context, s *signer, msgs []sdk.Msg, places []int) (float64, error) {
	part := make([]sdk.Msg, len(places))
	for i, place := range places {
		part[i] = msgs[place]
	}
	used, err := c.simulate(ctx, s, part)
	var refused *ibcpath.Refusal
	if errors.As(err, &refused) && refused.Message >= 0 && refused.Message < len(places) {
		refused.Message = places[refused.Message]
	}
	return float64(used), err
}

// simulate has a node execute the messages without effect.
func (c *Chain) simulate(ctx context.Context, s *signer, msgs []sdk.Msg) (uint64, error) {
	t, err := c.sign(s, msgs, 0, true)
	if err != nil {
		return 0, err
	}
	ask, err := (&txtypes.SimulateRequest{TxBytes: t.raw}).Marshal()
	if err != nil {
		return 0, err
	}
	res, err := queries{chain: c}.query(ctx, simulateQuery, ask)
	bare := err != nil && strings.Contains(err.Error(), noSuchQuery)
	if bare {
		res, err = queries{chain: c}.query(ctx, bareSimulateQuery, t.raw)
	}
	switch {
	case err != nil && isTooLarge(err):
		return 0, c.tooLarge(err)
	case err != nil && isAnswered(err):
		codespace, code := trialCode(err.Error())
		return 0, fmt.Errorf("%w: %w", errTrial, refusal(c.config.Name, codespace, code, err.Error()))
	case err != nil:
		return 0, err
	}
	var answer txtypes.SimulateResponse
	if bare {
		return c.bareGas(res.Response.Value)
	}
	if err := answer.Unmarshal(res.Response.Value); err != nil {
		return 0, fmt.Errorf("%s: trial: %w", c.config.Name, err)
	}
	if answer.GasInfo == nil {
		return 0, fmt.Errorf("%s: a trial tells no gas", c.config.Name)
	}
	return answer.GasInfo.GasUsed, nil
}

// bareGas is the gas in a bare trial's answer, which is JSON.
func (c *Chain) bareGas(raw []byte) (uint64, error) {
	var answer struct {
		GasInfo struct {
			GasUsed uint64 `json:"gas_used,string"`
		} `json:"gas_info"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return 0, fmt.Errorf("%s: trial: %w", c.config.Name, err)
	}
	if answer.GasInfo.GasUsed == 0 {
		return 0, fmt.Errorf("%s: a trial tells no gas", c.config.Name)
	}
	return answer.GasInfo.GasUsed, nil
}

// trialCode finds out which error a trial's words are: a trial gives words only. Its codespace is simulation where they are not known.
func trialCode(words string) (codespace string, code uint32) {
	for _, known := range []interface {
		coded
		error
	}{
		channeltypes.ErrRedundantTx, sdkerrors.ErrOutOfGas, sdkerrors.ErrInsufficientFunds, sdkerrors.ErrInsufficientFee,
		sdkerrors.ErrMempoolIsFull, sdkerrors.ErrTxTooLarge, sdkerrors.ErrTxTimeoutHeight,
	} {
		if strings.Contains(words, known.Error()) {
			return known.Codespace(), known.ABCICode()
		}
	}
	return "simulation", 0
}
