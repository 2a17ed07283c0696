// Package module wires settlement into an app: genesis, services, end of block, gateway routes and the command line.
package module
