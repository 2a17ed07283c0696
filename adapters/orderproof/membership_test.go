package orderproof_test

import (
	"encoding/binary"
	"slices"
	"testing"

	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"
	ics23 "github.com/cosmos/ics23/go"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

func TestAStateProofHasOneEncoding(t *testing.T) {
	h := newHub()
	height := give(h, 9)
	m := h.Prove(height, orderproof.RecordKey(ledger, 4))
	raw, err := orderproof.EncodeMembership(m)
	require.NoError(t, err)
	decoded, err := orderproof.DecodeMembership(raw)
	require.NoError(t, err)
	require.Equal(t, m, decoded)
	require.NoError(t, decoded.Verify(h.Block(height).AppHash))
	require.ErrorIs(t, decoded.Verify(h.Block(height-1).AppHash), orderproof.ErrProof)
	for at := range raw {
		altered := slices.Clone(raw)
		altered[at] ^= 0x01
		if m, err := orderproof.DecodeMembership(altered); err == nil && m.Verify(h.Block(height).AppHash) == nil {
			t.Fatalf("byte %d altered, and taken", at)
		}
	}
}

func TestWhatANodeAnswersIsTakenOnlyIfItIsAProofOfWhatWasAsked(t *testing.T) {
	h := newHub()
	height := give(h, 3)
	key := orderproof.RecordKey(ledger, 2)
	nothing, err := (&ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Nonexist{Nonexist: &ics23.NonExistenceProof{Key: key}}}).Marshal()
	require.NoError(t, err)
	for _, row := range []struct {
		name  string
		spoil func(value *[]byte, ops *cmtcrypto.ProofOps)
	}{
		{"no proof", func(_ *[]byte, ops *cmtcrypto.ProofOps) { ops.Ops = nil }},
		{"one proof", func(_ *[]byte, ops *cmtcrypto.ProofOps) { ops.Ops = ops.Ops[:1] }},
		{"three proofs", func(_ *[]byte, ops *cmtcrypto.ProofOps) { ops.Ops = append(ops.Ops, ops.Ops[1]) }},
		{"the proofs the other way round", func(_ *[]byte, ops *cmtcrypto.ProofOps) { slices.Reverse(ops.Ops) }},
		{"a proof of another key", func(_ *[]byte, ops *cmtcrypto.ProofOps) { ops.Ops[0].Key = orderproof.RecordKey(ledger, 1) }},
		{"a proof of another store", func(_ *[]byte, ops *cmtcrypto.ProofOps) { ops.Ops[1].Key = []byte("bank") }},
		{"a proof that says another key inside", func(_ *[]byte, ops *cmtcrypto.ProofOps) {
			_, other := h.ProofOps(height, orderproof.RecordKey(ledger, 1))
			ops.Ops[0].Data = other.Ops[0].Data
		}},
		{"a proof that there is nothing", func(_ *[]byte, ops *cmtcrypto.ProofOps) { ops.Ops[0].Data = nothing }},
		{"bytes that are no proof", func(_ *[]byte, ops *cmtcrypto.ProofOps) { ops.Ops[1].Data = []byte{0xff} }},
		{"another value", func(value *[]byte, _ *cmtcrypto.ProofOps) { *value = []byte("forged") }},
		{"no value", func(value *[]byte, _ *cmtcrypto.ProofOps) { *value = nil }},
	} {
		value, ops := h.ProofOps(height, key)
		_, err := orderproof.NewMembership(orderproof.RecordStore, key, value, ops)
		require.NoError(t, err)
		row.spoil(&value, ops)
		_, err = orderproof.NewMembership(orderproof.RecordStore, key, value, ops)
		require.ErrorIs(t, err, orderproof.ErrMalformed, row.name)
	}
	_, err = orderproof.NewMembership(orderproof.RecordStore, key, []byte("value"), nil)
	require.ErrorIs(t, err, orderproof.ErrMalformed)
}

// The same proof, made longer without changing what it says, is not the same bytes and is not taken.
func TestAProofMadeLongerIsRefused(t *testing.T) {
	h := newHub()
	raw, err := orderproof.EncodeMembership(h.Prove(give(h, 3), orderproof.RecordKey(ledger, 2)))
	require.NoError(t, err)
	var parts [][]byte // domain, store, key, value and the two proofs
	for rest := raw; len(rest) > 0; {
		n := 4 + binary.BigEndian.Uint32(rest)
		parts, rest = append(parts, rest[4:n]), rest[n:]
	}
	require.Len(t, parts, 6)
	// A field that nobody knows, and a field with its default spelled out, in the IAVL proof.
	for _, extra := range [][]byte{{0x7a, 0}, {0x0a, 0}} {
		longer := slices.Clone(parts)
		longer[4] = slices.Concat(parts[4], extra)
		var joined []byte
		for _, part := range longer {
			joined = append(binary.BigEndian.AppendUint32(joined, uint32(len(part))), part...)
		}
		_, err = orderproof.DecodeMembership(joined)
		require.ErrorIs(t, err, orderproof.ErrMalformed)
		require.ErrorContains(t, err, "canonical")
	}
}
