package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
	"golang.org/x/sync/semaphore"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/x/settlement"
)

// Bounds of a run. The window is far below the node's mempool of 5,000 transactions, and far above what one block takes while
// the next one waits.
const (
	window       = 2000
	pollEvery    = 10 * time.Millisecond
	metasAtOnce  = 20 // CometBFT answers with no more
	lanePatience = 2 * time.Minute
)

// stateEvent is emitted whenever a settlement changes its state.
var stateEvent = proto.MessageName(&settlement.EventState{})

// runResult is what one run of a load came to.
type runResult struct {
	Load         string  `json:"load"`
	Transactions int     `json:"transactions"`
	Blocks       int     `json:"blocks"`
	Seconds      float64 `json:"seconds"` // from the first broadcast until the node had committed the last transaction
	PerSecond    float64 `json:"per_second"`
	NodeCPU      float64 `json:"node_cpu_milliseconds_per_transaction"`
	GasUsed      int64   `json:"gas_used_per_transaction"`

	from, to int64 // it is in the blocks after from, up to to
}

// send broadcasts a load, at most window transactions ahead of the blocks, and waits until all of it is committed.
func (c *chain) send(ctx context.Context, l load) (runResult, error) {
	ctx, cancel := context.WithTimeout(ctx, lanePatience)
	defer cancel()
	from, err := c.committed(ctx)
	if err != nil {
		return runResult{}, err
	}
	var group sync.WaitGroup
	errs := make([]error, workers+1)
	before, err := c.cpu()
	if err != nil {
		return runResult{}, err
	}
	room := semaphore.NewWeighted(window)
	start := time.Now()
	for w, lane := range l.lanes {
		group.Go(func() {
			if errs[w] = c.broadcast(ctx, lane, room); errs[w] != nil {
				cancel()
			}
		})
	}
	r := runResult{Load: l.name, Transactions: l.count, from: from}
	group.Go(func() {
		if r.to, errs[workers] = c.watch(ctx, from, l.count, room); errs[workers] != nil {
			cancel()
		}
		r.Seconds = time.Since(start).Seconds()
	})
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return r, fmt.Errorf("%s: %w", l.name, err)
	}
	after, err := c.cpu()
	if err != nil {
		return r, err
	}
	r.PerSecond, r.NodeCPU = float64(l.count)/r.Seconds, (after-before).Seconds()*1000/float64(l.count)
	return r, nil
}

// broadcast sends one lane; the node has checked a transaction before the next one goes.
func (c *chain) broadcast(ctx context.Context, lane [][]byte, room *semaphore.Weighted) error {
	for _, raw := range lane {
		if err := room.Acquire(ctx, 1); err != nil {
			return err
		}
		res, err := c.rpc.BroadcastTxSync(ctx, cmttypes.Tx(raw))
		if err != nil {
			return err
		}
		if res.Code != 0 {
			return fmt.Errorf("the node refused a transaction: %s (%s %d)", res.Log, res.Codespace, res.Code)
		}
	}
	return nil
}

// cpu is the processor time that the node has had. Unlike a rate, what a transaction takes of it hardly depends on what
// else the machine does.
func (c *chain) cpu() (time.Duration, error) {
	return ibcnet.CPU(c.net.Processes[0])
}

// committed is the height of the newest block that the application has committed.
func (c *chain) committed(ctx context.Context) (int64, error) {
	res, err := c.rpc.ABCIInfo(ctx)
	if err != nil {
		return 0, err
	}
	return res.Response.LastBlockHeight, nil
}

// watch counts transactions in the blocks after a height until it has seen them all, and gives the last one's height. Nobody
// else uses the chain.
func (c *chain) watch(ctx context.Context, from int64, want int, room *semaphore.Weighted) (to int64, err error) {
	seen := 0
	err = until(ctx, func() (bool, error) {
		newest, err := c.committed(ctx)
		for err == nil && from < newest {
			last := min(from+metasAtOnce, newest)
			var count int
			if count, err = c.count(ctx, from+1, last); err != nil {
				break
			}
			from, seen = last, seen+count
			room.Release(int64(count))
		}
		return seen >= want, err
	})
	return from, err
}

// count adds up the transactions of some blocks.
func (c *chain) count(ctx context.Context, first, last int64) (int, error) {
	info, err := c.rpc.BlockchainInfo(ctx, first, last)
	if err != nil {
		return 0, err
	}
	count := 0
	for _, meta := range info.BlockMetas {
		count += meta.NumTxs
	}
	return count, nil
}

// check makes sure that every transaction of the run succeeded, and that every settlement ended as SETTLED in its own: a
// rate of refusals says nothing.
func (c *chain) check(ctx context.Context, r *runResult) error {
	var done, settled int
	for height := r.from + 1; height <= r.to; height++ {
		res, err := c.rpc.BlockResults(ctx, &height)
		if err != nil {
			return err
		}
		if len(res.TxsResults) > 0 {
			r.Blocks++
		}
		for _, tx := range res.TxsResults {
			if tx.Code != 0 {
				return fmt.Errorf("%s: a transaction failed in block %d: %s (%s %d)", r.Load, height, tx.Log, tx.Codespace, tx.Code)
			}
			done++
			r.GasUsed += tx.GasUsed
			if hasSettled(tx.Events) {
				settled++
			}
		}
	}
	r.GasUsed /= int64(max(done, 1))
	if done != r.Transactions {
		return fmt.Errorf("%s: %d transactions are in blocks %d to %d, want %d", r.Load, done, r.from+1, r.to, r.Transactions)
	}
	if r.Load == settlementsLoad && settled != done {
		return fmt.Errorf("%s: %d of %d ended as SETTLED within their transaction", r.Load, settled, done)
	}
	return nil
}

// hasSettled tells whether a settlement became SETTLED within these events. Values of typed events are JSON.
func hasSettled(events []abci.Event) bool {
	for _, e := range events {
		if e.Type != stateEvent {
			continue
		}
		for _, a := range e.Attributes {
			if a.Key == "to" && a.Value == strconv.Quote(settlement.STATE_SETTLED.Word()) {
				return true
			}
		}
	}
	return false
}
