package orderproof

import (
	"bytes"
	"fmt"

	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"
	"github.com/cosmos/gogoproto/proto"
	ics23 "github.com/cosmos/ics23/go"
)

const domainMembership = "corridor/state-proof/1"

// The types under which a node of the hub gives the two proofs of one value.
const (
	opIavl   = "ics23:iavl"
	opSimple = "ics23:simple"
)

// Membership says that a store of the hub holds a value under a key: the value is in the store's tree (IAVL), and the
// tree's root is among those of all stores (CometBFT's simple tree), whose root a header signs.
type Membership struct {
	Store      string
	Key, Value []byte
	Proofs     [2]*ics23.CommitmentProof // IAVL, then simple
}

// NewMembership makes it from what a node of the hub answers to an ABCI query with a proof. It is not verified.
func NewMembership(store string, key, value []byte, ops *cmtcrypto.ProofOps) (Membership, error) {
	m := Membership{Store: store, Key: key, Value: value}
	if n := len(ops.GetOps()); n != len(m.Proofs) {
		return Membership{}, malformed("%d proofs, want %s and %s", n, opIavl, opSimple)
	}
	for i, want := range []struct {
		kind string
		key  []byte
	}{{opIavl, key}, {opSimple, []byte(store)}} {
		op := ops.Ops[i]
		if op.Type != want.kind || !bytes.Equal(op.Key, want.key) {
			return Membership{}, malformed("proof %d is a %.20q of %X, want %s of %X", i, op.Type, op.Key, want.kind, want.key)
		}
		m.Proofs[i] = new(ics23.CommitmentProof)
		if err := proto.Unmarshal(op.Data, m.Proofs[i]); err != nil {
			return Membership{}, malformed("proof %d: %v", i, err)
		}
	}
	return m, m.check()
}

// check refuses what could not be encoded: every value has one place, so the keys and the value inside the proofs must
// be those of the membership, and only plain existence proofs are known.
func (m Membership) check() error {
	switch {
	case m.Store == "" || len(m.Store) > MaxStoreBytes:
		return malformed("a store's name of %d bytes, want 1 to %d", len(m.Store), MaxStoreBytes)
	case len(m.Key) == 0 || len(m.Key) > MaxKeyBytes:
		return malformed("a key of %d bytes, want 1 to %d", len(m.Key), MaxKeyBytes)
	case len(m.Value) == 0:
		return malformed("no value")
	}
	for i, proof := range m.Proofs {
		exist := proof.GetExist()
		if exist == nil || exist.Leaf == nil {
			return malformed("proof %d is no existence proof", i)
		}
		for _, inner := range exist.Path {
			if inner == nil {
				return malformed("proof %d has a gap", i)
			}
		}
	}
	tree, stores := m.Proofs[0].GetExist(), m.Proofs[1].GetExist()
	if !bytes.Equal(tree.Key, m.Key) || !bytes.Equal(tree.Value, m.Value) {
		return malformed("proof 0 is about another key or value")
	}
	if string(stores.Key) != m.Store {
		return malformed("proof 1 is about store %.64q, want %q", stores.Key, m.Store)
	}
	return nil
}

// Verify says whether the value is in the state with this root: the AppHash of a header, which is that of the state
// which the block before it left.
func (m Membership) Verify(appHash []byte) error {
	if err := m.check(); err != nil {
		return err
	}
	tree, stores := m.Proofs[0].GetExist(), m.Proofs[1].GetExist()
	if err := tree.Verify(ics23.IavlSpec, stores.Value, m.Key, m.Value); err != nil {
		return fmt.Errorf("%w: key %X of store %s: %w", ErrProof, m.Key, m.Store, err)
	}
	if err := stores.Verify(ics23.TendermintSpec, appHash, []byte(m.Store), stores.Value); err != nil {
		return fmt.Errorf("%w: store %s in state %X: %w", ErrProof, m.Store, appHash, err)
	}
	return nil
}

// EncodeMembership gives the canonical bytes: what stands outside the proofs is left out inside them.
func EncodeMembership(m Membership) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	e := newEncoder(domainMembership).bytes([]byte(m.Store)).bytes(m.Key).bytes(m.Value)
	tree, stores := m.Proofs[0].GetExist(), m.Proofs[1].GetExist()
	if err := e.message(&ics23.ExistenceProof{Leaf: tree.Leaf, Path: tree.Path}); err != nil {
		return nil, err
	}
	if err := e.message(&ics23.ExistenceProof{Value: stores.Value, Leaf: stores.Leaf, Path: stores.Path}); err != nil {
		return nil, err
	}
	return e.buf, nil
}

// DecodeMembership reads canonical bytes. What it gives is well formed, and not verified.
func DecodeMembership(raw []byte) (Membership, error) {
	d := newDecoder(domainMembership, raw)
	m := Membership{Store: string(d.bytes()), Key: d.bytes(), Value: d.bytes()}
	tree, stores := new(ics23.ExistenceProof), new(ics23.ExistenceProof)
	d.message(tree)
	d.message(stores)
	if d.err == nil && (tree.Key != nil || tree.Value != nil || stores.Key != nil) {
		d.fail("a proof repeats what stands before it")
	}
	if err := d.end(); err != nil {
		return Membership{}, err
	}
	tree.Key, tree.Value, stores.Key = m.Key, m.Value, []byte(m.Store)
	m.Proofs[0] = &ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Exist{Exist: tree}}
	m.Proofs[1] = &ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Exist{Exist: stores}}
	return m, m.check()
}
