//go:build !linux

package sdk

import (
	"os"
	"os/exec"
)

func killWithParent(*exec.Cmd) {}

func exitWithHost() {
	parent := os.Getppid()
	pollForEnd(func() bool { return os.Getppid() != parent })
	os.Exit(1)
}

func waitForEnd(_ int, gone func() bool) { pollForEnd(gone) }
