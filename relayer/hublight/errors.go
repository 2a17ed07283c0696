package hublight

import (
	"errors"
	"fmt"
)

// What can go wrong with what nodes say.
var (
	// ErrLie: a node said what cannot be true. Read then leaves the node alone.
	ErrLie = errors.New("the node lies")
	// ErrForked: two properly signed headers of one height.
	ErrForked = errors.New("the hub has forked: nothing is read until a person has looked; keep this log, ask the hub's operators, then run `corridor trust init` anew")
	// ErrExpired: the newest believed header is older than the trusting period.
	ErrExpired = errors.New("the newest believed header is older than the trusting period: ask the hub's operators for a newer height and hash, and run `corridor trust init --force`")
	// ErrNoNode: there is nobody left to ask.
	ErrNoNode = errors.New("no node of the hub can be used")
	// ErrNotTrusted: there is no trust file yet.
	ErrNotTrusted = errors.New("there is no trust file: run `corridor trust init`")
)

// Lief makes an error that says how a node lied.
func Lief(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrLie, fmt.Errorf(format, args...))
}
