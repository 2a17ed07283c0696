package memory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// state is all that a ledger remembers; it is kept as one JSON document.
type state struct {
	Accounts   map[string]*account
	Entries    map[string]*sdk.Entry // by entry id
	References uint64                // how many changes had a reference
}

type account struct {
	Currency  string
	Available uint64 // minor units
	Held      uint64 // minor units
	Key       []byte
	Closed    bool
}

func (s *state) nextReference() string {
	s.References++
	return fmt.Sprintf("mem-%d", s.References)
}

func (s *state) record(i order.Instruction, to order.EntryState) *sdk.Entry {
	e := &sdk.Entry{
		ID: i.Entry, State: to, Payer: sdk.Account(i.Payer), Payee: sdk.Account(i.Payee),
		Currency: i.Currency, AmountMinor: i.AmountMinor, LedgerReference: s.nextReference(),
	}
	s.Entries[i.Entry.String()] = e
	return e
}

func (s *state) tombstone(i order.Instruction, reason string) *sdk.Entry {
	e := s.record(i, order.EntryTombstoned)
	e.Reason = reason
	return e
}

func (s *state) load(path string) error {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	var saved state
	if err := json.Unmarshal(raw, &saved); err != nil {
		return fmt.Errorf("state file %s: %w", path, err)
	}
	*s = saved
	return nil
}

// save replaces the state file in one step, so that a process killed at any point leaves a whole one.
func (s *state) save(path string) error {
	if path == "" {
		return nil
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	return nil
}

func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("state file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, sdk.Errorf(sdk.Conflict, "%s is locked: another process is this ledger; stop it first", path)
	}
	return f, nil
}
