package simkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Code is the closed set of errors that a simulated ledger answers with. A refusal of a hold is none of
// them: it is an entry in the state TOMBSTONED.
type Code string

// The codes. Unavailable promises that nothing happened; Internal promises nothing.
const (
	Invalid         Code = "invalid"
	Unauthenticated Code = "unauthenticated"
	Denied          Code = "denied"
	NotFound        Code = "not-found"
	Conflict        Code = "conflict"
	TooLarge        Code = "too-large"
	Internal        Code = "internal"
	Unavailable     Code = "unavailable"
)

var statuses = map[Code]int{
	Invalid: http.StatusBadRequest, Unauthenticated: http.StatusUnauthorized, Denied: http.StatusForbidden,
	NotFound: http.StatusNotFound, Conflict: http.StatusConflict, TooLarge: http.StatusRequestEntityTooLarge,
	Internal: http.StatusInternalServerError, Unavailable: http.StatusServiceUnavailable,
}

// Error is the one error that callers see.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"` // what is wrong, where, what to do
}

// Error makes Error an error.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Errorf makes an Error from a message.
func Errorf(c Code, format string, args ...any) *Error {
	return &Error{Code: c, Message: fmt.Sprintf(format, args...)}
}

// AsError hides what is none of the caller's business: a fault of the store becomes Internal.
func AsError(err error) *Error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e
	}
	return Errorf(Internal, "the ledger failed and can't say what became of this request: look the entry up, and see the ledger's log")
}

// WriteJSON answers with a JSON value.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		status, raw = http.StatusInternalServerError, []byte(`{"code":"internal","message":"the reply can't be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(raw, '\n'))
}

// WriteError answers with an error's code, message and HTTP status.
func WriteError(w http.ResponseWriter, err error) {
	e := AsError(err)
	WriteJSON(w, statuses[e.Code], e)
}

// ReadBody reads a request's body of at most max bytes.
func ReadBody(r *http.Request, max int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, max+1))
	if err != nil {
		return nil, Errorf(Invalid, "the body broke off: %v", err)
	}
	if int64(len(raw)) > max {
		return nil, Errorf(TooLarge, "the body is larger than %d bytes", max)
	}
	return raw, nil
}

// ReadJSON reads one JSON value of at most max bytes and refuses fields it doesn't know.
func ReadJSON(r *http.Request, max int64, into any) error {
	raw, err := ReadBody(r, max)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return Errorf(Invalid, "the body is not the JSON expected here: %v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Errorf(Invalid, "the body goes on after the JSON value")
	}
	return nil
}
