package relayconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/corridor-network/corridor/internal/config"
)

// EnvPrefix starts the variables that override fields outside lists: api.listen is CORRIDOR_RELAY_API_LISTEN.
const EnvPrefix = "CORRIDOR_RELAY"

// What is taken where the file does not say.
const (
	DefaultListen  = "127.0.0.1:9465"
	DefaultBackend = "os"
)

// Config is a relayer's file.
type Config struct {
	Keyring Keyring `mapstructure:"keyring"`
	Chains  []Chain `mapstructure:"chains" validate:"required,min=1,max=256,dive"`
	Paths   []Path  `mapstructure:"paths" validate:"max=1024,dive"`
	API     API     `mapstructure:"api"`
	Traces  Traces  `mapstructure:"traces"`

	File string `mapstructure:"-" validate:"-"` // where it was read from
}

// Keyring says which SDK keyring holds the keys of every chain.
type Keyring struct {
	Backend string `mapstructure:"backend" validate:"oneof=os file test kwallet pass keyctl"` // test is for tests only
	Dir     string `mapstructure:"dir"`                                                       // empty: the file's own folder
}

// Chain is one chain.
type Chain struct {
	Name          string   `mapstructure:"name" validate:"required,max=64"`                     // as commands and paths call it
	ChainID       string   `mapstructure:"chain_id" validate:"required,max=64"`                 // a node on another chain is refused
	RPC           []string `mapstructure:"rpc" validate:"required,min=1,max=16,dive,http_url"`  // CometBFT's, the best first
	Prefix        string   `mapstructure:"prefix" validate:"required,max=32"`                   // bech32, of accounts
	GasPrice      string   `mapstructure:"gas_price"`                                           // such as 0.0025stake
	GasPriceCap   string   `mapstructure:"gas_price_cap"`                                       // a chain that wants more is not paid; empty: ten times gas_price
	GasAdjustment float64  `mapstructure:"gas_adjustment" validate:"omitempty,min=1,max=10"`    // of learned gas; 0: the relayer's own
	MaxGas        uint64   `mapstructure:"max_gas"`                                             // of one transaction; 0: what the chain allows
	MaxTxBytes    int      `mapstructure:"max_tx_bytes" validate:"omitempty,min=10000"`         // 0: 740,000
	Keys          []string `mapstructure:"keys" validate:"required,min=1,max=64,dive,required"` // names in the keyring; each signs at the same time
	FeeGranter    string   `mapstructure:"fee_granter"`                                         // an address that pays the fees, bech32
	Memo          string   `mapstructure:"memo" validate:"max=256"`
}

// Path is a pair of chains whose packets are relayed, over one connection.
type Path struct {
	Name   string `mapstructure:"name" validate:"required,max=128"`
	A      End    `mapstructure:"a"`
	B      End    `mapstructure:"b"`
	Filter Filter `mapstructure:"filter"`
	Share  Share  `mapstructure:"share"`
	// ClearEvery is how often the backlog is looked through besides, though block results miss nothing. 0: the relayer's own.
	ClearEvery time.Duration `mapstructure:"clear_every" validate:"omitempty,min=10s,max=24h"`
}

// End is where a path ends on one chain. The ids are there once it was linked.
type End struct {
	Chain      string `mapstructure:"chain" validate:"required"`
	Client     string `mapstructure:"client" validate:"max=64"`
	Connection string `mapstructure:"connection" validate:"max=64"`
}

// Filter says which packets are relayed: those that a rule of Allow names (all, where there is none), less those that a rule of
// Deny names.
type Filter struct {
	Allow []Rule `mapstructure:"allow" validate:"max=256,dive"`
	Deny  []Rule `mapstructure:"deny" validate:"max=256,dive"`
}

// Rule names packets by what is not empty in it; all of that must fit, and * stands for any text. Channel and Port are those of one end,
// on Chain if that is given; Sender and Denom are of ICS-20 packets only.
type Rule struct {
	Chain   string `mapstructure:"chain" validate:"max=64"` // its name in this file
	Channel string `mapstructure:"channel" validate:"max=64"`
	Port    string `mapstructure:"port" validate:"max=128"`
	Sender  string `mapstructure:"sender" validate:"max=128"`
	Denom   string `mapstructure:"denom" validate:"max=256"`
}

// Share has several relayers divide a path's packets by sequence.
type Share struct {
	Index int `mapstructure:"index" validate:"min=0,max=63"`   // this relayer's, from 0
	Of    int `mapstructure:"of" validate:"min=0,max=64"`      // how many there are; 0 or 1: this one alone
	Delay int `mapstructure:"delay" validate:"min=0,max=1000"` // blocks after which another one's packet is taken over
}

// API says where /livez, /readyz, /status and /metrics are served.
type API struct {
	Listen   string `mapstructure:"listen" validate:"tcp_addr"` // port 0 takes a free one
	AddrFile string `mapstructure:"addr_file"`                  // the actual address is written there
}

// Traces says where a trace of every packet is sent. Empty: nowhere.
type Traces struct {
	Endpoint string `mapstructure:"endpoint" validate:"omitempty,http_url"` // OTLP over HTTP, such as http://127.0.0.1:4318
}

// DefaultFile is the file that commands read unless told otherwise.
func DefaultFile() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "relay.yaml"
	}
	return filepath.Join(home, ".corridor", "relay.yaml")
}

// Load reads a file. Its error names file, line and field of everything that is wrong.
func Load(file string) (Config, error) {
	c := Config{Keyring: Keyring{Backend: DefaultBackend}, API: API{Listen: DefaultListen}}
	if err := config.Load(file, EnvPrefix, &c); err != nil {
		return c, err
	}
	c.File = file
	if c.Keyring.Dir == "" {
		c.Keyring.Dir = filepath.Dir(file)
	}
	return c, nil
}

