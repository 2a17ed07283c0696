package pluginhost

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The errors of a binary or a run directory that cannot be used. They are wrapped with what to do.
var (
	ErrSymlink  = errors.New("the adapter binary is reached over a symbolic link")
	ErrChecksum = errors.New("the adapter binary is not the one configured")
	ErrLocked   = errors.New("the ledger's adapter already runs")
	ErrRunDir   = errors.New("the run directory is not private")
)

// maxBinaryBytes bounds what is copied before its hash is known.
const maxBinaryBytes = 1 << 30

// FileSHA256 is a file's sha256 in hex, as Config.SHA256 wants it. Take it where the binary is built or
// released, not where it runs.
func FileSHA256(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("adapter binary: %w", err)
	}
	defer f.Close() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("adapter binary: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// privateDir makes the run directory, or verifies that nobody else can write it.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("run directory: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("run directory: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm()&0o022 != 0 || ok && int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("%w: %s is %s; it must be a directory of this user's that nobody else can write (chmod 700)", ErrRunDir, dir, info.Mode())
	}
	return nil
}

// copyVerified copies the binary into dir, under a name of its own, and gives the copy's path; the copy
// is removed again if its hash is not the wanted one. What is hashed is what is written.
func copyVerified(path, wantHex, dir, ledger string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("adapter binary: %w", err)
	}
	real, err := filepath.EvalSymlinks(absolute)
	if err != nil {
		return "", fmt.Errorf("adapter binary: %w", err)
	}
	if real != absolute {
		return "", fmt.Errorf("%w: %s is really %s; configure that path", ErrSymlink, absolute, real)
	}
	from, err := os.OpenFile(absolute, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return "", fmt.Errorf("adapter binary: %w", err)
	}
	defer from.Close() // it was only read
	if info, err := from.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > maxBinaryBytes {
		return "", fmt.Errorf("adapter binary: %s is no regular file of at most %d bytes", absolute, maxBinaryBytes)
	}
	to := filepath.Join(dir, fileName(ledger)+".adapter")
	sum, err := writeCopy(from, to)
	if err != nil {
		return "", errors.Join(fmt.Errorf("adapter binary: copying %s: %w", absolute, err), remove(to))
	}
	if got := hex.EncodeToString(sum); !strings.EqualFold(got, wantHex) {
		return "", errors.Join(fmt.Errorf("%w: %s has sha256 %s, configured is %s; if it was updated on purpose, configure the new hash",
			ErrChecksum, absolute, got, wantHex), remove(to))
	}
	return to, nil
}

// verify hashes the private copy once more, before it is executed.
func verify(path, wantHex string) error {
	got, err := FileSHA256(path)
	if err != nil {
		return err
	}
	if !strings.EqualFold(got, wantHex) {
		return fmt.Errorf("%w: the private copy %s was changed after it was made; find out by whom before you start again", ErrChecksum, path)
	}
	return nil
}

func writeCopy(from io.Reader, path string) (sum []byte, err error) {
	if err := remove(path); err != nil {
		return nil, err
	}
	// A process forked while the copy is open for writing would inherit the descriptor, and the copy could not
	// be executed ("text file busy") until that process executes something else.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o500)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(to, h), io.LimitReader(from, maxBinaryBytes+1))
	if err := errors.Join(err, to.Close()); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// lockLedger takes the ledger's lock, waiting a little for the orphan of a host that has just died.
func lockLedger(dir, ledger string, patience time.Duration) (*os.File, error) {
	path := filepath.Join(dir, fileName(ledger)+".lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("ledger lock: %w", err)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			return nil, errors.Join(fmt.Errorf("ledger lock %s: %w", path, err), f.Close())
		case time.Now().After(deadline):
			return nil, errors.Join(fmt.Errorf("%w: %s is locked; stop the other relayer of ledger %s first", ErrLocked, path, ledger), f.Close())
		}
	}
}

// fileName makes a ledger id a file name; different ids stay different.
func fileName(ledger string) string {
	return strings.ReplaceAll(url.PathEscape(ledger), ".", "%2E")
}
