package ibcnet

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/token"
)

// Who gives a hub's user money, and of which currency.
const (
	hubIssuer   = "central-bank" // of the world's institutions
	hubCurrency = "CNY"
)

// HubSpec is what a hub of its own is to be.
type HubSpec struct {
	ID         string
	Dir        string // made; the localnet's
	Bin        string // folder of corridord
	Relayer    int    // how many relayers' keys are admitted
	MoneyMinor uint64 // of the first User, which is a bank: the hub has no other
}

// StartHub makes a hub of one validator and runs it. Whoever stops the chain ends the localnet; with an error nothing is left running.
func StartHub(ctx context.Context, s HubSpec) (*Chain, error) {
	net, err := localnet.Up(ctx, localnet.Options{
		Dir: s.Dir, Bin: s.Bin, ChainID: s.ID, Validators: 1, HubOnly: true,
		Extend: func(w *world.World) error { return s.admit(w) },
	})
	if err != nil {
		return nil, err
	}
	c, err := Hub(net, hubclient.Bech32Prefix, token.Denom(hubCurrency))
	if err == nil {
		c.owned = true
		err = s.issue(ctx, net)
	}
	if err != nil {
		return nil, errors.Join(err, localnet.Down(context.WithoutCancel(ctx), net.Dir, false))
	}
	return c, nil
}

// admit makes participants of the hub of those who act on it: the relayer's keys and a bank. The hub takes transactions of
// nobody else.
func (s HubSpec) admit(w *world.World) error {
	for i := range s.Relayer {
		key, err := RelayerKey(i)
		if err != nil {
			return err
		}
		p, err := participant(fmt.Sprintf("ibc-relayer-%d", i), compliance.ROLE_RELAYER)
		if err != nil {
			return err
		}
		p.Address = Address(hubclient.Bech32Prefix, key)
		w.Participants = append(w.Participants, p)
	}
	key := Key(User(0))
	p, err := participant("ibc-bank", compliance.ROLE_BANK)
	if err != nil {
		return err
	}
	p.Address, p.Bic = Address(hubclient.Bech32Prefix, key), "CDRICHBB"
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
func (s HubSpec) issue(ctx context.Context, net *localnet.Localnet) error {
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: net.Nodes[0].GRPC}, s.ID)
	if err != nil {
		return err
	}
	defer client.Close()
	keys, err := keyring.New("corridor", keyring.BackendTest, filepath.Join(net.Dir, "keys"), nil, client.Codec())
	if err != nil {
		return err
	}
	hub := &swap.Hub{Client: client, Keys: keys}
	issuer, err := hub.Participant(ctx, hubIssuer)
	if err != nil {
		return err
	}
	sender, err := hub.Sender(issuer)
	if err != nil {
		return err
	}
	_, err = sender.Send(ctx, &token.MsgIssue{
		Issuer: issuer.Address, Recipient: Address(hubclient.Bech32Prefix, Key(User(0))), Currency: hubCurrency, AmountMinor: s.MoneyMinor,
	})
	return err
}
