package simtest

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// OrderJSON is a hold order as the ledger's API takes it.
func OrderJSON(o sdk.HoldOrder) map[string][]byte {
	return map[string][]byte{
		"instruction": o.Instruction.Encode(), "body": o.Body, "quote": o.Consent.Quote, "signature": o.Consent.Signature,
	}
}

// InstructionJSON is a post or void order as the ledger's API takes it.
func InstructionJSON(i order.Instruction) map[string][]byte {
	return map[string][]byte{"instruction": i.Encode()}
}

// Hold holds as a notary does; the call must succeed.
func (s *Server) Hold(t testing.TB, o sdk.HoldOrder) sim.Entry {
	return s.entry(t, http.MethodPut, o.Instruction, "", OrderJSON(o))
}

// Refuse refuses as a notary does.
func (s *Server) Refuse(t testing.TB, o sdk.HoldOrder) sim.Entry {
	return s.entry(t, http.MethodPost, o.Instruction, "/refuse", OrderJSON(o))
}

// Post posts as a notary does.
func (s *Server) Post(t testing.TB, p Payment) sim.Entry {
	i := p.Instruction(order.Post)
	return s.entry(t, http.MethodPost, i, "/post", InstructionJSON(i))
}

// Void voids as a notary does.
func (s *Server) Void(t testing.TB, p Payment) sim.Entry {
	return s.VoidInstruction(t, p.Instruction(order.Void))
}

// VoidInstruction voids by an instruction.
func (s *Server) VoidInstruction(t testing.TB, i order.Instruction) sim.Entry {
	return s.entry(t, http.MethodPost, i, "/void", InstructionJSON(i))
}

func (s *Server) entry(t testing.TB, method string, i order.Instruction, verb string, body any) (e sim.Entry) {
	status, raw := s.Do(t, NotaryToken, method, "/v1/entries/"+i.Entry.String()+verb, body)
	require.Equal(t, http.StatusOK, status, "%s", raw)
	require.NoError(t, json.Unmarshal(raw, &e))
	return e
}

// Book is the ledger's book.
func (s *Server) Book(t testing.TB) sdk.Book {
	status, raw := s.Do(t, NotaryToken, http.MethodGet, "/v1/book", nil)
	require.Equal(t, http.StatusOK, status, "%s", raw)
	return readBook(t, raw)
}

// Take sends a batch as a notary does; it must be taken.
func (s *Server) Take(t testing.TB, batch []byte) sdk.Book {
	status, raw := s.TryTake(t, batch)
	require.Equal(t, http.StatusOK, status, "%s", raw)
	return readBook(t, raw)
}

// TryTake sends a batch and gives status and body.
func (s *Server) TryTake(t testing.TB, batch []byte) (status int, raw []byte) {
	return s.Do(t, NotaryToken, http.MethodPut, "/v1/book", batch)
}

// Proven has the hub order the instructions, and proves them to the ledger.
func (s *Server) Proven(t testing.TB, h *Hub, instructions ...order.Instruction) sdk.Book {
	batch, err := h.Prove(s.Book(t), instructions...)
	require.NoError(t, err)
	return s.Take(t, batch)
}

func readBook(t testing.TB, raw []byte) sdk.Book {
	var b sim.Book
	require.NoError(t, json.Unmarshal(raw, &b))
	hash, err := hex.DecodeString(b.Hash)
	require.NoError(t, err)
	return sdk.Book{ChainID: b.ChainID, Height: b.Height, Hash: hash, Number: b.Number}
}

// NotToday is a day of the week that is neither today nor about to be, in UTC.
func NotToday() string {
	return strings.ToLower(time.Now().UTC().AddDate(0, 0, -2).Weekday().String()[:3])
}
