// Package fsmtest holds the tests that every transition table must pass.
//
// It trusts that the caller names all states and all triggers of the two enums; what is not named is not tried.
package fsmtest
