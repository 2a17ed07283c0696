package testhub

import (
	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"
	cmttypes "github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

// stores are the other stores of the hub, with any root.
func stores(outboxes []byte) []leaf {
	return tree(map[string][]byte{
		"acc": sum("acc"), "bank": sum("bank"), orderproof.RecordStore: outboxes, "settlement": sum("settlement"), "token": sum("token"),
	})
}

// appHash is what the header at a height says of the state that the block before it left.
func (h *Hub) appHash(height int64) []byte {
	if height == 1 {
		return sum("genesis")
	}
	outboxes, _ := iavl.prove(tree(h.at(height-1).state), "")
	root, _ := simple.prove(stores(outboxes), "")
	return root
}

// Prove proves a value of the store of the outboxes against the header at a height.
func (h *Hub) Prove(height int64, key []byte) orderproof.Membership {
	value, ops := h.ProofOps(height, key)
	m, err := orderproof.NewMembership(orderproof.RecordStore, key, value, ops)
	if err != nil {
		panic(err)
	}
	return m
}

// ProofOps is the answer of a node to a query with a proof: what Prove makes a membership of.
func (h *Hub) ProofOps(height int64, key []byte) (value []byte, ops *cmtcrypto.ProofOps) {
	state := h.at(height - 1).state
	outboxes, inStore := iavl.prove(tree(state), string(key))
	_, inStores := simple.prove(stores(outboxes), orderproof.RecordStore)
	ops = &cmtcrypto.ProofOps{}
	for _, each := range []struct {
		kind  string
		key   []byte
		proof *ics23.CommitmentProof
	}{{"ics23:iavl", key, inStore}, {"ics23:simple", []byte(orderproof.RecordStore), inStores}} {
		raw, err := each.proof.Marshal()
		if err != nil {
			panic(err)
		}
		ops.Ops = append(ops.Ops, cmtcrypto.ProofOp{Type: each.kind, Key: each.key, Data: raw})
	}
	return state[string(key)], ops
}

// Block is a signed header with its validators.
func (h *Hub) Block(height int64) *cmttypes.LightBlock { return h.at(height).light }

// Root is the belief in the header at a height.
func (h *Hub) Root(height int64) orderproof.Root { return orderproof.NewRoot(h.Block(height).Header) }

// Path leads from one height through others to the last; to none, it is the believed header alone.
func (h *Hub) Path(from int64, through ...int64) orderproof.Path {
	anchor := h.Block(from)
	p := orderproof.Path{Anchor: orderproof.Anchor{Header: *anchor.Header, Validators: anchor.ValidatorSet}}
	for _, height := range through {
		p.Steps = append(p.Steps, h.Block(height))
	}
	return p
}

// Batch proves a ledger's instructions from a number to the newest, along a path.
func (h *Hub) Batch(ledger string, from uint64, path orderproof.Path) orderproof.Batch {
	height := path.Anchor.Header.Height
	if n := len(path.Steps); n > 0 {
		height = path.Steps[n-1].Height
	}
	last := uint64(0)
	for h.at(height - 1).state[string(orderproof.RecordKey(ledger, last+1))] != nil {
		last++
	}
	b := orderproof.Batch{Path: path, Head: h.Prove(height, orderproof.RecordKey(ledger, last)), From: from, Before: h.chain(ledger)[from-1]}
	for n := from; n <= last; n++ {
		b.Items = append(b.Items, orderproof.NewItem(h.raws[ledger][n-1]))
	}
	return b
}
