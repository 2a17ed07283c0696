package fsm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/fsm"
	"github.com/corridor-network/corridor/internal/fsm/fsmtest"
)

type door int

const (
	open door = iota + 1
	closed
	locked
	walled
)

func (d door) String() string {
	return map[door]string{open: "DOOR_OPEN", closed: "DOOR_CLOSED", locked: "DOOR_LOCKED", walled: "DOOR_WALLED"}[d]
}

type act string

const (
	push, pull, turn, brick, slam act = "push", "pull", "turn", "brick", "slam"
)

type row = fsm.Row[door, act]

func sound() []row {
	return []row{
		{open, push, closed},
		{open, slam, closed},
		{closed, pull, open},
		{closed, turn, locked},
		{locked, turn, closed},
		{locked, brick, walled},
	}
}

func TestASoundTablePassesEveryCheck(t *testing.T) {
	table := fsm.MustNew("door", open, []door{walled}, sound())
	fsmtest.Check(t, table, []door{open, closed, locked, walled}, []act{push, pull, turn, brick, slam})
	fsmtest.NoPath(t, table, walled, open)
	require.True(t, table.HasPath(open, walled))
	require.True(t, table.HasPath(open, open), "round through closed")
	require.False(t, table.HasPath(walled, walled))
	require.Equal(t, []door{open, closed, locked, walled}, table.States())
}

func TestAnAbsentPairIsRefusedByNameAndChangesNothing(t *testing.T) {
	table := fsm.MustNew("door", open, []door{walled}, sound())
	got, err := table.Next(open, brick)
	require.Equal(t, open, got)
	require.ErrorIs(t, err, fsm.ErrRefused)
	require.EqualError(t, err, "door: DOOR_OPEN on brick: transition refused")
	var refusal *fsm.Refusal[door, act]
	require.True(t, errors.As(err, &refusal))
	require.Equal(t, brick, refusal.On)
	require.False(t, table.Allows(open, brick))
}

func TestBadTablesAreRefused(t *testing.T) {
	_, err := fsm.New("door", open, nil, append(sound(), row{open, push, walled}))
	require.ErrorContains(t, err, "DOOR_OPEN on push is given twice")

	_, err = fsm.New("door", open, []door{walled}, []row{{open, push, closed}})
	require.ErrorContains(t, err, "final state DOOR_WALLED is in no row")

	require.Panics(t, func() { fsm.MustNew("door", open, nil, append(sound(), sound()...)) })
}

func TestProblemsNamesEachFault(t *testing.T) {
	for _, test := range []struct {
		fault  string
		finals []door
		rows   []row
	}{
		{"DOOR_LOCKED cannot be reached from DOOR_OPEN", []door{walled}, []row{{open, push, walled}, {locked, turn, walled}}},
		{"final state DOOR_CLOSED has 1 exits", []door{closed}, []row{{open, push, closed}, {closed, pull, open}}},
		{"DOOR_CLOSED has no exit and is not declared final", nil, []row{{open, push, closed}}},
		{"no final state can be reached from DOOR_OPEN", nil, []row{{open, push, closed}, {closed, pull, open}}},
	} {
		table := fsm.MustNew("door", open, test.finals, test.rows)
		require.Contains(t, strings.Join(table.Problems(), "\n"), test.fault)
	}
}

// recorder is a testing.TB that remembers failures, to test the checks themselves.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}
func (r *recorder) Error(args ...any) {
	r.failures = append(r.failures, fmt.Sprint(args...))
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestCheckFindsWhatTheEnumsAndTheTableDisagreeOn(t *testing.T) {
	table := fsm.MustNew("door", open, []door{walled}, sound())
	r := &recorder{TB: t}
	fsmtest.Check(r, table, []door{open, closed, locked, walled, 99}, []act{push, pull, turn, brick, "kick"})
	found := strings.Join(r.failures, "\n")
	require.Contains(t, found, "trigger kick is in no row")
	require.Contains(t, found, "the test does not know trigger slam")
	require.Len(t, r.failures, 3, found)

	r = &recorder{TB: t}
	fsmtest.NoPath(r, table, open, walled)
	require.Len(t, r.failures, 1)
}

func ExampleTable_Mermaid() {
	table := fsm.MustNew("door", open, []door{walled}, sound())
	fmt.Print(table.Mermaid())
	// Output:
	// stateDiagram-v2
	//     [*] --> OPEN
	//     OPEN --> CLOSED: push / slam
	//     CLOSED --> OPEN: pull
	//     CLOSED --> LOCKED: turn
	//     LOCKED --> CLOSED: turn
	//     LOCKED --> WALLED: brick
	//     WALLED --> [*]
}
