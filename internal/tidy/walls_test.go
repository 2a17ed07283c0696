package tidy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/corridor-network/corridor"

// listed is what the go command knows of one package.
type listed struct {
	ImportPath string
	Deps       []string // what the package needs, directly and through others
}

// wall says that no package below From may need, even through others, one below a Deny.
type wall struct {
	from   []string
	except []string // packages below from that may
	deny   []string
	allow  []string // packages below a deny that are allowed all the same
	why    string
}

// own gives paths of this repository their module's name.
func own(paths ...string) []string {
	for i, path := range paths {
		paths[i] = module + "/" + path
	}
	return paths
}

var walls = []wall{
	{
		from: own("x"), deny: own("relayer", "adapters", "app", "cmd"), allow: own("adapters/order"),
		why: "the hub's modules know no carrier, no plugin and nobody who wires them; of adapters/ only the bytes both sides agree on",
	},
	{
		from: own("x/bridge", "x/compliance", "x/currency"), deny: own("x/token", "x/settlement"),
		why: "knowledge points left only: bridge, compliance, currency <- token <- settlement",
	},
	{
		from: own("x/token"), deny: own("x/settlement"),
		why: "knowledge points left only: bridge, compliance, currency <- token <- settlement",
	},
	{
		from: own("adapters"), deny: append(own("x", "app", "cmd", "relayer", "internal"), "github.com/cosmos/cosmos-sdk", "cosmossdk.io"),
		why: "an adapter needs the SDK of adapters alone, so that a plugin builds in seconds and its author reads one package",
	},
	{
		from: own("adapters/order"), deny: append(own("adapters"), "github.com", "golang.org", "google.golang.org"),
		allow: own("adapters/order"), why: "it is a leaf: a ledger's core system or an auditor takes it without taking on anything else",
	},
	{
		from: own("adapters/cbdc"), deny: own("adapters/bank", "adapters/memory", "adapters/evm"), why: "adapters do not know each other",
	},
	{
		from: own("adapters/bank"), deny: own("adapters/cbdc", "adapters/memory", "adapters/evm"), why: "adapters do not know each other",
	},
	{
		from: own("relayer", "internal"), deny: own("app", "cmd"), why: "only cmd and app wire",
	},
	{
		from: own("relayer", "internal", "x", "app", "cmd"), deny: own("internal/testchain"), why: "its keys are known to everybody: tests alone",
	},
	{
		from: own("relayer", "internal", "adapters", "x", "app", "cmd"), except: own("adapters/orderproof/testhub", "adapters/cbdc/sim/simtest"),
		deny: own("adapters/orderproof/testhub"), why: "its validators' keys are known to everybody: tests alone",
	},
	{
		from: own("relayer", "internal", "adapters", "x", "app", "cmd"), except: own("adapters/evm"),
		deny: []string{"github.com/ethereum/go-ethereum"}, why: "heavy and under another licence: adapters/evm alone",
	},
}

func TestAModulesRootHasNoStoreAndItsKeeperMeetsNoOtherKeeper(t *testing.T) {
	for _, each := range imports(t) {
		rest, ok := strings.CutPrefix(each.path, module+"/x/")
		if !ok {
			continue
		}
		name, inner, nested := strings.Cut(rest, "/")
		for _, imported := range each.imports {
			if !nested && (below(imported, "cosmossdk.io/store") || below(imported, "cosmossdk.io/core/store")) {
				t.Errorf("%s imports %s: a module's root package holds nouns and rules; the store is its keeper's", each.path, imported)
			}
			other, isKeeper := strings.CutSuffix(strings.TrimPrefix(imported, module+"/x/"), "/keeper")
			if strings.HasPrefix(imported, module+"/x/") && isKeeper && (other != name || inner == "") {
				t.Errorf("%s imports %s: it declares the small interface it needs, and app passes the keeper in", each.path, imported)
			}
		}
	}
}

