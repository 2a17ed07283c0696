// Package pathset runs all paths of a relayer's file in one process: it opens each chain once for all paths that end there, runs each
// path with its two light clients' refreshers and guards, and says how all of that is.
//
// Paths share nothing but chains, so a chain or node that is sick holds up only the paths that end on it; a path that cannot start is
// tried again, longer apart each time. When the file changes, the paths that it changes are stopped and started anew, the others run on;
// no packet is lost by it, since a path that starts derives all that waits from what the chains say.
//
// It keeps nothing on disk. It trusts the file, and the keyring for the keys that the file names. What breaks it: two processes that sign
// with the same keys slow each other down, because each finds the other's sequences used.
package pathset
