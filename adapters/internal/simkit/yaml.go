package simkit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

// ReadYAML reads one YAML document of at most max bytes and refuses fields it doesn't know. A fraction is
// refused too: every number of a ledger is a whole one, and the decoder would cut 1.5 to 1. So is 0100,
// which YAML 1.1 reads as 64.
func ReadYAML(path string, max int64, into any) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, max+1))
	if err != nil {
		return err
	}
	if int64(len(raw)) > max {
		return fmt.Errorf("larger than %d bytes", max)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return err
	}
	if err := refuseOddNumbers(&root); err != nil {
		return err
	}
	if root.Kind == 0 {
		return nil // an empty file sets nothing
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("a second document follows the first; keep one")
	}
	return nil
}

func refuseOddNumbers(n *yaml.Node) error {
	digits := strings.TrimLeft(n.Value, "+-")
	switch {
	case n.Kind != yaml.ScalarNode:
	case n.Tag == "!!float":
		return fmt.Errorf("line %d: %s is no whole number; amounts are in minor units", n.Line, n.Value)
	case n.Tag == "!!int" && len(digits) > 1 && digits[0] == '0':
		return fmt.Errorf("line %d: %s: write a number in decimal, without a zero in front; put a text in quotes", n.Line, n.Value)
	}
	for _, child := range n.Content {
		if err := refuseOddNumbers(child); err != nil {
			return err
		}
	}
	return nil
}
