package memory

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/corridor-network/corridor/adapters/sdk"
)

// Control is one command to a ledger in another process: a file in its control directory, which the ledger
// takes at its next call. Commands are taken in the order of their file names.
type Control struct {
	Fault        *Fault      `json:",omitempty"`
	ClearFaults  bool        `json:",omitempty"`
	CloseAccount sdk.Account `json:",omitempty"`
}

// Send leaves a command in a ledger's control directory under a name that sorts after those before it.
func (c Control) Send(dir string, number int) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	path := filepath.Join(dir, fmt.Sprintf("%09d", number))
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return fmt.Errorf("control: %w", err)
	}
	if err := os.Rename(path+".new", path+".json"); err != nil {
		return fmt.Errorf("control: %w", err)
	}
	return nil
}

func (l *Ledger) readControls() error {
	if l.config.ControlDir == "" {
		return nil
	}
	files, err := os.ReadDir(l.config.ControlDir)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		if err := l.readControl(filepath.Join(l.config.ControlDir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// readControl applies one file. Of two calls that see it, the one that can remove it has it.
func (l *Ledger) readControl(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil || os.Remove(path) != nil {
		return nil
	}
	var c Control
	if err := json.Unmarshal(raw, &c); err != nil {
		return fmt.Errorf("control %s: %w", path, err)
	}
	if c.ClearFaults {
		l.ClearFaults()
	}
	if c.Fault != nil {
		l.Inject(*c.Fault)
	}
	if c.CloseAccount != "" {
		return l.CloseAccount(c.CloseAccount)
	}
	return nil
}
