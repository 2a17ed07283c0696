// Package localnet runs a whole Corridor on one machine: hub validators, simulated ledgers and notaries, every one a
// process of its own on loopback; homes, logs and process ids lie in one folder. A localnet outlives the command
// that started it.
//
//   - up.go and down.go start and stop the whole, resume.go starts again what is down;
//   - hub.go makes the homes of the hub's validators;
//   - far.go is about the second chain that a localnet may have, and the relayer between it and the hub;
//   - process.go starts a program in a session of its own, and stops or kills it with all its children;
//   - state.go keeps what runs where in localnet.json.
//
// It trusts the folder: whoever can write localnet.json chooses which processes are stopped. A process is stopped
// only if its start time is still the one in the file, so a process id that the system gave away anew is left alone.
// It needs Linux's /proc.
package localnet
