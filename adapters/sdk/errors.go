package sdk

import (
	"errors"
	"fmt"
)

// Code is the closed set of what can go wrong with a call to a ledger.
type Code string

// The codes. Only Unavailable is retried blind; Unknown means look up first; the others are final
// answers to this call and say nothing about the entry, whose state only Lookup tells.
const (
	Invalid      Code = "invalid"      // the request itself is wrong; it will never succeed
	NotFound     Code = "not-found"    // no such entry or account
	Conflict     Code = "conflict"     // the id is taken by another body, or the state forbids it
	Denied       Code = "denied"       // the ledger does not let this caller do that
	Insufficient Code = "insufficient" // not enough money
	Expired      Code = "expired"      // too late
	Unavailable  Code = "unavailable"  // nothing happened; the same call may succeed later
	Unknown      Code = "unknown"      // something may have happened: look it up
)

// Codes lists the closed set.
var Codes = []Code{Invalid, NotFound, Conflict, Denied, Insufficient, Expired, Unavailable, Unknown}

// Error is the one error type that an adapter returns.
type Error struct {
	Code    Code
	Message string // for a person: what is wrong, where, what to do
	Err     error  // the cause, if any
}

// Error makes Error an error.
func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Message
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error from a message.
func Errorf(c Code, format string, args ...any) *Error {
	return &Error{Code: c, Message: fmt.Sprintf(format, args...)}
}

// CodeOf is the error's code; an error that carries none is Unknown, for nothing is certain then.
// The code of nil is the empty Code.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return Unknown
}
