// Package module wires x/bridge into an app: services, genesis, the end of a block and the command line.
package module
