package sim

import (
	"encoding/hex"
	"net/http"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// maxOrderBytes bounds a hold order: a body of sixteen legs with a quote is below 20 KiB in base64.
const maxOrderBytes = 128 << 10

// orderMessage is the body of a hold and of a refusal. Its parts are base64 in JSON.
type orderMessage struct {
	Instruction []byte `json:"instruction"` // canonical order.Instruction
	Body        []byte `json:"body"`        // canonical order.Body
	Quote       []byte `json:"quote"`       // canonical order.Quote; empty without one
	Signature   []byte `json:"signature"`
}

// instructionMessage is the body of a post and of a void.
type instructionMessage struct {
	Instruction []byte `json:"instruction"`
}

// description is what the ledger says of itself.
type description struct {
	Ledger       string `json:"ledger"`
	Currency     string `json:"currency"`
	OpeningHours string `json:"opening_hours"`
	OrderCheck   string `json:"order_check"` // ledger or none
}

// consentKey is a wallet's key.
type consentKey struct {
	Account string `json:"account"`
	Type    string `json:"type"`
	Key     string `json:"key"` // hex
}

// notaryCall serves one call of a notary that the token has named.
type notaryCall func(r *http.Request, caller string) (any, error)

func (a *api) registerNotary(mux *http.ServeMux) {
	mux.Handle("GET /v1/ledger", a.notary("", a.describe))
	mux.Handle("GET /v1/accounts/{account}", a.notary("", a.balance))
	mux.Handle("GET /v1/accounts/{account}/consent-key", a.notary(simkit.OpConsentKey, a.consentKey))
	mux.Handle("PUT /v1/entries/{entry}", a.notary(simkit.OpHold, a.hold))
	mux.Handle("POST /v1/entries/{entry}/refuse", a.notary(simkit.OpRefuse, a.refuse))
	mux.Handle("POST /v1/entries/{entry}/post", a.notary(simkit.OpPost, a.post))
	mux.Handle("POST /v1/entries/{entry}/void", a.notary(simkit.OpVoid, a.void))
	mux.Handle("GET /v1/entries/{entry}", a.notary(simkit.OpLookup, a.lookup))
	mux.Handle("GET /v1/book", a.notary("", a.book))
	mux.Handle("PUT /v1/book", a.notary(simkit.OpTake, a.take))
}

// notary authenticates, lets the faults have their way before and after the call, and answers.
func (a *api) notary(op string, call notaryCall) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, err := a.Tokens.Notary(r)
		if err == nil && op != "" {
			err = a.ledger.faults.Gate(op)
		}
		if err != nil {
			a.Answer(w, nil, err)
			return
		}
		v, err := call(r, caller)
		if err == nil && op != "" {
			a.ledger.faults.Answer(r.Context(), op, r.PathValue("entry"))
		}
		a.Answer(w, v, err)
	})
}

func (a *api) describe(*http.Request, string) (any, error) {
	c := a.ledger.config
	check := sdk.OrderCheckNone
	if c.Hub != nil {
		check = sdk.OrderCheckLedger
	}
	return description{Ledger: c.Ledger, Currency: c.Currency, OpeningHours: c.OpeningHours.String(), OrderCheck: string(check)}, nil
}

func (a *api) book(r *http.Request, _ string) (any, error) { return a.ledger.Book(r.Context()) }

func (a *api) take(r *http.Request, caller string) (any, error) {
	raw, err := simkit.ReadBody(r, orderproof.MaxBatchBytes)
	if err != nil {
		return nil, err
	}
	return a.ledger.Take(r.Context(), raw, caller)
}

func (a *api) balance(r *http.Request, _ string) (any, error) {
	return a.ledger.Account(r.Context(), r.PathValue("account"))
}

func (a *api) consentKey(r *http.Request, _ string) (any, error) {
	account := r.PathValue("account")
	key, err := a.ledger.ConsentKey(r.Context(), account)
	return consentKey{Account: account, Type: string(sdk.KeySecp256k1), Key: hex.EncodeToString(key)}, err
}

func (a *api) hold(r *http.Request, caller string) (any, error) {
	h, err := a.readOrder(r)
	if err != nil {
		return nil, err
	}
	return a.ledger.Hold(r.Context(), h, caller)
}

func (a *api) refuse(r *http.Request, caller string) (any, error) {
	h, err := a.readOrder(r)
	if err != nil {
		return nil, err
	}
	return a.ledger.Refuse(r.Context(), h, caller)
}

func (a *api) post(r *http.Request, caller string) (any, error) {
	i, err := a.readInstruction(r, order.Post)
	if err != nil {
		return nil, err
	}
	return a.ledger.Post(r.Context(), i, caller)
}

func (a *api) void(r *http.Request, caller string) (any, error) {
	i, err := a.readInstruction(r, order.Void)
	if err != nil {
		return nil, err
	}
	return a.ledger.Void(r.Context(), i, caller)
}

func (a *api) lookup(r *http.Request, _ string) (any, error) {
	id, err := order.ParseEntryID(r.PathValue("entry"))
	if err != nil {
		return nil, simkit.Errorf(simkit.Invalid, "path: %s", err)
	}
	return a.ledger.Lookup(r.Context(), id)
}

func (a *api) readOrder(r *http.Request) (holdRequest, error) {
	var m orderMessage
	if err := simkit.ReadJSON(r, maxOrderBytes, &m); err != nil {
		return holdRequest{}, err
	}
	i, err := a.checkInstruction(r, m.Instruction, order.Hold)
	if err != nil {
		return holdRequest{}, err
	}
	return holdRequest{instruction: i, body: m.Body, consent: sdk.Consent{Quote: m.Quote, Signature: m.Signature}}, nil
}

func (a *api) readInstruction(r *http.Request, k order.Kind) (order.Instruction, error) {
	var m instructionMessage
	if err := simkit.ReadJSON(r, maxOrderBytes, &m); err != nil {
		return order.Instruction{}, err
	}
	return a.checkInstruction(r, m.Instruction, k)
}

// checkInstruction refuses what is no instruction of this kind, to this ledger, for the entry in the
// path. The caller is wrong then, and the entry stays as it is.
func (a *api) checkInstruction(r *http.Request, raw []byte, k order.Kind) (order.Instruction, error) {
	i, err := order.DecodeInstruction(raw)
	c := a.ledger.config
	switch {
	case err != nil:
		return i, simkit.Errorf(simkit.Invalid, "instruction: %s", err)
	case i.Kind != k:
		return i, simkit.Errorf(simkit.Invalid, "instruction: a %s, this path takes a %s", i.Kind, k)
	case i.Ledger != c.Ledger:
		return i, simkit.Errorf(simkit.Invalid, "instruction: it is for ledger %s, this is %s", i.Ledger, c.Ledger)
	case c.ChainID != "" && i.ChainID != c.ChainID:
		return i, simkit.Errorf(simkit.Invalid, "instruction: it is of chain %s, this ledger takes orders of %s", i.ChainID, c.ChainID)
	case i.Entry.String() != r.PathValue("entry"):
		return i, simkit.Errorf(simkit.Invalid, "instruction: it is about entry %s, the path about %s", i.Entry, r.PathValue("entry"))
	}
	return i, nil
}
