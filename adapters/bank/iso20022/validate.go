package iso20022

import (
	"bytes"
	"embed"
	"fmt"
	"sync"

	"github.com/jacoelho/xsd"
)

//go:embed schemas/*.xsd
var schemas embed.FS

const supplementSchema = "corridor.supplement.001.01"

// Validator checks a message against the official schema of its kind.
type Validator interface {
	Validate(k Kind, raw []byte) error
}

// NewValidator gives the validator of this package.
func NewValidator() Validator { return schemaValidator{} }

// Compile compiles every schema now, so that no message has to wait for it later. A process pays once.
func Compile() error {
	for k := range kinds {
		if _, err := engine(k); err != nil {
			return err
		}
	}
	return nil
}

// schemaValidator hides the schema library, whose API is still moving.
type schemaValidator struct{}

// Validate checks raw against the official schema and, where it carries one, its supplement against ours.
func (schemaValidator) Validate(k Kind, raw []byte) error {
	e, err := engine(k)
	if err != nil {
		return err
	}
	return e.ValidateWithOptions(bytes.NewReader(raw), xsd.ValidateOptions{
		MaxErrors: 1, MaxInstanceBytes: MaxMessageBytes, MaxInstanceDepth: maxDepth,
	})
}

// engines keeps what was compiled: the schemas are part of the program, so one copy serves everybody.
var engines = struct {
	sync.Mutex
	byKind map[Kind]*xsd.Engine
}{byKind: map[Kind]*xsd.Engine{}}

func engine(k Kind) (*xsd.Engine, error) {
	engines.Lock()
	defer engines.Unlock()
	if e := engines.byKind[k]; e != nil {
		return e, nil
	}
	e, err := compile(k)
	if err != nil {
		return nil, err
	}
	engines.byKind[k] = e
	return e, nil
}

func compile(k Kind) (*xsd.Engine, error) {
	var sources []xsd.SchemaSource
	for _, name := range []string{string(k), supplementSchema} {
		raw, err := schemas.ReadFile("schemas/" + name + ".xsd")
		if err != nil {
			return nil, fmt.Errorf("there is no schema for %s", k)
		}
		sources = append(sources, xsd.Bytes(name+".xsd", raw))
	}
	e, err := xsd.Compile(sources...)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", k, err)
	}
	return e, nil
}
