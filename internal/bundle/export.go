package bundle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/internal/trail"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// headerPoll is how often a header is asked for that is yet to come: the state of a block is proved against the next one's.
const headerPoll = 100 * time.Millisecond

// Source is where the parts come from: one hub node. Nothing of what it says is believed; Verify decides.
type Source interface {
	// Latest is the newest block's height.
	Latest(context.Context) (int64, error)
	// Header is a header with its commit and validators.
	Header(ctx context.Context, height int64) (*cmttypes.LightBlock, error)
	// Prove gives what a store holds under a key after a block.
	Prove(ctx context.Context, height int64, store string, key []byte) (orderproof.Membership, error)
	// Transactions are a block's.
	Transactions(ctx context.Context, height int64) ([][]byte, error)
}

// Exporter makes bundles of what a node knows.
type Exporter struct {
	Source Source
	Outbox trail.Outbox // says where to look
}

// Request says what a bundle is to show, and to whom.
type Request struct {
	Settlement settlement.Settlement // as the node's query gives it: its id, and in which block it ended
	// Trust is a header that the reader believes already. Without one the bundle begins at the header right above the state.
	Trust *orderproof.Root
}

// Export makes a bundle and verifies it; root is what its reader has to believe. The state is that of the block in which the
// settlement ended, as the notaries' keys were then; where the node has that no more, or the reader believes a later
// header, a later one.
func (e Exporter) Export(ctx context.Context, r Request) (b Bundle, root orderproof.Root, err error) {
	newest, err := e.Source.Latest(ctx)
	if err != nil {
		return b, root, err
	}
	at := newest - 1
	for _, step := range r.Settlement.Timeline { // words that come later add steps after the end
		if step.Leg == 0 && step.Name == strings.ToLower(r.Settlement.State.Word()) && !r.Settlement.State.Open() {
			at = step.Height
		}
	}
	if r.Trust != nil {
		at = max(at, r.Trust.Height-1)
	}
	b, root, err = e.at(ctx, r, at)
	if err != nil && at < newest-1 && ctx.Err() == nil && !errors.Is(err, orderproof.ErrRoot) {
		later, laterRoot, again := e.at(ctx, r, newest-1)
		if again != nil {
			return b, root, fmt.Errorf("%w; and in the newest state: %w", err, again)
		}
		return later, laterRoot, nil
	}
	return b, root, err
}

// at makes a bundle of the state after a block.
func (e Exporter) at(ctx context.Context, r Request, height int64) (b Bundle, root orderproof.Root, err error) {
	if b.Path, err = e.path(ctx, r.Trust, height+1); err != nil {
		return b, root, fmt.Errorf("headers: %w", err)
	}
	root = orderproof.NewRoot(&b.Path.Anchor.Header)
	m := &maker{Exporter: e, height: height, chainID: b.Path.Anchor.Header.ChainID, blocks: map[int64][]bridge.MsgAttest{}}
	if err := m.fill(ctx, &b, r.Settlement.Id); err != nil {
		return b, root, fmt.Errorf("in the state of block %d: %w", height, err)
	}
	raw, err := b.Encode()
	if err != nil {
		return b, root, err
	}
	if b, err = Decode(raw); err != nil {
		return b, root, fmt.Errorf("a bundle that was just made does not read back: %w", err)
	}
	if _, err := b.Verify(root); err != nil {
		return b, root, fmt.Errorf("what this node gives proves nothing; its notaries' keys may have changed since, or it lies: %w", err)
	}
	return b, root, nil
}

// path leads from the trusted header to the one at a height, with as few steps as the validators' changes allow.
func (e Exporter) path(ctx context.Context, trust *orderproof.Root, to int64) (orderproof.Path, error) {
	from := to
	if trust != nil {
		from = trust.Height
	}
	if err := e.await(ctx, to); err != nil {
		return orderproof.Path{}, err
	}
	anchor, err := e.Source.Header(ctx, from)
	if err != nil {
		return orderproof.Path{}, err
	}
	p := orderproof.Path{Anchor: orderproof.Anchor{Header: *anchor.Header, Validators: anchor.ValidatorSet}}
	root := orderproof.NewRoot(anchor.Header)
	if trust != nil && !trust.Is(anchor.Header) {
		return p, fmt.Errorf("%w: the node has %s, trusted is %s: one of the two is of another chain, or forged", orderproof.ErrRoot, root, trust)
	}
	params := orderproof.Params{ChainID: anchor.ChainID}
	for last, target := from, to; last < to; {
		step, err := e.Source.Header(ctx, target)
		if err != nil {
			return p, err
		}
		longer := orderproof.Path{Anchor: p.Anchor, Steps: append(slices.Clone(p.Steps), step)}
		switch _, err := longer.Verify(params, root, time.Time{}); {
		case err == nil:
			p, last, target = longer, target, to
		case errors.Is(err, orderproof.ErrTooFar) && target > last+1:
			target = last + (target-last)/2
		default:
			return p, err
		}
	}
	return p, nil
}

