package sim

import (
	"net/http"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
)

const maxAdminBytes = 16 << 10

// openMessage opens a wallet. Limits of 0 are the ledger's defaults.
type openMessage struct {
	Account               string `json:"account"`
	Operator              string `json:"operator"`
	Owner                 string `json:"owner"`
	ConsentKey            string `json:"consent_key"`
	OpeningMinor          uint64 `json:"opening_minor"`
	TransactionLimitMinor uint64 `json:"transaction_limit_minor"`
	BalanceLimitMinor     uint64 `json:"balance_limit_minor"`
}

// issueMessage issues money to an operator, and on to a wallet if one is named.
type issueMessage struct {
	Operator    string `json:"operator"`
	Account     string `json:"account"`
	AmountMinor uint64 `json:"amount_minor"`
}

func (a *api) registerAdmin(mux *http.ServeMux) {
	mux.HandleFunc("GET /admin/accounts", a.Admin(func(r *http.Request) (any, error) {
		return a.ledger.Accounts(r.Context())
	}))
	mux.HandleFunc("POST /admin/accounts", a.Admin(a.openWallet))
	mux.HandleFunc("POST /admin/accounts/{account}/close", a.Admin(a.setStatus(WalletClosed)))
	mux.HandleFunc("POST /admin/accounts/{account}/freeze", a.Admin(a.setStatus(WalletFrozen)))
	mux.HandleFunc("POST /admin/accounts/{account}/reopen", a.Admin(a.setStatus(WalletOpen)))
	mux.HandleFunc("POST /admin/issue", a.Admin(a.issue))
	mux.HandleFunc("GET /admin/entries", a.Admin(a.entries))
	mux.HandleFunc("GET /admin/check", a.Admin(func(r *http.Request) (any, error) {
		return a.ledger.Check(r.Context())
	}))
	mux.HandleFunc("GET /admin/book", a.Admin(func(r *http.Request) (any, error) {
		return a.ledger.Book(r.Context())
	}))
	a.ledger.faults.Register(mux, a.AdminOnly)
}

func (a *api) openWallet(r *http.Request) (any, error) {
	var m openMessage
	if err := simkit.ReadJSON(r, maxAdminBytes, &m); err != nil {
		return nil, err
	}
	return a.ledger.OpenWallet(r.Context(), WalletConfig{
		ID: m.Account, Operator: m.Operator, Owner: m.Owner, ConsentKey: m.ConsentKey, OpeningMinor: m.OpeningMinor,
		TransactionLimitMinor: m.TransactionLimitMinor, BalanceLimitMinor: m.BalanceLimitMinor,
	})
}

func (a *api) setStatus(s Status) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		return a.ledger.SetStatus(r.Context(), r.PathValue("account"), s)
	}
}

func (a *api) issue(r *http.Request) (any, error) {
	var m issueMessage
	if err := simkit.ReadJSON(r, maxAdminBytes, &m); err != nil {
		return nil, err
	}
	if err := a.ledger.Issue(r.Context(), m.Operator, m.Account, m.AmountMinor); err != nil {
		return nil, err
	}
	if m.Account == "" {
		m.Account = operatorPrefix + m.Operator
	}
	return a.ledger.Account(r.Context(), m.Account)
}

func (a *api) entries(r *http.Request) (any, error) {
	id := r.URL.Query().Get("entry")
	if id != "" {
		if _, err := order.ParseEntryID(id); err != nil {
			return nil, simkit.Errorf(simkit.Invalid, "entry: %s", err)
		}
	}
	return a.ledger.Entries(r.Context(), id)
}
