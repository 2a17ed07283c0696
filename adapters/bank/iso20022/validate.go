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

// NewValidator gives the validator of this package. Schemas are compiled when first needed and kept.
func NewValidator() Validator { return &schemaValidator{engines: map[Kind]*xsd.Engine{}} }

// schemaValidator hides the schema library, whose API is still moving.
type schemaValidator struct {
	mu      sync.Mutex
	engines map[Kind]*xsd.Engine
}

// Validate checks raw against the official schema and, where it carries one, its supplement against ours.
func (v *schemaValidator) Validate(k Kind, raw []byte) error {
	engine, err := v.engine(k)
	if err != nil {
		return err
	}
	return engine.ValidateWithOptions(bytes.NewReader(raw), xsd.ValidateOptions{
		MaxErrors: 1, MaxInstanceBytes: MaxMessageBytes, MaxInstanceDepth: maxDepth,
	})
}

func (v *schemaValidator) engine(k Kind) (*xsd.Engine, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if e := v.engines[k]; e != nil {
		return e, nil
	}
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
	v.engines[k] = e
	return e, nil
}
