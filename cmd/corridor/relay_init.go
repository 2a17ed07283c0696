package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/relayconfig"
)

func newRelayInitCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init CHAIN CHAIN…",
		Short: "Write the relayer's file, asking the chains' nodes for what is not given, and make its keys",
		Long: `Each CHAIN is a file: a chain registry's chain.json, or YAML, of which rpc alone is needed:

  rpc: http://127.0.0.1:26657     # CometBFT's RPC; several are a list
  name: a                         # as commands call it; the file's name otherwise
  chain_id: chain-a               # the nodes are asked for this and for what follows
  prefix: cosmos
  gas_price: 0.0025stake
  keys: [relayer]                 # of the keyring, which must hold them; otherwise new ones are made

The addresses that need funds are printed. New keys come from one mnemonic, which is not shown unless --show-mnemonic is given: the keyring
holds what is needed, and lost relayer keys lose no more than what their accounts hold. The keyring is the system's own ("os"), or a plain
folder ("test") where all nodes are on this machine. Run twice it does nothing the second time.`,
		Example: `  corridor relay init chain-a.yaml chain-b.yaml
  corridor relay init a.yaml cosmoshub/chain.json --keys 4   # four keys sign at the same time
  corridor relay init a.yaml b.yaml --recover < mnemonic.txt
  corridor relay init c.yaml --add                           # a third chain, into the file that is there`,
		Args: func(cmd *cobra.Command, args []string) error {
			if add, _ := cmd.Flags().GetBool("add"); add {
				return cobra.MinimumNArgs(1)(cmd, args)
			}
			return cobra.MinimumNArgs(2)(cmd, args)
		},
		RunE: runRelayInit,
	}
	flags := cmd.Flags()
	flags.Int("keys", 1, "how many keys to make; each signs its own transaction at the same time as the others")
	flags.Bool("recover", false, "make the keys from the mnemonic on standard input")
	flags.Bool("show-mnemonic", false, "print the new mnemonic on standard error, once")
	flags.String("keyring-backend", "", "os, file, test, kwallet, pass or keyctl (default os; test where all nodes are on this machine)")
	flags.String("keyring-dir", "", "the keyring's folder (default the file's own)")
	flags.Bool("add", false, "add the chains to the file that is there")
	flags.Bool("force", false, "replace the file if there is one; keys stay")
	return cmd
}

// relayInit is one run of the command.
type relayInit struct {
	cmd    *cobra.Command
	config relayconfig.Config
	given  []relayconfig.Given
}

func runRelayInit(cmd *cobra.Command, args []string) error {
	r := relayInit{cmd: cmd}
	r.config.File = relayConfigFile(cmd)
	r.config.API.Listen = relayconfig.DefaultListen
	for _, file := range args {
		given, err := relayconfig.ReadGiven(file)
		if err != nil {
			return err
		}
		r.given = append(r.given, given)
	}
	if done, err := r.alreadyDone(); done || err != nil {
		return err
	}
	if add, _ := cmd.Flags().GetBool("add"); add {
		return r.add()
	}
	if err := r.ask(); err != nil {
		return err
	}
	ring, err := r.keyring()
	if err != nil {
		return err
	}
	if err := r.keys(ring); err != nil {
		return err
	}
	force, _ := cmd.Flags().GetBool("force")
	if err := relayconfig.Create(r.config.File, r.config, force); err != nil {
		return err
	}
	return r.answer(ring, "wrote "+r.config.File)
}

// alreadyDone tells whether the file holds these chains already; another file is not touched.
func (r *relayInit) alreadyDone() (bool, error) {
	force, _ := r.cmd.Flags().GetBool("force")
	add, _ := r.cmd.Flags().GetBool("add")
	if _, err := os.Stat(r.config.File); force || errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	there, err := relayconfig.Load(r.config.File)
	if err != nil {
		return false, fmt.Errorf("%w\nthe file was there before; correct it, or replace it with --force", err)
	}
	for _, given := range r.given {
		ch, err := there.Chain(given.Name)
		if err != nil && add {
			return false, nil
		}
		if err != nil || given.ChainID != "" && given.ChainID != ch.ChainID || !slices.Equal(given.RPC, ch.RPC) {
			return false, fmt.Errorf("%s is there already and holds other chains (%s), not %s as given: replace it with --force, or name another file with --config",
				r.config.File, names(there.ChainNames()), given.Name)
		}
	}
	r.config = there
	ring, err := there.Keyring.Open(r.cmd.InOrStdin())
	if err != nil {
		return false, err
	}
	return true, r.answer(ring, "nothing to do: "+there.File+" holds these chains already")
}

// add puts the chains that the file lacks into it.
func (r *relayInit) add() error {
	there, err := relayconfig.Load(r.config.File)
	if err != nil {
		return err
	}
	r.given = slices.DeleteFunc(r.given, func(g relayconfig.Given) bool {
		_, err := there.Chain(g.Name)
		return err == nil
	})
	r.config.Keyring = there.Keyring
	if err := r.ask(); err != nil {
		return err
	}
	for _, ch := range r.config.Chains {
		if same, err := there.Chain(ch.ChainID); err == nil {
			return fmt.Errorf("%s is in %s already, as %s: add the node's address to its rpc list instead", ch.ChainID, r.config.File, same.Name)
		}
	}
	ring, err := there.Keyring.Open(r.cmd.InOrStdin())
	if err != nil {
		return err
	}
	if err := r.keys(ring); err != nil {
		return err
	}
	for _, ch := range r.config.Chains {
		if err := relayconfig.AddChain(r.config.File, ch); err != nil {
			return err
		}
	}
	added := r.config.ChainNames()
	if r.config, err = relayconfig.Load(r.config.File); err != nil {
		return err
	}
	return r.answer(ring, fmt.Sprintf("added %s to %s", names(added), r.config.File))
}

