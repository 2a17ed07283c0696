package tidy

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the repository, seen from this package's folder.
const root = "../.."

// source is one hand-written Go file.
type source struct {
	path   string // from the root, with slashes
	lines  int
	syntax *ast.File
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// fileSet gives positions for every parsed file.
var fileSet = token.NewFileSet()

// files are all files of the tree, committed or about to be.
var files = sync.OnceValues(func() ([]string, error) {
	command := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, path := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if info, err := os.Stat(filepath.Join(root, path)); err == nil && info.Mode().IsRegular() {
			found = append(found, path)
		}
	}
	return found, nil
})

// sources are the Go files that somebody wrote: no generated ones, none that only pins dependencies.
var sources = sync.OnceValues(func() ([]source, error) {
	paths, err := files()
	if err != nil {
		return nil, err
	}
	var found []source
	for _, path := range paths {
		if !strings.HasSuffix(path, ".go") || filepath.Base(path) == "warm.go" || strings.Contains(path, "/testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return nil, err
		}
		syntax, err := parser.ParseFile(fileSet, path, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		if !ast.IsGenerated(syntax) {
			found = append(found, source{path: path, lines: strings.Count(string(text), "\n"), syntax: syntax})
		}
	}
	return found, nil
})

func allFiles(t *testing.T) []string {
	t.Helper()
	found, err := files()
	if err != nil {
		t.Fatalf("list files with git: %v", err)
	}
	return found
}

func allSources(t *testing.T) []source {
	t.Helper()
	found, err := sources()
	if err != nil {
		t.Fatalf("read Go files: %v", err)
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ratchet is ratchet.txt: for each rule, the things allowed over the limit, and how far.
func ratchet(t *testing.T, rule string) map[string]int {
	t.Helper()
	file, err := os.Open("ratchet.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	allowed := map[string]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		size, err := strconv.Atoi(fields[len(fields)-1])
		if len(fields) != 3 || err != nil {
			t.Fatalf("ratchet.txt: %q is not `rule thing size`", line)
		}
		if fields[0] == rule {
			allowed[fields[1]] = size
		}
	}
	return allowed
}

// measure compares sizes with a limit and with the ratchet.
func measure(t *testing.T, rule string, limit int, sizes map[string]int, why string) {
	t.Helper()
	allowed := ratchet(t, rule)
	for thing, size := range sizes {
		switch most, listed := allowed[thing]; {
		case size > limit && !listed:
			t.Errorf("%s: %d, at most %d: %s", thing, size, limit, why)
		case size > limit && size > most:
			t.Errorf("%s: grew to %d from the %d that ratchet.txt allows: %s", thing, size, most, why)
		case size <= limit && listed:
			t.Errorf("%s: is within the limit now: take it out of internal/tidy/ratchet.txt", thing)
		}
	}
	for thing := range allowed {
		if _, exists := sizes[thing]; !exists {
			t.Errorf("%s: is gone: take it out of internal/tidy/ratchet.txt", thing)
		}
	}
}
