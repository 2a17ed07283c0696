package status

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
)

type report struct{ missing atomic.Pointer[string] }

func (r *report) Ready() error {
	if why := r.missing.Load(); why != nil {
		return errors.New(*why)
	}
	return nil
}

func (r *report) Status() any { return map[string]string{"ledger": "usd"} }

func get(t *testing.T, url string) (int, string) {
	res, err := http.Get(url)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(body)
}

func TestReadyTurnsFalseAgain(t *testing.T) {
	r, registry := &report{}, prometheus.NewRegistry()
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "words_total"})
	registry.MustRegister(counter)
	counter.Inc()
	file := filepath.Join(t.TempDir(), "addr")
	s, err := Start("127.0.0.1:0", file, r, registry)
	require.NoError(t, err)
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, s.Address, string(written))

	code, _ := get(t, "http://"+s.Address+"/readyz")
	require.Equal(t, http.StatusOK, code)
	why := "the hub node does not answer"
	r.missing.Store(&why)
	code, body := get(t, "http://"+s.Address+"/readyz")
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.Contains(t, body, why)
	code, _ = get(t, "http://"+s.Address+"/livez")
	require.Equal(t, http.StatusOK, code)
	_, body = get(t, "http://"+s.Address+"/status")
	require.JSONEq(t, `{"ledger":"usd"}`, body)
	_, body = get(t, "http://"+s.Address+"/metrics")
	require.Contains(t, body, "words_total 1")
	require.NoError(t, s.Close(context.Background()))
}

func TestAnAddressThatIsTakenIsSaid(t *testing.T) {
	s, err := Start("127.0.0.1:0", "", &report{}, prometheus.NewRegistry())
	require.NoError(t, err)
	defer s.Close(context.Background())
	_, err = Start(s.Address, "", &report{}, prometheus.NewRegistry())
	require.ErrorContains(t, err, "address already in use")
}
