package sdk

import (
	"os"
	"time"
)

// pollForHost ends this process when it has been inherited by another than parent. It is the slow way,
// for systems where a process cannot be waited for by its descriptor.
func pollForHost(parent int) {
	for range time.Tick(500 * time.Millisecond) {
		if os.Getppid() != parent {
			os.Exit(1)
		}
	}
}
