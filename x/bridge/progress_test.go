package bridge_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/fsm/fsmtest"
	"github.com/corridor-network/corridor/x/bridge"
)

func TestProgressTableIsSoundAndDrawnInTheReadme(t *testing.T) {
	fsmtest.Check(t, bridge.ProgressTable,
		[]bridge.Progress{bridge.PROGRESS_OPEN, bridge.PROGRESS_COUNTED, bridge.PROGRESS_APPLIED},
		[]bridge.Step{bridge.StepCount, bridge.StepLapse, bridge.StepApply, bridge.StepExecute})
	fsmtest.NoPath(t, bridge.ProgressTable, bridge.PROGRESS_APPLIED, bridge.PROGRESS_OPEN)
	fsmtest.Diagram(t, bridge.ProgressTable, "README.md")
}

func TestBackoffDoublesUpToTheLimit(t *testing.T) {
	var got []int64
	for _, attempts := range []uint32{0, 1, 2, 3, 8, 9, 10, 64, 1 << 31} {
		got = append(got, bridge.Backoff(attempts))
	}
	require.Equal(t, []int64{0, 1, 2, 4, 128, 256, 256, 256, 256}, got)
}

func TestRecordKeyIsTheDocumentedBytes(t *testing.T) {
	require.Equal(t, "\x02cny\x00\x00\x00\x00\x00\x00\x00\x01\x02", string(bridge.RecordKey("cny", 258)))
}
