package world

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
)

// Far is what the hub calls the second chain of a localnet that has one; FarCurrency is the money on it.
const (
	Far         = "far-eur"
	FarCurrency = "EUR"
)

// RelayerKey is the key with which the relayer between both chains signs, on each of them.
const RelayerKey = "relay-0"

// relayer is the participant, on both chains, that the relayer is.
const relayer = "ibc-relayer"

// The first connection and channel between two fresh chains. A genesis may name them before they are opened.
const (
	farConnection = "connection-0"
	farChannel    = "channel-0"
)

// farHolders have an account on the far chain, with this opening money in minor units.
var farHolders = []struct {
	id           string
	openingMinor uint64
}{{"bank-a", 1_000_000_00}, {"fxp", 0}, {"thin-fx", 0}}

// RelayerDir is the folder of the relayer's file and keys.
func (w *World) RelayerDir() string { return filepath.Join(w.Dir, "relayer") }

// AddFar makes the world of a second chain, which is a ledger of the hub, and registers each of the two with the other. Those who
// have money there are participants of both chains, with the same consent key: one signature is checked on both.
func (w *World) AddFar(hubChainID, farChainID string) (*World, error) {
	far := &World{Dir: filepath.Join(w.Dir, "far"), participantKeys: w.participantKeys}
	var err error
	if far.keys, err = newKeyring(filepath.Join(far.Dir, "keys")); err != nil {
		return nil, err
	}
	channel := bridge.LegChannel{ConnectionId: farConnection, ChannelId: farChannel}
	here, there := channel, channel
	here.ChainId, there.ChainId = farChainID, hubChainID
	w.Ledgers = append(w.Ledgers, bridge.Ledger{
		Id: Far, Cell: bridge.CELL_HOLDS, Link: bridge.LINK_IBC, OrderCheck: bridge.ORDER_CHECK_LEDGER,
		LongestPrepare: longestPrepare, Channel: &here,
	})
	w.currencies = append(w.currencies, currency.Currency{Code: FarCurrency, Exponent: 2, Ledgers: []string{Far}})
	far.Ledgers = []bridge.Ledger{hubLedger()}
	far.peers = []bridge.Peer{{Channel: there, Ledger: Far}}
	far.currencies = []currency.Currency{{Code: FarCurrency, Exponent: 2, Ledgers: []string{bridge.HubLedger}}}
	for _, h := range farHolders {
		far.Participants = append(far.Participants, w.openFar(h.id))
	}
	far.Participants = append(far.Participants, w.participant(issuer))
	return far, w.appointRelayer(far)
}

// openFar gives a participant an account on the far chain, and is what that chain knows of it: the account is its address there.
func (w *World) openFar(id string) compliance.Participant {
	for i := range w.Participants {
		p := &w.Participants[i]
		if p.Id != id {
			continue
		}
		consent := p.Accounts[0].ConsentKey
		p.Accounts = append(p.Accounts, compliance.Account{Ledger: Far, Account: p.Address, Currency: FarCurrency, ConsentKey: consent})
		there := *p
		there.Accounts = []compliance.Account{{Ledger: bridge.HubLedger, Account: p.Address, Currency: FarCurrency, ConsentKey: consent}}
		return there
	}
	panic("world: no participant " + id) // a mistake in this package
}

// appointRelayer makes the relayer's key and admits it on both chains.
func (w *World) appointRelayer(far *World) error {
	if err := os.MkdirAll(w.RelayerDir(), 0o700); err != nil {
		return err
	}
	keys, err := newKeyring(w.RelayerDir())
	if err != nil {
		return err
	}
	address, _, err := newKey(keys, RelayerKey)
	if err != nil {
		return fmt.Errorf("participant %s: %w", relayer, err)
	}
	p := compliance.Participant{
		Id: relayer, Address: address, Name: "Relayer between the chains", Lei: lei(relayer), Jurisdiction: "CH",
		Roles: []compliance.Role{compliance.ROLE_RELAYER},
	}
	w.Participants, far.Participants = append(w.Participants, p), append(far.Participants, p)
	return nil
}

// Issue is money that an issuer gives a participant, in minor units.
type Issue struct {
	Issuer, Recipient, Currency string
	AmountMinor                 uint64
}

// FarOpening is the opening money on the far chain, which its issuer issues once the chain runs.
func FarOpening() (all []Issue) {
	for _, h := range farHolders {
		if h.openingMinor > 0 {
			all = append(all, Issue{issuer, h.id, FarCurrency, h.openingMinor})
		}
	}
	return all
}
