package status

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Bounds of one request.
const (
	readTimeout  = 5 * time.Second
	writeTimeout = 10 * time.Second
	maxHeader    = 8 << 10
)

// Report is what a relayer says of itself.
type Report interface {
	// Ready is nil when the relayer can do its work now; its error says what is missing.
	Ready() error
	// Status is a JSON value for people and scripts. It holds no secret.
	Status() any
}

// Actor is a report that can be told to do something besides. What Routes adds must be harmless to whoever reaches the server.
type Actor interface {
	Routes(*http.ServeMux)
}

// Server serves one relayer's report.
type Server struct {
	Address string // where it listens
	http    *http.Server
	failed  chan error
}

// Start listens on address (port 0 takes a free one) and writes the actual one to addrFile, if that is not empty.
func Start(address, addrFile string, r Report, metrics prometheus.Gatherer) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	s := &Server{Address: listener.Addr().String(), failed: make(chan error, 1), http: &http.Server{
		Handler: routes(r, metrics), ReadTimeout: readTimeout, WriteTimeout: writeTimeout, MaxHeaderBytes: maxHeader,
	}}
	if addrFile != "" {
		if err := writeAtomically(addrFile, s.Address); err != nil {
			listener.Close()
			return nil, fmt.Errorf("status: %w", err)
		}
	}
	go func() { s.failed <- s.http.Serve(listener) }()
	return s, nil
}

// Close ends the server.
func (s *Server) Close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if served := <-s.failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func routes(r Report, metrics prometheus.Gatherer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := r.Ready(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(r.Status()) //nolint:errcheck // the client has gone
	})
	if actor, ok := r.(Actor); ok {
		actor.Routes(mux)
	}
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	return mux
}

// writeAtomically writes a file that is there whole or not at all.
func writeAtomically(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".addr-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
