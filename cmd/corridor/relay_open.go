package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/pathset"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// pair is two chains that a command works on, and the path between them.
type pair struct {
	config relayconfig.Config
	path   relayconfig.Path
	named  [2]relayconfig.Chain
	chains [2]*chain.Chain
	keys   keyring.Keyring
	log    *slog.Logger
}

// openPair connects to both chains of a path. Warnings go to errors.
func openPair(ctx context.Context, c relayconfig.Config, p relayconfig.Path, keys keyring.Keyring, errs io.Writer) (*pair, error) {
	o := &pair{config: c, path: p, keys: keys, log: slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelError}))}
	for i, end := range []relayconfig.End{p.A, p.B} {
		named, err := c.Chain(end.Chain)
		if err != nil {
			return nil, err
		}
		o.named[i] = named
		if o.chains[i], err = pathset.OpenChain(ctx, named, o.options()); err != nil {
			o.chains[i] = nil
			o.close()
			return nil, err
		}
	}
	return o, nil
}

func (o *pair) options() pathset.Options { return pathset.Options{Keys: o.keys, Log: o.log} }

func (o *pair) close() {
	for _, c := range o.chains {
		if c != nil {
			c.Close()
		}
	}
}

// ends are the path's, of chains that are open.
func (o *pair) ends() [2]ibcpath.End { return pathset.Ends(o.path, o.chains[0], o.chains[1]) }

// relaying is the path, not running.
func (o *pair) relaying() *ibcpath.Path {
	return ibcpath.NewPath(o.ends(), pathset.PathOptions(o.path, o.named, o.options()))
}

// openKeyring opens the keyring that the file names.
func openKeyring(cmd *cobra.Command, c relayconfig.Config) (keyring.Keyring, error) {
	return c.Keyring.Open(cmd.InOrStdin())
}

// linkedPaths are the paths that --path names, or all that are linked.
func linkedPaths(cmd *cobra.Command, c relayconfig.Config) ([]relayconfig.Path, error) {
	if name, _ := cmd.Flags().GetString("path"); name != "" {
		p, err := c.Path(name)
		if err == nil && !p.Linked() {
			err = notLinked(p)
		}
		return []relayconfig.Path{p}, err
	}
	var linked []relayconfig.Path
	for _, p := range c.Paths {
		if p.Linked() {
			linked = append(linked, p)
		}
	}
	if len(linked) == 0 && len(c.Paths) == 1 {
		return nil, notLinked(c.Paths[0])
	}
	if len(linked) == 0 {
		return nil, pathset.ErrNothing
	}
	return linked, nil
}

func notLinked(p relayconfig.Path) error {
	return fmt.Errorf("path %s is not linked yet: `corridor relay link %s %s --port transfer` makes its clients, connection and a channel", p.Name, p.A.Chain, p.B.Chain)
}

// eachPath opens the paths one after the other and does something with each. One that fails does not keep the others from being done.
func eachPath(cmd *cobra.Command, do func(*pair) error) error {
	c, err := loadRelayConfig(cmd)
	if err != nil {
		return err
	}
	paths, err := linkedPaths(cmd, c)
	if err != nil {
		return err
	}
	keys, err := openKeyring(cmd, c)
	if err != nil {
		return err
	}
	var failed []error
	for _, p := range paths {
		opened, err := openPair(cmd.Context(), c, p, keys, cmd.ErrOrStderr())
		if err == nil {
			err = do(opened)
			opened.close()
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("path %s: %w", p.Name, err))
		}
	}
	return errors.Join(failed...)
}

// addPathFlag adds --path.
func addPathFlag(cmd *cobra.Command, meaning string) {
	cmd.Flags().String("path", "", meaning)
	if err := cmd.RegisterFlagCompletionFunc("path", completePaths); err != nil {
		panic(fmt.Errorf("flag --path: %w", err)) // only if the flag does not exist: a mistake in this file
	}
}
