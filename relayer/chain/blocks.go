package chain

import (
	"context"
	"fmt"
	"strconv"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// What the events of a transaction's signatures are called.
const (
	eventTx            = "tx"
	attributeSignature = "signature"
	attributeMode      = "mode" // of a block's own events: whether they are of its begin or its end
	modeBegin          = "BeginBlock"
)

// results are what a block did: its transactions in order, and the events of its begin and end.
type results struct {
	txs         []txResult
	begin, end  []event
	bySignature map[string]int // which transaction has that signature; a chain's own machinery writes it into an event
}

// Block is what block height did.
func (c *Chain) Block(ctx context.Context, height int64) (ibcpath.Block, error) {
	did, err := c.results(ctx, height)
	if err != nil {
		return ibcpath.Block{}, err
	}
	at, err := c.timeOf(ctx, height)
	if err != nil {
		return ibcpath.Block{}, err
	}
	block := ibcpath.Block{Height: height, Time: at, Events: convert(nil, did.begin)}
	for _, tx := range did.txs {
		if tx.Code == 0 {
			block.Events = convert(block.Events, tx.Events)
		}
	}
	block.Events = convert(block.Events, did.end)
	return block, nil
}

// results reads a block's results once, for all who need them.
func (c *Chain) results(ctx context.Context, height int64) (*results, error) {
	return c.blocks.get(ctx, height, func(ctx context.Context) (*results, error) {
		var answer resultsAnswer
		err := c.pool.do(ctx, fmt.Sprintf("results of block %d", height), height, func(e *endpoint) error {
			answer = resultsAnswer{}
			err := e.ask(ctx, request{
				method: "block_results", result: &answer, limit: largeAnswer,
				params: map[string]any{"height": strconv.FormatInt(height, 10)},
			})
			if err == nil && int64(answer.Height) != height {
				err = fmt.Errorf("the results are of block %d", answer.Height)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		return answer.results(), nil
	})
}

func (a resultsAnswer) results() *results {
	did := &results{txs: a.Txs, begin: a.Begin, end: a.End, bySignature: map[string]int{}}
	for _, e := range a.Finalize {
		if e.has(attributeMode, modeBegin) {
			did.begin = append(did.begin, e)
		} else {
			did.end = append(did.end, e)
		}
	}
	for i, tx := range did.txs {
		for _, e := range tx.Events {
			if e.Type != eventTx {
				continue
			}
			for _, each := range e.Attributes {
				if each.Key == attributeSignature {
					did.bySignature[each.Value] = i
				}
			}
		}
	}
	return did
}

// timeOf is a block's time.
func (c *Chain) timeOf(ctx context.Context, height int64) (time.Time, error) {
	if at, known := c.heads.timeOf(height); known {
		return at, nil
	}
	header, err := c.signedHeader(ctx, height)
	if err != nil {
		return time.Time{}, err
	}
	return header.Time, nil
}

func (e event) has(key, value string) bool {
	for _, each := range e.Attributes {
		if each.Key == key && each.Value == value {
			return true
		}
	}
	return false
}

// convert appends events in the form that they have elsewhere.
func convert(to []abci.Event, events []event) []abci.Event {
	for _, e := range events {
		attributes := make([]abci.EventAttribute, len(e.Attributes))
		for i, each := range e.Attributes {
			attributes[i] = abci.EventAttribute{Key: each.Key, Value: each.Value}
		}
		to = append(to, abci.Event{Type: e.Type, Attributes: attributes})
	}
	return to
}
