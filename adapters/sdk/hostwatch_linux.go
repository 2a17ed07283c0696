package sdk

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// hostPIDVariable tells an adapter which process started it, so that it notices a host that died before
// the adapter could look.
const hostPIDVariable = "CORRIDOR_HOST_PID"

// killWithParent arranges that the kernel kills the adapter when the thread that started it ends, which
// covers an adapter that is stuck or written without this package. The caller keeps that thread alive:
// the signal is bound to it and not to the process (prctl(2), PR_SET_PDEATHSIG).
func killWithParent(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	cmd.Env = append(cmd.Env, hostPIDVariable+"="+strconv.Itoa(os.Getpid()))
}

// exitWithHost ends this process when the process that started it is gone, however it went: go-plugin
// itself leaves an adapter running when its host is killed.
func exitWithHost() {
	parent := os.Getppid()
	if want := os.Getenv(hostPIDVariable); want != "" && want != strconv.Itoa(parent) {
		os.Exit(1) // the host died before we looked; parent is whoever inherited us
	}
	waitForEnd(parent, func() bool { return os.Getppid() != parent })
	os.Exit(1)
}

// waitForEnd returns when the process has ended. gone tells the same, asked now and then, where the
// kernel cannot tell.
func waitForEnd(pid int, gone func() bool) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		pollForEnd(gone)
		return
	}
	defer func() { _ = unix.Close(fd) }()
	for !gone() {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		if err == nil && n > 0 {
			return
		}
		if err != nil && err != unix.EINTR {
			pollForEnd(gone)
			return
		}
	}
}
