package sdk

import "time"

// pollForEnd returns when gone says so. It is the slow way, for systems where a process cannot be waited
// for by its descriptor.
func pollForEnd(gone func() bool) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for !gone() {
		<-ticker.C
	}
}
