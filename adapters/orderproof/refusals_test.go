package orderproof_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/testhub"
)

// attempt is a batch with what its receiver knows; each row of the table spoils it in one way.
type attempt struct {
	hub    *testhub.Hub
	batch  orderproof.Batch
	params orderproof.Params
	ledger string
	root   orderproof.Root
	now    time.Time
}

// fair is an attempt that is taken: five instructions, proved along one step from header 1.
func fair() *attempt {
	h := newHub()
	height := give(h, 5)
	return &attempt{h, h.Batch(ledger, 1, h.Path(1, height)), params, ledger, h.Root(1), now}
}

// verify sends the batch over the wire, as a ledger gets it.
func (a *attempt) verify() (orderproof.Verified, error) {
	raw, err := a.batch.Encode()
	if err != nil {
		return orderproof.Verified{}, err
	}
	b, err := orderproof.DecodeBatch(raw)
	if err != nil {
		return orderproof.Verified{}, err
	}
	return b.Verify(a.params, a.ledger, a.root, a.now)
}

// last is the step whose header signs the state, copied so that a row may change it.
func (a *attempt) last() *cmttypes.LightBlock {
	steps := slices.Clone(a.batch.Path.Steps)
	at := len(steps) - 1
	header, commit := *steps[at].Header, *steps[at].Commit
	commit.Signatures = slices.Clone(commit.Signatures)
	steps[at] = &cmttypes.LightBlock{SignedHeader: &cmttypes.SignedHeader{Header: &header, Commit: &commit}, ValidatorSet: steps[at].ValidatorSet}
	a.batch.Path.Steps = steps
	return steps[at]
}

// fork is a chain of the same name whose signers are others, with as many instructions.
func fork(count int, signers ...string) (*testhub.Hub, int64) {
	h := testhub.New(chainID, signers...)
	return h, give(h, count)
}

