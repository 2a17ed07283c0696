package tidy

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// moduleVersions asks the go command, in a folder of the repository, for "path version" lines.
func moduleVersions(t *testing.T, folder string, arguments ...string) map[string]string {
	t.Helper()
	command := exec.Command("go", append([]string{"list"}, arguments...)...)
	command.Dir = filepath.Join(root, folder)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list %v in %s: %v", arguments, folder, err)
	}
	versions := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok && version != "" {
			versions[path] = version
		}
	}
	return versions
}

// The hub and its adapters are tested against the same code, and what both need (an SQL database among it, minutes of
// compiling) is compiled once.
func TestAdaptersAreBuiltWithTheHubsVersions(t *testing.T) {
	hub := moduleVersions(t, ".", "-m", "-f", "{{.Path}} {{.Version}}", "all")
	adapters := moduleVersions(t, "adapters", "-deps", "-test", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", "./...")
	shared := 0
	for path, version := range adapters {
		wanted, ok := hub[path]
		if !ok {
			continue
		}
		shared++
		if version != wanted {
			t.Errorf("adapters/go.mod takes %s at %s, the hub at %s: run `go -C adapters get %s@%s`", path, version, wanted, path, wanted)
		}
	}
	if shared == 0 {
		t.Error("the two modules share nothing: the lists were not read right")
	}
}
