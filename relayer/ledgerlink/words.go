package ledgerlink

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/relayer/hublight"
	"github.com/corridor-network/corridor/x/bridge"
)

// LightConfig says whose link it is.
type LightConfig struct {
	Light   *hublight.Client
	Clients map[string]*hubclient.Client // by node's name; they take the notary's transactions, and are believed nothing else
	Keys    keyring.Keyring
	Key     string // names the notary's key
	Ledger  string
	Notary  string
}

// NewLightNode makes the hub side of one notary's link that believes no node.
func NewLightNode(c LightConfig) (*LightNode, error) {
	w := &words{
		keys: c.Keys, key: c.Key, ledger: c.Ledger, notary: c.Notary, chainID: c.Light.ChainID(),
		preferred: c.Light.Names, senders: map[string]*hubclient.Sender{}, tried: map[uint64]int{},
	}
	for name, client := range c.Clients {
		sender, err := client.NewSender(c.Keys, c.Key)
		if err != nil {
			return nil, err
		}
		w.senders[name] = sender
	}
	if len(w.senders) == 0 {
		return nil, errors.New("there is no node to send attestations to")
	}
	return &LightNode{words: w, light: c.Light, ledger: c.Ledger, notary: c.Notary}, nil
}

// words submits a notary's words over whichever node takes them.
type words struct {
	keys      keyring.Keyring
	key       string
	ledger    string
	notary    string
	chainID   string
	preferred func() []string // names of nodes, the best first
	senders   map[string]*hubclient.Sender

	mu    sync.Mutex
	tried map[uint64]int // how often each word was given to a node
}

// known checks that the hub knows this notary by this key.
func (w *words) known(led bridge.Ledger) error { return knownBy(led, w.notary, w.keys, w.key) }

// seen forgets the words that are no longer waited for.
func (w *words) seen(open []Instruction) {
	still := map[uint64]bool{}
	for _, i := range open {
		still[i.Number] = true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for number := range w.tried {
		if !still[number] {
			delete(w.tried, number)
		}
	}
}

// turn counts a batch of words, and gives how often one of them was given to a node before.
func (w *words) turn(batch []order.Word) (before int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, each := range batch {
		before = max(before, w.tried[each.Number])
		w.tried[each.Number]++
	}
	return before
}

// Attest implements HubNode. A word that comes again was swallowed, perhaps by the node: it goes to the next one first.
func (w *words) Attest(ctx context.Context, batch []order.Word) error {
	names := w.preferred()
	errs := []error{}
	first := w.turn(batch)
	for i := range names {
		name := names[(first+i)%len(names)]
		sender := w.senders[name]
		if sender == nil {
			continue
		}
		err := submit(ctx, sender, w.signed(batch))
		if refusal := (*hubclient.Refusal)(nil); err == nil || errors.As(err, &refusal) {
			return err
		}
		errs = append(errs, fmt.Errorf("hub node %s: %w", name, err))
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(append(errs, errors.New("no hub node took the words"))...)
}

// signed makes the attestation for a sender's address.
func (w *words) signed(batch []order.Word) func(submitter string) (*bridge.MsgAttest, error) {
	return func(submitter string) (*bridge.MsgAttest, error) {
		msg := &bridge.MsgAttest{Submitter: submitter, Ledger: w.ledger, Notary: w.notary}
		for _, each := range batch {
			msg.Words = append(msg.Words, bridge.Word{
				Number: each.Number, InstructionHash: each.InstructionHash[:], Outcome: uint32(each.Outcome),
				LedgerReference: each.LedgerReference, Reason: each.Reason,
			})
		}
		var err error
		msg.Signature, _, err = w.keys.Sign(w.key, order.AttestationSignBytes(w.chainID, w.ledger, w.notary, batch), signing.SignMode_SIGN_MODE_DIRECT)
		if err != nil {
			return nil, fmt.Errorf("key %q does not sign: %w", w.key, err)
		}
		return msg, nil
	}
}

// submit sends an attestation; it is counted when a block holds it.
func submit(ctx context.Context, sender *hubclient.Sender, make func(submitter string) (*bridge.MsgAttest, error)) error {
	msg, err := make(sender.Address())
	if err != nil {
		return err
	}
	_, err = sender.Submit(ctx, attestGas+uint64(len(msg.Words))*wordGas, msg)
	return err
}

// knownBy checks that a ledger has a notary by a key of the keyring.
func knownBy(led bridge.Ledger, notary string, keys keyring.Keyring, key string) error {
	record, err := keys.Key(key)
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	pub, err := record.GetPubKey()
	if err != nil {
		return err
	}
	for _, known := range led.Notaries {
		if known.Id != notary {
			continue
		}
		if string(known.PublicKey) != string(pub.Bytes()) {
			return fmt.Errorf("the hub knows notary %s of ledger %s by another key than %q: check the key's name and the keyring's folder", notary, led.Id, key)
		}
		return nil
	}
	return fmt.Errorf("the hub knows no notary %s of ledger %s: have it registered, or check the id", notary, led.Id)
}
