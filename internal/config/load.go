package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-playground/validator/v10"
	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// maxFileBytes bounds a configuration file.
const maxFileBytes = 1 << 20

// Problem is one thing that is wrong with a file.
type Problem struct {
	File    string
	Line    int    // 0 where the field is not in the file
	Field   string // dotted path
	Message string // what is wrong and what to do
}

// Error gives file:line: field: message.
func (p Problem) Error() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Field == "" {
		return where + ": " + p.Message
	}
	return where + ": " + p.Field + ": " + p.Message
}

// Load reads the file into the struct that into points to, whose present values are the defaults. All problems are
// reported together, joined, in the order of the file.
func Load(file, envPrefix string, into any) error {
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("configuration: %s: %w", file, os.ErrNotExist)
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	if info.Size() > maxFileBytes {
		return Problem{File: file, Message: fmt.Sprintf("%d bytes; a configuration has at most %d", info.Size(), maxFileBytes)}
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	tree, err := parse(raw)
	if err != nil {
		return Problem{File: file, Message: err.Error()}
	}
	if len(tree.Content) == 0 {
		return Problem{File: file, Message: "the file is empty"}
	}
	if tree.Content[0].Kind != yaml.MappingNode {
		return Problem{File: file, Line: tree.Content[0].Line, Message: "this is no configuration: want fields, one a line, as name: value"}
	}
	lines := map[string]int{}
	index(tree.Content[0], "", lines)
	known := map[string]reflect.Type{}
	fields(reflect.TypeOf(into).Elem(), "", known)
	problems := unknown(file, lines, known)
	problems = append(problems, decode(file, envPrefix, known, into, lines)...)
	if len(problems) == 0 {
		problems = validate(file, into, lines)
	}
	if checked, ok := into.(Checker); ok && len(problems) == 0 {
		checked.Check(func(field, message string) {
			problems = append(problems, Problem{file, lines[strings.ToLower(field)], field, message})
		})
	}
	return join(problems)
}

// Checker is a struct with rules that tags can't say. Check is called when everything else is right; field is a dotted path, list
// elements in brackets: chains[0].name.
type Checker interface {
	Check(problem func(field, message string))
}

// parse reads the file's one document.
func parse(raw []byte) (tree yaml.Node, err error) {
	in := yaml.NewDecoder(bytes.NewReader(raw))
	if err := in.Decode(&tree); err != nil && !errors.Is(err, io.EOF) {
		return tree, err
	}
	if err := in.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return tree, errors.New("there is a second document after ---; a configuration is one")
	}
	return tree, nil
}

func join(problems []Problem) error {
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), strings.Compare(a.Field, b.Field)) })
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

