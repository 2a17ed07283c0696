package simkit

import (
	"log/slog"
	"net/http"
)

// API is what the HTTP faces of all simulators have in common.
type API struct {
	Tokens *Tokens
	Log    *slog.Logger
}

// Answer writes a result or an error. What is no error of the API is the ledger's own trouble: logged, and told to the
// caller as internal.
func (a API) Answer(w http.ResponseWriter, v any, err error) {
	if err == nil {
		WriteJSON(w, http.StatusOK, v)
		return
	}
	if e := AsError(err); e.Code == Internal {
		a.Log.Error("request failed", "error", err)
	}
	WriteError(w, err)
}

// AdminOnly lets the bearer of the admin's token through.
func (a API) AdminOnly(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := a.Tokens.Admin(r); err != nil {
			a.Answer(w, nil, err)
			return
		}
		next(w, r)
	}
}

// Admin serves one call of the admin's.
func (a API) Admin(call func(*http.Request) (any, error)) http.HandlerFunc {
	return a.AdminOnly(func(w http.ResponseWriter, r *http.Request) {
		v, err := call(r)
		a.Answer(w, v, err)
	})
}
