// Package sdk is what an adapter author needs: the Ledger interface, the plain types it speaks in, the
// closed set of errors, and Serve, which is an adapter's whole main.
//
// An adapter connects one ledger to Corridor. It runs as a process of its own beside a notary, which
// starts it, speaks to it over gRPC and signs what it says. The adapter never sees a key of Corridor's
// and decides nothing: it holds, posts, voids and looks up entries on its ledger, each known by an
// EntryID that the caller chose, each call idempotent on that id.
//
// What it trusts: its own ledger. What breaks it: a Lookup whose answer, once final, changes; a Hold
// that reserves twice under one id; an error coerced to a final state.
package sdk
