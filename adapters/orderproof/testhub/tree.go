package testhub

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	ics23 "github.com/cosmos/ics23/go"
)

// leaf is one key and value of a tree.
type leaf struct{ key, value []byte }

// kind is what tells the hub's two kinds of tree apart.
type kind struct {
	spec   *ics23.ProofSpec
	prefix []byte // of every leaf
	split  func(n int) int
	node   func(size int) (head, mid []byte) // of an inner node: before the left hash, between the two
}

// iavl hashes as the IAVL+ tree does: height, size and version before the hashes, each hash with its length. The height
// is that of a balanced tree; nothing reads it back.
var iavl = kind{
	spec: ics23.IavlSpec, prefix: varints(0, 1, 1),
	split: func(n int) int { return (n + 1) / 2 },
	node: func(size int) (head, mid []byte) {
		height := int64(1)
		for n := 2; n < size; n *= 2 {
			height++
		}
		return append(varints(height, int64(size), 1), sha256.Size), []byte{sha256.Size}
	},
}

// simple is CometBFT's merkle tree over the roots of all stores.
var simple = kind{
	spec: ics23.TendermintSpec, prefix: []byte{0},
	split: func(n int) int {
		half := 1
		for half*2 < n {
			half *= 2
		}
		return half
	},
	node: func(int) (head, mid []byte) { return []byte{1}, nil },
}

func varints(numbers ...int64) []byte {
	var raw []byte
	for _, n := range numbers {
		raw = binary.AppendVarint(raw, n)
	}
	return raw
}

// tree sorts the pairs into leaves.
func tree(pairs map[string][]byte) []leaf {
	leaves := make([]leaf, 0, len(pairs))
	for key, value := range pairs {
		leaves = append(leaves, leaf{[]byte(key), value})
	}
	slices.SortFunc(leaves, func(a, b leaf) int { return bytes.Compare(a.key, b.key) })
	return leaves
}

// prove gives the root, and the proof of a key if it is there.
func (k kind) prove(leaves []leaf, key string) (root []byte, proof *ics23.CommitmentProof) {
	at := slices.IndexFunc(leaves, func(l leaf) bool { return string(l.key) == key })
	root, path := k.walk(leaves, at)
	if at < 0 {
		return root, nil
	}
	return root, &ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Exist{Exist: &ics23.ExistenceProof{
		Key: leaves[at].key, Value: leaves[at].value, Leaf: k.leafOp(), Path: path,
	}}}
}

func (k kind) leafOp() *ics23.LeafOp {
	spec := k.spec.LeafSpec
	return &ics23.LeafOp{Hash: spec.Hash, PrehashKey: spec.PrehashKey, PrehashValue: spec.PrehashValue, Length: spec.Length, Prefix: k.prefix}
}

// walk hashes the leaves from the bottom up, and collects the operations on the way from the leaf at the index.
func (k kind) walk(leaves []leaf, at int) (hash []byte, path []*ics23.InnerOp) {
	if len(leaves) == 1 {
		hash, err := k.leafOp().Apply(leaves[0].key, leaves[0].value)
		if err != nil {
			panic(err) // only an empty key or value
		}
		return hash, nil
	}
	half := k.split(len(leaves))
	left, leftPath := k.walk(leaves[:half], at)
	right, rightPath := k.walk(leaves[half:], at-half)
	head, mid := k.node(len(leaves))
	sum := sha256.Sum256(slices.Concat(head, left, mid, right))
	switch {
	case at >= 0 && at < half:
		path = append(leftPath, &ics23.InnerOp{Hash: ics23.HashOp_SHA256, Prefix: head, Suffix: slices.Concat(mid, right)})
	case at >= half && at < len(leaves):
		path = append(rightPath, &ics23.InnerOp{Hash: ics23.HashOp_SHA256, Prefix: slices.Concat(head, left, mid)})
	}
	return sum[:], path
}
