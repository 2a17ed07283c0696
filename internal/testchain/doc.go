// Package testchain runs a real IBC chain inside a test: one CometBFT validator with ibc-go's test application, its databases in
// memory, its RPC on a free port of 127.0.0.1, a block every 50 milliseconds.
//
// The application has transfer, interchain accounts (controller and host), the fee middleware and the mock application of ibc-go.
// Keys relayer-0 to relayer-3 and user-0 onwards are funded; a key of one name is the same key on every chain.
//
// It is for tests only: keys are derived from their names, and nothing is secured. What breaks it: a process whose global address
// prefix is not cosmos, because ibc-go's test application reads it.
package testchain
