package relayconfig

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fileMode keeps a file to its owner: it holds no secret, but where one's nodes are is nobody's business.
const fileMode = 0o600

// SetPath writes one path's ends into the file, and adds the path if no path has its name. Everything else stays as it is, comments
// included.
func SetPath(file string, p Path) error {
	return edit(file, func(top *yaml.Node) error {
		setPath(top, p)
		return nil
	})
}

// AddChain adds a chain to the file. Everything else stays as it is, comments included.
func AddChain(file string, ch Chain) error {
	return edit(file, func(top *yaml.Node) error {
		var b strings.Builder
		ch.render(&b)
		var list yaml.Node
		if err := yaml.Unmarshal([]byte(b.String()), &list); err != nil {
			return err
		}
		chains := member(top, "chains", yaml.SequenceNode)
		chains.Content = append(chains.Content, list.Content[0].Content...)
		return nil
	})
}

// edit changes the nodes of a file.
func edit(file string, change func(top *yaml.Node) error) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if len(tree.Content) != 1 || tree.Content[0].Kind != yaml.MappingNode {
		return fmt.Errorf("%s: is no relayer's configuration", file)
	}
	if err := change(tree.Content[0]); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	text, err := encode(&tree)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return writeFile(file, withBlankLines(string(raw), string(text)))
}

func setPath(top *yaml.Node, p Path) {
	paths := member(top, "paths", yaml.SequenceNode)
	var node *yaml.Node
	for _, have := range paths.Content {
		if name := find(have, "name"); name != nil && name.Value == p.Name {
			node = have
		}
	}
	if node == nil {
		node = &yaml.Node{Kind: yaml.MappingNode}
		set(node, "name", p.Name)
		paths.Content = append(paths.Content, node)
		paths.Style = 0
	}
	for _, side := range []struct {
		key string
		end End
	}{{"a", p.A}, {"b", p.B}} {
		end := member(node, side.key, yaml.MappingNode)
		set(end, "chain", side.end.Chain)
		set(end, "client", side.end.Client)
		set(end, "connection", side.end.Connection)
	}
}

// withBlankLines puts a blank line before each line that had one before it, because YAML's nodes do not keep them.
func withBlankLines(before, after string) []byte {
	var parted []string // lines that come after a blank one, in order
	last := "-"
	for _, line := range strings.Split(before, "\n") {
		if line = strings.TrimSpace(line); line != "" && last == "" {
			parted = append(parted, line)
		}
		last = line
	}
	var out strings.Builder
	last = "-"
	for _, line := range strings.SplitAfter(after, "\n") {
		if bare := strings.TrimSpace(line); len(parted) > 0 && bare == parted[0] {
			parted = parted[1:]
			if last != "" {
				out.WriteByte('\n')
			}
		}
		out.WriteString(line)
		last = strings.TrimSpace(line)
	}
	return []byte(out.String())
}

// find is the value of a mapping's key, or nil.
func find(mapping *yaml.Node, key string) *yaml.Node {
	if mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// member is the value of a mapping's key, made if it is missing or empty.
func member(mapping *yaml.Node, key string, kind yaml.Kind) *yaml.Node {
	value := find(mapping, key)
	if value == nil {
		value = &yaml.Node{}
		mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	}
	if value.Kind != kind {
		value.Kind, value.Tag, value.Value, value.Style = kind, "", "", 0
	}
	return value
}

// set gives a mapping's key a text. An empty one is left out.
func set(mapping *yaml.Node, key, text string) {
	if text == "" && find(mapping, key) == nil {
		return
	}
	member(mapping, key, yaml.ScalarNode).SetString(text)
}

func encode(tree *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(tree); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// Create writes a new file. Where one is already it is an error that is os.ErrExist, unless replace is set.
func Create(file string, c Config, replace bool) error {
	if _, err := os.Lstat(file); err == nil && !replace {
		return fmt.Errorf("%s: %w", file, os.ErrExist)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return writeFile(file, []byte(c.render()))
}

// render is the file's text, with the words that a person needs who edits it.
func (c Config) render() string {
	var b strings.Builder
	b.WriteString("# The relayer's chains and paths. `corridor config validate` checks this file, `corridor relay run` re-reads it on SIGHUP.\n")
	b.WriteString("# It holds no key: keys are in the keyring below, by name.\n")
	fmt.Fprintf(&b, "keyring:\n  backend: %s\n", text(c.Keyring.Backend))
	if c.Keyring.Dir != "" {
		fmt.Fprintf(&b, "  dir: %s\n", text(c.Keyring.Dir))
	}
	b.WriteString("\nchains:\n")
	for _, ch := range c.Chains {
		ch.render(&b)
	}
	b.WriteString("\n# Clients and connections are filled in by `corridor relay link`. A path may have, besides its ends,\n" +
		"#   filter: {allow: [{port: transfer, denom: uatom}], deny: [{channel: channel-7}, {sender: cosmos1…}]}\n" +
		"#   share: {index: 0, of: 2, delay: 5}   # with another relayer: every second packet, the other's after 5 blocks\n")
	if len(c.Paths) == 0 {
		b.WriteString("paths: []\n")
	} else {
		b.WriteString("paths:\n")
	}
	for _, p := range c.Paths {
		fmt.Fprintf(&b, "  - name: %s\n    a:\n      chain: %s\n    b:\n      chain: %s\n", text(p.Name), text(p.A.Chain), text(p.B.Chain))
	}
	fmt.Fprintf(&b, "\n# /livez, /readyz, /status and /metrics; whoever reaches it can read what is relayed.\napi:\n  listen: %s\n", text(c.API.Listen))
	return b.String()
}

func (ch Chain) render(b *strings.Builder) {
	fmt.Fprintf(b, "  - name: %s\n    chain_id: %s\n    rpc:\n", text(ch.Name), text(ch.ChainID))
	for _, address := range ch.RPC {
		fmt.Fprintf(b, "      - %s\n", text(address))
	}
	fmt.Fprintf(b, "    prefix: %s\n    gas_price: %s\n", text(ch.Prefix), text(ch.GasPrice))
	if ch.GasPriceCap != "" {
		fmt.Fprintf(b, "    gas_price_cap: %s\n", text(ch.GasPriceCap))
	}
	if ch.FeeGranter != "" {
		fmt.Fprintf(b, "    fee_granter: %s\n", text(ch.FeeGranter))
	}
	b.WriteString("    keys:\n")
	for _, key := range ch.Keys {
		fmt.Fprintf(b, "      - %s\n", text(key))
	}
}

// text is a YAML scalar that reads as this text, quoted where it must be.
func text(s string) string {
	raw, err := yaml.Marshal(s)
	if err != nil { // a string always marshals
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSpace(string(raw))
}

// writeFile puts a file in place whole or not at all.
func writeFile(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".relay-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := f.Chmod(fileMode); err != nil {
		f.Close()
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
