package simtest

import (
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

// NotToday is a day of the week that is neither today nor about to be, in UTC.
func NotToday() string {
	return strings.ToLower(time.Now().UTC().AddDate(0, 0, -2).Weekday().String()[:3])
}
