// Package fsm holds transition tables: which state follows which, on what, and nothing else.
//
// A table is data. It runs no action and remembers no current state: the caller reads a state, asks Next, writes
// the answer and emits its event, in one function per machine. What a table says can therefore be drawn (Mermaid)
// and proved (Problems, HasPath, package fsmtest) without running anything.
//
// It trusts nothing: a pair that is not in the table is refused with an error that names it. It is safe in
// consensus code: every slice it returns is in the order of declaration, and no map is ever walked.
//
// What breaks it: states or triggers whose == is not identity of meaning (use small enums), and a table that is
// right in form but wrong in meaning. The first shows in fsmtest.Check, the second only in review of the diagram.
package fsm
