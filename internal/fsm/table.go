package fsm

import (
	"errors"
	"fmt"
)

// ErrRefused is what every refusal of Next wraps.
var ErrRefused = errors.New("transition refused")

// Row says that On leads from From to To.
type Row[State, Trigger comparable] struct {
	From State
	On   Trigger
	To   State
}

// Table is an immutable set of rows with one start and some final states. Make it with New or MustNew.
type Table[State, Trigger comparable] struct {
	name   string
	start  State
	finals []State
	rows   []Row[State, Trigger]
	states []State
	next   map[pair[State, Trigger]]State
}

// pair is the key of a row; the map is only ever looked up, never walked.
type pair[State, Trigger comparable] struct {
	from State
	on   Trigger
}

// Refusal is the error of Next for a pair that the table does not have.
type Refusal[State, Trigger comparable] struct {
	Table string
	From  State
	On    Trigger
}

// Error names the table, the state and the trigger.
func (r *Refusal[State, Trigger]) Error() string {
	return fmt.Sprintf("%s: %v on %v: %v", r.Table, r.From, r.On, ErrRefused)
}

// Unwrap makes errors.Is(err, ErrRefused) true.
func (r *Refusal[State, Trigger]) Unwrap() error { return ErrRefused }

// New makes a table. It refuses a pair given twice, because the second row would silently win or lose, and a final
// state that no row leads to.
func New[State, Trigger comparable](
	name string, start State, finals []State, rows []Row[State, Trigger],
) (*Table[State, Trigger], error) {
	table := &Table[State, Trigger]{
		name:   name,
		start:  start,
		finals: append([]State(nil), finals...),
		rows:   append([]Row[State, Trigger](nil), rows...),
		next:   make(map[pair[State, Trigger]]State, len(rows)),
	}
	seen := map[State]bool{}
	note := func(state State) {
		if !seen[state] {
			seen[state] = true
			table.states = append(table.states, state)
		}
	}
	note(start)
	for _, row := range rows {
		key := pair[State, Trigger]{row.From, row.On}
		if to, twice := table.next[key]; twice {
			return nil, fmt.Errorf("%s: %v on %v is given twice, leading to %v and %v: keep one row",
				name, row.From, row.On, to, row.To)
		}
		table.next[key] = row.To
		note(row.From)
		note(row.To)
	}
	for _, final := range finals {
		if !seen[final] {
			return nil, fmt.Errorf("%s: final state %v is in no row: remove it or lead to it", name, final)
		}
	}
	return table, nil
}

// MustNew is New for package variables: a table that is wrong in form stops the program before it starts.
func MustNew[State, Trigger comparable](
	name string, start State, finals []State, rows []Row[State, Trigger],
) *Table[State, Trigger] {
	table, err := New(name, start, finals, rows)
	if err != nil {
		panic(err)
	}
	return table
}

// Next returns the state that trigger leads to, or a *Refusal and the unchanged state.
func (t *Table[State, Trigger]) Next(from State, on Trigger) (State, error) {
	to, ok := t.next[pair[State, Trigger]{from, on}]
	if !ok {
		return from, &Refusal[State, Trigger]{Table: t.name, From: from, On: on}
	}
	return to, nil
}

// Allows says whether Next would succeed.
func (t *Table[State, Trigger]) Allows(from State, on Trigger) bool {
	_, ok := t.next[pair[State, Trigger]{from, on}]
	return ok
}

// Name is what errors and diagrams call the machine.
func (t *Table[State, Trigger]) Name() string { return t.name }

// Start is the state a new machine is in.
func (t *Table[State, Trigger]) Start() State { return t.start }

// States are the start and then every other state, in the order the rows name them first.
func (t *Table[State, Trigger]) States() []State { return append([]State(nil), t.states...) }

// Finals are the states nothing leaves, as declared.
func (t *Table[State, Trigger]) Finals() []State { return append([]State(nil), t.finals...) }

// Rows are the rows as declared.
func (t *Table[State, Trigger]) Rows() []Row[State, Trigger] {
	return append([]Row[State, Trigger](nil), t.rows...)
}

// IsFinal says whether state is one of Finals.
func (t *Table[State, Trigger]) IsFinal(state State) bool {
	for _, final := range t.finals {
		if final == state {
			return true
		}
	}
	return false
}
