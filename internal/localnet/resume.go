package localnet

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/corridor-network/corridor/internal/world"
)

// reopen reads the localnet that is down in the folder, if it can be started again as the options want it.
func (o Options) reopen() (*Localnet, error) {
	l, err := readStopped(o.Dir)
	if err != nil {
		return nil, err
	}
	purge := fmt.Sprintf("`corridor localnet down --dir %s --purge` removes it", o.Dir)
	switch {
	case o.New || o.Extend != nil:
		return nil, fmt.Errorf("%s holds a localnet that is down, and a new one is wanted: choose another folder, or %s", o.Dir, purge)
	case l.Dir != o.Dir:
		return nil, fmt.Errorf("the localnet in %s was made in %s, which its configurations name: move it back, or %s", o.Dir, l.Dir, purge)
	case o.Validators != 0 && o.Validators != len(l.Nodes):
		return nil, fmt.Errorf("the localnet in %s has %d validators, not %d, and they are those of its genesis: start it as it is, or %s",
			o.Dir, len(l.Nodes), o.Validators, purge)
	case o.ChainID != "" && o.ChainID != l.ChainID:
		return nil, fmt.Errorf("the localnet in %s is chain %s, not %s: start it as it is, or %s", o.Dir, l.ChainID, o.ChainID, purge)
	case o.SecondChain && l.Far == nil:
		return nil, fmt.Errorf("the localnet in %s was made without a second chain: start it as it is, or %s", o.Dir, purge)
	case o.HubOnly != (len(l.Ledgers) == 0):
		return nil, fmt.Errorf("the localnet in %s was made with other processes than are wanted now: %s", o.Dir, purge)
	}
	return l, nil
}

// resume starts a localnet that is down. Its processes find their homes and databases as they left them; what the
// binaries' hashes and the ledgers' new addresses are in, the notaries' files, is written anew.
func (l *Localnet) resume(ctx context.Context, o Options) error {
	o.Progress("again what is in " + l.Dir + ": keys, chain and ledgers as they were left")
	if err := l.leaveTakenPorts(); err != nil {
		return err
	}
	if err := l.save(); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(l.Dir, stoppedFile)); err != nil {
		return err
	}
	w := world.Open(l.Dir)
	if err := l.startChains(ctx, w, o); err != nil {
		return err
	}
	return l.startRest(ctx, w, o)
}

// leaveTakenPorts gives the hub's nodes other ports for those that somebody else has taken while they were down.
func (l *Localnet) leaveTakenPorts() error {
	var taken []*string
	for _, n := range l.allNodes() {
		for _, address := range []*string{&n.P2P, &n.RPC, &n.GRPC, &n.REST} {
			listener, err := net.Listen("tcp", *address)
			if err != nil {
				taken = append(taken, address)
				continue
			}
			defer listener.Close() // all at the end, so that no node gets what is another's
		}
	}
	free, err := freePorts(len(taken))
	if err != nil || len(taken) == 0 {
		return err
	}
	var changes []string
	for i, address := range taken {
		changes = append(changes, *address, free[i])
		*address = free[i]
	}
	return l.rewriteAddresses(strings.NewReplacer(changes...))
}

// rewriteAddresses changes the nodes' configurations, each of which names the others too. All ports have five digits, so that no
// address is the beginning of another.
func (l *Localnet) rewriteAddresses(change *strings.Replacer) error {
	var files []string
	for _, n := range l.allNodes() {
		for _, name := range []string{"config.toml", "app.toml", "client.toml"} {
			files = append(files, filepath.Join(n.Home, "config", name))
		}
	}
	if l.Far != nil {
		files = append(files, l.Far.RelayerFile, l.Far.ClientFile())
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("addresses: %w", err)
		}
		if err := os.WriteFile(file, []byte(change.Replace(string(raw))), 0o600); err != nil {
			return fmt.Errorf("addresses: %w", err)
		}
	}
	return nil
}
