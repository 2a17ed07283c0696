// Package simkit is what every simulated ledger needs and none of them is about: who may call (bearer tokens, of
// which only hashes are kept), opening hours, faults that can be switched on, error replies in JSON, and a server
// that says where it listens and drains on SIGTERM, strict YAML, a database, and the audit of a journal. It knows no rule.
//
// # Faults
//
// A fault is an operation (hold, post, void, lookup, refuse, or * for all), a mode, and a count of calls it applies
// to, 0 until cleared. Gate is asked before a call has any effect, Answer after the effect is durable:
//
//	unavailable  Gate turns the call away: nothing happened
//	refuse       Gate lets the call in and the ledger refuses it as if by a rule of its own
//	slow         the effect is there at once, Answer waits delay_ms
//	withhold     the effect is there at once, Answer waits until the caller has gone, the faults are cleared, the
//	             server stops or delay_ms are over (0: no limit), and no reply is ever sent: the connection breaks.
//	             What was withheld is listed by Withheld
//
// It trusts its tokens file and its clock. What breaks it: a tokens file that others may write (refused).
package simkit
