package world

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/token"
)

// The localnet's ledgers, as registered on the hub.
const (
	CBDC = "cbdc-cny" // a simulated CBDC in CNY
	Bank = "rtgs-usd" // a simulated bank network in USD
)

// Notaries and how many equal words count, per ledger.
const (
	NotariesPerLedger = 3
	Threshold         = 2
)

// Times of a localnet's ledgers.
const (
	longestPrepare = 10 * time.Minute
	takeoverDelay  = 3 * time.Second
)

// hubAllowanceMinor is the most that an issuer may have outstanding on the hub.
const hubAllowanceMinor = 1_000_000_000_000

// World is who lives in a localnet.
type World struct {
	Dir          string
	Participants []compliance.Participant
	Ledgers      []bridge.Ledger
	Notaries     []Notary

	keys            keyring.Keyring // of the operators, and of the participants if they are this world's own
	participantKeys string          // folder of the keyring of the participants: hub accounts and consent keys
	currencies      []currency.Currency
	peers           []bridge.Peer
}

// Notary is one voice for a ledger and where its files lie.
type Notary struct {
	Ledger string
	ID     string
	Dir    string
}

// New makes the world's keys in dir, which must not hold a world yet.
func New(dir string) (*World, error) {
	w := &World{Dir: dir, participantKeys: filepath.Join(dir, "keys"), currencies: []currency.Currency{
		{Code: "CNY", Exponent: 2, Ledgers: []string{CBDC, bridge.HubLedger}},
		{Code: "USD", Exponent: 2, Ledgers: []string{Bank, bridge.HubLedger}},
	}}
	var err error
	if w.keys, err = newKeyring(w.participantKeys); err != nil {
		return nil, err
	}
	for _, i := range institutions {
		p, err := w.admit(i)
		if err != nil {
			return nil, fmt.Errorf("participant %s: %w", i.id, err)
		}
		w.Participants = append(w.Participants, p)
	}
	w.Ledgers = []bridge.Ledger{hubLedger()}
	for _, ledger := range []string{CBDC, Bank} {
		if err := w.appoint(ledger); err != nil {
			return nil, fmt.Errorf("notaries of %s: %w", ledger, err)
		}
	}
	return w, nil
}

// hubLedger is a chain as the ledger of its own tokens.
func hubLedger() bridge.Ledger {
	return bridge.Ledger{
		Id: bridge.HubLedger, Cell: bridge.CELL_HOLDS, Link: bridge.LINK_HUB, OrderCheck: bridge.ORDER_CHECK_LEDGER,
		LongestPrepare: longestPrepare,
	}
}

// newKeyring opens a keyring of the test backend.
func newKeyring(dir string) (keyring.Keyring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	registry := types.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	return keyring.New("corridor", keyring.BackendTest, dir, nil, codec.NewProtoCodec(registry))
}

// newKey makes a key and gives its compressed public point.
func newKey(keys keyring.Keyring, name string) (address string, public []byte, err error) {
	record, _, err := keys.NewMnemonic(name, keyring.English, sdk.FullFundraiserPath, keyring.DefaultBIP39Passphrase, hd.Secp256k1)
	if err != nil {
		return "", nil, err
	}
	at, err := record.GetAddress()
	if err != nil {
		return "", nil, err
	}
	pub, err := record.GetPubKey()
	if err != nil {
		return "", nil, err
	}
	address, err = sdk.Bech32ifyAddressBytes(hubclient.Bech32Prefix, at)
	return address, pub.Bytes(), err
}

// ConsentKeyName is the name of a participant's consent key in the keyring.
func ConsentKeyName(id string) string { return id + "-consent" }

func (w *World) admit(i institution) (compliance.Participant, error) {
	address, _, err := newKey(w.keys, i.id)
	if err != nil {
		return compliance.Participant{}, err
	}
	p := compliance.Participant{
		Id: i.id, Address: address, Name: i.name, Lei: lei(i.id), Bic: i.bic, Jurisdiction: i.country, Roles: i.roles,
	}
	if len(i.accounts) == 0 {
		return p, nil
	}
	_, consent, err := newKey(w.keys, ConsentKeyName(i.id))
	if err != nil {
		return compliance.Participant{}, err
	}
	for _, a := range i.accounts {
		account := compliance.Account{Ledger: a.ledger, Account: a.account, Currency: a.currency, ConsentKey: consent}
		if a.ledger == bridge.HubLedger {
			account.Account = address
		}
		p.Accounts = append(p.Accounts, account)
	}
	return p, nil
}

