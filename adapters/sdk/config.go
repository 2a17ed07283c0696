package sdk

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"
	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
	"gopkg.in/yaml.v3"
)

// LoadConfig reads a YAML file into a struct whose fields carry `mapstructure` names and `validate`
// rules. It is strict: a field that the struct does not have, a value of another type and a broken rule
// are errors, which name the file, the line where there is one, the field and what is wanted.
//
// Names are not case-sensitive, keys of maps least of all: use a list where a key is data.
func LoadConfig(path string, into any) error {
	if path == "" {
		return Errorf(Invalid, "no configuration file was named: use --config FILE")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return &Error{Code: Invalid, Message: "configuration", Err: err}
	}
	var lines yaml.Node
	if err := yaml.Unmarshal(raw, &lines); err != nil {
		return &Error{Code: Invalid, Message: "configuration " + path, Err: err}
	}
	v := viper.New()
	v.SetConfigType("yaml")
	if err := v.ReadConfig(strings.NewReader(string(raw))); err != nil {
		return &Error{Code: Invalid, Message: "configuration " + path, Err: err}
	}
	if err := v.UnmarshalExact(into, func(c *mapstructure.DecoderConfig) { c.WeaklyTypedInput = false }); err != nil {
		return Errorf(Invalid, "configuration %s: %s", path, decodeProblems(err, &lines))
	}
	rules := validator.New(validator.WithRequiredStructEnabled())
	rules.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("mapstructure"), ",")
		return name
	})
	var broken validator.ValidationErrors
	switch err := rules.Struct(into); {
	case errors.As(err, &broken):
		return Errorf(Invalid, "configuration %s: %s", path, brokenRules(broken, &lines))
	case err != nil:
		return &Error{Code: Invalid, Message: "configuration " + path, Err: err}
	}
	return nil
}

// decodeProblems is mapstructure's list of what does not fit the struct, on one line.
func decodeProblems(err error, lines *yaml.Node) string {
	msg := err.Error()
	if _, rest, ok := strings.Cut(msg, "has invalid keys: "); ok {
		var out []string
		for _, key := range strings.Split(strings.TrimSpace(rest), ", ") {
			out = append(out, fmt.Sprintf("%s%s: there is no such field", at(lines, key), key))
		}
		return strings.Join(out, "; ")
	}
	return strings.Join(strings.Fields(msg), " ")
}

func brokenRules(broken validator.ValidationErrors, lines *yaml.Node) string {
	var out []string
	for _, b := range broken {
		_, field, _ := strings.Cut(b.Namespace(), ".")
		rule := b.Tag()
		if b.Param() != "" {
			rule += " " + b.Param()
		}
		keys := strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
		out = append(out, fmt.Sprintf("%s%s: breaks the rule %q", at(lines, keys...), field, rule))
	}
	return strings.Join(out, "; ")
}

// at gives "line N: " for the value under these keys (names, or numbers of list elements), or "".
func at(n *yaml.Node, keys ...string) string {
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	for _, key := range keys {
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
		if strings.EqualFold(n.Content[i].Value, key) {
			return n.Content[i+1]
		}
	}
	return nil
}
