package sdk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/go-playground/validator/v10"
	"github.com/go-viper/mapstructure/v2"
	"gopkg.in/yaml.v3"
)

const maxConfigBytes = 4 << 20

// LoadConfig reads a YAML file into a struct whose fields carry `mapstructure` names and `validate`
// rules. It is strict: a field that the struct does not have, a value of another type, a number that would
// have to be cut to fit, a duration without its unit and a broken rule are errors, which name the file, the
// line where there is one, the field and what is wanted.
func LoadConfig(path string, into any) error {
	if path == "" {
		return Errorf(Invalid, "no configuration file was named: use --config FILE")
	}
	raw, err := readBounded(path)
	if err != nil {
		return &Error{Code: Invalid, Message: "configuration", Err: err}
	}
	lines, values, err := parseYAML(raw)
	if err != nil {
		return &Error{Code: Invalid, Message: "configuration " + path, Err: errors.New(oneLine(err))}
	}
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result: into, ErrorUnused: true, MatchName: func(key, field string) bool { return key == field },
		DecodeHook: mapstructure.ComposeDecodeHookFunc(refuseInexact, mapstructure.StringToTimeDurationHookFunc()),
	})
	if err == nil {
		err = decoder.Decode(values)
	}
	if err != nil {
		return Errorf(Invalid, "configuration %s: %s", path, strings.Join(decodeProblems(err, lines), "; "))
	}
	rules := validator.New(validator.WithRequiredStructEnabled())
	rules.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("mapstructure"), ",")
		return name
	})
	var broken validator.ValidationErrors
	switch err := rules.Struct(into); {
	case errors.As(err, &broken):
		return Errorf(Invalid, "configuration %s: %s", path, brokenRules(broken, lines))
	case err != nil:
		return &Error{Code: Invalid, Message: "configuration " + path, Err: err}
	}
	return nil
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxConfigBytes+1))
	if err == nil && len(raw) > maxConfigBytes {
		err = fmt.Errorf("%s: larger than %d bytes", path, maxConfigBytes)
	}
	return raw, err
}

// parseYAML reads one document: as nodes, which know their lines, and as plain values.
func parseYAML(raw []byte) (lines *yaml.Node, values map[string]any, err error) {
	d := yaml.NewDecoder(bytes.NewReader(raw))
	lines = &yaml.Node{}
	if err := d.Decode(lines); errors.Is(err, io.EOF) {
		return lines, nil, nil // an empty file sets nothing
	} else if err != nil {
		return nil, nil, err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("a second document follows the first; keep one")
	}
	if err := refuseOctal(lines); err != nil {
		return nil, nil, err
	}
	return lines, values, lines.Decode(&values)
}

// refuseOctal refuses 0100, which YAML 1.1 reads as 64 and a person as a hundred.
func refuseOctal(n *yaml.Node) error {
	digits := strings.TrimLeft(n.Value, "+-")
	if n.Kind == yaml.ScalarNode && n.Tag == "!!int" && len(digits) > 1 && digits[0] == '0' {
		return fmt.Errorf("line %d: %s: write a number in decimal, without a zero in front; put a text in quotes", n.Line, n.Value)
	}
	for _, child := range n.Content {
		if err := refuseOctal(child); err != nil {
			return err
		}
	}
	return nil
}

// refuseInexact refuses what the decoder would cut without a word: a fraction or too large a number for an
// integer, and a plain number for a duration, which would count nanoseconds.
func refuseInexact(from, to reflect.Value) (any, error) {
	if to.Type() == reflect.TypeFor[time.Duration]() && (from.CanInt() || from.CanUint() || from.CanFloat()) {
		return nil, fmt.Errorf("%v has no unit; write it as in 10s or 500ms", from.Interface())
	}
	var fits bool
	switch {
	case !to.CanInt() && !to.CanUint():
		return from.Interface(), nil
	case from.CanFloat():
		return nil, fmt.Errorf("%v is no whole number within the limits", from.Interface())
	case from.CanInt() && to.CanInt():
		fits = !to.OverflowInt(from.Int())
	case from.CanInt():
		fits = from.Int() >= 0 && !to.OverflowUint(uint64(from.Int()))
	case from.CanUint() && to.CanUint():
		fits = !to.OverflowUint(from.Uint())
	case from.CanUint():
		fits = from.Uint() < 1<<63 && !to.OverflowInt(int64(from.Uint()))
	default:
		return from.Interface(), nil // of another type: the decoder's to refuse
	}
	if !fits {
		return nil, fmt.Errorf("%v is outside the limits of this number", from.Interface())
	}
	return from.Interface(), nil
}

// decodeProblems is what does not fit the struct, one text a field.
func decodeProblems(err error, lines *yaml.Node) []string {
	if e, ok := err.(*mapstructure.DecodeError); ok { //nolint:errorlint // the tree of errors is walked here
		unknown, isUnknown := strings.CutPrefix(e.Unwrap().Error(), "has invalid keys: ")
		if !isUnknown {
			return []string{at(lines, e.Name()) + e.Name() + ": " + oneLine(e.Unwrap())}
		}
		var out []string
		for _, key := range strings.Split(unknown, ", ") {
			field := strings.TrimPrefix(e.Name()+"."+key, ".")
			out = append(out, at(lines, field)+field+": there is no such field")
		}
		return out
	}
	var out []string
	switch u := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			out = append(out, decodeProblems(inner, lines)...)
		}
	case interface{ Unwrap() error }:
		out = decodeProblems(u.Unwrap(), lines)
	default:
		out = []string{oneLine(err)}
	}
	return out
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func brokenRules(broken validator.ValidationErrors, lines *yaml.Node) string {
	var out []string
	for _, b := range broken {
		_, field, _ := strings.Cut(b.Namespace(), ".")
		rule := b.Tag()
		if b.Param() != "" {
			rule += " " + b.Param()
		}
		out = append(out, fmt.Sprintf("%s%s: breaks the rule %q", at(lines, field), field, rule))
	}
	return strings.Join(out, "; ")
}

// at gives "line N: " for the value of a field such as accounts[1].bic, or "".
func at(n *yaml.Node, field string) string {
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	for _, key := range strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		next := child(n, key)
		if next == nil {
			return ""
		}
		n = next
	}
	return fmt.Sprintf("line %d: ", n.Line)
}

func child(n *yaml.Node, key string) *yaml.Node {
	var index int
	if n.Kind == yaml.SequenceNode {
		if _, err := fmt.Sscanf(key, "%d", &index); err == nil && index < len(n.Content) {
			return n.Content[index]
		}
		return nil
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
