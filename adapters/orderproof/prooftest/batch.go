package prooftest

import (
	"bytes"
	"fmt"
	"slices"

	cmttypes "github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

// Root is the newest header.
func (h *Hub) Root() orderproof.Root {
	h.mu.Lock()
	defer h.mu.Unlock()
	return orderproof.NewRoot(h.blocks[len(h.blocks)-1].light.Header)
}

// RootAt is the header of a height, from 1.
func (h *Hub) RootAt(height int64) orderproof.Root {
	h.mu.Lock()
	defer h.mu.Unlock()
	return orderproof.NewRoot(h.blocks[height-1].light.Header)
}

// LightBlock is the header of a height with its commit and validators.
func (h *Hub) LightBlock(height int64) *cmttypes.LightBlock {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.blocks[height-1].light
}

// Batch proves instructions from..newest of a ledger by the newest header, to who believes the header of height believed.
func (h *Hub) Batch(ledger string, believed int64, from uint64) (orderproof.Batch, error) {
	return h.BatchAt(ledger, believed, int64(h.height()), from)
}

// BatchAt is Batch by an older header.
func (h *Hub) BatchAt(ledger string, believed, height int64, from uint64) (orderproof.Batch, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if believed < 1 || believed > height || height > int64(len(h.blocks)) {
		return orderproof.Batch{}, fmt.Errorf("no way from header %d to %d: the hub has %d", believed, height, len(h.blocks))
	}
	b := h.blocks[height-1]
	items := h.items(ledger, from, b.state)
	if len(items) == 0 {
		return orderproof.Batch{}, fmt.Errorf("the header of %d signs no instruction of %s from %d on", height, ledger, from)
	}
	newest, err := b.membership(orderproof.RecordKey(ledger, from+uint64(len(items))-1))
	if err != nil {
		return orderproof.Batch{}, err
	}
	anchor := h.blocks[believed-1].light
	path := orderproof.Path{Anchor: orderproof.Anchor{Header: *anchor.Header, Validators: anchor.ValidatorSet}}
	if height > believed {
		path.Steps = append(path.Steps, b.light)
	}
	return orderproof.Batch{Path: path, Head: newest, From: from, Before: h.before(ledger, from), Items: items}, nil
}

func (h *Hub) height() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.blocks)
}

// items are a ledger's instructions from one on that a state holds.
func (h *Hub) items(ledger string, from uint64, state []pair) (items []orderproof.Item) {
	outbox := h.outboxes[ledger]
	for n := from; n >= 1 && n <= uint64(len(outbox)) && find(state, orderproof.RecordKey(ledger, n)) >= 0; n++ {
		items = append(items, orderproof.NewItem(outbox[n-1].raw))
	}
	return items
}

// membership proves one key of a block's state.
func (b *block) membership(key []byte) (orderproof.Membership, error) {
	at := find(b.state, key)
	if at < 0 {
		return orderproof.Membership{}, fmt.Errorf("the state has no key %X", key)
	}
	_, inStore := iavl.prove(b.state, at)
	_, inState := simple.prove(stores(b.state), 1)
	return orderproof.Membership{
		Store: orderproof.RecordStore, Key: key, Value: b.state[at].value, Proofs: [2]*ics23.CommitmentProof{inStore, inState},
	}, nil
}

func find(state []pair, key []byte) int {
	at, found := slices.BinarySearchFunc(state, key, func(p pair, k []byte) int { return bytes.Compare(p.key, k) })
	if !found {
		return -1
	}
	return at
}
