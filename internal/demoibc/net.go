package demoibc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/token"
)

// The chains' ids, which are their names for the relayer as well.
const (
	hubID   = "corridor-hub"
	stockID = "stock-simd"
)

const (
	issuer      = "central-bank" // of the world's institutions
	currency    = "CNY"
	issuedMinor = 1_000_000
	simdPause   = 200 * time.Millisecond // as the hub's
)

// Options of the demonstration.
type Options struct {
	Bin string // folder of corridor, corridord and simd
	Out io.Writer
}

// Tell runs the whole; it ends at the first thing that is not as promised, and ends every process it started. Logs stay after
// an error.
func Tell(ctx context.Context, o Options) (err error) {
	dir, err := os.MkdirTemp("", "corridor-demo-ibc-")
	if err != nil {
		return err
	}
	if o.Bin, err = filepath.Abs(o.Bin); err != nil {
		return err
	}
	s := &story{Options: o, dir: dir}
	s.relayer = ibcnet.Relayer{Program: filepath.Join(o.Bin, "corridor"), Dir: filepath.Join(dir, "relayer"), Keys: relayerKeys, Show: s.showCommand}
	err = s.tell(ctx)
	err = errors.Join(err, s.end(context.WithoutCancel(ctx)))
	if err != nil {
		return fmt.Errorf("%w\nNo process is left running; logs are in %s", err, dir)
	}
	s.say("\nEverything was as promised. No process is left running, and the folder is gone.")
	return os.RemoveAll(dir)
}

// relayerKeys is how many signers the relayer has on each chain.
const relayerKeys = 2

// begin starts both chains and gives the hub's user some money.
func (s *story) begin(ctx context.Context) error {
	s.say("starting our hub and ibc-go's stock chain, one validator each")
	var err error
	s.stock, err = ibcnet.Start(ctx, ibcnet.Spec{
		ID: stockID, Dir: filepath.Join(s.dir, "stock"), Binary: filepath.Join(s.Bin, "simd"), Pause: simdPause, Users: 1, Relayer: relayerKeys,
	})
	if err != nil {
		return err
	}
	s.net, err = localnet.Up(ctx, localnet.Options{
		Dir: filepath.Join(s.dir, "hub"), Bin: s.Bin, ChainID: hubID, Validators: 1, HubOnly: true, Extend: admit,
	})
	if err != nil {
		return err
	}
	if s.hub, err = ibcnet.Hub(s.net, hubclient.Bech32Prefix, token.Denom(currency)); err != nil {
		return err
	}
	return s.issue(ctx)
}

// end stops every process.
func (s *story) end(ctx context.Context) error {
	var errs []error
	if s.process.PID != 0 {
		errs = append(errs, s.process.Stop(ctx))
	}
	if s.stock != nil {
		errs = append(errs, s.stock.Stop(ctx))
	}
	if s.net != nil {
		errs = append(errs, localnet.Down(ctx, s.net.Dir, false))
	}
	return errors.Join(errs...)
}

// admit makes participants of the hub of those who act on it: the relayer's keys and a bank. The hub takes transactions of
// nobody else.
func admit(w *world.World) error {
	for i := range relayerKeys {
		key, err := ibcnet.RelayerKey(i)
		if err != nil {
			return err
		}
		p, err := participant(fmt.Sprintf("ibc-relayer-%d", i), compliance.ROLE_RELAYER)
		if err != nil {
			return err
		}
		p.Address = ibcnet.Address(hubclient.Bech32Prefix, key)
		w.Participants = append(w.Participants, p)
	}
	key := ibcnet.Key(ibcnet.User(0))
	p, err := participant("ibc-bank", compliance.ROLE_BANK)
	if err != nil {
		return err
	}
	p.Address, p.Bic = ibcnet.Address(hubclient.Bech32Prefix, key), "CDRICHBB"
	p.Accounts = []compliance.Account{{Ledger: bridge.HubLedger, Account: p.Address, ConsentKey: key.PubKey().Bytes()}}
	w.Participants = append(w.Participants, p)
	return nil
}

// participant is a fictitious institution.
func participant(id string, role compliance.Role) (compliance.Participant, error) {
	code := "DEMO" + strings.ToUpper(strings.ReplaceAll(id, "-", ""))
	lei, err := compliance.CompleteLEI((code + strings.Repeat("0", 18))[:18])
	return compliance.Participant{Id: id, Name: "Demonstration: " + id, Lei: lei, Jurisdiction: "CH", Roles: []compliance.Role{role}}, err
}

// issue has the hub's issuer give the bank its money.
func (s *story) issue(ctx context.Context) error {
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: s.net.Nodes[0].GRPC}, hubID)
	if err != nil {
		return err
	}
	defer client.Close()
	keys, err := keyring.New("corridor", keyring.BackendTest, filepath.Join(s.net.Dir, "keys"), nil, client.Codec())
	if err != nil {
		return err
	}
	hub := &swap.Hub{Client: client, Keys: keys}
	bank, err := hub.Participant(ctx, issuer)
	if err != nil {
		return err
	}
	sender, err := hub.Sender(bank)
	if err != nil {
		return err
	}
	_, err = sender.Send(ctx, &token.MsgIssue{Issuer: bank.Address, Recipient: s.address(s.hub), Currency: currency, AmountMinor: issuedMinor})
	return err
}
