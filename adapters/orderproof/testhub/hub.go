package testhub

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	cmttypes "github.com/cometbft/cometbft/types"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
)

// Start is the time of the block at height 0; every block is BlockTime after the one before.
var Start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// BlockTime is the time between two blocks.
const BlockTime = time.Second

// Hub is a chain. Make one with New; the fields below may be changed between blocks.
type Hub struct {
	ChainID string
	// Alter, if set, changes each header before it is signed.
	Alter func(*cmttypes.Header)
	// Vote, if set, says what the validator at an index of the set does; all commit where it is not.
	Vote func(index int) cmttypes.BlockIDFlag

	keys                      map[string]ed25519.PrivKey // by address
	validators, next, pending *cmttypes.ValidatorSet
	blocks                    []*block // blocks[h] is the block at height h; none at 0
	state                     map[string][]byte
	outboxes                  map[string][]order.Hash // H(0), H(1), …
	raws                      map[string][][]byte
}

// block is one block with the state that it left.
type block struct {
	light *cmttypes.LightBlock
	state map[string][]byte
}

// New makes a chain at height 1 whose validators have these names, with equal power.
func New(chainID string, names ...string) *Hub {
	h := &Hub{
		ChainID: chainID, keys: map[string]ed25519.PrivKey{}, blocks: []*block{{}},
		state:    map[string][]byte{"\x01cbdc": []byte("a ledger"), "\x03cbdc": []byte("a head"), "\x08vote": []byte("a vote")},
		outboxes: map[string][]order.Hash{}, raws: map[string][][]byte{},
	}
	h.SetValidators(names...)
	h.validators, h.next = h.pending, h.pending
	h.Commit()
	return h
}

// SetValidators changes who signs, from the block after the next one on.
func (h *Hub) SetValidators(names ...string) {
	var set []*cmttypes.Validator
	for _, name := range names {
		key := ed25519.GenPrivKeyFromSecret([]byte(name))
		h.keys[string(key.PubKey().Address())] = key
		set = append(set, cmttypes.NewValidator(key.PubKey(), 10))
	}
	h.pending = cmttypes.NewValidatorSet(set)
}

// Give appends instructions to a ledger's outbox; the next block leaves them in its state.
func (h *Hub) Give(ledger string, raws ...[]byte) {
	for _, raw := range raws {
		chain := h.chain(ledger)
		n := uint64(len(chain))
		hash := order.OutboxNext(chain[n-1], n, raw)
		h.outboxes[ledger] = append(chain, hash)
		h.raws[ledger] = append(h.raws[ledger], raw)
		h.Set(orderproof.RecordKey(ledger, n), Record(ledger, n, raw, hash))
	}
}

// Set writes any value into the store of the outboxes.
func (h *Hub) Set(key, value []byte) { h.state[string(key)] = value }

func (h *Hub) chain(ledger string) []order.Hash {
	if len(h.outboxes[ledger]) == 0 {
		h.outboxes[ledger] = []order.Hash{order.OutboxStart(h.ChainID, ledger)}
	}
	return h.outboxes[ledger]
}

// Record is a record of the outbox as the hub stores it.
func Record(ledger string, n uint64, raw []byte, hash order.Hash) []byte {
	b := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), ledger)
	b = protowire.AppendVarint(protowire.AppendTag(b, 2, protowire.VarintType), n)
	b = protowire.AppendBytes(protowire.AppendTag(b, 3, protowire.BytesType), raw)
	b = protowire.AppendBytes(protowire.AppendTag(b, 4, protowire.BytesType), hash[:])
	b = protowire.AppendVarint(protowire.AppendTag(b, 5, protowire.VarintType), 7)
	return protowire.AppendBytes(protowire.AppendTag(b, 6, protowire.BytesType), []byte{8, 1})
}

// Height is that of the newest block.
func (h *Hub) Height() int64 { return int64(len(h.blocks)) - 1 }

// Commit makes the next block and gives its height. What was given since the last block is in the state that it leaves,
// which the block after it signs.
func (h *Hub) Commit() int64 {
	height := h.Height() + 1
	if height > 1 {
		h.validators, h.next = h.next, h.pending
	}
	header := &cmttypes.Header{
		Version: cmtversion.Consensus{Block: 11, App: 1}, ChainID: h.ChainID, Height: height, Time: Start.Add(time.Duration(height) * BlockTime),
		LastCommitHash: sum("commit"), DataHash: sum("data"), ValidatorsHash: h.validators.Hash(), NextValidatorsHash: h.next.Hash(),
		ConsensusHash: sum("consensus"), AppHash: h.appHash(height), LastResultsHash: sum("results"), EvidenceHash: sum("evidence"),
		ProposerAddress: h.validators.GetProposer().Address,
	}
	if height > 1 {
		header.LastBlockID = h.blocks[height-1].light.Commit.BlockID
	}
	if h.Alter != nil {
		h.Alter(header)
	}
	h.blocks = append(h.blocks, &block{h.Sign(header, h.validators), maps.Clone(h.state)})
	return height
}

// Sign makes a block of any header: it is signed by those of the set whose keys this hub knows.
func (h *Hub) Sign(header *cmttypes.Header, set *cmttypes.ValidatorSet) *cmttypes.LightBlock {
	id := cmttypes.BlockID{Hash: header.Hash(), PartSetHeader: cmttypes.PartSetHeader{Total: 1, Hash: sum("parts")}}
	commit := &cmttypes.Commit{Height: header.Height, BlockID: id}
	for i, validator := range set.Validators {
		flag, key := cmttypes.BlockIDFlagCommit, h.keys[string(validator.Address)]
		if h.Vote != nil {
			flag = h.Vote(i)
		}
		if flag == cmttypes.BlockIDFlagAbsent || key == nil {
			commit.Signatures = append(commit.Signatures, cmttypes.NewCommitSigAbsent())
			continue
		}
		vote := cmttypes.Vote{Type: cmtproto.PrecommitType, Height: header.Height, Timestamp: header.Time.Add(time.Duration(i) * time.Millisecond)}
		if flag == cmttypes.BlockIDFlagCommit {
			vote.BlockID = id
		}
		signature, err := key.Sign(cmttypes.VoteSignBytes(header.ChainID, vote.ToProto()))
		if err != nil {
			panic(err) // never with a key in memory
		}
		commit.Signatures = append(commit.Signatures, cmttypes.CommitSig{
			BlockIDFlag: flag, ValidatorAddress: validator.Address, Timestamp: vote.Timestamp, Signature: signature,
		})
	}
	return &cmttypes.LightBlock{SignedHeader: &cmttypes.SignedHeader{Header: header, Commit: commit}, ValidatorSet: set}
}

func sum(what string) []byte {
	digest := sha256.Sum256([]byte(what))
	return digest[:]
}

func (h *Hub) at(height int64) *block {
	if height < 1 || height > h.Height() {
		panic(fmt.Sprintf("the chain has heights 1 to %d, not %d", h.Height(), height))
	}
	return h.blocks[height]
}
