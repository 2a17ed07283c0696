package tidy

import (
	"go/ast"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// banned are texts that no file may have. They are put together here so that this file has none.
var banned = []struct{ text, why string }{
	{"TO" + "DO", "do it now, or open an issue"},
	{"FIX" + "ME", "fix it now, or open an issue"},
	{"/wo" + "rk/", "a path of one machine"},
	{"/ro" + "ot/", "a path of one machine"},
	{"proxy.gol" + "ang.org", "which registry is used is the environment's business"},
	{"registry.npm" + "js.org", "which registry is used is the environment's business"},
}

// text are files whose words are ours; schemas of standards and checksums are not.
var text = map[string]bool{
	".go": true, ".md": true, ".proto": true, ".sh": true, ".yaml": true, ".yml": true, ".txt": true, ".sql": true,
	".toml": true, ".json": true, "": true,
}

func TestNoFileHasABannedText(t *testing.T) {
	for _, file := range allFiles(t) {
		if !text[filepath.Ext(file)] {
			continue
		}
		for number, line := range strings.Split(read(t, file), "\n") {
			for _, word := range banned {
				if containsWord(line, word.text) {
					t.Errorf("%s:%d: %q: %s", file, number+1, word.text, word.why)
				}
			}
		}
	}
}

// containsWord finds text that does not continue a longer word.
func containsWord(line, text string) bool {
	before, after, found := strings.Cut(line, text)
	if !found {
		return false
	}
	isWord := regexp.MustCompile(`\w`)
	startsInside := before != "" && isWord.MatchString(text[:1]) && isWord.MatchString(before[len(before)-1:])
	endsInside := after != "" && isWord.MatchString(text[len(text)-1:]) && isWord.MatchString(after[:1])
	return !startsInside && !endsInside || containsWord(after, text)
}

func TestTestsWaitForConditionsAndNeverSleep(t *testing.T) {
	for _, file := range allSources(t) {
		if !file.isTest() && !strings.HasPrefix(file.path, "e2e/") {
			continue
		}
		ast.Inspect(file.syntax, func(node ast.Node) bool {
			if call, ok := node.(*ast.SelectorExpr); ok && selects(call, "time", "Sleep") {
				t.Errorf("%s: a sleep is too short on a slow machine and too long on a fast one: wait for a condition "+
					"with a deadline (require.Eventually, a channel, a ticker)", fileSet.Position(call.Pos()))
			}
			return true
		})
	}
}

// selects says whether the expression is written pkg.name.
func selects(expression *ast.SelectorExpr, pkg, name string) bool {
	left, ok := expression.X.(*ast.Ident)
	return ok && left.Name == pkg && expression.Sel.Name == name
}
