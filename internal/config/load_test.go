package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type settings struct {
	Name   string            `mapstructure:"name" validate:"required,max=8"`
	Count  int               `mapstructure:"count" validate:"min=1,max=9"`
	Wait   time.Duration     `mapstructure:"wait"`
	Hosts  []string          `mapstructure:"hosts"`
	Labels map[string]string `mapstructure:"labels"`
	Deep   deep              `mapstructure:"deep"`
	Items  []item            `mapstructure:"items" validate:"dive"`
}

type item struct {
	ID   string   `mapstructure:"id" validate:"required"`
	Size int      `mapstructure:"size" validate:"max=5"`
	Tags []string `mapstructure:"tags" validate:"dive,max=2"`
}

// Check is a rule across fields.
func (s *settings) Check(problem func(field, message string)) {
	for i, it := range s.Items {
		if it.ID == s.Name {
			problem(fmt.Sprintf("items[%d].id", i), "is the name of the whole")
		}
	}
}

type deep struct {
	Mode string `mapstructure:"mode" validate:"oneof=fast slow"`
	At   string `mapstructure:"at" validate:"omitempty,hostname_port"`
}

func load(t *testing.T, text string) (settings, error) {
	file := filepath.Join(t.TempDir(), "s.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	s := settings{Count: 3, Wait: time.Second, Deep: deep{Mode: "slow"}}
	err := Load(file, "CORRIDOR_TEST", &s)
	return s, err
}

func TestWhatTheFileDoesNotSayStaysAsItWas(t *testing.T) {
	s, err := load(t, "name: a\nhosts: [x, y]\nlabels: {any: key, is: fine}\ndeep:\n  at: 127.0.0.1:1\n")
	require.NoError(t, err)
	require.Equal(t, settings{
		Name: "a", Count: 3, Wait: time.Second, Hosts: []string{"x", "y"}, Labels: map[string]string{"any": "key", "is": "fine"},
		Deep: deep{Mode: "slow", At: "127.0.0.1:1"},
	}, s)
}

func TestVariablesComeBeforeTheFile(t *testing.T) {
	for name, value := range map[string]string{
		"NAME": "env", "COUNT": "7", "WAIT": "3s", "HOSTS": "x,y", "DEEP_MODE": "fast", "UNRELATED": "1",
	} {
		t.Setenv("CORRIDOR_TEST_"+name, value)
	}
	s, err := load(t, "name: file\ncount: 2\n")
	require.NoError(t, err)
	require.Equal(t, settings{Name: "env", Count: 7, Wait: 3 * time.Second, Hosts: []string{"x", "y"}, Deep: deep{Mode: "fast"}}, s)
}

// What a variable says is checked like what the file says.
func TestABadVariableIsRefused(t *testing.T) {
	t.Setenv("CORRIDOR_TEST_COUNT", "70")
	_, err := load(t, "name: a\n")
	require.ErrorContains(t, err, "count: 70 is too large: want at most 9")
	t.Setenv("CORRIDOR_TEST_COUNT", "many")
	_, err = load(t, "name: a\n")
	require.ErrorContains(t, err, "count")
}

// Every problem has its own line in the message: file, line, field, what is wrong.
func TestProblems(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"an empty file", "", []string{"s.yaml: the file is empty"}},
		{"nothing but a remark", "# a\n", []string{"s.yaml: the file is empty"}},
		{"a list", "- a\n", []string{"s.yaml:1: this is no configuration: want fields, one a line, as name: value"}},
		{"a word", "a\n", []string{"s.yaml:1: this is no configuration"}},
		{"one value for fields", "name: a\ndeep: 7\n", []string{"s.yaml:2: deep: 7 is one value; want fields under it, as name: value"}},
		{"one value for a list of fields", "name: a\nitems: x\n", []string{"s.yaml:2: items: x is one value; want fields under it, as name: value"}},
		{"no YAML", "name: [\n", []string{"s.yaml: "}},
		{"a field twice", "name: a\nname: b\n", []string{"s.yaml: "}},
		{"an unknown field", "name: a\ncolour: red\n", []string{"s.yaml:2: colour: there is no such field"}},
		{"an unknown field, deep", "name: a\ndeep:\n  colour: red\n", []string{"s.yaml:3: deep.colour: there is no such field"}},
		{"a field at the wrong depth", "name: a\nmode: fast\n", []string{"s.yaml:2: mode: there is no such field"}},
		{"the wrong kind", "name: a\ncount: many\n", []string{"s.yaml:2: count: "}},
		{"a number that would be cut", "name: a\ncount: 2.9\n", []string{"s.yaml:2: count: 2.9 is not a whole number"}},
		{"yes for a number", "name: a\ncount: true\n", []string{"s.yaml:2: count: true is not a whole number"}},
		{"a number for a text", "name: 007\n", []string{"s.yaml:1: name: 7 is not a text; put it in quotes"}},
		{"a duration without a unit", "name: a\nwait: 5\n", []string{"s.yaml:2: wait: 5 is not a duration; write it like 10s or 5m"}},
		{"two documents", "name: a\n---\nname: b\n", []string{"s.yaml: there is a second document"}},
		{"a list for a word", "name: [a, b]\n", []string{"s.yaml:1: name: "}},
		{"a word for a section", "name: a\ndeep: fast\n", []string{"s.yaml:2: deep: "}},
		{"not one of", "name: a\ndeep: {mode: warp}\n", []string{`s.yaml:2: deep.mode: "warp" is none of: fast, slow`}},
		{"not an address", "name: a\ndeep: {at: here}\n", []string{`s.yaml:2: deep.at: "here" is not host:port`}},
		{"too small", "name: a\ncount: 0\n", []string{"s.yaml:2: count: 0 is too small: want at least 1"}},
		{"too long", "name: a much longer name\n", []string{"s.yaml:1: name: "}},
		{"an unknown field in a list", "name: a\nitems:\n  - id: x\n  - id: y\n    colour: red\n", []string{"s.yaml:5: items[1].colour: there is no such field"}},
		{"a missing field in a list", "name: a\nitems:\n  - size: 1\n", []string{"items[0].id: is missing"}},
		{"a bad field in a list", "name: a\nitems:\n  - id: x\n    size: 6\n", []string{"s.yaml:4: items[0].size: 6 is too large"}},
		{"the wrong kind in a list", "name: a\nitems:\n  - id: x\n    size: 2.5\n", []string{"s.yaml:4: items[0].size: 2.5 is not a whole number"}},
		{"a bad element of a list in a list", "name: a\nitems:\n  - id: x\n    tags:\n      - ok\n      - long\n", []string{"s.yaml:6: items[0].tags[1]: "}},
		{"a word for a list's element", "name: a\nitems: [x]\n", []string{"s.yaml:2: items[0]: "}},
		{"a rule across fields", "name: a\nitems:\n  - id: x\n  - id: a\n", []string{"s.yaml:4: items[1].id: is the name of the whole"}},
		{"several, in the order of the file", "b: 1\nname: a\na: 1\n", []string{"s.yaml:1: b: ", "s.yaml:3: a: "}},
		{"several on one line", "name: a\ndeep: {z: 1, b: 2, c: 3}\n", []string{"s.yaml:2: deep.b: ", "s.yaml:2: deep.c: ", "s.yaml:2: deep.z: "}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := load(t, row.text)
			require.Error(t, err)
			lines := strings.Split(err.Error(), "\n")
			require.GreaterOrEqual(t, len(lines), len(row.want), err)
			for i, want := range row.want {
				require.Contains(t, lines[i], want)
			}
			require.True(t, errors.As(err, new(Problem)))
		})
	}
}

func TestAFileThatIsNotThereOrTooLarge(t *testing.T) {
	require.ErrorIs(t, Load("/does/not/exist.yaml", "X", &settings{}), os.ErrNotExist)
	_, err := load(t, "name: a\n#"+strings.Repeat("x", maxFileBytes))
	require.ErrorContains(t, err, "a configuration has at most 1048576")
}
