package sim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
)

// badInput is one wrong request: it is refused with the code, a message that holds says, and no effect.
type badInput struct {
	name         string
	token        string // default: the one that the path wants
	method, path string
	body         any
	want         simkit.Code
	says         string
}

func requireRefused(t *testing.T, s *simtest.Server, rows []badInput) {
	before := s.Accounts(t)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			token := row.token
			if token == "" && strings.HasPrefix(row.path, "/admin") {
				token = simtest.AdminToken
			} else if token == "" {
				token = simtest.NotaryToken
			}
			status, raw := s.Do(t, strings.TrimSpace(token), row.method, row.path, row.body)
			e := requireError(t, row.want, status, raw)
			require.Contains(t, e.Message, row.says)
			require.Equal(t, before, s.Accounts(t))
		})
	}
	s.Check(t)
}

// orderRows are the bad inputs that every message with an instruction refuses. path gives the message's
// path for an entry id.
func orderRows(method string, kind order.Kind, path func(id string) string) []badInput {
	p := pay("BAD", simtest.Rich, simtest.Payee, 700)
	good := p.Instruction(kind)
	id := good.Entry.String()
	with := func(change func(*order.Instruction)) any {
		i := good
		change(&i)
		return simtest.InstructionJSON(i)
	}
	other := order.Post
	if kind == order.Post {
		other = order.Void
	}
	elsewhere := p.Body()
	elsewhere.Legs[0].Ledger = "another-ledger"
	stranger := p.Body()
	stranger.ChainID = "another-chain"
	foreign, strange := order.NewInstruction(kind, elsewhere, 0), order.NewInstruction(kind, stranger, 0)
	inv := simkit.Invalid
	return []badInput{
		{"no body", "", method, path(id), nil, inv, "JSON"},
		{"no JSON", "", method, path(id), []byte("hold it, please"), inv, "JSON"},
		{"an array", "", method, path(id), []byte("[]"), inv, "JSON"},
		{"a field that nobody knows", "", method, path(id), []byte(`{"instruction":"","urgent":true}`), inv, "urgent"},
		{"more after the value", "", method, path(id), []byte(`{"instruction":""}{}`), inv, "goes on"},
		{"no base64", "", method, path(id), []byte(`{"instruction":"§"}`), inv, "JSON"},
		{"too large", "", method, path(id), bytes.Repeat([]byte(" "), 200<<10), simkit.TooLarge, "larger than"},
		{"an empty instruction", "", method, path(id), []byte(`{"instruction":""}`), inv, "instruction"},
		{"an instruction cut short", "", method, path(id), map[string][]byte{"instruction": good.Encode()[:50]}, inv, "instruction"},
		{"bytes left over", "", method, path(id), map[string][]byte{"instruction": append(good.Encode(), 0)}, inv, "left over"},
		{"another kind", "", method, path(id), with(func(i *order.Instruction) { i.Kind = other }), inv, "this path takes"},
		{"another ledger's", "", method, path(foreign.Entry.String()), simtest.InstructionJSON(foreign), inv, "another-ledger"},
		{"another chain's", "", method, path(strange.Entry.String()), simtest.InstructionJSON(strange), inv, "another-chain"},
		{"another entry in the path", "", method, path("00000000-0000-4000-8000-000000000001"), simtest.InstructionJSON(good), inv, "the path about"},
		{"an entry id not its own", "", method, path(id), with(func(i *order.Instruction) { i.Leg = 1 }), inv, "entry id"},
		{"an amount of nothing", "", method, path(id), with(func(i *order.Instruction) { i.AmountMinor = 0 }), inv, "amount"},
		{"an amount too large to count", "", method, path(id), with(func(i *order.Instruction) { i.AmountMinor = 1 << 63 }), inv, "amount"},
		{"no payer", "", method, path(id), with(func(i *order.Instruction) { i.Payer = "" }), inv, "payer"},
		{"a payee with a line break", "", method, path(id), with(func(i *order.Instruction) { i.Payee = "A\nB" }), inv, "payee"},
		{"a currency of lower case", "", method, path(id), with(func(i *order.Instruction) { i.Currency = "cny" }), inv, "currency"},
		{"no token", " ", method, path(id), simtest.InstructionJSON(good), simkit.Unauthenticated, "Authorization"},
		{"a token nobody has", "no-such-token-anywhere", method, path(id), simtest.InstructionJSON(good), simkit.Unauthenticated, "token"},
		{"the admin's token", simtest.AdminToken, method, path(id), simtest.InstructionJSON(good), simkit.Denied, "admin"},
		{"another method", "", http.MethodDelete, path(id), nil, inv, "no DELETE"},
	}
}

func TestBadHoldsAreRefusedWithoutEffect(t *testing.T) {
	requireRefused(t, simtest.Start(t), orderRows(http.MethodPut, order.Hold, func(id string) string { return "/v1/entries/" + id }))
}

func TestBadRefusalsAreRefusedWithoutEffect(t *testing.T) {
	requireRefused(t, simtest.Start(t), orderRows(http.MethodPost, order.Hold, func(id string) string { return "/v1/entries/" + id + "/refuse" }))
}