// Open is the world that New made in dir, as far as starting it again needs it: where its notaries and simulators lie. Keys and
// participants stay unread.
func Open(dir string) *World {
	w := &World{Dir: dir, participantKeys: filepath.Join(dir, "keys")}
	for _, ledger := range []string{CBDC, Bank} {
		w.Notaries = append(w.Notaries, w.notaries(ledger)...)
	}
	return w
}

// notaries are the voices for a ledger and where their files lie.
func (w *World) notaries(ledger string) (all []Notary) {
	for i := range NotariesPerLedger {
		id := fmt.Sprintf("%s-n%d", ledger, i+1)
		all = append(all, Notary{Ledger: ledger, ID: id, Dir: filepath.Join(w.Dir, "notaries", id)})
	}
	return all
}

// Uncheck registers the CBDC as a ledger that checks no orders.
func (w *World) Uncheck() {
	for i, l := range w.Ledgers {
		if l.Id == CBDC {
			w.Ledgers[i].OrderCheck = bridge.ORDER_CHECK_NONE
		}
	}
}

// appoint makes a ledger's notaries: each with a keyring of its own, each admitted to submit.
func (w *World) appoint(ledger string) error {
	orderCheck := bridge.ORDER_CHECK_NONE
	if ledger == CBDC {
		orderCheck = bridge.ORDER_CHECK_LEDGER
	}
	l := bridge.Ledger{
		Id: ledger, Cell: bridge.CELL_HOLDS, Link: bridge.LINK_NOTARIES, OrderCheck: orderCheck,
		Threshold: Threshold, LongestPrepare: longestPrepare, TakeoverDelay: takeoverDelay,
	}
	for _, n := range w.notaries(ledger) {
		keys, err := newKeyring(filepath.Join(n.Dir, "keys"))
		if err != nil {
			return err
		}
		address, public, err := newKey(keys, n.ID)
		if err != nil {
			return err
		}
		l.Notaries = append(l.Notaries, bridge.Notary{Id: n.ID, PublicKey: public})
		w.Participants = append(w.Participants, compliance.Participant{
			Id: n.ID, Address: address, Name: "Notary " + n.ID, Lei: lei(n.ID), Jurisdiction: "CH", Roles: []compliance.Role{compliance.ROLE_RELAYER},
		})
		w.Notaries = append(w.Notaries, n)
	}
	w.Ledgers = append(w.Ledgers, l)
	return nil
}

// Compliance is the module's part of the genesis.
func (w *World) Compliance() compliance.GenesisState {
	return compliance.GenesisState{Params: compliance.DefaultGenesis().Params, Participants: w.Participants}
}

// Bridge is the module's part of the genesis.
func (w *World) Bridge() bridge.GenesisState {
	return bridge.GenesisState{Ledgers: w.Ledgers, Peers: w.peers}
}

// Currency is the module's part of the genesis.
func (w *World) Currency() currency.GenesisState {
	return currency.GenesisState{Currencies: w.currencies}
}

// Token is the module's part of the genesis: one institution issues every currency that has tokens on the hub.
func (w *World) Token() token.GenesisState {
	address := w.participant(issuer).Address
	var state token.GenesisState
	for _, c := range w.currencies {
		if slices.Contains(c.Ledgers, bridge.HubLedger) {
			state.Issuers = append(state.Issuers, token.Issuer{Currency: c.Code, Address: address, AllowanceMinor: hubAllowanceMinor})
		}
	}
	return state
}

func (w *World) participant(id string) compliance.Participant {
	for _, p := range w.Participants {
		if p.Id == id {
			return p
		}
	}
	panic("world: no participant " + id) // a mistake in this package
}

// SeatName is the name of a validator's operator, as a participant and in the participants' keyring.
func SeatName(node int) string { return fmt.Sprintf("seat-%d", node) }

// AddSeat admits the operator of a validator, so that it can vote, and gives its private key in hex.
func (w *World) AddSeat(node int) (operator string, err error) {
	name, key := SeatName(node), secp256k1.GenPrivKey()
	operator = hex.EncodeToString(key.Bytes())
	if err := w.keys.ImportPrivKeyHex(name, operator, string(hd.Secp256k1Type)); err != nil {
		return "", err
	}
	address, err := sdk.Bech32ifyAddressBytes(hubclient.Bech32Prefix, key.PubKey().Address())
	if err != nil {
		return "", err
	}
	w.Participants = append(w.Participants, compliance.Participant{
		Id: name, Address: address, Name: "Operator of validator " + name, Lei: lei(name), Jurisdiction: "CH",
		Roles: []compliance.Role{compliance.ROLE_RELAYER},
	})
	return operator, nil
}
