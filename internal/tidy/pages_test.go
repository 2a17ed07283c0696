package tidy

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	type about struct{ main, docFile, documented bool }
	packages := map[string]*about{}
	for _, file := range allSources(t) {
		if file.isTest() {
			continue
		}
		folder := path.Dir(file.path)
		if packages[folder] == nil {
			packages[folder] = &about{}
		}
		this := packages[folder]
		this.main = this.main || file.syntax.Name.Name == "main"
		if file.syntax.Doc != nil && isPackageComment(file.syntax) {
			this.documented = true
			this.docFile = this.docFile || path.Base(file.path) == "doc.go"
		}
	}
	for folder, this := range packages {
		if !this.documented || !this.main && !this.docFile {
			t.Errorf("%s: has no doc.go with a package comment: say what it is, what it trusts, what breaks it "+
				"(a main may say so in main.go)", folder)
		}
	}
}

// isPackageComment refuses comments that only happen to stand above the package clause.
func isPackageComment(file *ast.File) bool {
	text := file.Doc.Text()
	return strings.HasPrefix(text, "Package ") || file.Name.Name == "main" && text != ""
}

func TestEveryModuleOfTheHubHasItsSpec(t *testing.T) {
	for _, module := range folders(t, "x") {
		demand(t, path.Join("x", module, "README.md"), "a module's README is its spec: nouns, states, guards in order")
	}
}

func TestEveryAdapterHasItsMapping(t *testing.T) {
	for _, adapter := range folders(t, "adapters") {
		if _, err := os.Stat(filepath.Join(root, "adapters", adapter, "mapping.go")); err == nil {
			demand(t, path.Join("adapters", adapter, "MAPPING.md"), "it says what each verb becomes on the ledger, and back")
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	known := map[string]bool{}
	for _, file := range allFiles(t) {
		for known[file] = true; file != "."; file = path.Dir(file) {
			known[file] = true
		}
	}
	for _, page := range allFiles(t) {
		if path.Ext(page) != ".md" {
			continue
		}
		for number, line := range strings.Split(withoutCode(read(t, page)), "\n") {
			for _, match := range link.FindAllStringSubmatch(line, -1) {
				target, _, _ := strings.Cut(match[1], "#")
				if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
					continue
				}
				if file := path.Join(path.Dir(page), target); !known[file] {
					t.Errorf("%s:%d: the link leads to %s, which does not exist", page, number+1, file)
				}
			}
		}
	}
}

// withoutCode empties fenced blocks, in which brackets mean other things.
func withoutCode(page string) string {
	lines, inside := strings.Split(page, "\n"), false
	for i, line := range lines {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if inside || fence {
			lines[i] = ""
		}
		inside = inside != fence
	}
	return strings.Join(lines, "\n")
}

// folders are the folders below one that hold files of the tree.
func folders(t *testing.T, below string) []string {
	t.Helper()
	found := map[string]bool{}
	for _, file := range allFiles(t) {
		if rest, ok := strings.CutPrefix(file, below+"/"); ok && strings.Contains(rest, "/") {
			found[rest[:strings.Index(rest, "/")]] = true
		}
	}
	var names []string
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func demand(t *testing.T, file, why string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, file)); err != nil {
		t.Errorf("%s is missing: %s", file, why)
	}
}