var refusals = []struct {
	name  string
	spoil func(*attempt)
	want  error
}{
	{"no item", func(a *attempt) { a.batch.Items = nil }, orderproof.ErrMalformed},
	{"an instruction that is none", func(a *attempt) { a.batch.Items[2] = orderproof.NewItem([]byte("pay me")) }, orderproof.ErrMalformed},
	{"numbers from zero", func(a *attempt) { a.batch.From = 0 }, orderproof.ErrMalformed},
	{"more steps than are followed", func(a *attempt) {
		a.batch.Path.Steps = slices.Repeat(a.batch.Path.Steps, orderproof.MaxSteps+1)
	}, orderproof.ErrMalformed},
	{"more items than are read", func(a *attempt) { a.batch.Items = slices.Repeat(a.batch.Items, 201) }, orderproof.ErrMalformed},
	{"no validators", func(a *attempt) { a.batch.Path.Anchor.Validators = nil }, orderproof.ErrMalformed},

	{"the hub of another chain id", func(a *attempt) { a.params.ChainID = "corridor-2" }, orderproof.ErrOtherChain},
	{"a step of another chain id, signed by the same validators", func(a *attempt) {
		other := testhub.New("corridor-2", "v0", "v1", "v2", "v3")
		other.Commit()
		a.batch.Path.Steps = []*cmttypes.LightBlock{other.Block(other.Commit())}
	}, orderproof.ErrOtherChain},
	{"no chain id configured", func(a *attempt) { a.params.ChainID = "" }, orderproof.ErrOtherChain},

	{"a path from a header that is not believed", func(a *attempt) { a.root = a.hub.Root(2) }, orderproof.ErrRoot},
	{"a forked anchor at the believed height", func(a *attempt) {
		h, height := fork(5, "m0", "m1", "m2", "m3")
		a.batch = h.Batch(ledger, 1, h.Path(1, height))
	}, orderproof.ErrRoot},
	{"an anchor with validators of somebody else's", func(a *attempt) {
		h, height := fork(5, "m0", "m1", "m2", "m3")
		a.batch.Path.Anchor.Validators, a.batch.Path.Steps = h.Block(1).ValidatorSet, h.Path(1, height).Steps
	}, orderproof.ErrRoot},
	{"no root at all", func(a *attempt) { a.root = orderproof.Root{} }, orderproof.ErrRoot},

	{"a root as old as the trusting period", func(a *attempt) { a.now = a.hub.Block(1).Time.Add(time.Hour) }, orderproof.ErrOutsideTrustingPeriod},

	{"a forked header above the believed one", func(a *attempt) {
		h, height := fork(5, "m0", "m1", "m2", "m3")
		a.batch.Path.Steps = h.Path(1, height).Steps
	}, orderproof.ErrHeader},
	{"a third of the signers and strangers", func(a *attempt) {
		h, height := fork(5, "v0", "m1", "m2", "m3")
		a.batch.Path.Steps = h.Path(1, height).Steps
	}, orderproof.ErrHeader},
	{"a header that two of four signed", func(a *attempt) {
		a.last().Commit.Signatures[0] = cmttypes.NewCommitSigAbsent()
		a.last().Commit.Signatures[1] = cmttypes.NewCommitSigAbsent()
	}, orderproof.ErrHeader},
	{"a header that two of four refused", func(a *attempt) {
		a.hub.Vote = func(i int) cmttypes.BlockIDFlag { return []cmttypes.BlockIDFlag{2, 2, 3, 3}[i] }
		a.batch.Path.Steps = a.hub.Path(1, a.hub.Commit()).Steps
	}, orderproof.ErrHeader},
	{"one wrong signature more than is needed", func(a *attempt) {
		commit := a.last().Commit
		commit.Signatures[3].Signature = commit.Signatures[2].Signature
	}, orderproof.ErrHeader},
	{"a commit for another header", func(a *attempt) { a.last().AppHash = slices.Repeat([]byte{7}, 32) }, orderproof.ErrHeader},
	{"a header made anew around the commit", func(a *attempt) {
		step := a.last()
		step.AppHash = slices.Repeat([]byte{7}, 32)
		step.Commit.BlockID.Hash = step.Hash()
	}, orderproof.ErrHeader},
	{"a header with validators of somebody else's", func(a *attempt) {
		h, _ := fork(5, "m0", "m1", "m2", "m3")
		a.last().ValidatorSet = h.Block(1).ValidatorSet
	}, orderproof.ErrHeader},
	{"a header from the future", func(a *attempt) { a.now = a.hub.Block(3).Time.Add(-params.MaxClockDrift) }, orderproof.ErrHeader},
	{"steps that go back", func(a *attempt) {
		h := a.hub
		a.batch.Path = h.Path(1, 3, 2)
	}, orderproof.ErrHeader},
	{"the same step twice", func(a *attempt) { a.batch.Path = a.hub.Path(1, 3, 3) }, orderproof.ErrHeader},
	{"the next header, whose validators nobody announced", func(a *attempt) {
		h, _ := fork(5, "v0", "v1", "v2", "m3")
		a.batch.Path.Steps = []*cmttypes.LightBlock{h.Block(2)}
	}, orderproof.ErrHeader},
	{"a header whose clock went back", func(a *attempt) {
		a.hub.Alter = func(header *cmttypes.Header) { header.Time = testhub.Start }
		a.batch.Path.Steps = a.hub.Path(1, a.hub.Commit()).Steps
	}, orderproof.ErrHeader},

	{"a proof against another header's state", func(a *attempt) { a.batch.Path = a.hub.Path(1, 2) }, orderproof.ErrProof},
	{"a proof from a fork whose headers are left out", func(a *attempt) {
		h, height := fork(6, "m0", "m1", "m2", "m3")
		a.batch.Head = h.Batch(ledger, 1, h.Path(1, height)).Head
	}, orderproof.ErrProof},
	{"a store's proof in place of a record's", func(a *attempt) {
		a.batch.Head.Proofs[0] = &ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Exist{Exist: &ics23.ExistenceProof{
			Key: a.batch.Head.Key, Value: a.batch.Head.Value, Leaf: ics23.TendermintSpec.LeafSpec,
		}}}
	}, orderproof.ErrProof},

	{"another ledger's batch", func(a *attempt) {
		a.hub.Give("bank", instruction(chainID, "bank", 1))
		a.hub.Commit()
		a.batch = a.hub.Batch("bank", 1, a.hub.Path(1, a.hub.Commit()))
	}, orderproof.ErrOtherLedger},
	{"a value of the hub that is no record", func(a *attempt) { a.batch.Head = a.hub.Prove(3, []byte("\x03cbdc")) }, orderproof.ErrOtherLedger},
	{"a record of this ledger under a key that is not its own", func(a *attempt) {
		a.hub.Set([]byte("\x09elsewhere"), a.batch.Head.Value)
		a.hub.Commit()
		height := a.hub.Commit()
		a.batch.Path, a.batch.Head = a.hub.Path(1, height), a.hub.Prove(height, []byte("\x09elsewhere"))
	}, orderproof.ErrOtherLedger},
	{"an instruction for another ledger in this one's outbox", func(a *attempt) {
		a.hub.Give(ledger, instruction(chainID, "bank", 6))
		a.hub.Commit()
		a.batch = a.hub.Batch(ledger, 1, a.hub.Path(1, a.hub.Commit()))
	}, orderproof.ErrOtherLedger},
	{"an instruction of another chain in this ledger's outbox", func(a *attempt) {
		a.hub.Give(ledger, instruction("corridor-2", ledger, 6))
		a.hub.Commit()
		a.batch = a.hub.Batch(ledger, 1, a.hub.Path(1, a.hub.Commit()))
	}, orderproof.ErrOtherLedger},

	{"an instruction that the hub never gave", func(a *attempt) {
		a.batch.Items[1] = orderproof.NewItem(instruction(chainID, ledger, 99))
	}, orderproof.ErrChain},
	{"an instruction that the hub never gave, after the newest", func(a *attempt) {
		a.batch.Items = append(a.batch.Items, orderproof.NewItem(instruction(chainID, ledger, 99)))
	}, orderproof.ErrChain},
	{"two instructions exchanged", func(a *attempt) {
		items := a.batch.Items
		items[0], items[1] = items[1], items[0]
	}, orderproof.ErrChain},
	{"an instruction left out", func(a *attempt) { a.batch.Items = a.batch.Items[1:] }, orderproof.ErrChain},
	{"an instruction left out, the rest numbered again", func(a *attempt) {
		a.batch.Items, a.batch.From = a.batch.Items[1:], 2
	}, orderproof.ErrChain},
	{"another beginning of the chain", func(a *attempt) { a.batch.Before = order.OutboxStart(chainID, "bank") }, orderproof.ErrChain},
	{"a hash in place of an instruction, of another one", func(a *attempt) {
		a.batch.Items[1] = orderproof.Item{Hash: order.HashInstruction([]byte("another"))}
	}, orderproof.ErrChain},
	{"an older record than the items end at", func(a *attempt) {
		a.batch.Head = a.hub.Prove(3, orderproof.RecordKey(ledger, 4))
	}, orderproof.ErrChain},
}

