package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// corridorRelayer is ours, with its keys in the SDK's keyring of the test backend.
type corridorRelayer struct{ binary string }

// corridorFile is its configuration: everything that is not said is as it comes.
const corridorFile = `keyring: {backend: test, dir: %[1]s}
api: {listen: "127.0.0.1:0", addr_file: %[1]s/addr}
chains:
%[2]spaths:
  - name: path
    a: {chain: %[3]s, client: %[5]s, connection: %[6]s}
    b: {chain: %[4]s, client: %[5]s, connection: %[6]s}
`

func (r corridorRelayer) configure(_ context.Context, p *pair, _ setting) ([]string, error) {
	dir := filepath.Join(p.dir, us)
	if err := ibcnet.RelayerKeyring(dir, relayerKeys); err != nil {
		return nil, err
	}
	var chains strings.Builder
	for _, c := range []*ibcnet.Chain{p.a, p.b} {
		fmt.Fprintf(&chains, "  - {name: %[1]s, chain_id: %[1]s, rpc: [\"http://%[2]s\"], prefix: %[3]s, gas_price: 0%[4]s, keys: [%[5]s]}\n",
			c.ID, c.RPC, c.Prefix, c.Denom, strings.Join(ibcnet.RelayerNames(relayerKeys), ", "))
	}
	file := filepath.Join(dir, "relay.yaml")
	text := fmt.Sprintf(corridorFile, dir, chains.String(), p.a.ID, p.b.ID, client, connection)
	return []string{r.binary, "relay", "run", "--config", file}, os.WriteFile(file, []byte(text), 0o600)
}
