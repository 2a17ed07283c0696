package fsmtest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/corridor-network/corridor/internal/fsm"
)

// UpdateEnv is the variable that makes Diagram write instead of compare. `make generate` sets it.
const UpdateEnv = "FSM_UPDATE"

// Check tries every pair of the two enums: those in the table lead where it says, every other one is refused and
// leaves the state as it was. It also demands a sound shape (fsm.Table.Problems) and that each state and each
// trigger has a use; pass neither enum's zero value if that means "unset".
func Check[State, Trigger comparable](
	t testing.TB, table *fsm.Table[State, Trigger], states []State, triggers []Trigger,
) {
	t.Helper()
	for _, problem := range table.Problems() {
		t.Error(problem)
	}
	rows := table.Rows()
	checkNames(t, table, states, triggers)
	for _, state := range states {
		for _, trigger := range triggers {
			want, present := state, false
			for _, row := range rows {
				if row.From == state && row.On == trigger {
					want, present = row.To, true
				}
			}
			got, err := table.Next(state, trigger)
			if got != want {
				t.Errorf("%s: %v on %v gives %v, want %v", table.Name(), state, trigger, got, want)
			}
			if refused := errors.Is(err, fsm.ErrRefused); refused == present {
				t.Errorf("%s: %v on %v: refused is %v, in the table is %v", table.Name(), state, trigger, refused, present)
			}
		}
	}
}

// checkNames compares the enums with what the rows use, in both directions.
func checkNames[State, Trigger comparable](
	t testing.TB, table *fsm.Table[State, Trigger], states []State, triggers []Trigger,
) {
	t.Helper()
	var used []Trigger
	for _, row := range table.Rows() {
		used = append(used, row.On)
	}
	for _, state := range states {
		if !has(table.States(), state) {
			t.Errorf("%s: state %v is in no row", table.Name(), state)
		}
	}
	for _, state := range table.States() {
		if !has(states, state) {
			t.Errorf("%s: the test does not know state %v", table.Name(), state)
		}
	}
	for _, trigger := range triggers {
		if !has(used, trigger) {
			t.Errorf("%s: trigger %v is in no row", table.Name(), trigger)
		}
	}
	for _, trigger := range used {
		if !has(triggers, trigger) {
			t.Errorf("%s: the test does not know trigger %v", table.Name(), trigger)
		}
	}
}

// NoPath fails if any chain of rows leads from one state to another, such as from COMMITTED to ABORTED.
func NoPath[State, Trigger comparable](t testing.TB, table *fsm.Table[State, Trigger], from, to State) {
	t.Helper()
	if table.HasPath(from, to) {
		t.Errorf("%s: there is a path from %v to %v; there must be none", table.Name(), from, to)
	}
}

// Diagram demands that the file holds the table's diagram, between the lines
//
//	<!-- fsm: NAME -->
//	<!-- /fsm -->
//
// NAME being the table's. With FSM_UPDATE=1 in the environment it writes the diagram there instead.
func Diagram[State, Trigger comparable](t testing.TB, table *fsm.Table[State, Trigger], file string) {
	t.Helper()
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%s: its diagram belongs into %s: %v", table.Name(), file, err)
	}
	fresh, err := embed(string(old), table.Name(), table.Mermaid())
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if fresh == string(old) {
		return
	}
	if os.Getenv(UpdateEnv) == "" {
		t.Fatalf("%s: the diagram of %s is not the table's any more: run `make generate` and commit the result",
			file, table.Name())
	}
	if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil {
		t.Fatal(err)
	}
}

// embed replaces what stands between the two marks.
func embed(text, name, diagram string) (string, error) {
	begin, end := "<!-- fsm: "+name+" -->\n", "<!-- /fsm -->"
	before, rest, found := strings.Cut(text, begin)
	if !found {
		return "", fmt.Errorf("no line %q for the diagram", strings.TrimSpace(begin))
	}
	_, after, found := strings.Cut(rest, end)
	if !found {
		return "", fmt.Errorf("no line %q after %q", end, strings.TrimSpace(begin))
	}
	return before + begin + "```mermaid\n" + diagram + "```\n" + end + after, nil
}

func has[T comparable](values []T, wanted T) bool {
	for _, value := range values {
		if value == wanted {
			return true
		}
	}
	return false
}
