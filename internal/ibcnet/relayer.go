package ibcnet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/relayer/pathset"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// Relayer is corridor's relayer as a user has it: the program, and a folder with its file, its keys and its log.
type Relayer struct {
	Program string // corridor
	Dir     string
	Keys    int                                  // how many keys sign at the same time
	Show    func(arguments []string, out []byte) // told of every command that has ended; may be nil
	RPC     map[string][]string                  // host:port of the nodes, by chain id, if not the chain's own
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
		nodes := r.RPC[c.ID]
		if len(nodes) == 0 {
			nodes = []string{c.RPC}
		}
		given := fmt.Sprintf("name: %s\nrpc: [http://%s]\n", c.ID, strings.Join(nodes, ", http://"))
		if err := os.WriteFile(file, []byte(given), 0o600); err != nil {
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

// anyPort has the relayer's status server take a free port, which Ask asks at: its own may be another's here.
func (r Relayer) anyPort() error {
	raw, err := os.ReadFile(r.File())
	if err != nil {
		return err
	}
	const usual = "127.0.0.1:9465"
	if !bytes.Contains(raw, []byte(usual)) {
		return fmt.Errorf("%s has no api.listen of %s", r.File(), usual)
	}
	free := fmt.Appendf(nil, "127.0.0.1:0\n  addr_file: %s", r.addressFile())
	return os.WriteFile(r.File(), bytes.Replace(raw, []byte(usual), free, 1), 0o600)
}

// Link makes clients, connection and a channel by `corridor relay link`.
func (r Relayer) Link(ctx context.Context, a, b *Chain, port string) error {
	return r.run(ctx, "", "relay", "link", a.ID, b.ID, "--port", port)
}

// Adopt writes a path into the file that somebody else has made between two chains.
func (r Relayer) Adopt(chains [2]*Chain, path [2]PathEnd) error {
	var ends [2]relayconfig.End
	for i, c := range chains {
		ends[i] = relayconfig.End{Chain: c.ID, Client: path[i].Client, Connection: path[i].Connection}
	}
	return relayconfig.SetPath(r.File(), relayconfig.Path{Name: chains[0].ID + "-" + chains[1].ID, A: ends[0], B: ends[1]})
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

// Status is what `corridor relay status -o json` says.
func (r Relayer) Status(ctx context.Context) (pathset.Status, error) {
	var s pathset.Status
	cmd := exec.CommandContext(ctx, r.Program, "relay", "status", "-o", "json", "--config", r.File())
	out, err := cmd.Output() // it exits 1 when a path is in trouble, and tells of it all the same
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		return s, err
	}
	if json.Unmarshal(out, &s) != nil {
		return s, fmt.Errorf("corridor relay status: %w: %s", err, out)
	}
	return s, nil
}

// askPatience is how long the relayer may take to answer for itself.
const askPatience = 5 * time.Second

// Ask gets a page such as /readyz of the relayer that runs, and its HTTP status.
func (r Relayer) Ask(ctx context.Context, page string) (code int, text string, err error) {
	address, err := os.ReadFile(r.addressFile())
	if err != nil {
		return 0, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+strings.TrimSpace(string(address))+page, nil)
	if err != nil {
		return 0, "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return res.StatusCode, string(out), err
}

// addressFile is where the relayer that runs writes where it listens.
func (r Relayer) addressFile() string { return filepath.Join(r.Dir, "addr") }

// Start starts `corridor relay run`.
func (r Relayer) Start() (localnet.Process, error) {
	return localnet.Start("corridor relay run", []string{r.Program, "relay", "run", "--config", r.File()}, filepath.Join(r.Dir, "relay.log"))
}
