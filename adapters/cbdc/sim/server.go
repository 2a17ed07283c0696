package sim

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// Run serves the ledger of a configuration file until ctx ends, and then lets running requests finish.
func Run(ctx context.Context, configPath string, log *slog.Logger) (err error) {
	c, err := LoadConfig(configPath)
	if err != nil {
		return err
	}
	tokens, err := simkit.LoadTokens(c.TokensFile)
	if err != nil {
		return err
	}
	l, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := l.Close(); err == nil {
			err = closeErr
		}
	}()
	log.Info("ledger open", "ledger", c.Ledger, "currency", c.Currency, "data_dir", c.DataDir, "hours", c.OpeningHours.String())
	return simkit.Serve(ctx, c.Listen, c.AddrFile, l.Handler(tokens, log), func() { l.faults.Clear() })
}

// api is the ledger's HTTP face.
type api struct {
	simkit.API
	ledger *Ledger
}

// Handler serves the whole API.
func (l *Ledger) Handler(tokens *simkit.Tokens, log *slog.Logger) http.Handler {
	a := &api{API: simkit.API{Tokens: tokens, Log: log}, ledger: l}
	mux := http.NewServeMux()
	a.registerNotary(mux)
	a.registerAdmin(mux)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		simkit.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok", "ledger": l.config.Ledger})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		simkit.WriteError(w, simkit.Errorf(simkit.Invalid, "this ledger has no %s %s; its API is /v1, /admin and /healthz", r.Method, r.URL.Path))
	})
	return simkit.Bounded(mux, log)
}
