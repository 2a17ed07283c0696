package fsm

import "fmt"

// HasPath says whether one or more rows lead from one state to another. A state has a path to itself only through
// a row.
func (t *Table[State, Trigger]) HasPath(from, to State) bool {
	for _, state := range t.after(from) {
		if state == to {
			return true
		}
	}
	return false
}

// after are the states reachable from one by at least one row, nearest first.
func (t *Table[State, Trigger]) after(from State) []State {
	var reached []State
	seen := map[State]bool{}
	queue := []State{from}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for _, row := range t.rows {
			if row.From != state || seen[row.To] {
				continue
			}
			seen[row.To] = true
			reached = append(reached, row.To)
			queue = append(queue, row.To)
		}
	}
	return reached
}

// Problems lists what is wrong with the shape of the table: a state that cannot be reached, a final state with an
// exit, another state without one, and a state from which no final state can be reached (the machine would never
// end). A sound table has none.
func (t *Table[State, Trigger]) Problems() []string {
	var problems []string
	report := func(format string, args ...any) {
		problems = append(problems, t.name+": "+fmt.Sprintf(format, args...))
	}
	for _, state := range t.states {
		exits := 0
		for _, row := range t.rows {
			if row.From == state {
				exits++
			}
		}
		switch {
		case t.IsFinal(state) && exits > 0:
			report("final state %v has %d exits", state, exits)
		case !t.IsFinal(state) && exits == 0:
			report("%v has no exit and is not declared final", state)
		case !t.IsFinal(state) && !t.ends(state):
			report("no final state can be reached from %v", state)
		}
		if state != t.start && !t.HasPath(t.start, state) {
			report("%v cannot be reached from %v", state, t.start)
		}
	}
	return problems
}

// ends says whether some final state follows.
func (t *Table[State, Trigger]) ends(from State) bool {
	for _, state := range t.after(from) {
		if t.IsFinal(state) {
			return true
		}
	}
	return false
}
