package main

import "github.com/corridor-network/corridor/internal/swap"

// Exit codes. A script can tell from them whether money has moved.
const (
	exitOK       = 0 // everything that was asked for is done, or was done before
	exitError1   = 1 // wrong usage or configuration, or a node that does not answer; look before trying again
	exitRefused  = 2 // a payment was refused before anything was held
	exitUnwound  = 3 // a settlement was unwound: nothing has moved
	exitConflict = 4 // a reference is another payment's
	exitWaiting  = 5 // a settlement is not final yet
	exitSignal   = 130
)

const exitHelp = `Exit codes: 0 done (or done before), 1 wrong usage or a node that does not answer, 2 refused before
anything was held, 3 unwound (nothing has moved), 4 the reference is another payment's, 5 not final yet,
130 stopped by a signal (what was submitted goes on). Of several payments the highest code counts.`

// exitError ends the program with a code. Its message, if any, is printed.
type exitError struct {
	code    int
	message string
}

// Error is the message.
func (e exitError) Error() string { return e.message }

// exitCode is the exit code of what became of a payment.
func exitCode(s swap.Status) int {
	switch s {
	case swap.Settled, swap.AlreadyDone:
		return exitOK
	case swap.Unwound:
		return exitUnwound
	case swap.Conflicting:
		return exitConflict
	case swap.Waiting:
		return exitWaiting
	}
	return exitRefused
}
