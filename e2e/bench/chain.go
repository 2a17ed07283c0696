package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/token"
)

// Who acts on the throughput chain beside the payers; the world's genesis has them.
const (
	provider = "token-fx"
	issuer   = "central-bank"
)

// What every payer and the provider start with, in minor units, and how many issues go into one transaction.
const (
	payerFundsMinor    = 10_000_000
	providerFundsMinor = 100_000_000_000
	issuesPerTx        = 200
)

// payer is a participant with tokens on the hub, made for the benchmark.
type payer struct {
	key, consent *secp256k1.PrivKey
	address      string
	number       uint64 // the account's
	sequence     uint64 // of its next transaction
}

// chain is a hub of one validator with many payers.
type chain struct {
	net      *localnet.Localnet
	client   *hubclient.Client
	hub      *swap.Hub
	rpc      *rpchttp.HTTP
	txs      client.TxConfig
	pprof    string // host:port of the node's profiler
	payers   []*payer
	provider compliance.Participant
}

// newChain starts a chain and gives the payers their money. Its caller closes it, with an error too.
func newChain(ctx context.Context, dir, bin string, accounts int) (*chain, error) {
	c := &chain{}
	for range accounts {
		p := &payer{key: secp256k1.GenPrivKey(), consent: secp256k1.GenPrivKey()}
		p.address = sdk.MustBech32ifyAddressBytes(hubclient.Bech32Prefix, p.key.PubKey().Address())
		c.payers = append(c.payers, p)
	}
	var err error
	if c.pprof, err = freeAddress(); err != nil {
		return c, err
	}
	c.net, err = localnet.Up(ctx, localnet.Options{
		Dir: dir, Bin: bin, ChainID: "corridor-bench", Validators: 1, HubOnly: true, Extend: c.admit,
		NodeFlags: []string{"--rpc.pprof_laddr", c.pprof},
	})
	if err != nil {
		return c, err
	}
	if err := c.connect(ctx); err != nil {
		return c, err
	}
	if err := c.fund(ctx); err != nil {
		return c, fmt.Errorf("issuing money: %w", err)
	}
	return c, c.learn(ctx)
}

// close ends the chain's process.
func (c *chain) close(ctx context.Context) error {
	if c.client != nil {
		c.client.Close()
	}
	if c.net == nil {
		return nil
	}
	return localnet.Down(context.WithoutCancel(ctx), c.net.Dir, true)
}

// freeAddress is one on loopback that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// admit makes the payers participants, each with its account on the hub.
func (c *chain) admit(w *world.World) error {
	for i, p := range c.payers {
		lei, err := compliance.CompleteLEI(fmt.Sprintf("CORRIDORBENCH%05d", i))
		if err != nil {
			return err
		}
		w.Participants = append(w.Participants, compliance.Participant{
			Id: fmt.Sprintf("bench-%d", i), Address: p.address, Name: "Payer of a benchmark", Lei: lei, Bic: bic(i), Jurisdiction: "CH",
			Roles: []compliance.Role{compliance.ROLE_BANK},
			Accounts: []compliance.Account{{
				Ledger: bridge.HubLedger, Account: p.address, ConsentKey: p.consent.PubKey().Bytes(),
			}},
		})
	}
	return nil
}

// bic is a business identifier code of no institution: two letters and two characters count (ISO 9362).
func bic(n int) string {
	letter := func(n int) byte { return byte('A' + n%26) }
	return "CB" + string([]byte{letter(n / 26 / 26 / 26), letter(n / 26 / 26)}) + "CH" + string([]byte{letter(n / 26), letter(n)})
}

func (c *chain) connect(ctx context.Context) error {
	node := c.net.Nodes[0]
	var err error
	if c.client, err = hubclient.Dial(ctx, hubclient.Node{GRPC: node.GRPC}, c.net.ChainID); err != nil {
		return err
	}
	if c.rpc, err = rpchttp.New("http://"+node.RPC, "/websocket"); err != nil {
		return err
	}
	if c.hub, err = openHub(c.client, c.net); err != nil {
		return err
	}
	c.txs = authtx.NewTxConfig(c.client.Codec(), authtx.DefaultSignModes)
	c.provider, err = c.hub.Participant(ctx, provider)
	return err
}

// openHub gives the hub with the keys of the world's own participants.
func openHub(client *hubclient.Client, l *localnet.Localnet) (*swap.Hub, error) {
	keys, err := keyring.New("corridor", keyring.BackendTest, filepath.Join(l.Dir, "keys"), os.Stdin, client.Codec())
	return &swap.Hub{Client: client, Keys: keys}, err
}

// fund has the issuer give every payer CNY and the provider USD.
func (c *chain) fund(ctx context.Context) error {
	bank, err := c.hub.Participant(ctx, issuer)
	if err != nil {
		return err
	}
	sender, err := c.hub.Sender(bank)
	if err != nil {
		return err
	}
	issues := []sdk.Msg{&token.MsgIssue{Issuer: bank.Address, Recipient: c.provider.Address, Currency: "USD", AmountMinor: providerFundsMinor}}
	for _, p := range c.payers {
		issues = append(issues, &token.MsgIssue{Issuer: bank.Address, Recipient: p.address, Currency: "CNY", AmountMinor: payerFundsMinor})
	}
	for len(issues) > 0 {
		n := min(len(issues), issuesPerTx)
		if _, err := sender.Send(ctx, issues[:n]...); err != nil {
			return err
		}
		issues = issues[n:]
	}
	return nil
}

// learn asks for the payers' account numbers.
func (c *chain) learn(ctx context.Context) error {
	queries := authtypes.NewQueryClient(c.client.Conn())
	return each(c.payers, func(p *payer) error {
		res, err := queries.AccountInfo(ctx, &authtypes.QueryAccountInfoRequest{Address: p.address})
		if err != nil {
			return fmt.Errorf("account %s: %w", p.address, err)
		}
		p.number, p.sequence = res.Info.AccountNumber, res.Info.Sequence
		return nil
	})
}

// workers is how many things the benchmark itself does at once.
const workers = 8

// each does something for all, several at once; it ends at the first error.
func each[T any](all []T, do func(T) error) error {
	var wait sync.WaitGroup
	errs := make([]error, workers)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(all) && errs[w] == nil; i += workers {
				errs[w] = do(all[i])
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// until asks every few milliseconds until the answer is yes.
func until(ctx context.Context, done func() (bool, error)) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if ok, err := done(); err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
