package simkit

import (
	"log/slog"
	"net/http"
	"time"
)

const (
	// maxConcurrent bounds the requests in progress, hanging ones included.
	maxConcurrent = 512
	// replyTimeout bounds the writing of a reply: a caller that does not read keeps its place no longer.
	replyTimeout = 15 * time.Second
)

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
		seen.deadline(time.Time{}) // of the reply before, on the same connection
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

// WriteHeader begins the reply, and with it the time in which it must be read.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.deadline(time.Now().Add(replyTimeout))
	w.ResponseWriter.WriteHeader(status)
}

// Write begins the reply if nothing has.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// deadline is best effort: a test's recorder has no connection to set it on.
func (w *statusWriter) deadline(at time.Time) {
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(at)
}
