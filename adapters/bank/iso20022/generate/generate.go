package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	tools      = "../../../tools" // the module that pins xsd2go
	importBase = "github.com/corridor-network/corridor/adapters/bank/iso20022"
	namespace  = "urn:iso:std:iso:20022:tech:xsd:"
)

var (
	message  = regexp.MustCompile(`^([a-z]{4})\.([0-9]{3})\.001\.[0-9]{2}\.xsd$`)
	envelope = regexp.MustCompile(`(type SupplementaryDataEnvelope1 struct \{)\s*\}`)
	// xmlName is left out: a struct that remembers its element's namespace writes it again, or an empty one.
	xmlName = regexp.MustCompile(`(?m)^\s*XMLName xml\.Name\n`)
	// document is left out: the wrapper with the namespace is written by hand.
	document = regexp.MustCompile(`(?s)// Element\s+type Document struct \{.*?\n\}\n`)
)

// run makes the structs of every message in schemas/.
func run() error {
	schemas, err := os.ReadDir("schemas")
	if err != nil {
		return fmt.Errorf("run this in the folder of package iso20022: %w", err)
	}
	temp, err := os.MkdirTemp("", "iso20022")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	for _, s := range schemas {
		name := message.FindStringSubmatch(s.Name())
		if name == nil {
			continue
		}
		if err := generate(temp, s.Name(), name[1]+name[2]); err != nil {
			return fmt.Errorf("%s: %w", s.Name(), err)
		}
	}
	return nil
}

func generate(temp, schema, pkg string) error {
	raw, err := os.ReadFile(filepath.Join("schemas", schema))
	if err != nil {
		return err
	}
	raw = bytes.ReplaceAll(raw, []byte(`base="xs:decimal"`), []byte(`base="xs:string"`))
	in := filepath.Join(temp, schema)
	if err := os.WriteFile(in, raw, 0o600); err != nil {
		return err
	}
	id := strings.TrimSuffix(schema, ".xsd")
	cmd := exec.Command("go", "tool", "-C", tools, "gocomply_xsd2go", "convert",
		"--xmlns-override", namespace+id+"="+pkg, in, importBase, temp)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("xsd2go: %w: %s", err, out)
	}
	models, err := os.ReadFile(filepath.Join(temp, pkg, "models.go"))
	if err != nil {
		return err
	}
	models = document.ReplaceAll(models, nil)
	models = xmlName.ReplaceAll(models, nil)
	models = envelope.ReplaceAll(models, []byte("${1}\n\tSupplement *supplement.Supplement `xml:\"urn:corridor:xsd:supplement.001.01 Supplement\"`\n}"))
	models = bytes.Replace(models, []byte(`"encoding/xml"`), []byte(`"`+importBase+`/supplement"`), 1)
	if models, err = format.Source(models); err != nil {
		return err
	}
	if err := os.MkdirAll(pkg, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(pkg, "models.go"), models, 0o644)
}
