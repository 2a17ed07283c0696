package simkit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

func TestAFaultThatMakesNoSenseIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		fault simkit.Fault
		want  string
	}{
		"no operation":         {simkit.Fault{Mode: "slow", DelayMS: 1}, "operation"},
		"an unknown operation": {simkit.Fault{Operation: "pay", Mode: "slow", DelayMS: 1}, "operation"},
		"no mode":              {simkit.Fault{Operation: "hold"}, "mode"},
		"an unknown mode":      {simkit.Fault{Operation: "hold", Mode: "crash"}, "mode"},
		"a post refused":       {simkit.Fault{Operation: "post", Mode: "refuse"}, "only a hold"},
		"a count below zero":   {simkit.Fault{Operation: "hold", Mode: "refuse", Count: -1}, "count"},
		"slow without a delay": {simkit.Fault{Operation: "hold", Mode: "slow"}, "delay_ms"},
		"a delay below zero":   {simkit.Fault{Operation: "hold", Mode: "slow", DelayMS: -1}, "delay_ms"},
		"a delay of hours":     {simkit.Fault{Operation: "hold", Mode: "slow", DelayMS: 3_600_000}, "delay_ms"},
		"a long reason":        {simkit.Fault{Operation: "hold", Mode: "refuse", Reason: string(make([]byte, 1000))}, "reason"},
	} {
		t.Run(name, func(t *testing.T) {
			var f simkit.Faults
			err := f.Add(c.fault)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, simkit.Invalid, simkit.AsError(err).Code)
			require.Empty(t, f.List())
		})
	}
}

func TestAFaultCountsItsCalls(t *testing.T) {
	var f simkit.Faults
	require.NoError(t, f.Add(simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeUnavailable, Count: 2, Reason: "down"}))
	require.NoError(t, f.Gate(simkit.OpPost), "another operation")
	require.ErrorContains(t, f.Gate(simkit.OpHold), "down")
	require.Equal(t, 1, f.List()[0].Count)
	require.Equal(t, simkit.Unavailable, simkit.AsError(f.Gate(simkit.OpHold)).Code)
	require.NoError(t, f.Gate(simkit.OpHold), "used up")
	require.Empty(t, f.List())

	require.NoError(t, f.Add(simkit.Fault{Operation: simkit.OpAll, Mode: simkit.ModeUnavailable}))
	for range 5 {
		require.Error(t, f.Gate(simkit.OpLookup), "until cleared")
	}
	require.Equal(t, 1, f.Clear())
	require.NoError(t, f.Gate(simkit.OpLookup))
}

func TestAWithheldReplyHangsUntilTheFaultsAreCleared(t *testing.T) {
	var f simkit.Faults
	require.NoError(t, f.Add(simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeWithhold, Count: 1}))
	gone := make(chan any)
	go func() {
		defer func() { gone <- recover() }()
		f.Answer(context.Background(), simkit.OpHold, "entry-1")
	}()
	require.Eventually(t, func() bool { return len(f.Withheld()) == 1 }, 5*time.Second, time.Millisecond)
	require.Equal(t, "entry-1", f.Withheld()[0].EntryID)
	select {
	case <-gone:
		require.Fail(t, "it answered")
	default:
	}
	f.Clear()
	require.Equal(t, http.ErrAbortHandler, <-gone, "no reply is ever sent")
	f.Answer(context.Background(), simkit.OpHold, "entry-2") // the count is used up: it answers
	require.Len(t, f.Withheld(), 1)
}

func TestAWithheldReplyLetsACallerGoThatGivesUp(t *testing.T) {
	var f simkit.Faults
	require.NoError(t, f.Add(simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeWithhold}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { f.Answer(ctx, simkit.OpHold, "entry-1") })
}

func TestASlowAnswerEndsWithItsCaller(t *testing.T) {
	var f simkit.Faults
	require.NoError(t, f.Add(simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeSlow, DelayMS: 600_000}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f.Answer(ctx, simkit.OpHold, "entry-1")
}

func TestASlowAnswerComesAtOnceWhenTheFaultsAreCleared(t *testing.T) {
	var f simkit.Faults
	require.NoError(t, f.Add(simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeSlow, DelayMS: 600_000, Count: 1}))
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		f.Answer(context.Background(), simkit.OpHold, "entry-1")
	}()
	require.Eventually(t, func() bool { return len(f.List()) == 0 }, 5*time.Second, time.Millisecond, "the call has taken its fault")
	f.Clear()
	<-answered
}

func TestTheFaultsAreSwitchedOverHTTP(t *testing.T) {
	var f simkit.Faults
	mux := http.NewServeMux()
	f.Register(mux, func(h http.HandlerFunc) http.HandlerFunc { return h })
	call := func(method, path, body string) (int, string) {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(method, path, stringReader(body)))
		return w.Code, w.Body.String()
	}
	status, _ := call("POST", "/admin/faults", `{"operation":"hold","mode":"withhold","count":1}`)
	require.Less(t, status, 300)
	_, list := call("GET", "/admin/faults", "")
	require.JSONEq(t, `[{"operation":"hold","mode":"withhold","count":1,"delay_ms":0,"reason":""}]`, list)
	status, why := call("POST", "/admin/faults", `{"operation":"hold","mode":"withhold","counter":1}`)
	require.Equal(t, 400, status)
	require.Contains(t, why, "counter")
	_, cleared := call("DELETE", "/admin/faults", "")
	require.JSONEq(t, `{"cleared":1}`, cleared)
	_, withheld := call("GET", "/admin/withheld", "")
	require.JSONEq(t, `[]`, withheld)
}
