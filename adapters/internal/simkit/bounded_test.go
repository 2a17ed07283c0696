package simkit_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

func TestARequestIsLoggedWithItsOutcomeAndWithoutItsToken(t *testing.T) {
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		says    string
	}{
		"a reply that only writes": {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "yes") }, "status=200"},
		"an error": {func(w http.ResponseWriter, _ *http.Request) {
			simkit.WriteError(w, simkit.Errorf(simkit.NotFound, "none"))
		}, "status=404"},
		"no reply": {func(http.ResponseWriter, *http.Request) {}, "status=0"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			h := simkit.Bounded(row.handler, slog.New(slog.NewTextHandler(&log, nil)))
			r := httptest.NewRequest(http.MethodGet, "/v1/ledger?token="+notaryToken, nil)
			r.Header.Set("Authorization", "Bearer "+notaryToken)
			h.ServeHTTP(httptest.NewRecorder(), r)
			require.Contains(t, log.String(), row.says)
			require.Contains(t, log.String(), "path=/v1/ledger")
			require.NotContains(t, log.String(), notaryToken)
		})
	}
}

func TestTooManyRequestsAtOnceAreTurnedAway(t *testing.T) {
	const most = 512
	release, entered := make(chan struct{}), make(chan struct{}, most+1)
	h := simkit.Bounded(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-release
	}), slog.New(slog.DiscardHandler))
	call := func() int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w.Code
	}
	var running sync.WaitGroup
	for range most {
		running.Go(func() { call() })
	}
	require.Eventually(t, func() bool { return len(entered) == most }, 5*time.Second, time.Millisecond)
	require.Equal(t, http.StatusServiceUnavailable, call())
	close(release)
	running.Wait()
	require.Equal(t, http.StatusOK, call(), "there is room again")
}
