// Package pluginhost runs one adapter plugin for one ledger, and is that ledger to its caller: Host implements
// sdk.Ledger over whatever process serves it at the moment.
//
// What runs is a private copy of the binary whose sha256 is the configured one, verified again before each
// run; the original is never executed and may not be reached over a symbolic link. The plugin's environment is
// empty but for the handshake, the connection is mutually authenticated with certificates of this one run
// (AutoMTLS), and the plugin ends with its host, SIGKILL included: by its own watch (sdk.Serve), and by the
// kernel's parent-death signal for one that is stuck.
//
//	           ┌────────── backoff ◄─────────┐
//	           ▼                             │ it died, or answers no ping
//	Start ─► starting ─► serving ────────────┘
//	           │ the first start fails: Start's error      Close ends it from anywhere
//
// While nothing serves, every call is Unavailable, for certain unsent. A call that was under way when the
// plugin died is Unknown where it may have moved money: look it up. A breaker turns calls away for a moment
// after several failures in a row, so that a sick ledger costs its link little.
//
// One ledger has one plugin: the lock in the run directory is held by host and plugin together, so a new
// host waits until an orphan of the old one is gone.
//
// What it trusts: the run directory, which only its user may write, and the configured hash. What breaks
// it: a plugin that gives its lock descriptor to a process that outlives it (that process then has to be
// ended by hand), and a hash taken from the binary that it is to verify.
package pluginhost
