package sim

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// Run serves the network of a configuration file until ctx ends, and then lets running requests finish.
func Run(ctx context.Context, configPath string, log *slog.Logger) (err error) {
	c, err := LoadConfig(configPath)
	if err != nil {
		return err
	}
	tokens, err := simkit.LoadTokens(c.TokensFile)
	if err != nil {
		return err
	}
	b, err := OpenBank(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	log.Info("bank network open", "ledger", c.Ledger, "currency", c.Currency, "data_dir", c.DataDir, "hours", c.OpeningHours.String())
	return simkit.Serve(ctx, c.Listen, c.AddrFile, b.Handler(tokens, log), func() { b.faults.Clear() })
}

// api is the network's HTTP face.
type api struct {
	simkit.API
	bank *Bank
}

// Handler serves the whole API.
func (b *Bank) Handler(tokens *simkit.Tokens, log *slog.Logger) http.Handler {
	a := &api{API: simkit.API{Tokens: tokens, Log: log}, bank: b}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /iso20022", a.serveISO)
	mux.HandleFunc("GET /directory/members", a.reader(func(r *http.Request) (any, error) { return b.Members(r.Context()) }))
	mux.HandleFunc("GET /directory/accounts/{account}", a.consentKey)
	mux.HandleFunc("GET /notifications", a.reader(a.notifications))
	a.registerAdmin(mux)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		simkit.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok", "ledger": b.config.Ledger})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		simkit.WriteError(w, simkit.Errorf(simkit.Invalid, "this network has no %s %s; its API is POST /iso20022, /directory, /notifications, /admin and /healthz", r.Method, r.URL.Path))
	})
	return simkit.Bounded(mux, log)
}

// reader lets a notary or the admin read.
func (a *api) reader(call func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := a.mayRead(r); err != nil {
			a.Answer(w, nil, err)
			return
		}
		v, err := call(r)
		a.Answer(w, v, err)
	}
}

func (a *api) mayRead(r *http.Request) error {
	_, err := a.Tokens.Notary(r)
	if err != nil && a.Tokens.Admin(r) == nil {
		return nil
	}
	return err
}

// consentKey answers what the directory says of an account. It has a fault of its own.
func (a *api) consentKey(w http.ResponseWriter, r *http.Request) {
	err := a.mayRead(r)
	if err == nil {
		err = a.bank.faults.Gate(simkit.OpConsentKey)
	}
	if err != nil {
		a.Answer(w, nil, err)
		return
	}
	d, err := a.bank.Directory(r.Context(), r.PathValue("account"))
	if err == nil {
		a.bank.faults.Answer(r.Context(), simkit.OpConsentKey, "")
	}
	a.Answer(w, d, err)
}

func (a *api) notifications(r *http.Request) (any, error) {
	q := r.URL.Query()
	after := int64(0)
	if text := q.Get("after"); text != "" {
		var err error
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return nil, simkit.Errorf(simkit.Invalid, "after: %q is no number; give the seq of the last one you have", text)
		}
	}
	return a.bank.Notifications(r.Context(), q.Get("account"), after)
}