// index notes the line of every field by its dotted path.
func index(n *yaml.Node, path string, lines map[string]int) {
	if n.Kind == yaml.SequenceNode {
		for i, item := range n.Content {
			p := fmt.Sprintf("%s[%d]", path, i)
			lines[p] = item.Line
			index(item, p, lines)
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		p := strings.ToLower(child(path, n.Content[i].Value))
		lines[p] = n.Content[i].Line
		index(n.Content[i+1], p, lines)
	}
}

func child(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// fields lists the fields of a struct by dotted path, those of a list's elements behind []; a map is a leaf.
func fields(t reflect.Type, path string, known map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		field(f.Type, child(path, f.Tag.Get("mapstructure")), known)
	}
}

func field(t reflect.Type, path string, known map[string]reflect.Type) {
	known[path] = t
	switch t.Kind() {
	case reflect.Struct:
		fields(t, path, known)
	case reflect.Slice:
		field(t.Elem(), path+element, known)
	}
}

// element stands for any element of a list.
const element = "[]"

// anElement is one element of a list.
var anElement = regexp.MustCompile(`\[\d+\]`)

func unknown(file string, lines map[string]int, known map[string]reflect.Type) (problems []Problem) {
	for path, line := range lines {
		like := anElement.ReplaceAllString(path, element)
		if _, ok := known[like]; ok || underMap(like, known) {
			continue
		}
		problems = append(problems, Problem{file, line, path, "there is no such field; check its spelling and its indentation"})
	}
	return problems
}

// underMap tells whether the path leads into a map whose keys the user chooses.
func underMap(path string, known map[string]reflect.Type) bool {
	for at := strings.LastIndex(path, "."); at > 0; at = strings.LastIndex(path[:at], ".") {
		if t, ok := known[path[:at]]; ok {
			return t.Kind() == reflect.Map
		}
	}
	return false
}

func decode(file, envPrefix string, known map[string]reflect.Type, into any, lines map[string]int) []Problem {
	v := viper.New()
	v.SetConfigFile(file)
	v.SetConfigType("yaml")
	v.SetEnvPrefix(envPrefix)
	v.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	for path, t := range known {
		if t.Kind() == reflect.Struct || strings.Contains(path, element) {
			continue
		}
		if err := v.BindEnv(path); err != nil {
			return []Problem{{File: file, Field: path, Message: err.Error()}}
		}
	}
	if err := v.ReadInConfig(); err != nil {
		return []Problem{{File: file, Message: err.Error()}}
	}
	err := v.Unmarshal(into, viper.DecodeHook(mapstructure.ComposeDecodeHookFunc(
		strict, mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(","))))
	if err == nil {
		return nil
	}
	return decodeProblems(file, err, lines)
}

// strict refuses what YAML reads as another kind than the field's: a number that would be cut, a text that looked like a number and has lost
// its zeros. Texts become numbers, for variables are texts.
func strict(from, to reflect.Type, value any) (any, error) {
	switch kind := from.Kind(); {
	case to.Kind() == reflect.Struct && kind != reflect.Map && kind != reflect.Struct:
		return nil, fmt.Errorf("%v is one value; want fields under it, as name: value", value)
	case kind == reflect.String || kind == to.Kind() && to != duration:
		return value, nil
	case to == duration:
		return nil, fmt.Errorf("%v is not a duration; write it like 10s or 5m", value)
	case to.Kind() == reflect.String && (kind == reflect.Bool || number(kind)):
		return nil, fmt.Errorf("%v is not a text; put it in quotes", value)
	case number(to.Kind()) && (kind == reflect.Bool || kind == reflect.Float64):
		return nil, fmt.Errorf("%v is not a whole number", value)
	}
	return value, nil
}

var duration = reflect.TypeFor[time.Duration]()

func number(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Float64 }

// decodeProblems finds the field in each of mapstructure's complaints, which quote it.
func decodeProblems(file string, err error, lines map[string]int) (problems []Problem) {
	for _, e := range flatten(err) {
		p := Problem{File: file, Message: e.Error()}
		if _, rest, ok := strings.Cut(e.Error(), "'"); ok {
			name, message, _ := strings.Cut(rest, "'")
			field := strings.ToLower(name)
			if _, ok := lines[field]; !ok { // one value where a list is wanted is taken for its only element
				field = strings.TrimSuffix(field, "[0]")
			}
			if line, ok := lines[field]; ok {
				p.Line, p.Field, p.Message = line, field, strings.TrimLeft(message, ": ")
			}
		}
		problems = append(problems, p)
	}
	return problems
}

func flatten(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range many.Unwrap() {
			all = append(all, flatten(e)...)
		}
		return all
	}
	if inner := errors.Unwrap(err); inner != nil {
		if _, ok := inner.(interface{ Unwrap() []error }); ok {
			return flatten(inner)
		}
	}
	return []error{err}
}

func validate(file string, into any, lines map[string]int) (problems []Problem) {
	check := validator.New(validator.WithRequiredStructEnabled())
	check.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("mapstructure") })
	err := check.Struct(into)
	var failed validator.ValidationErrors
	if err == nil {
		return nil
	}
	if !errors.As(err, &failed) {
		return []Problem{{File: file, Message: err.Error()}}
	}
	for _, f := range failed {
		_, path, _ := strings.Cut(f.Namespace(), ".")
		problems = append(problems, Problem{file, lines[strings.ToLower(path)], path, explain(f)})
	}
	return problems
}

// explain says in words what a validate tag asks for.
func explain(f validator.FieldError) string {
	switch f.Tag() {
	case "required":
		return "is missing; give it a value"
	case "oneof":
		return fmt.Sprintf("%q is none of: %s", f.Value(), strings.ReplaceAll(f.Param(), " ", ", "))
	case "hostname_port", "tcp_addr":
		return fmt.Sprintf("%q is not host:port, for example 127.0.0.1:9090", f.Value())
	case "http_url", "url":
		return fmt.Sprintf("%q is not an address such as http://127.0.0.1:26657", f.Value())
	case "gt", "gte", "min":
		return fmt.Sprintf("%v is too small: want at least %s", f.Value(), f.Param())
	case "lte", "lt", "max":
		return fmt.Sprintf("%v is too large: want at most %s", f.Value(), f.Param())
	case "len":
		return fmt.Sprintf("%q has the wrong length: want %s", f.Value(), f.Param())
	}
	return fmt.Sprintf("%v breaks the rule %s %s", f.Value(), f.Tag(), f.Param())
}