func TestOnlyThePluginHostAndTheSDKKnowGoPlugin(t *testing.T) {
	for _, each := range imports(t) {
		if below(each.path, module+"/relayer/pluginhost") || below(each.path, module+"/adapters/sdk") {
			continue
		}
		for _, imported := range each.imports {
			if below(imported, "github.com/hashicorp/go-plugin") {
				t.Errorf("%s imports %s: how a plugin is carried is known to relayer/pluginhost and adapters/sdk alone", each.path, imported)
			}
		}
	}
}

func TestNobodyClimbsAWall(t *testing.T) {
	for _, climbed := range climbers(packages(t)) {
		t.Error(climbed)
	}
}

func TestTheWallsStand(t *testing.T) {
	for _, test := range []struct {
		from, needs string
		climbs      bool
	}{
		{"x/token/keeper", "x/bridge", false},
		{"x/token/keeper", "adapters/order", false},
		{"x/token/keeper", "adapters/sdk", true},
		{"x/bridge", "x/token", true},
		{"x/tokens", "x/settlement", false},
		{"adapters/cbdc", "adapters/sdk", false},
		{"adapters/cbdc", "adapters/bank", true},
		{"adapters/order", "adapters/sdk", true},
		{"relayer/ledgerlink", "app", true},
	} {
		climbed := climbers([]listed{{ImportPath: module + "/" + test.from, Deps: own(test.needs)}})
		if !test.climbs && len(climbed) > 0 {
			t.Errorf("%s may need %s, but: %v", test.from, test.needs, climbed)
		}
		if test.climbs && len(climbed) == 0 {
			t.Errorf("%s must not need %s, but no wall says so", test.from, test.needs)
		}
	}
}

// climbers are the packages that need what a wall denies them.
func climbers(packages []listed) []string {
	var found []string
	for _, wall := range walls {
		for _, each := range packages {
			if !belowAny(each.ImportPath, wall.from) || belowAny(each.ImportPath, wall.except) {
				continue
			}
			for _, needed := range each.Deps {
				if belowAny(needed, wall.deny) && !belowAny(needed, wall.allow) {
					found = append(found, fmt.Sprintf("%s needs %s (see go list -deps): %s", each.ImportPath, needed, wall.why))
				}
			}
		}
	}
	return found
}

// below says whether a package is, or lies under, another.
func below(path, above string) bool {
	return path == above || strings.HasPrefix(path, above+"/")
}

func belowAny(path string, above []string) bool {
	for _, each := range above {
		if below(path, each) {
			return true
		}
	}
	return false
}

// importing is one hand-written package without its tests, and what it imports itself.
type importing struct {
	path    string
	imports []string
}

func imports(t *testing.T) []importing {
	t.Helper()
	var found []importing
	for _, file := range allSources(t) {
		if file.isTest() {
			continue
		}
		each := importing{path: module + "/" + filepath.ToSlash(filepath.Dir(file.path))}
		for _, spec := range file.syntax.Imports {
			each.imports = append(each.imports, strings.Trim(spec.Path.Value, `"`))
		}
		found = append(found, each)
	}
	return found
}

// packages are those of both Go modules; tests are not among what they need.
var listPackages = sync.OnceValues(func() ([]listed, error) {
	var found []listed
	for _, folder := range []string{root, filepath.Join(root, "adapters")} {
		command := exec.Command("go", "list", "-e", "-json=ImportPath,Deps", "./...")
		command.Dir = folder
		out, err := command.StdoutPipe()
		if err != nil {
			return nil, err
		}
		if err := command.Start(); err != nil {
			return nil, err
		}
		for decoder := json.NewDecoder(out); ; {
			var each listed
			if err := decoder.Decode(&each); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			found = append(found, each)
		}
		if err := command.Wait(); err != nil {
			return nil, err
		}
	}
	return found, nil
})

func packages(t *testing.T) []listed {
	t.Helper()
	found, err := listPackages()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return found
}
