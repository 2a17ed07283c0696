package order_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/stretchr/testify/require"
)

func holdPacket() order.LegPacket {
	b, q := swap()
	return order.LegPacket{
		Instruction: order.NewInstruction(order.Hold, b, 1), Body: b.Encode(), Quote: q.Encode(),
		Signature: bytes.Repeat([]byte{7}, order.SignatureBytes),
	}
}

func voidPacket() order.LegPacket {
	b, _ := swap()
	return order.LegPacket{Instruction: order.NewInstruction(order.Void, b, 1)}
}

func legAnswer() order.LegAnswer {
	return order.LegAnswer{InstructionHash: voidPacket().Instruction.Hash(), Outcome: order.Voided, LedgerReference: "entry-1", Reason: "given back"}
}

func TestALegPacketIsDecodedToWhatWasEncoded(t *testing.T) {
	for _, p := range []order.LegPacket{holdPacket(), voidPacket()} {
		got, err := order.DecodeLegPacket(p.Encode())
		require.NoError(t, err)
		require.Equal(t, p, got)
	}
	a := legAnswer()
	got, err := order.DecodeLegAnswer(a.Encode())
	require.NoError(t, err)
	require.Equal(t, a, got)
}

func TestALegPacketThatIsRefused(t *testing.T) {
	b, _ := swap()
	for _, row := range []struct {
		name   string
		change func(*order.LegPacket)
		says   string
	}{
		{"a kind that does not travel", func(p *order.LegPacket) { p.Instruction = order.NewInstruction(order.Pay, b, 1) }, "a PAY does not travel"},
		{"a POST with a body", func(p *order.LegPacket) { p.Instruction = order.NewInstruction(order.Post, b, 1) }, "nothing beside it"},
		{"a HOLD without a body", func(p *order.LegPacket) { p.Body = nil }, "the settlement's body"},
		{"a HOLD without a signature", func(p *order.LegPacket) { p.Signature = nil }, "signature of 64 bytes, got 0"},
		{"too large", func(p *order.LegPacket) { p.Quote = make([]byte, order.MaxLegPacketBytes) }, "at most 32768"},
		{"an invalid instruction", func(p *order.LegPacket) { p.Instruction.AmountMinor = 0 }, "amount"},
	} {
		p := holdPacket()
		row.change(&p)
		_, err := order.DecodeLegPacket(p.Encode())
		require.ErrorContains(t, err, row.says, row.name)
	}
	_, err := order.DecodeLegPacket(append(voidPacket().Encode(), 0))
	require.ErrorIs(t, err, order.ErrMalformed)
}

func TestALegAnswerThatIsRefused(t *testing.T) {
	none, long := legAnswer(), legAnswer()
	none.Outcome = 0
	long.Reason = strings.Repeat("x", order.MaxNoteBytes+1)
	for says, raw := range map[string][]byte{
		"not an outcome": none.Encode(), "more than 256 bytes": long.Encode(),
		"left over": append(legAnswer().Encode(), 0), "at most 2048": make([]byte, order.MaxLegAnswerBytes+1),
	} {
		_, err := order.DecodeLegAnswer(raw)
		require.ErrorContains(t, err, says)
	}
}

func FuzzLegPacket(f *testing.F) {
	f.Add(holdPacket().Encode())
	f.Add(voidPacket().Encode())
	f.Add(legAnswer().Encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if p, err := order.DecodeLegPacket(raw); err == nil && !bytes.Equal(p.Encode(), raw) {
			t.Fatal("a second encoding of the same packet")
		}
		if a, err := order.DecodeLegAnswer(raw); err == nil && !bytes.Equal(a.Encode(), raw) {
			t.Fatal("a second encoding of the same answer")
		}
	})
}

// legVectors fix the bytes of testdata/leg-vectors.json for other languages.
type legVectors struct{ Hold, Void, Answer string }

func TestTheLegVectorsAreWhatThisPackageComputes(t *testing.T) {
	const file = "testdata/leg-vectors.json"
	want, err := json.MarshalIndent(legVectors{
		Hold: hex.EncodeToString(holdPacket().Encode()), Void: hex.EncodeToString(voidPacket().Encode()),
		Answer: hex.EncodeToString(legAnswer().Encode()),
	}, "", "  ")
	require.NoError(t, err)
	want = append(want, '\n')
	if *update {
		require.NoError(t, os.WriteFile(file, want, 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}
