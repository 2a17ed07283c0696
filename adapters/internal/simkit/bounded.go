package simkit

import (
	"log/slog"
	"net/http"
	"time"
)

// maxConcurrent bounds the requests in progress, hanging ones included.
const maxConcurrent = 512

// Bounded turns requests away that are too many at once, and logs each with its outcome.
func Bounded(next http.Handler, log *slog.Logger) http.Handler {
	slots := make(chan struct{}, maxConcurrent)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		default:
			WriteError(w, Errorf(Unavailable, "%d requests are in progress; try again later", maxConcurrent))
			return
		}
		seen, start := &statusWriter{ResponseWriter: w}, time.Now()
		defer func() {
			log.Info("request", "method", r.Method, "path", r.URL.Path, "status", seen.status, "took", time.Since(start).Round(time.Microsecond))
		}()
		next.ServeHTTP(seen, r)
	})
}

// statusWriter remembers the status for the log; 0: no reply was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