// Check is what tags can't say: names are given once, paths end on chains that are there, and what goes together is there together.
func (c *Config) Check(problem func(field, message string)) {
	names, ids := map[string]int{}, map[string]int{}
	for i, ch := range c.Chains {
		at := func(field string) string { return fmt.Sprintf("chains[%d].%s", i, field) }
		if first, ok := names[ch.Name]; ok {
			problem(at("name"), fmt.Sprintf("%q is the name of chains[%d] too; give each its own", ch.Name, first))
		}
		if first, ok := ids[ch.ChainID]; ok {
			problem(at("chain_id"), fmt.Sprintf("%q is the chain of chains[%d] too; put all its nodes into one rpc list", ch.ChainID, first))
		}
		names[ch.Name], ids[ch.ChainID] = i, i
		ch.check(func(field, message string) { problem(at(field), message) })
	}
	paths := map[string]int{}
	for i, p := range c.Paths {
		at := func(field string) string { return fmt.Sprintf("paths[%d].%s", i, field) }
		if first, ok := paths[p.Name]; ok {
			problem(at("name"), fmt.Sprintf("%q is the name of paths[%d] too; give each its own", p.Name, first))
		}
		paths[p.Name] = i
		for side, end := range map[string]End{"a": p.A, "b": p.B} {
			if _, ok := names[end.Chain]; !ok {
				problem(at(side+".chain"), fmt.Sprintf("there is no chain %q in this file: %s", end.Chain, strings.Join(c.ChainNames(), ", ")))
			}
		}
		for list, rules := range map[string][]Rule{"allow": p.Filter.Allow, "deny": p.Filter.Deny} {
			for j, rule := range rules {
				if rule.Chain != "" && rule.Chain != p.A.Chain && rule.Chain != p.B.Chain {
					problem(at(fmt.Sprintf("filter.%s[%d].chain", list, j)), fmt.Sprintf("%q is on neither end of this path: %s, %s", rule.Chain, p.A.Chain, p.B.Chain))
				}
			}
		}
		p.check(func(field, message string) { problem(at(field), message) })
	}
}

func (ch Chain) check(problem func(field, message string)) {
	if strings.ContainsAny(ch.Name, "/ \t") {
		problem("name", fmt.Sprintf("%q holds a slash or a space; commands could not name it", ch.Name))
	}
	for field, price := range map[string]string{"gas_price": ch.GasPrice, "gas_price_cap": ch.GasPriceCap} {
		if _, err := ParsePrice(price); price != "" && err != nil {
			problem(field, err.Error())
		}
	}
	if ch.FeeGranter != "" && !strings.HasPrefix(ch.FeeGranter, ch.Prefix+"1") {
		problem("fee_granter", fmt.Sprintf("%q is no address of this chain: want one that starts with %s1", ch.FeeGranter, ch.Prefix))
	}
	for i, key := range ch.Keys {
		if slices.Index(ch.Keys, key) < i {
			problem("keys", fmt.Sprintf("%q is there twice; two signers can't share a key", key))
		}
	}
}

func (p Path) check(problem func(field, message string)) {
	if strings.ContainsAny(p.Name, "/ \t") {
		problem("name", fmt.Sprintf("%q holds a slash or a space; commands could not name it", p.Name))
	}
	if p.A.Chain == p.B.Chain {
		problem("b.chain", fmt.Sprintf("both ends are on %s; a path joins two chains", p.A.Chain))
	}
	if given := []bool{p.A.Client != "", p.A.Connection != "", p.B.Client != "", p.B.Connection != ""}; slices.Contains(given, true) && slices.Contains(given, false) {
		problem("a", "has some of a.client, a.connection, b.client and b.connection, not all; empty them all and run `corridor relay link`, which finds them")
	}
	if p.Share.Of > 0 && p.Share.Index >= p.Share.Of {
		problem("share.index", fmt.Sprintf("%d is not below share.of, %d; the first relayer's index is 0", p.Share.Index, p.Share.Of))
	}
	for list, rules := range map[string][]Rule{"allow": p.Filter.Allow, "deny": p.Filter.Deny} {
		for i, rule := range rules {
			if rule == (Rule{}) {
				problem(fmt.Sprintf("filter.%s[%d]", list, i), "names no packet; give it a chain, channel, port, sender or denom")
			}
		}
	}
}

// ChainNames are the names of all chains, in the order of the file.
func (c *Config) ChainNames() []string {
	names := make([]string, len(c.Chains))
	for i, ch := range c.Chains {
		names[i] = ch.Name
	}
	return names
}

// Chain is the chain of that name, or of that chain id.
func (c *Config) Chain(name string) (Chain, error) {
	for _, ch := range c.Chains {
		if ch.Name == name || ch.ChainID == name {
			return ch, nil
		}
	}
	return Chain{}, fmt.Errorf("there is no chain %q in %s: %s", name, c.File, strings.Join(c.ChainNames(), ", "))
}

// Path is the path of that name.
func (c *Config) Path(name string) (Path, error) {
	names := make([]string, len(c.Paths))
	for i, p := range c.Paths {
		if p.Name == name {
			return p, nil
		}
		names[i] = p.Name
	}
	return Path{}, fmt.Errorf("there is no path %q in %s: %s", name, c.File, strings.Join(names, ", "))
}

// Linked tells whether the path's clients and connection are known.
func (p Path) Linked() bool { return p.A.Connection != "" && p.B.Connection != "" }