// ask completes the chains by what their nodes say.
func (r *relayInit) ask() error {
	for _, given := range r.given {
		fmt.Fprintf(r.cmd.ErrOrStderr(), "asking %s (%s)\n", given.Name, names(given.RPC))
		answered, err := relayconfig.Ask(r.cmd.Context(), given)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.cmd.ErrOrStderr(), "  chain %s, addresses %s1…, gas price %s", answered.ChainID, answered.Prefix, answered.GasPrice)
		if answered.Unbonding > 0 {
			fmt.Fprintf(r.cmd.ErrOrStderr(), ", clients of it last %s", left(answered.Unbonding/3*2))
		}
		fmt.Fprintln(r.cmd.ErrOrStderr())
		for _, note := range answered.Notes {
			fmt.Fprintln(r.cmd.ErrOrStderr(), "note: "+note)
		}
		if _, err := r.config.Chain(answered.Name); err == nil {
			return fmt.Errorf("two chains are called %s: give one another `name:`", answered.Name)
		}
		r.config.Chains = append(r.config.Chains, answered.Chain)
	}
	if ch := r.config.Chains; len(ch) == 2 {
		r.config.Paths = []relayconfig.Path{{
			Name: ch[0].Name + "-" + ch[1].Name, A: relayconfig.End{Chain: ch[0].Name}, B: relayconfig.End{Chain: ch[1].Name},
		}}
	}
	return nil
}

// keyring opens the keyring that the flags name, or the one that suits.
func (r *relayInit) keyring() (keyring.Keyring, error) {
	k := &r.config.Keyring
	k.Backend, _ = r.cmd.Flags().GetString("keyring-backend")
	if k.Backend == "" {
		k.Backend = relayconfig.DefaultBackend
		if relayconfig.OnLoopback(r.config.Chains) {
			k.Backend = keyring.BackendTest
		}
	}
	dir, _ := r.cmd.Flags().GetString("keyring-dir")
	if dir == "" {
		dir = filepath.Dir(r.config.File)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	k.Dir = dir
	return k.Open(r.cmd.InOrStdin())
}

// keys makes the keys of the chains that name none.
func (r *relayInit) keys(ring keyring.Keyring) error {
	count, _ := r.cmd.Flags().GetInt("keys")
	if count < 1 || count > 64 {
		return fmt.Errorf("--keys %d: want 1 to 64", count)
	}
	mnemonic := ""
	if again, _ := r.cmd.Flags().GetBool("recover"); again {
		var err error
		if mnemonic, err = relayconfig.ReadMnemonic(r.cmd.InOrStdin()); err != nil {
			return fmt.Errorf("--recover: %w", err)
		}
	}
	for i := range r.config.Chains {
		if len(r.config.Chains[i].Keys) > 0 {
			continue
		}
		r.config.Chains[i].Keys = relayconfig.KeyNames(count)
		made, words, err := relayconfig.AddKeys(ring, relayconfig.KeyNames(count), mnemonic)
		if err != nil {
			return err
		}
		show, _ := r.cmd.Flags().GetBool("show-mnemonic")
		if show && mnemonic == "" && len(made) > 0 {
			fmt.Fprintf(r.cmd.ErrOrStderr(), "mnemonic of %s, shown this once:\n%s\n", names(made), words)
		}
		mnemonic = words
	}
	return nil
}

// fundable is a key's account on a chain.
type fundable struct {
	Chain   string `json:"chain"`
	Key     string `json:"key"`
	Address string `json:"address"`
}

// accounts are the keys' accounts on every chain.
func accounts(c relayconfig.Config, ring keyring.Keyring) ([]fundable, error) {
	var all []fundable
	for _, ch := range c.Chains {
		for _, key := range ch.Keys {
			address, err := ch.Address(ring, key)
			if err != nil {
				return nil, err
			}
			all = append(all, fundable{ch.Name, key, address})
		}
	}
	return all, nil
}

func (r *relayInit) answer(ring keyring.Keyring, what string) error {
	all, err := accounts(r.config, ring)
	if err != nil {
		return err
	}
	asJSON, err := wantsJSON(r.cmd)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(r.cmd.OutOrStdout(), map[string]any{"file": r.config.File, "chains": r.config.ChainNames(), "accounts": all})
	}
	out := r.cmd.OutOrStdout()
	fmt.Fprintf(out, "%s\n\n", what)
	if err := writeAccounts(out, all); err != nil {
		return err
	}
	last := r.config.Chains[len(r.config.Chains)-2:]
	a, b := last[0].Name, last[1].Name
	fmt.Fprintf(out, "\nEach address needs a little of its chain's money for fees (unless a fee granter pays). Then:\n  corridor relay link %s %s --port transfer%s\n",
		a, b, withConfig(r.cmd))
	return nil
}

func writeAccounts(out io.Writer, all []fundable) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CHAIN\tKEY\tADDRESS")
	for _, f := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Chain, f.Key, f.Address)
	}
	return table.Flush()
}
