package simkit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

func TestAServerDrainsBeforeItStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	addrFile := filepath.Join(t.TempDir(), "addr")
	entered, released := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-released // what hangs on a switched-on fault is let go when draining begins
		_, _ = fmt.Fprintf(w, "finished, %v", r.Context().Err())
	})
	done := make(chan error, 1)
	go func() { done <- simkit.Serve(ctx, "127.0.0.1:0", addrFile, handler, func() { close(released) }) }()
	var addr string
	require.Eventually(t, func() bool {
		raw, err := os.ReadFile(addrFile)
		addr = strings.TrimSpace(string(raw))
		return err == nil
	}, 5*time.Second, time.Millisecond)
	replies := make(chan string, 1)
	go func() {
		reply, err := http.Get("http://" + addr)
		if err != nil {
			replies <- err.Error()
			return
		}
		defer reply.Body.Close()
		raw, _ := io.ReadAll(reply.Body)
		replies <- string(raw)
	}()
	<-entered
	stop()
	require.Equal(t, "finished, <nil>", <-replies, "draining cancels no request")
	require.NoError(t, <-done)
}

func TestAServerThatCanNotListenSaysSo(t *testing.T) {
	err := simkit.Serve(t.Context(), "127.0.0.1:99999", "", http.NotFoundHandler(), func() {})
	require.ErrorContains(t, err, "listen 127.0.0.1:99999")
	err = simkit.Serve(t.Context(), "127.0.0.1:0", filepath.Join(t.TempDir(), "no", "such", "folder"), http.NotFoundHandler(), func() {})
	require.ErrorContains(t, err, "addr_file")
}
