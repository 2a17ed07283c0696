package simkit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const (
	drainTimeout  = 10 * time.Second
	headerTimeout = 5 * time.Second
	bodyTimeout   = 15 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 16 << 10
)

// Serve listens on listen, writes the actual host:port to addrFile (if named) and serves until ctx ends;
// then it takes no new requests, calls release so that what hangs hangs no more, lets the running requests
// finish, and returns nil. Requests that still run after that time are cut off, which is an error. An addrFile
// that an earlier server left behind goes first: nobody is to read its address.
func Serve(ctx context.Context, listen, addrFile string, h http.Handler, release func()) error {
	if addrFile != "" {
		if err := os.Remove(addrFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("addr_file: %w", err)
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen %s: %w", listen, err)
	}
	if addrFile != "" {
		if err := WriteFile(addrFile, []byte(l.Addr().String()+"\n")); err != nil {
			_ = l.Close()
			return fmt.Errorf("addr_file: %w", err)
		}
	}
	base, stop := context.WithCancel(context.WithoutCancel(ctx)) // a request outlives ctx while the server drains
	defer stop()
	s := &http.Server{
		Handler: h, BaseContext: func(net.Listener) context.Context { return base }, ReadHeaderTimeout: headerTimeout,
		ReadTimeout: bodyTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	release()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := s.Shutdown(drain); err != nil {
		return fmt.Errorf("drain: %w", errors.Join(err, s.Close()))
	}
	return nil
}

// WriteFile writes a file so that a reader finds all of it or none.
func WriteFile(path string, raw []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
