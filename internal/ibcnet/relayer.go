package ibcnet

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/corridor-network/corridor/internal/localnet"
)

// Relayer is corridor's relayer as a user has it: the program, and a folder with its file, its keys and its log.
type Relayer struct {
	Program string // corridor
	Dir     string
	Keys    int                                  // how many keys sign at the same time
	Show    func(arguments []string, out []byte) // told of every command that has ended; may be nil
}

// File is the relayer's configuration.
func (r Relayer) File() string { return filepath.Join(r.Dir, "relay.yaml") }

// Init writes the file, with the keys that RelayerMnemonic holds, by `corridor relay init`.
func (r Relayer) Init(ctx context.Context, chains ...*Chain) error {
	if err := os.MkdirAll(r.Dir, 0o700); err != nil {
		return err
	}
	arguments := []string{"relay", "init"}
	for _, c := range chains {
		file := filepath.Join(r.Dir, c.ID+".yaml")
		if err := os.WriteFile(file, []byte(fmt.Sprintf("name: %s\nrpc: http://%s\n", c.ID, c.RPC)), 0o600); err != nil {
			return err
		}
		arguments = append(arguments, file)
	}
	mnemonic, err := RelayerMnemonic()
	if err != nil {
		return err
	}
	if err := r.run(ctx, mnemonic, append(arguments, "--keys", strconv.Itoa(r.Keys), "--recover")...); err != nil {
		return err
	}
	return r.anyPort()
}

// anyPort has the relayer's status server take a free port: its own may be another's here.
func (r Relayer) anyPort() error {
	raw, err := os.ReadFile(r.File())
	if err != nil {
		return err
	}
	const usual = "127.0.0.1:9465"
	if !bytes.Contains(raw, []byte(usual)) {
		return fmt.Errorf("%s has no api.listen of %s", r.File(), usual)
	}
	return os.WriteFile(r.File(), bytes.Replace(raw, []byte(usual), []byte("127.0.0.1:0"), 1), 0o600)
}

// Link makes clients, connection and a channel by `corridor relay link`.
func (r Relayer) Link(ctx context.Context, a, b *Chain, port string) error {
	return r.run(ctx, "", "relay", "link", a.ID, b.ID, "--port", port)
}

// Run runs any command of the relayer's and shows what it says.
func (r Relayer) Run(ctx context.Context, arguments ...string) error {
	return r.run(ctx, "", arguments...)
}

func (r Relayer) run(ctx context.Context, input string, arguments ...string) error {
	cmd := exec.CommandContext(ctx, r.Program, append(arguments, "--config", r.File())...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if r.Show != nil {
		r.Show(arguments, out)
	}
	if err != nil {
		return fmt.Errorf("corridor %s: %w: %s", strings.Join(arguments, " "), err, out)
	}
	return nil
}

// Start starts `corridor relay run`.
func (r Relayer) Start() (localnet.Process, error) {
	return localnet.Start("corridor relay run", []string{r.Program, "relay", "run", "--config", r.File()}, filepath.Join(r.Dir, "relay.log"))
}
