// Package module wires token into an app: genesis, services, gateway routes and the command line.
package module
