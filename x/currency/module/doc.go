// Package module wires currency into an app: genesis, services, gateway routes and the command line.
package module
