package relaymetrics

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
)

var packet = ibcpath.PacketKey{Chain: "a-1", Port: "transfer", Channel: "channel-0", Sequence: 7}

// journey is what a path tells of one packet that is received and acknowledged.
func journey() []ibcpath.Progress {
	return []ibcpath.Progress{
		{Packet: packet, Stage: ibcpath.Seen},
		{Packet: packet, Stage: ibcpath.Proved, Action: ibcpath.Recv, Took: 300 * time.Millisecond},
		{Packet: packet, Stage: ibcpath.Submitted, Action: ibcpath.Recv, Took: 10 * time.Millisecond},
		{Packet: packet, Stage: ibcpath.Committed, Took: time.Second},
		{Packet: packet, Stage: ibcpath.Proved, Action: ibcpath.Ack, Took: time.Second},
		{Packet: packet, Stage: ibcpath.Submitted, Action: ibcpath.Ack, Took: 10 * time.Millisecond},
		{Packet: packet, Stage: ibcpath.Acknowledged, Took: time.Second, Total: 4 * time.Second},
	}
}

func TestEveryStageOfAPacketIsCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	m := New(registry)
	o := m.Path("a-b")
	for _, p := range journey() {
		o.Progress(p)
	}
	o.Batch(ibcpath.Batch{Chain: "b-1", Messages: 3, Gas: 500, Took: time.Second})
	o.Batch(ibcpath.Batch{Chain: "b-1", Messages: 3, Err: &ibcpath.Refusal{Chain: "b-1"}})
	o.Batch(ibcpath.Batch{Chain: "b-1", Messages: 3, Err: errors.New("no answer")})
	o.Aside(packet, "why", time.Time{})
	o.Trouble("a-1", errors.New("silent"))
	m.Backlog("a-b", "a-1", 12, time.Minute)
	m.Client("a-b", "a-1", "07-tendermint-0")(lightclient.Forecast{ExpiresAt: time.Unix(2000, 0), RefreshAt: time.Unix(1000, 0)}, nil)
	m.Client("a-b", "a-1", "07-tendermint-0")(lightclient.Forecast{}, errors.New("silent"))
	m.Misbehaviour("a-b", "a-1", "07-tendermint-0")(lightclient.Finding{Height: clienttypes.NewHeight(0, 5), Submitted: true})
	m.Balance("a", "cosmos1x", "stake", "123456789012345678901234567890")
	m.RPCError("a", "http://n")
	m.Endpoint("a", "http://n", true, 2)
	m.Conflict("a")
	m.Ready(true)
	m.Configuration(errors.New("line 3"))

	require.Equal(t, 1, testutil.CollectAndCount(m.packets))
	require.Equal(t, 6, testutil.CollectAndCount(m.stages), "two messages, and where each came to")
	for want, got := range map[string]float64{
		"seen": testutil.ToFloat64(m.arrived.WithLabelValues("a-b", "seen")), "acknowledged": testutil.ToFloat64(m.arrived.WithLabelValues("a-b", "acknowledged")),
		"included":     testutil.ToFloat64(m.transactions.WithLabelValues("a-b", "b-1", "included")),
		"refused":      testutil.ToFloat64(m.transactions.WithLabelValues("a-b", "b-1", "refused")),
		"unknown":      testutil.ToFloat64(m.transactions.WithLabelValues("a-b", "b-1", "unknown")),
		"set aside":    testutil.ToFloat64(m.aside.WithLabelValues("a-b")),
		"trouble":      testutil.ToFloat64(m.trouble.WithLabelValues("a-b", "a-1")),
		"misbehaviour": testutil.ToFloat64(m.misbehaviour.WithLabelValues("a-b", "a-1", "07-tendermint-0")),
		"client":       testutil.ToFloat64(m.clientErrors.WithLabelValues("a-b", "a-1", "07-tendermint-0")),
		"ready":        testutil.ToFloat64(m.ready), "configuration": testutil.ToFloat64(m.reloadFailed),
	} {
		require.InDelta(t, 1, got, 0, want)
	}
	require.InDelta(t, 3, testutil.ToFloat64(m.messages.WithLabelValues("a-b", "b-1")), 0)
	require.InDelta(t, 60, testutil.ToFloat64(m.oldest.WithLabelValues("a-b", "a-1")), 0)
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	require.Empty(t, problems)

	m.Forget("a-b")
	require.Zero(t, testutil.CollectAndCount(m.oldest), "a path that is gone raises no alert")
}

func TestCountersThatAlertsLookAtBeginWithZero(t *testing.T) {
	m := New(prometheus.NewRegistry())
	m.Path("a-b").Batch(ibcpath.Batch{Chain: "a-1"})
	m.Misbehaviour("a-b", "a-1", "07-tendermint-0")
	m.Endpoint("a", "http://n", true, 0)
	for want, counter := range map[string]prometheus.Collector{"set aside": m.aside, "forks": m.misbehaviour, "conflicts": m.conflicts, "errors": m.rpcErrors} {
		require.Equal(t, 1, testutil.CollectAndCount(counter), want)
	}
	require.Equal(t, 3, testutil.CollectAndCount(m.transactions))
}

func TestAPacketsTraceHasASpanForEachStage(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	traces := newTraces(sdktrace.SpanProcessor(recorder), "test")
	heard := 0
	o := traces.Path("a-b", ibcpath.Observer{Progress: func(ibcpath.Progress) { heard++ }})
	for _, p := range journey() {
		o.Progress(p)
	}
	o.Progress(ibcpath.Progress{Packet: ibcpath.PacketKey{Sequence: 8}, Stage: ibcpath.Committed}) // seen before there were traces
	require.Equal(t, len(journey())+1, heard)
	var said []string
	for _, span := range recorder.Ended() {
		said = append(said, span.Name())
		require.Equal(t, recorder.Ended()[0].SpanContext().TraceID(), span.SpanContext().TraceID())
	}
	require.Equal(t, "proved sent committed proved sent acknowledged packet a-1/transfer/channel-0/7", strings.Join(said, " "))
	require.Empty(t, traces.open)
	require.NoError(t, traces.Close(t.Context()))
}

func TestTracesGoToTheEndpoint(t *testing.T) {
	got := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
	defer collector.Close()
	traces, err := StartTraces(t.Context(), collector.URL, "test")
	require.NoError(t, err)
	o := traces.Path("a-b", ibcpath.Observer{})
	for _, p := range journey() {
		o.Progress(p)
	}
	require.NoError(t, traces.Close(t.Context()))
	require.Equal(t, "/v1/traces", <-got)
}

func TestWithoutAnEndpointNothingIsTraced(t *testing.T) {
	var traces *Traces
	require.Nil(t, traces.Path("a-b", ibcpath.Observer{}).Progress)
	require.NoError(t, traces.Close(t.Context()))
}
