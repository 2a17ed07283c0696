package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/corridor-network/corridor/internal/localnet"
)

// oneByOne runs scripts in the order of their names: they share the payers' accounts.
type oneByOne struct{ *testing.T }

// Parallel does nothing.
func (oneByOne) Parallel() {}

// Verbose is the test's own.
func (oneByOne) Verbose() bool { return testing.Verbose() }

// Run runs a script as a sub-test.
func (t oneByOne) Run(name string, run func(testscript.T)) {
	t.T.Run(name, func(t *testing.T) { run(oneByOne{t}) })
}

// runScripts runs the scripts of one folder of testdata.
func (s *system) runScripts(t *testing.T, folder string) {
	testscript.RunT(oneByOne{t}, testscript.Params{
		Dir:                filepath.Join("testdata", folder),
		WorkdirRoot:        s.folder(t, folder),
		Setup:              s.setup,
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":   code,
			"until":  s.until,
			"json":   jsonField,
			"match":  match,
			"hex":    hexOf,
			"fill":   fill,
			"ledger": s.ledger,
			"crash":  s.crash,
			"revive": s.revive,
			"behind": s.behind,
			"cut":    s.cut,
			"join":   s.join,
			"still":  s.still,
			"agree":  s.agree,
		},
	})
}

// setup gives a script what a user's shell would have, and the localnet's addresses.
func (s *system) setup(env *testscript.Env) error {
	env.Setenv("PATH", s.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("NET", s.net.Dir)
	env.Setenv("CORRIDOR_CONFIG", s.net.ClientFile())
	env.Setenv("TOMORROW", time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339))
	// corridord reads its flags from variables of its name.
	env.Setenv("CORRIDORD_HOME", filepath.Join(env.WorkDir, "home", ".corridord"))
	env.Setenv("CORRIDORD_NODE", "tcp://"+s.net.Nodes[0].RPC)
	env.Setenv("CORRIDORD_CHAIN_ID", s.net.ChainID)
	env.Setenv("CORRIDORD_KEYRING_BACKEND", "test")
	env.Setenv("CORRIDORD_KEYRING_DIR", s.keys())
	// A script that starts a localnet of its own does it here; one that fails must not leave it running.
	env.Defer(func() {
		own := filepath.Join(env.WorkDir, "second")
		if _, err := localnet.Open(own); err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), lastWords)
		defer cancel()
		if err := localnet.Down(ctx, own, false); err != nil {
			env.T().Log(err)
		}
	})
	return nil
}

// code N PROGRAM ARG…: the program ends with exit code N.
func code(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: code N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// until PATTERN PROGRAM ARG…: the program is run again and again until its output matches.
func (s *system) until(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: until pattern program args...")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	s.await(ts, "the output of "+strings.Join(args[1:], " ")+" to match "+args[0], func() bool {
		var out string
		if args[1] == "ledger" {
			out = string(s.ask(ts, args[2:]))
		} else {
			_ = ts.Exec(args[1], args[2:]...) // it may well fail until then
			out = ts.ReadFile("stdout")
		}
		if pattern.MatchString(out) {
			fmt.Fprint(ts.Stdout(), out)
			return true
		}
		return false
	})
}

// match NAME PATTERN: the variable gets the first group of the pattern in the last output.
func match(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: match NAME pattern")
	}
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("no match for %q with a group", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// await waits for a condition.
func (s *system) await(ts *testscript.TestScript, what string, done func() bool) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			ts.Fatalf("waited %s for %s", patience, what)
		case <-tick.C:
		}
	}
}

// json NAME PATH: the variable gets the field of the last output, for example settlement.legs.0.state.
func jsonField(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: json NAME path.to.field")
	}
	var at any
	ts.Check(json.NewDecoder(strings.NewReader(ts.ReadFile("stdout"))).Decode(&at))
	for _, step := range strings.Split(args[1], ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				ts.Fatalf("%s: %q: a list of %d", args[1], step, len(v))
			}
			at = v[i]
		}
		if at == nil {
			ts.Fatalf("%s: there is no %q", args[1], step)
		}
	}
	ts.Setenv(args[0], fmt.Sprint(at))
}

// hex NAME BASE64: the variable gets the same bytes in hex.
func hexOf(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: hex NAME base64")
	}
	raw, err := base64.StdEncoding.DecodeString(args[1])
	ts.Check(err)
	ts.Setenv(args[0], hex.EncodeToString(raw))
}

// fill FILE…: $NAME in the files becomes the variable's value.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args {
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(os.Expand(ts.ReadFile(file), ts.Getenv)), 0o600))
	}
}

// ledger LEDGER METHOD PATH [BODY]: what the own operator of a ledger of the localnet in $NET does and sees.
func (s *system) ledger(ts *testscript.TestScript, _ bool, args []string) {
	fmt.Fprint(ts.Stdout(), string(s.ask(ts, args)))
}

func (s *system) ask(ts *testscript.TestScript, args []string) []byte {
	if len(args) != 3 && len(args) != 4 {
		ts.Fatalf("usage: ledger LEDGER METHOD path [body]")
	}
	net, err := localnet.Open(ts.Getenv("NET"))
	ts.Check(err)
	l, err := net.Ledger(args[0])
	ts.Check(err)
	token, err := os.ReadFile(l.AdminFile)
	ts.Check(err)
	body := strings.Join(args[3:], "")
	req, err := http.NewRequestWithContext(s.ctx, args[1], l.URL+"/admin/"+args[2], strings.NewReader(body))
	ts.Check(err)
	req.Header.Set("Authorization", "Bearer "+string(bytes.TrimSpace(token)))
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode/100 != 2 {
		ts.Fatalf("%s: %s", res.Status, raw)
	}
	return append(raw, '\n')
}

// crash NAME…: SIGKILL for processes of the localnet, a notary's adapter included.
func (s *system) crash(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		p, err := s.net.Process(name)
		ts.Check(err)
		ts.Check(p.Kill(s.ctx))
	}
}

// revive NAME…: processes that crashed are started again, and are ready.
func (s *system) revive(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		p, err := s.net.Process(name)
		ts.Check(err)
		if p.Kind == "hub" {
			ts.Check(s.net.RestartNode(s.ctx, name, s.bin))
		} else {
			ts.Check(s.net.RestartNotary(s.ctx, name, s.bin))
		}
	}
}
