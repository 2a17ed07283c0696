package localnet

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/corridor-network/corridor/internal/world"
)

// stateFile, in a localnet's folder, says what runs where; it is stoppedFile while the localnet is down.
const (
	stateFile   = "localnet.json"
	stoppedFile = "localnet.stopped.json"
)

// Localnet is one localnet, as its folder describes it.
type Localnet struct {
	Dir       string    `json:"dir"`
	ChainID   string    `json:"chain_id"`
	Verify    string    `json:"verify"`    // how the notaries read the hub: light or node
	Unchecked bool      `json:"unchecked"` // no ledger checks orders itself
	Nodes     []Node    `json:"nodes"`
	Ledgers   []Ledger  `json:"ledgers"`
	Far       *Far      `json:"far,omitempty"` // the second chain, if there is one
	Processes []Process `json:"processes"`
	// Ready tells that everything was ready once: what a later Up needs is all there.
	Ready bool `json:"ready"`
}

// Node is one hub validator. Addresses are host:port.
type Node struct {
	Name string `json:"name"`
	Home string `json:"home"`
	P2P  string `json:"p2p"`
	RPC  string `json:"rpc"`
	GRPC string `json:"grpc"`
	REST string `json:"rest"`
}

func (n Node) world() world.Node {
	return world.Node{Name: n.Name, GRPC: n.GRPC, RPC: "http://" + n.RPC}
}

// Ledger is one simulated ledger.
type Ledger struct {
	ID        string `json:"id"`
	URL       string `json:"url"`
	AdminFile string `json:"admin_file"` // holds the token for its admin API
}

// Open reads the localnet in a folder.
func Open(dir string) (*Localnet, error) {
	l, err := read(filepath.Join(dir, stateFile))
	if !errors.Is(err, os.ErrNotExist) {
		return l, err
	}
	if !stopped(dir) {
		return nil, fmt.Errorf("there is no localnet in %s; start one with `corridor localnet up`", dir)
	}
	if _, err := readStopped(dir); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("the localnet in %[1]s is down; its logs are in %[1]s/logs, `corridor localnet up --dir %[1]s` starts it again, "+
		"and `corridor localnet down --dir %[1]s --purge` removes all of it", dir)
}

// readStopped reads the localnet that is down in a folder. One that was never ready can't be started again.
func readStopped(dir string) (*Localnet, error) {
	l, err := read(filepath.Join(dir, stoppedFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err != nil || !l.Ready {
		return nil, fmt.Errorf("%[1]s holds what a localnet left that was never ready: `corridor localnet down --dir %[1]s --purge` removes it", dir)
	}
	return l, nil
}

func read(file string) (*Localnet, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var l Localnet
	if err := json.Unmarshal(raw, &l); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &l, nil
}

// FreeDir is the folder itself if it holds no localnet, else the first of dir-2, dir-3, … that holds none.
func FreeDir(dir string) string {
	free := dir
	for n := 2; ; n++ {
		if _, err := os.Stat(filepath.Join(free, stateFile)); err != nil && !stopped(free) {
			return free
		}
		free = fmt.Sprintf("%s-%d", dir, n)
	}
}

// stopped tells whether a folder holds what a localnet left that is down: its keys, and no state.
func stopped(dir string) bool {
	_, state := os.Stat(filepath.Join(dir, stateFile))
	_, keys := os.Stat(filepath.Join(dir, "keys", "keyring-test"))
	return errors.Is(state, os.ErrNotExist) && keys == nil
}

// save replaces the file at once: a reader sees the old state or the new one.
func (l *Localnet) save() error {
	raw, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	file := filepath.Join(l.Dir, stateFile)
	if err := os.WriteFile(file+".new", append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// lock makes sure that one program at a time changes a localnet.
func lock(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// Beside the folder's other files, but not removed with the state: a lock on a removed file holds nobody up.
	file, err := os.OpenFile(filepath.Join(dir, stateFile+".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("another program is starting or stopping the localnet in %s; wait for it: %w", dir, err)
	}
	return func() { file.Close() }, nil // which unlocks
}

// allNodes are the nodes of the hub and of the second chain.
func (l *Localnet) allNodes() []*Node {
	var all []*Node
	for i := range l.Nodes {
		all = append(all, &l.Nodes[i])
	}
	if l.Far != nil {
		all = append(all, &l.Far.Node)
	}
	return all
}

// run starts a process and notes it at once, so that Down finds it whatever happens to this program. A process of
// that name that has ended is replaced.
func (l *Localnet) run(c command) error {
	p, err := start(c)
	if err != nil {
		return err
	}
	if i := l.index(c.name); i >= 0 {
		l.Processes[i] = p
	} else {
		l.Processes = append(l.Processes, p)
	}
	return l.save()
}

// Process is the process of that name.
func (l *Localnet) Process(name string) (Process, error) {
	i := l.index(name)
	if i < 0 {
		return Process{}, fmt.Errorf("the localnet in %s has no process %s", l.Dir, name)
	}
	return l.Processes[i], nil
}

func (l *Localnet) index(name string) int {
	return slices.IndexFunc(l.Processes, func(p Process) bool { return p.Name == name })
}

// Ledger is the simulated ledger of that id.
func (l *Localnet) Ledger(id string) (Ledger, error) {
	i := slices.IndexFunc(l.Ledgers, func(led Ledger) bool { return led.ID == id })
	if i < 0 {
		return Ledger{}, fmt.Errorf("the localnet in %s has no ledger %s", l.Dir, id)
	}
	return l.Ledgers[i], nil
}

// ClientFile is what the participants' commands read.
func (l *Localnet) ClientFile() string { return filepath.Join(l.Dir, "client.yaml") }
