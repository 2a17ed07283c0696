package localnet

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"

	"github.com/corridor-network/corridor/relayer/hubclient"
)

// RestartNode starts a hub validator again that has ended, and waits until it has caught up with the others.
func (l *Localnet) RestartNode(ctx context.Context, name, bin string) error {
	i := slices.IndexFunc(l.Nodes, func(n Node) bool { return n.Name == name })
	if i < 0 {
		return fmt.Errorf("the localnet in %s has no hub node %s", l.Dir, name)
	}
	p, err := l.Process(name)
	if err != nil {
		return err
	}
	if p.Alive() {
		return fmt.Errorf("hub node %s still runs (pid %d)", name, p.PID)
	}
	n := l.Nodes[i]
	if err := l.run(command{n.Name, "hub", []string{filepath.Join(bin, "corridord"), "start", "--home", n.Home, "--log_no_color"}, p.Log}); err != nil {
		return err
	}
	return until(ctx, name+" to catch up", func() (bool, error) {
		if err := l.died(name); err != nil {
			return false, err
		}
		client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: n.GRPC}, l.ChainID)
		if err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		defer client.Close()
		res, err := cmtservice.NewServiceClient(client.Conn()).GetSyncing(ctx, &cmtservice.GetSyncingRequest{})
		return err == nil && !res.Syncing, nil
	})
}