func TestEveryRefusalHasItsError(t *testing.T) {
	_, err := fair().verify()
	require.NoError(t, err, "what the rows spoil is itself in order")
	seen := map[error]bool{}
	for _, row := range refusals {
		t.Run(row.name, func(t *testing.T) {
			a := fair()
			row.spoil(a)
			got, err := a.verify()
			require.ErrorIs(t, err, row.want)
			require.Zero(t, got, "what is refused gives nothing to act on")
			for _, other := range sentinels {
				require.True(t, errors.Is(row.want, other) || !errors.Is(err, other), "also %v", other)
			}
		})
		seen[row.want] = true
	}
	for _, each := range sentinels {
		require.True(t, seen[each], "no row for %v", each)
	}
}

// The guards are tried in the order of errors.go: what is wrong in several ways gets the first one's error.
func TestOfSeveralThingsWrongTheFirstIsNamed(t *testing.T) {
	spoil := []struct {
		err  error
		with func(*attempt)
	}{
		{orderproof.ErrMalformed, func(a *attempt) { a.batch.From = 0 }},
		{orderproof.ErrOtherChain, func(a *attempt) { a.params.ChainID = "corridor-2" }},
		{orderproof.ErrRoot, func(a *attempt) { a.root = a.hub.Root(2) }},
		{orderproof.ErrOutsideTrustingPeriod, func(a *attempt) { a.now = now.Add(time.Hour) }},
		{orderproof.ErrHeader, func(a *attempt) { a.last().Commit.Signatures[3].Signature[0] ^= 1 }},
		{orderproof.ErrProof, func(a *attempt) { a.batch.Head.Proofs[0].GetExist().Path[0].Prefix[0] ^= 2 }},
		{orderproof.ErrOtherLedger, func(a *attempt) { a.ledger = "bank" }},
		{orderproof.ErrChain, func(a *attempt) { a.batch.Before[0] ^= 1 }},
	}
	for first := range spoil {
		a := fair()
		for _, each := range spoil[first:] {
			each.with(a)
		}
		_, err := a.verify()
		require.ErrorIs(t, err, spoil[first].err)
	}
}
