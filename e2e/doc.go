// Package e2e holds whole-system stories: the real programs, each in processes of its own, on one localnet that all stories share.
//
//   - the steps of the demo, which is a story itself;
//   - what a user does at the command line, as scripts in testdata: cli, faults, crashes, governance, beside, afterwards;
//   - at the end the check over both ledgers and the hub, whatever happened before.
//
// The order is in corridor_test.go. Stories that move money run one after another, as they share the payer's account; governance and
// a second localnet run beside them. A script says what a user types and sees; its own few commands are in script_test.go.
//
// It needs nothing but what `make build` needs; with $CORRIDOR_BIN set, the programs in that folder are tested, else they are built.
// With -short nothing is run. A run that fails leaves its folder, with every log, and says where.
package e2e
