package prooftest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/tmhash"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
)

// Hub is a hub's chain from its first header on. It is safe for concurrent use.
type Hub struct {
	chainID    string
	validators *cmttypes.ValidatorSet
	keys       map[string]ed25519.PrivKey // by address

	mu       sync.Mutex
	outboxes map[string][]record
	blocks   []*block
}

// record is one instruction of a ledger's outbox.
type record struct {
	raw  []byte
	hash order.Hash // chained
}

// block is a header with its commit, and the state that the header signs.
type block struct {
	light *cmttypes.LightBlock
	state []pair
}

// New is a hub whose first header is of this time. Two hubs of one seed have the same validators.
func New(chainID, seed string, validators int, at time.Time) *Hub {
	h := &Hub{chainID: chainID, keys: map[string]ed25519.PrivKey{}, outboxes: map[string][]record{}}
	var set []*cmttypes.Validator
	for i := range validators {
		key := ed25519.GenPrivKeyFromSecret(fmt.Appendf(nil, "corridor/prooftest/1 %s %d", seed, i))
		set = append(set, cmttypes.NewValidator(key.PubKey(), 10))
		h.keys[string(key.PubKey().Address())] = key
	}
	h.validators = cmttypes.NewValidatorSet(set)
	h.Commit(at)
	return h
}

// Fork is another chain that has all of this one's blocks and orders, and from now on goes its own way: its validators
// say that they are this hub's, and sign with other keys.
func (h *Hub) Fork() *Hub {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := &Hub{chainID: h.chainID, validators: h.validators, keys: map[string]ed25519.PrivKey{}, outboxes: map[string][]record{}, blocks: slices.Clone(h.blocks)}
	for address := range h.keys {
		f.keys[address] = ed25519.GenPrivKeyFromSecret([]byte("forged " + address))
	}
	for ledger, outbox := range h.outboxes {
		f.outboxes[ledger] = slices.Clone(outbox)
	}
	return f
}

// Split is a fork that the hub's own validators sign: what no light client can tell from the hub.
func (h *Hub) Split() *Hub {
	f := h.Fork()
	f.keys = h.keys
	return f
}

// ChainID is the hub's.
func (h *Hub) ChainID() string { return h.chainID }

// Order writes an instruction into its ledger's outbox and gives its number. It is in no header before the next Commit.
func (h *Hub) Order(i order.Instruction) uint64 { return h.OrderIn(i.Ledger, i.Encode()) }

// OrderIn writes bytes into the outbox of a ledger, whatever they are.
func (h *Hub) OrderIn(ledger string, raw []byte) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := uint64(len(h.outboxes[ledger])) + 1
	h.outboxes[ledger] = append(h.outboxes[ledger], record{raw, order.OutboxNext(h.before(ledger, n), n, raw)})
	return n
}

// before is the chained hash of n-1.
func (h *Hub) before(ledger string, n uint64) order.Hash {
	if n == 1 {
		return order.OutboxStart(h.chainID, ledger)
	}
	return h.outboxes[ledger][n-2].hash
}

// Commit makes the next header, which signs all that was ordered before. A time that is not later than the header
// before is taken as a nanosecond after it.
func (h *Hub) Commit(at time.Time) orderproof.Root { return h.CommitBy(at, len(h.keys)) }

// CommitBy is Commit with the signatures of so many validators alone.
func (h *Hub) CommitBy(at time.Time, signers int) orderproof.Root {
	h.mu.Lock()
	defer h.mu.Unlock()
	header := &cmttypes.Header{
		Version: cmtversion.Consensus{Block: version.BlockProtocol, App: 1}, ChainID: h.chainID, Height: int64(len(h.blocks)) + 1, Time: at.UTC(),
		ValidatorsHash: h.validators.Hash(), NextValidatorsHash: h.validators.Hash(), ConsensusHash: filler("parameters"),
		LastCommitHash: filler("commit"), DataHash: filler("data"), LastResultsHash: filler("results"), EvidenceHash: filler("evidence"),
		ProposerAddress: h.validators.Validators[0].Address,
	}
	if n := len(h.blocks); n > 0 {
		last := h.blocks[n-1].light
		header.LastBlockID = last.Commit.BlockID
		if !header.Time.After(last.Time) {
			header.Time = last.Time.Add(1)
		}
	}
	b := &block{state: h.state()}
	header.AppHash, _ = simple.prove(stores(b.state), 0)
	b.light = &cmttypes.LightBlock{SignedHeader: &cmttypes.SignedHeader{Header: header, Commit: h.sign(header, signers)}, ValidatorSet: h.validators}
	h.blocks = append(h.blocks, b)
	return orderproof.NewRoot(header)
}

// filler is a hash of something that no test looks at.
func filler(of string) []byte { return tmhash.Sum([]byte(of)) }

func (h *Hub) sign(header *cmttypes.Header, signers int) *cmttypes.Commit {
	c := &cmttypes.Commit{Height: header.Height, BlockID: cmttypes.BlockID{
		Hash: header.Hash(), PartSetHeader: cmttypes.PartSetHeader{Total: 1, Hash: filler("parts")},
	}}
	for i, v := range h.validators.Validators {
		if i >= signers {
			c.Signatures = append(c.Signatures, cmttypes.NewCommitSigAbsent())
			continue
		}
		c.Signatures = append(c.Signatures, cmttypes.CommitSig{BlockIDFlag: cmttypes.BlockIDFlagCommit, ValidatorAddress: v.Address, Timestamp: header.Time})
		signature, err := h.keys[string(v.Address)].Sign(c.VoteSignBytes(h.chainID, int32(i)))
		if err != nil {
			panic(fmt.Sprintf("signing header %d: %v", header.Height, err)) // Ed25519 does not fail
		}
		c.Signatures[i].Signature = signature
	}
	return c
}

// state is the store of all outboxes, in the order of its keys.
func (h *Hub) state() []pair {
	all := []pair{{key: []byte{1}, value: []byte("a store is never empty")}}
	for ledger, outbox := range h.outboxes {
		for i, r := range outbox {
			n := uint64(i) + 1
			all = append(all, pair{orderproof.RecordKey(ledger, n), encodeRecord(ledger, n, r)})
		}
	}
	slices.SortFunc(all, func(a, b pair) int { return bytes.Compare(a.key, b.key) })
	return all
}

// encodeRecord is the protobuf of corridor.bridge.v1.Record.
func encodeRecord(ledger string, n uint64, r record) []byte {
	out := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), ledger)
	out = protowire.AppendVarint(protowire.AppendTag(out, 2, protowire.VarintType), n)
	out = protowire.AppendBytes(protowire.AppendTag(out, 3, protowire.BytesType), r.raw)
	return protowire.AppendBytes(protowire.AppendTag(out, 4, protowire.BytesType), r.hash[:])
}

// stores is every store with its root: two are enough for a tree.
func stores(state []pair) []pair {
	root, _ := iavl.prove(state, 0)
	bank := sha256.Sum256([]byte("bank"))
	return []pair{{[]byte("bank"), bank[:]}, {[]byte(orderproof.RecordStore), root}}
}
