// Package simtest runs a simulated bank network in a test. It is for tests alone.
package simtest
