package jsrun

import (
	"syscall"
	"time"
)

// busy is how long the present thread has been running since it began: a clock that stands
// still while other processes have the processor.
func busy() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
