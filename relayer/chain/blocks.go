package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// How a block's own events tell whether they are of its begin or its end.
const (
	attributeMode = "mode"
	modeBegin     = "BeginBlock"
)

// results are what a block did: its transactions in order, and the events of its begin and end.
type results struct {
	txs        []*ran
	begin, end []event
}

// ran is what one transaction did. Its events are decoded once, for all who need them.
type ran struct {
	txResult
	once    sync.Once
	decoded []abci.Event
	problem error
}

// Block is what block height did. Its events are shared: they must not be changed.
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
	for i, tx := range did.txs {
		if tx.Code != 0 {
			continue
		}
		events, err := tx.events()
		if err != nil {
			return ibcpath.Block{}, fmt.Errorf("%s: events of transaction %d of block %d: %w", c.config.Name, i, height, err)
		}
		block.Events = append(block.Events, events...)
	}
	block.Events = convert(block.Events, did.end)
	return block, nil
}

// events decodes a transaction's events.
func (r *ran) events() ([]abci.Event, error) {
	r.once.Do(func() {
		var events []event
		if len(r.Events) > 0 {
			r.problem = json.Unmarshal(r.Events, &events)
		}
		r.decoded = convert(nil, events)
	})
	return r.decoded, r.problem
}

// find is the transaction with that signature, which a chain's own machinery writes into an event of it. Base64 has no character
// that JSON writes in another way.
func (r *results) find(signature string) *ran {
	for _, tx := range r.txs {
		if bytes.Contains(tx.Events, []byte(signature)) {
			return tx
		}
	}
	return nil
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
	did := &results{begin: a.Begin, end: a.End}
	for _, e := range a.Finalize {
		if e.has(attributeMode, modeBegin) {
			did.begin = append(did.begin, e)
		} else {
			did.end = append(did.end, e)
		}
	}
	for _, tx := range a.Txs {
		did.txs = append(did.txs, &ran{txResult: tx})
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
