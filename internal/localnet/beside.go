package localnet

import "context"

// Start starts a program that is not part of a localnet, in a session of its own; both outputs go to the log. Its caller
// stops it.
func Start(name string, argv []string, log string) (Process, error) {
	return start(command{name: name, kind: "other", argv: argv, log: log})
}

// FreePorts finds n addresses on loopback, host:port, that nobody listens on and no outgoing connection takes by chance.
func FreePorts(n int) ([]string, error) { return freePorts(n) }

// Until waits for a condition; what says what is waited for. An error of the condition ends the wait.
func Until(ctx context.Context, what string, done func() (bool, error)) error {
	return until(ctx, what, done)
}

// LastLines is the end of a log, for an error message.
func LastLines(file string) string { return lastLines(file) }
