package fsm

import (
	"fmt"
	"strings"
)

// Mermaid draws the table as a Mermaid state diagram, rows in the order of declaration, so that the same table
// always gives the same text. Rows that join the same two states share an arrow. A prefix that all names share up
// to an underscore, as protobuf enums have, is left out.
func (t *Table[State, Trigger]) Mermaid() string {
	state := shortNames(t.states)
	var triggers []Trigger
	for _, row := range t.rows {
		triggers = append(triggers, row.On)
	}
	trigger := shortNames(triggers)

	var out strings.Builder
	out.WriteString("stateDiagram-v2\n")
	fmt.Fprintf(&out, "    [*] --> %s\n", state(t.start))
	for i, row := range t.rows {
		if t.drawnBefore(i) {
			continue
		}
		var labels []string
		for _, other := range t.rows[i:] {
			if other.From == row.From && other.To == row.To {
				labels = append(labels, trigger(other.On))
			}
		}
		fmt.Fprintf(&out, "    %s --> %s: %s\n", state(row.From), state(row.To), strings.Join(labels, " / "))
	}
	for _, final := range t.finals {
		fmt.Fprintf(&out, "    %s --> [*]\n", state(final))
	}
	return out.String()
}

// drawnBefore says whether an earlier row already joins the two states of row i.
func (t *Table[State, Trigger]) drawnBefore(i int) bool {
	for _, row := range t.rows[:i] {
		if row.From == t.rows[i].From && row.To == t.rows[i].To {
			return true
		}
	}
	return false
}

// shortNames returns a function that names values without the prefix they all share.
func shortNames[T comparable](values []T) func(T) string {
	prefix := ""
	for i, value := range values {
		name := fmt.Sprint(value)
		if i == 0 {
			prefix = name
		}
		for !strings.HasPrefix(name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	prefix = prefix[:strings.LastIndex(prefix, "_")+1]
	return func(value T) string { return strings.TrimPrefix(fmt.Sprint(value), prefix) }
}
