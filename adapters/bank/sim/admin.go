package sim

import (
	"net/http"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

const maxAdminBytes = 16 << 10

// openMessage opens an account. A limit of 0 is the network's default.
type openMessage struct {
	Account               string `json:"account"`
	Operator              string `json:"operator"` // the member's BIC; may be left out, the account names it
	Owner                 string `json:"owner"`
	ConsentKey            string `json:"consent_key"`
	OpeningMinor          uint64 `json:"opening_minor"`
	TransactionLimitMinor uint64 `json:"transaction_limit_minor"`
}

// issueMessage issues money to a member: on the account named, or on its settlement account.
type issueMessage struct {
	Operator    string `json:"operator"`
	Account     string `json:"account"`
	AmountMinor uint64 `json:"amount_minor"`
}

func (a *api) registerAdmin(mux *http.ServeMux) {
	mux.HandleFunc("GET /admin/accounts", a.Admin(func(r *http.Request) (any, error) { return a.bank.Accounts(r.Context()) }))
	mux.HandleFunc("POST /admin/accounts", a.Admin(a.openAccount))
	mux.HandleFunc("POST /admin/accounts/{account}/close", a.Admin(a.setStatus(Closed)))
	mux.HandleFunc("POST /admin/accounts/{account}/freeze", a.Admin(a.setStatus(Frozen)))
	mux.HandleFunc("POST /admin/accounts/{account}/reopen", a.Admin(a.setStatus(Open)))
	mux.HandleFunc("POST /admin/issue", a.Admin(a.issue))
	mux.HandleFunc("GET /admin/entries", a.Admin(func(r *http.Request) (any, error) {
		return a.bank.Entries(r.Context(), r.URL.Query().Get("entry"))
	}))
	mux.HandleFunc("GET /admin/check", a.Admin(func(r *http.Request) (any, error) { return a.bank.Check(r.Context()) }))
	a.bank.faults.Register(mux, a.AdminOnly)
}

func (a *api) openAccount(r *http.Request) (any, error) {
	var m openMessage
	if err := simkit.ReadJSON(r, maxAdminBytes, &m); err != nil {
		return nil, err
	}
	info, err := a.bank.OpenAccount(r.Context(), AccountConfig{
		ID: m.Account, Owner: m.Owner, ConsentKey: m.ConsentKey, OpeningMinor: m.OpeningMinor, TransactionLimitMinor: m.TransactionLimitMinor,
	})
	return info, err
}

func (a *api) setStatus(s Status) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		return a.bank.SetStatus(r.Context(), r.PathValue("account"), s)
	}
}

func (a *api) issue(r *http.Request) (any, error) {
	var m issueMessage
	if err := simkit.ReadJSON(r, maxAdminBytes, &m); err != nil {
		return nil, err
	}
	if m.Account == "" {
		m.Account = m.Operator
	}
	return a.bank.Issue(r.Context(), m.Account, m.AmountMinor)
}
