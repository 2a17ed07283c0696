package prooftest

import (
	"encoding/binary"
	"fmt"
	"slices"

	ics23 "github.com/cosmos/ics23/go"
)

// pair is what a store holds under one key.
type pair struct{ key, value []byte }

// tree is how one kind of tree is hashed.
type tree struct {
	leaf *ics23.LeafOp
	// prefix is what comes before the children of a node with this height and number of leaves.
	prefix func(height, size int64) []byte
	// mark comes before each child's hash.
	mark []byte
}

// iavl hashes as a module's store does, with every node of version 1.
var iavl = tree{
	leaf:   &ics23.LeafOp{Hash: ics23.HashOp_SHA256, PrehashValue: ics23.HashOp_SHA256, Length: ics23.LengthOp_VAR_PROTO, Prefix: varints(0, 1, 1)},
	prefix: func(height, size int64) []byte { return varints(height, size, 1) },
	mark:   []byte{32},
}

// simple hashes as the tree of all stores does.
var simple = tree{
	leaf:   &ics23.LeafOp{Hash: ics23.HashOp_SHA256, PrehashValue: ics23.HashOp_SHA256, Length: ics23.LengthOp_VAR_PROTO, Prefix: []byte{0}},
	prefix: func(int64, int64) []byte { return []byte{1} },
}

func varints(numbers ...int64) []byte {
	var out []byte
	for _, n := range numbers {
		out = binary.AppendVarint(out, n)
	}
	return out
}

// prove gives the root over pairs in the order of their keys, and the proof of the one at index.
func (t tree) prove(pairs []pair, index int) (root []byte, proof *ics23.CommitmentProof) {
	leaves := make([][]byte, len(pairs))
	for i, p := range pairs {
		hash, err := t.leaf.Apply(p.key, p.value)
		if err != nil {
			panic(fmt.Sprintf("leaf %X: %v", p.key, err)) // a key or a value that is empty: the test's mistake
		}
		leaves[i] = hash
	}
	root, _, path := t.subtree(leaves, index)
	return root, &ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Exist{Exist: &ics23.ExistenceProof{
		Key: pairs[index].key, Value: pairs[index].value, Leaf: t.leaf, Path: path,
	}}}
}

// subtree gives hash and height of the tree over the leaves, and the way up from the leaf at index, if it is one of them.
func (t tree) subtree(leaves [][]byte, index int) (hash []byte, height int64, path []*ics23.InnerOp) {
	if len(leaves) == 1 {
		return leaves[0], 0, nil
	}
	half := (len(leaves) + 1) / 2
	left, leftHeight, leftPath := t.subtree(leaves[:half], index)
	right, rightHeight, rightPath := t.subtree(leaves[half:], index-half)
	height = max(leftHeight, rightHeight) + 1
	prefix := t.prefix(height, int64(len(leaves)))
	before := slices.Concat(prefix, t.mark)
	ops := []*ics23.InnerOp{
		{Hash: ics23.HashOp_SHA256, Prefix: before, Suffix: slices.Concat(t.mark, right)},
		{Hash: ics23.HashOp_SHA256, Prefix: slices.Concat(before, left, t.mark)},
	}
	hash, err := ops[0].Apply(left)
	if err != nil {
		panic(fmt.Sprintf("a node above %d leaves: %v", len(leaves), err))
	}
	switch {
	case index >= 0 && index < half:
		path = append(leftPath, ops[0])
	case index >= half && index < len(leaves):
		path = append(rightPath, ops[1])
	}
	return hash, height, path
}
