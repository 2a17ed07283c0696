package world

import (
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/stretchr/testify/require"

	bankadapter "github.com/corridor-network/corridor/adapters/bank"
	bank "github.com/corridor-network/corridor/adapters/bank/sim"
	cbdcadapter "github.com/corridor-network/corridor/adapters/cbdc"
	cbdc "github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/relayer/ledgerlink"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
)

const chainID = "corridor-test-1"

var (
	own     = Node{Name: "own", GRPC: "127.0.0.1:9090", RPC: "http://127.0.0.1:26657"}
	witness = Node{Name: "witness", GRPC: "127.0.0.1:9091", RPC: "http://127.0.0.1:26658"}
	hub     = Hub{ChainID: chainID, Verify: "light", Nodes: []Node{own, witness}}
)

// root is a header that nobody has: no batch is verified here.
const root = "1:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"

// made is a world with all its files.
func made(t *testing.T) (*World, []Simulator) {
	w, err := New(t.TempDir())
	require.NoError(t, err)
	_, err = w.AddSeat(0)
	require.NoError(t, err)
	sims, err := w.WriteSimulators(chainID, root)
	require.NoError(t, err)
	binary := filepath.Join(w.Dir, "adapter")
	require.NoError(t, os.WriteFile(binary, []byte("a binary"), 0o700))
	for _, n := range w.Notaries {
		a := Adapter{Binary: binary, LedgerURL: "http://127.0.0.1:8080", Currency: map[string]string{CBDC: "CNY", Bank: "USD"}[n.Ledger]}
		a.OrderCheck = map[string]string{CBDC: "ledger", Bank: "none"}[n.Ledger]
		require.NoError(t, w.WriteNotary(n, hub, a))
	}
	require.NoError(t, os.Remove(binary))
	require.NoError(t, w.WriteClient(chainID, own))
	return w, sims
}

func TestTheGenesisIsValid(t *testing.T) {
	w, _ := made(t)
	require.NoError(t, w.Compliance().Validate(address.NewBech32Codec(hubclient.Bech32Prefix)))
	require.NoError(t, w.Bridge().Validate())
	require.NoError(t, w.Currency().Validate())
	require.NoError(t, w.Token().Validate())
	for _, p := range w.Participants {
		require.NoError(t, compliance.ValidateLEI(p.Lei), p.Id)
	}
}

// The hub itself starts with it.
func TestTheHubStartsWithTheWorld(t *testing.T) {
	w, _ := made(t)
	g := apptest.NewGenesis()
	g.Compliance.Participants = append(g.Compliance.Participants, w.Participants...)
	g.Bridge, g.Spec.Currency, g.Token = w.Bridge(), w.Currency(), w.Token()
	chain := apptest.New(t, g)
	require.Positive(t, chain.Height())
}

// A second chain and the hub start with what they know of each other, and one consent key is an account holder's on both.
func TestTheHubAndASecondChainStart(t *testing.T) {
	w, err := New(t.TempDir())
	require.NoError(t, err)
	far, err := w.AddFar(chainID, "corridor-far")
	require.NoError(t, err)
	for _, one := range []*World{w, far} {
		_, err := one.AddSeat(0)
		require.NoError(t, err)
		require.NoError(t, one.Compliance().Validate(address.NewBech32Codec(hubclient.Bech32Prefix)))
		require.NoError(t, one.Bridge().Validate())
		require.NoError(t, one.Currency().Validate())
		require.NoError(t, one.Token().Validate())
		g := apptest.NewGenesis()
		g.Compliance.Participants = append(g.Compliance.Participants, one.Participants...)
		g.Bridge, g.Spec.Currency, g.Token = one.Bridge(), one.Currency(), one.Token()
		require.Positive(t, apptest.New(t, g).Height())
	}
	require.Equal(t, []bridge.Peer{{
		Channel: bridge.LegChannel{ConnectionId: "connection-0", ChannelId: "channel-0", ChainId: chainID}, Ledger: Far,
	}}, far.Bridge().Peers)
	for _, h := range farHolders {
		there := far.participant(h.id).Accounts
		require.Len(t, there, 1)
		here := w.participant(h.id).Accounts
		last := here[len(here)-1]
		require.Equal(t, []string{Far, there[0].Account}, []string{last.Ledger, last.Account})
		require.Equal(t, there[0].ConsentKey, last.ConsentKey)
	}
	keys, err := newKeyring(w.RelayerDir())
	require.NoError(t, err)
	_, err = keys.Key(RelayerKey)
	require.NoError(t, err)
}

