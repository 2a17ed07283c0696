package localnet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/corridor-network/corridor/internal/world"
)

// Down ends every process of the localnet, which Up starts again; with purge its folder goes too, also later. It is no
// error if some had ended before.
func Down(ctx context.Context, dir string, purge bool) error {
	if _, err := Open(dir); err != nil && !(purge && stopped(dir)) {
		return err // before the lock, which makes the folder
	}
	release, err := lock(dir)
	if err != nil {
		return err
	}
	defer release()
	if l, err := Open(dir); err == nil {
		if err := l.end(ctx); err != nil {
			return err
		}
	} else if !stopped(dir) {
		return err
	}
	if purge {
		return os.RemoveAll(dir)
	}
	return nil
}

// end stops everything; what the localnet was stays in the folder.
func (l *Localnet) end(ctx context.Context) error {
	if err := l.stopAll(ctx); err != nil {
		return err
	}
	err := os.Rename(filepath.Join(l.Dir, stateFile), filepath.Join(l.Dir, stoppedFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// stopAll ends relayers and notaries first, nodes last, those of one kind together.
func (l *Localnet) stopAll(ctx context.Context) error {
	var errs []error
	for _, kind := range []string{"relayer", "notary", "ledger", "far", "hub"} {
		var group sync.WaitGroup
		var mu sync.Mutex
		for _, p := range l.Processes {
			if p.Kind != kind {
				continue
			}
			group.Go(func() {
				if err := p.Stop(ctx); err != nil {
					mu.Lock()
					defer mu.Unlock()
					errs = append(errs, err)
				}
			})
		}
		group.Wait()
	}
	if left := slices.DeleteFunc(slices.Clone(l.Processes), func(p Process) bool { return !p.Alive() }); len(left) > 0 {
		errs = append(errs, fmt.Errorf("%d processes are left, the first %s (pid %d)", len(left), left[0].Name, left[0].PID))
	}
	return errors.Join(errs...)
}

// RestartNotary starts a notary again that has ended, and waits until it is ready.
func (l *Localnet) RestartNotary(ctx context.Context, id, bin string) error {
	p, err := l.Process(id)
	if err != nil {
		return err
	}
	if p.Alive() {
		return fmt.Errorf("notary %s still runs (pid %d)", id, p.PID)
	}
	n := world.Notary{ID: id, Dir: filepath.Join(l.Dir, "notaries", id)}
	if err := l.startNotary(n, bin); err != nil {
		return err
	}
	_, err = l.answers(ctx, id, n.StatusFile(), "/readyz")
	return err
}

// NotaryStatusAddress is where a notary's status server answers.
func (l *Localnet) NotaryStatusAddress(id string) (string, error) {
	raw, err := os.ReadFile(world.Notary{ID: id, Dir: filepath.Join(l.Dir, "notaries", id)}.StatusFile())
	return string(raw), err
}

// AwaitGone waits until no process has that pid, or only a zombie.
func AwaitGone(ctx context.Context, pid int) error {
	return until(ctx, fmt.Sprintf("pid %d to end", pid), func() (bool, error) {
		stat, err := readStat(pid)
		return err != nil || stat.dead(), nil
	})
}
