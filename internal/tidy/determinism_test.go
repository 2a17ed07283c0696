package tidy

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// deterministic are the folders whose code runs on every validator and must do the same on each.
var deterministic = []string{"x/", "internal/fsm/"}

// compiled is where the go command keeps what a package exports.
type compiled struct{ ImportPath, Export string }

// clocks are the functions of package time that ask or wait for the machine's clock.
var clocks = map[string]bool{
	"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "AfterFunc": true, "Tick": true,
	"NewTimer": true, "NewTicker": true,
}

func TestConsensusCodeDoesTheSameOnEveryValidator(t *testing.T) {
	find := exporter(t, "./x/...", "./internal/fsm/...")
	written, all := map[string][]*ast.File{}, map[string][]*ast.File{}
	for _, file := range allSources(t) {
		folder := path.Dir(file.path)
		if file.isTest() || !startsWithAny(file.path, deterministic) || strings.Contains(file.path, "test/") {
			continue
		}
		written[folder] = append(written[folder], file.syntax)
	}
	for folder, files := range written {
		all[folder] = append(generatedIn(t, folder), files...)
	}
	for folder, files := range all {
		info := check(module+"/"+folder, files, find)
		for _, file := range written[folder] {
			for _, problem := range nondeterminism(file, info) {
				t.Error(problem)
			}
		}
	}
}

func TestEachSourceOfChanceIsFound(t *testing.T) {
	find := exporter(t, "time", "math/rand")
	for _, test := range []struct {
		name, body string
		found      int
	}{
		{"the clock", "_ = time.Now()", 1},
		{"a time of the block's", "var at time.Time; _ = at.After(at)", 0},
		{"chance", "_ = rand.Int()", 1},
		{"a map", "for range map[string]int{} {}", 1},
		{"a slice", "for range []int{} {}", 0},
		{"a float", "var rate float64; _ = rate", 1},
		{"a goroutine", "go func() {}()", 1},
		{"a select", "select {}", 1},
	} {
		text := "package p\nimport (\"time\"; \"math/rand\")\nfunc f() {" + test.body + "}\n"
		file, err := parser.ParseFile(fileSet, "p.go", text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if found := nondeterminism(file, check("p", []*ast.File{file}, find)); len(found) != test.found {
			t.Errorf("%s: found %q, want %d", test.name, found, test.found)
		}
	}
}

// check finds out what each name means. What does not compile is the compiler's business.
func check(name string, files []*ast.File, find importer.Lookup) *types.Info {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	checker := types.Config{Importer: importer.ForCompiler(fileSet, "gc", find), Error: func(error) {}}
	_, _ = checker.Check(name, fileSet, files, info)
	return info
}

// generatedIn parses a folder's generated files: the types that the written ones use are there.
func generatedIn(t *testing.T, folder string) []*ast.File {
	t.Helper()
	var found []*ast.File
	for _, file := range allFiles(t) {
		if path.Dir(file) != folder || !strings.HasSuffix(file, ".pb.go") {
			continue
		}
		syntax, err := parser.ParseFile(fileSet, file, read(t, file), 0)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, syntax)
	}
	return found
}

// nondeterminism lists what could differ between two validators, and why.
func nondeterminism(file *ast.File, info *types.Info) []string {
	var found []string
	report := func(node ast.Node, why string) {
		found = append(found, fmt.Sprintf("%s: %s", fileSet.Position(node.Pos()), why))
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.GoStmt:
			report(node, "a goroutine: the order of its effects is the scheduler's")
		case *ast.SelectStmt:
			report(node, "a select: which case runs is chance")
		case *ast.RangeStmt:
			if over := info.TypeOf(node.X); over != nil {
				if _, isMap := over.Underlying().(*types.Map); isMap {
					report(node, "walks a map, in another order each time: walk sorted keys, slices.Sorted(maps.Keys(m))")
				}
			}
		case *ast.Ident:
			if why := unsure(info.Uses[node]); why != "" {
				report(node, why)
			}
		}
		return true
	})
	return found
}

// unsure says why a name must not be used in consensus code.
func unsure(used types.Object) string {
	switch {
	case used == nil:
		return ""
	case used == types.Universe.Lookup("float64") || used == types.Universe.Lookup("float32"):
		return "a float: it rounds differently; amounts are integers of minor units, rates are ratios"
	case used.Pkg() == nil:
		return ""
	case used.Pkg().Path() == "time" && clocks[used.Name()] && !isMethod(used):
		return "the machine's clock: only block time counts"
	case strings.HasSuffix(used.Pkg().Path(), "/rand") || strings.HasSuffix(used.Pkg().Path(), "/rand/v2"):
		return "chance: every validator must compute the same"
	}
	return ""
}

// isMethod tells time.After, which waits, from the After of a time.
func isMethod(used types.Object) bool {
	signature, ok := used.Type().(*types.Signature)
	return ok && signature.Recv() != nil
}

// exporter finds the export data of everything that the packages need; the go command compiles what is not yet.
func exporter(t *testing.T, packages ...string) importer.Lookup {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-e", "-export", "-deps", "-json=ImportPath,Export"}, packages...)...)
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list -export: %v", err)
	}
	exports := map[string]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var each compiled
		if err := decoder.Decode(&each); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[each.ImportPath] = each.Export
	}
	return func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(exports[path])
	}
}

func startsWithAny(text string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}