func TestBadPostsAreRefusedWithoutEffect(t *testing.T) {
	s := simtest.Start(t)
	p := pay("NEVER-HELD", simtest.Rich, simtest.Payee, 1)
	rows := orderRows(http.MethodPost, order.Post, func(id string) string { return "/v1/entries/" + id + "/post" })
	requireRefused(t, s, append(rows, badInput{
		"an entry never held", "", http.MethodPost, "/v1/entries/" + p.ID().String() + "/post",
		simtest.InstructionJSON(p.Instruction(order.Post)), simkit.NotFound, "before it is held",
	}))
}

func TestBadVoidsAreRefusedWithoutEffect(t *testing.T) {
	requireRefused(t, simtest.Start(t), orderRows(http.MethodPost, order.Void, func(id string) string { return "/v1/entries/" + id + "/void" }))
}

func TestBadQuestionsAreRefused(t *testing.T) {
	get := http.MethodGet
	requireRefused(t, simtest.Start(t), []badInput{
		{"an entry id that is none", "", get, "/v1/entries/nonsense", nil, simkit.Invalid, "nonsense"},
		{"an entry id in capitals", "", get, "/v1/entries/00000000-0000-4000-8000-00000000000A", nil, simkit.Invalid, "lower-case"},
		{"an entry nobody heard of", "", get, "/v1/entries/00000000-0000-4000-8000-000000000001", nil, simkit.NotFound, "never heard"},
		{"an account that is none", "", get, "/v1/accounts/" + simtest.Unknown, nil, simkit.NotFound, simtest.Unknown},
		{"a key of no wallet", "", get, "/v1/accounts/" + simtest.Unknown + "/consent-key", nil, simkit.NotFound, simtest.Unknown},
		{"a key that is not on file", "", get, "/v1/accounts/" + simtest.Keyless + "/consent-key", nil, simkit.NotFound, "only receive"},
		{"a path that is none", "", get, "/v2/entries", nil, simkit.Invalid, "/v1"},
		{"entries of an id that is none", "", get, "/admin/entries?entry=x", nil, simkit.Invalid, "entry"},
		{"accounts with a notary's token", simtest.NotaryToken, get, "/admin/accounts", nil, simkit.Denied, "notary"},
		{"accounts without a token", " ", get, "/admin/accounts", nil, simkit.Unauthenticated, "Authorization"},
	})
}

func TestBadWalletsAndIssuesAreRefusedWithoutEffect(t *testing.T) {
	post, wallets, issue := http.MethodPost, "/admin/accounts", "/admin/issue"
	wallet := func(field string, value any) any {
		m := map[string]any{"account": "W-NEW", "operator": "op-1", "owner": "New", "opening_minor": 10}
		m[field] = value
		return m
	}
	issued := func(operator, account string, amount any) any {
		return map[string]any{"operator": operator, "account": account, "amount_minor": amount}
	}
	inv := simkit.Invalid
	requireRefused(t, simtest.Start(t), []badInput{
		{"a wallet of no name", "", post, wallets, wallet("account", ""), inv, "id"},
		{"a wallet whose name could be the bank's", "", post, wallets, wallet("account", "held:W-RICH"), inv, "id"},
		{"a wallet that exists", "", post, wallets, wallet("account", simtest.Rich), simkit.Conflict, simtest.Rich},
		{"a wallet with no operator of this ledger", "", post, wallets, wallet("operator", "op-9"), simkit.NotFound, "op-9"},
		{"a wallet of nobody", "", post, wallets, wallet("owner", ""), inv, "owner"},
		{"a key that is no hex", "", post, wallets, wallet("consent_key", "zz"), inv, "consent_key"},
		{"a key off the curve", "", post, wallets, wallet("consent_key", "02"+strings.Repeat("ff", 32)), inv, "consent_key"},
		{"an uncompressed key", "", post, wallets, wallet("consent_key", "04"+strings.Repeat("11", 64)), inv, "consent_key"},
		{"an opening balance over the wallet's limit", "", post, wallets, wallet("balance_limit_minor", 9), inv, "balance limit"},
		{"a limit too large to count", "", post, wallets, wallet("transaction_limit_minor", uint64(1)<<63), inv, "limits"},
		{"an opening balance below zero", "", post, wallets, wallet("opening_minor", -1), inv, "JSON"},
		{"an opening balance with decimals", "", post, wallets, wallet("opening_minor", json.Number("1.5")), inv, "JSON"},
		{"a field that nobody knows", "", post, wallets, wallet("colour", "red"), inv, "colour"},
		{"issue to nobody", "", post, issue, issued("", "", 10), simkit.NotFound, "operator"},
		{"issue to no wallet", "", post, issue, issued("op-1", simtest.Unknown, 10), simkit.Conflict, simtest.Unknown},
		{"issue to a closed wallet", "", post, issue, issued("op-1", simtest.Closed, 10), simkit.Conflict, "closed"},
		{"issue of nothing", "", post, issue, issued("op-1", "", 0), inv, "amount_minor"},
		{"issue beyond what can be counted", "", post, issue, issued("op-1", "", order.MaxAmountMinor), inv, "issued"},
		{"closing no wallet", "", post, wallets + "/" + simtest.Unknown + "/close", nil, simkit.NotFound, simtest.Unknown},
		{"closing the suspense account", "", post, wallets + "/central-bank:suspense/close", nil, simkit.NotFound, "suspense"},
		{"a fault nobody knows", "", post, "/admin/faults", simkit.Fault{Operation: "hold", Mode: "explode"}, inv, "explode"},
	})
}
