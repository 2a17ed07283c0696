package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/corridor-network/corridor/internal/localnet"
)

// border is what parts validators from the others: every connection between the two sides goes through it, and it can be shut. Its zero
// value is open.
type border struct {
	mu        sync.Mutex
	shut      bool
	crossing  map[net.Conn]bool
	listeners []net.Listener
}

// forward takes connections at one address to another while the border is open.
func (b *border) forward(ctx context.Context, from, to string) error {
	var listener net.Listener
	err := localnet.Until(ctx, "the address "+from+" to be free", func() (bool, error) {
		var err error
		if listener, err = new(net.ListenConfig).Listen(ctx, "tcp", from); errors.Is(err, syscall.EADDRINUSE) {
			return false, nil // a killed process gives its sockets back a moment after it is gone
		}
		return err == nil, err
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.listeners = append(b.listeners, listener)
	b.mu.Unlock()
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go b.cross(ctx, near, to)
		}
	}()
	return nil
}

func (b *border) cross(ctx context.Context, near net.Conn, to string) {
	defer near.Close()
	far, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	if !b.enter(near, far) {
		return
	}
	ended := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1]) // however it ends, both ends of the connection do
			ended <- struct{}{}
		}()
	}
	<-ended
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.crossing, near)
	delete(b.crossing, far)
}

// enter lets a connection through unless the border is shut.
func (b *border) enter(ends ...net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.crossing == nil {
		b.crossing = map[net.Conn]bool{}
	}
	for _, c := range ends {
		b.crossing[c] = !b.shut
	}
	return !b.shut
}

// set shuts the border, which ends every connection that crosses it, or opens it.
func (b *border) set(shut bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut = shut
	for c := range b.crossing {
		if shut {
			c.Close()
		}
	}
}

// end takes the border away: nothing crosses it any more.
func (b *border) end() {
	b.set(true)
	for _, l := range b.listeners {
		l.Close()
	}
}

// behind NAME…: these validators are started again behind a border, which is open. They listen on another loopback address, where the
// border takes those who ask at the old one; and they dial none but each other.
func (s *system) behind(ts *testscript.TestScript, _ bool, names []string) {
	var group []localnet.Node
	for _, n := range s.net.Nodes {
		if slices.Contains(names, n.Name) {
			group = append(group, n)
		}
	}
	if len(group) != len(names) || len(names) == 0 {
		ts.Fatalf("usage: behind NODE...; the nodes are %v", s.net.Nodes)
	}
	s.crash(ts, false, names)
	for _, n := range group {
		ts.Check(move(n, group))
		ts.Check(s.border.forward(s.ctx, n.P2P, elsewhere(n.P2P)))
	}
	s.revive(ts, false, names)
}

// elsewhere is the same port on another loopback address.
func elsewhere(address string) string { return strings.Replace(address, "127.0.0.1:", "127.0.0.2:", 1) }

// move has a validator listen elsewhere, and dial only those of its group.
func move(n localnet.Node, group []localnet.Node) error {
	file := filepath.Join(n.Home, "config", "config.toml")
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	const peers = "persistent_peers = "
	lines := strings.Split(string(raw), "\n")
	for i, line := range lines {
		switch {
		case line == fmt.Sprintf("laddr = %q", "tcp://"+n.P2P):
			lines[i] = elsewhere(line)
		case strings.HasPrefix(line, peers):
			var kept []string
			for _, peer := range strings.Split(strings.Trim(strings.TrimPrefix(line, peers), `"`), ",") {
				if slices.ContainsFunc(group, func(g localnet.Node) bool { return strings.HasSuffix(peer, "@"+g.P2P) }) {
					kept = append(kept, elsewhere(peer))
				}
			}
			lines[i] = fmt.Sprintf("%s%q", peers, strings.Join(kept, ","))
		}
	}
	return os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600)
}

// cut: nobody crosses the border.
func (s *system) cut(*testscript.TestScript, bool, []string) { s.border.set(true) }

// join: everybody does again.
func (s *system) join(*testscript.TestScript, bool, []string) { s.border.set(false) }

// still DURATION NODE…: none of these nodes has a new block for so long, which is many blocks' time.
func (s *system) still(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: still DURATION NODE...")
	}
	quiet, err := time.ParseDuration(args[0])
	ts.Check(err)
	var seen []int64
	since := time.Now()
	s.await(ts, "no new block on "+strings.Join(args[1:], ", ")+" for "+args[0], func() bool {
		var now []int64
		for _, name := range args[1:] {
			now = append(now, s.height(ts, name))
		}
		if !slices.Equal(now, seen) {
			seen, since = now, time.Now()
		}
		return time.Since(since) >= quiet
	})
}

// agree NODE…: at the greatest height that all of these nodes have, they have the same block.
func (s *system) agree(ts *testscript.TestScript, _ bool, names []string) {
	lowest := s.height(ts, names[0])
	for _, name := range names[1:] {
		lowest = min(lowest, s.height(ts, name))
	}
	var first json.RawMessage
	for i, name := range names {
		var answer struct {
			Result struct {
				BlockID json.RawMessage `json:"block_id"`
			} `json:"result"`
		}
		s.rpc(ts, name, fmt.Sprintf("/block?height=%d", lowest), &answer)
		if i == 0 {
			first = answer.Result.BlockID
		}
		if string(answer.Result.BlockID) != string(first) || len(first) == 0 {
			ts.Fatalf("block %d is %s on %s and %s on %s", lowest, first, names[0], answer.Result.BlockID, name)
		}
	}
}

// height is that of a node's newest block.
func (s *system) height(ts *testscript.TestScript, name string) int64 {
	var answer struct {
		Result struct {
			Sync struct {
				Height int64 `json:"latest_block_height,string"`
			} `json:"sync_info"`
		} `json:"result"`
	}
	s.rpc(ts, name, "/status", &answer)
	return answer.Result.Sync.Height
}

// rpc asks a node of the localnet.
func (s *system) rpc(ts *testscript.TestScript, name, path string, into any) {
	i := slices.IndexFunc(s.net.Nodes, func(n localnet.Node) bool { return n.Name == name })
	if i < 0 {
		ts.Fatalf("there is no hub node %s", name)
	}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, "http://"+s.net.Nodes[i].RPC+path, nil)
	ts.Check(err)
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	ts.Check(json.NewDecoder(res.Body).Decode(into))
}