// Everybody who is to sign has the key that the hub and the ledgers know it by.
func TestEverybodyHasItsKeys(t *testing.T) {
	w, sims := made(t)
	onFile := map[string]string{} // consent key by ledger and account, as the ledgers have it
	for _, s := range sims {
		switch s.Kind {
		case "cbdc":
			c, err := cbdc.LoadConfig(s.Config)
			require.NoError(t, err)
			for _, a := range c.Wallets {
				onFile[CBDC+"/"+a.ID] = a.ConsentKey
			}
		case "bank":
			c, err := bank.LoadConfig(s.Config)
			require.NoError(t, err)
			for _, a := range c.Accounts {
				onFile[Bank+"/"+a.ID] = a.ConsentKey
			}
		}
	}
	accounts := 0
	for _, i := range institutions {
		p := w.participant(i.id)
		_, err := w.keys.Key(p.Id)
		require.NoError(t, err)
		for _, a := range p.Accounts {
			record, err := w.keys.Key(ConsentKeyName(p.Id))
			require.NoError(t, err)
			pub, err := record.GetPubKey()
			require.NoError(t, err)
			require.Equal(t, pub.Bytes(), a.ConsentKey)
			if a.Ledger == CBDC || a.Ledger == Bank {
				require.Equal(t, hex.EncodeToString(a.ConsentKey), onFile[a.Ledger+"/"+a.Account])
				accounts++
			}
		}
	}
	require.Len(t, onFile, accounts, "no account on a ledger is without its holder on the hub")
}

// What is written is read by those it is written for.
func TestNotariesAndAdaptersReadTheirFiles(t *testing.T) {
	w, _ := made(t)
	require.Len(t, w.Notaries, 2*NotariesPerLedger)
	for _, n := range w.Notaries {
		c, err := ledgerlink.LoadConfig(n.ConfigFile())
		require.NoError(t, err)
		require.Equal(t, []string{n.Ledger, n.ID, n.ID}, []string{c.Ledger, c.Notary, c.Key.Name})
		keys, err := newKeyring(c.Key.Dir)
		require.NoError(t, err)
		_, err = keys.Key(c.Key.Name)
		require.NoError(t, err)
		open := map[string]func(string) (sdk.Ledger, error){CBDC: cbdcadapter.Open, Bank: bankadapter.Open}[n.Ledger]
		ledger, err := open(c.Adapter.Config)
		require.NoError(t, err)
		d, err := ledger.Describe(t.Context())
		require.NoError(t, err)
		require.Equal(t, n.Ledger, d.Ledger)
	}
}

// Keys and tokens are readable by their owner alone, and no configuration holds one.
func TestSecretsAreApart(t *testing.T) {
	w, sims := made(t)
	var secrets []string
	secret := func(file string) {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		secrets = append(secrets, strings.TrimSpace(string(raw)))
	}
	for _, s := range sims {
		secret(s.AdminFile)
	}
	for _, n := range w.Notaries {
		secret(n.tokenFile())
	}
	seat, err := w.AddSeat(1)
	require.NoError(t, err)
	secrets = append(secrets, seat)
	require.Len(t, secrets, 2+2*NotariesPerLedger+1)

	configurations := 0
	require.NoError(t, filepath.WalkDir(w.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == w.Dir {
			return err
		}
		info, err := d.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, "%s is %s", path, info.Mode())
		if !strings.HasSuffix(path, ".yaml") {
			return nil
		}
		configurations++
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, s := range secrets {
			require.NotEmpty(t, s)
			require.NotContains(t, string(raw), s, path)
		}
		return nil
	}))
	require.Equal(t, 2*2+2*2*NotariesPerLedger+1, configurations)
}

// Two worlds have nothing secret in common.
func TestEveryWorldHasItsOwnKeys(t *testing.T) {
	a, _ := made(t)
	b, _ := made(t)
	seen := map[string]bool{}
	for _, w := range []*World{a, b} {
		for _, p := range w.Participants {
			require.False(t, seen[p.Address], p.Id)
			seen[p.Address] = true
		}
	}
}
