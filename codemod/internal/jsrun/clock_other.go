//go:build !linux

package jsrun

import "time"

var loaded = time.Now()

// busy stands in for the clock of the present thread, where the system has none: it is the
// clock on the wall.
func busy() time.Duration { return time.Since(loaded) }