// await waits until the node has a block.
func (e Exporter) await(ctx context.Context, height int64) error {
	tick := time.NewTicker(headerPoll)
	defer tick.Stop()
	for {
		newest, err := e.Source.Latest(ctx)
		if err != nil || newest >= height {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the node is at block %d, and the proof needs %d: %w", newest, height, ctx.Err())
		case <-tick.C:
		}
	}
}

// maker fills one bundle from the state after one block.
type maker struct {
	Exporter
	height  int64
	chainID string
	blocks  map[int64][]bridge.MsgAttest // what blocks hold, by height
}

func (m *maker) fill(ctx context.Context, b *Bundle, id []byte) error {
	key, err := settlementKey(id)
	if err != nil {
		return err
	}
	if b.Settlement, err = m.Source.Prove(ctx, m.height, settlement.StoreKey, key); err != nil {
		return fmt.Errorf("settlement record: %w", err)
	}
	var s settlement.Settlement
	if err := s.Unmarshal(b.Settlement.Value); err != nil {
		return fmt.Errorf("settlement record: %w", err)
	}
	body, err := order.DecodeBody(s.Body)
	if err != nil {
		return fmt.Errorf("settlement record: %w", err)
	}
	places := map[string]int{}
	ledgers := map[string]bridge.Ledger{}
	for i, id := range ledgersOf(body) {
		l, err := m.ledger(ctx, id)
		if err != nil {
			return fmt.Errorf("ledger %s: %w", id, err)
		}
		var ledger bridge.Ledger
		if err := ledger.Unmarshal(l.Record.Value); err != nil {
			return fmt.Errorf("ledger %s: %w", id, err)
		}
		b.Ledgers, places[id], ledgers[id] = append(b.Ledgers, l), i, ledger
	}
	found, err := trail.Follow(ctx, m.Outbox, s)
	if err != nil {
		return err
	}
	slices.SortFunc(found, func(x, y trail.Instruction) int {
		if x.Leg != y.Leg {
			return x.Leg - y.Leg
		}
		return int(x.Kind) - int(y.Kind)
	})
	for _, i := range found {
		if i.Tracking, err = m.instruction(ctx, b, i.Record); err != nil {
			return fmt.Errorf("leg %d: %s: %w", i.Leg, i.Kind, err)
		}
		words, err := m.words(ctx, i, ledgers[i.Record.Ledger])
		if err != nil {
			return fmt.Errorf("leg %d: %s: %w", i.Leg, i.Kind, err)
		}
		l := &b.Ledgers[places[i.Record.Ledger]]
		l.Attestations = append(l.Attestations, words...)
	}
	for id, place := range places {
		l := &b.Ledgers[place]
		slices.SortFunc(l.Attestations, func(x, y Attestation) int { return compare(ledgers[id], x, y) })
		l.Attestations = slices.CompactFunc(l.Attestations, func(x, y Attestation) bool { return compare(ledgers[id], x, y) == 0 })
	}
	return nil
}

func (m *maker) ledger(ctx context.Context, id string) (l Ledger, err error) {
	key, err := ledgerKey(id)
	if err != nil {
		return l, err
	}
	l.Record, err = m.Source.Prove(ctx, m.height, bridge.StoreKey, key)
	return l, err
}

// instruction adds a record and its tracking, which it gives as it was in that state.
func (m *maker) instruction(ctx context.Context, b *Bundle, r bridge.Record) (tracking bridge.Tracking, err error) {
	var shown Instruction
	if shown.Record, err = m.Source.Prove(ctx, m.height, bridge.StoreKey, bridge.RecordKey(r.Ledger, r.Number)); err != nil {
		return tracking, fmt.Errorf("record: %w", err)
	}
	key, err := trackingKey(r.Ledger, r.Number)
	if err != nil {
		return tracking, err
	}
	if shown.Tracking, err = m.Source.Prove(ctx, m.height, bridge.StoreKey, key); err != nil {
		return tracking, fmt.Errorf("tracking: %w", err)
	}
	b.Instructions = append(b.Instructions, shown)
	return tracking, tracking.Unmarshal(shown.Tracking.Value)
}
