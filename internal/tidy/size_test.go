package tidy

import (
	"go/ast"
	"path"
	"strings"
	"testing"
)

const (
	maxFileLines     = 400
	maxFunctionLines = 70
	maxTestLines     = 120 // a table of cases is data, not logic
	maxParameters    = 5
	maxMethods       = 7
	maxMainLines     = 80
	maxShellLines    = 150
)

func TestAFileIsReadInOneSitting(t *testing.T) {
	sizes := map[string]int{}
	for _, file := range allSources(t) {
		sizes[file.path] = file.lines
	}
	measure(t, "file-lines", maxFileLines, sizes, "split it by noun or by step")
}

func TestAMainOnlyWires(t *testing.T) {
	sizes := map[string]int{}
	for _, file := range allSources(t) {
		if path.Base(file.path) == "main.go" {
			sizes[file.path] = file.lines
		}
	}
	measure(t, "main-lines", maxMainLines, sizes, "a main wires; what it does belongs into a package that tests can reach")
}

func TestAFunctionFitsAScreen(t *testing.T) {
	code, tests := map[string]int{}, map[string]int{}
	for _, file := range allSources(t) {
		for _, declaration := range file.syntax.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := fileSet.Position(function.End()).Line - fileSet.Position(function.Pos()).Line + 1
			sizes := code
			if file.isTest() {
				sizes = tests
			}
			sizes[file.path+":"+functionName(function)] = lines
		}
	}
	measure(t, "function-lines", maxFunctionLines, code, "name its steps and let each be a function")
	measure(t, "test-lines", maxTestLines, tests, "split the story, or move its table out")
}

// imposed are methods whose parameters ibc-go decides: it calls them.
var imposed = map[string]bool{"OnChanOpenInit": true, "OnChanOpenTry": true, "OnChanOpenAck": true, "SendPacket": true}

func TestAFunctionTakesFewParameters(t *testing.T) {
	sizes := map[string]int{}
	for _, file := range allSources(t) {
		for _, declaration := range file.syntax.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && !imposed[function.Name.Name] {
				sizes[file.path+":"+functionName(function)] = function.Type.Params.NumFields()
			}
		}
	}
	measure(t, "parameters", maxParameters, sizes, "a caller mixes them up: pass a struct with names")
}

func TestAnInterfaceIsSmall(t *testing.T) {
	sizes := map[string]int{}
	for _, file := range allSources(t) {
		ast.Inspect(file.syntax, func(node ast.Node) bool {
			spec, ok := node.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if declared, ok := spec.Type.(*ast.InterfaceType); ok {
				sizes[file.path+":"+spec.Name.Name] = declared.Methods.NumFields()
			}
			return true
		})
	}
	measure(t, "methods", maxMethods, sizes, "whoever implements or fakes it needs them all: split it by who calls")
}

func TestShellStaysShort(t *testing.T) {
	sizes := map[string]int{}
	for _, file := range allFiles(t) {
		if strings.HasSuffix(file, ".sh") || strings.HasPrefix(file, ".ci/") {
			sizes[file] = strings.Count(read(t, file), "\n")
		}
	}
	measure(t, "shell-lines", maxShellLines, sizes, "longer shell becomes Go, where it can be tested")
}

// functionName is Name or Type.Name.
func functionName(function *ast.FuncDecl) string {
	if function.Recv == nil || len(function.Recv.List) == 0 {
		return function.Name.Name
	}
	receiver := function.Recv.List[0].Type
	for {
		switch shape := receiver.(type) {
		case *ast.StarExpr:
			receiver = shape.X
		case *ast.IndexExpr:
			receiver = shape.X
		case *ast.IndexListExpr:
			receiver = shape.X
		case *ast.Ident:
			return shape.Name + "." + function.Name.Name
		default:
			return function.Name.Name
		}
	}
}
