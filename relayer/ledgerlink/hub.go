package ledgerlink

import (
	"context"
	"fmt"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/types/query"
	"google.golang.org/grpc"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// Bounds of one reading. What is stuck (a HOLD whose payer's key can't be had) stays at the front until its VOID comes, so a reading goes on
// behind it, far enough for what can be done.
const (
	maxWork  = 1000 // instructions
	maxPages = 20   // a page may be short: the hub leaves out what this notary has spoken about
)

// Gas of an attestation: fixed, for a word that completes a count decides a settlement with all its legs in the same transaction, which a
// trial before it does not show. Measured (TestAnAttestationHasGasForAllThatItDecides): 75,000 for a word that decides nothing, 1.5 million for
// one that decides sixteen legs, 7.3 million where fifteen of these are the hub's own and are posted or given back at once. A batch with
// several such words can run out; its words then go in smaller ones.
const (
	attestGas = 20_000_000
	wordGas   = 1_000_000
)

// HubNode is the hub as a link sees it.
type HubNode interface {
	// Read gives what there is to do now.
	Read(context.Context) (Hub, error)
	// Order gives what a HOLD comes with.
	Order(context.Context, order.Instruction) (sdk.HoldOrder, error)
	// Attest signs the words and submits them; they are counted when a block holds them.
	Attest(context.Context, []order.Word) error
}

// Node is the hub behind one node, with one notary's key.
type Node struct {
	reader
	*words
	client *hubclient.Client
}

// ownNode names the node that is believed.
const ownNode = "own"

// reader asks the hub on behalf of one notary.
type reader struct {
	conn    grpc.ClientConnInterface
	chainID string
	ledger  string
	notary  string
}

// NewNode makes the hub side of one notary's link. key names the notary's key in the keyring: it signs the words and
// the transactions that carry them.
func NewNode(c *hubclient.Client, keys keyring.Keyring, key, ledger, notary string) (*Node, error) {
	sender, err := c.NewSender(keys, key)
	if err != nil {
		return nil, err
	}
	from := reader{conn: c.Conn(), chainID: c.ChainID(), ledger: ledger, notary: notary}
	to := &words{
		keys: keys, key: key, ledger: ledger, notary: notary, chainID: c.ChainID(), tried: map[uint64]int{},
		preferred: func() []string { return []string{ownNode} }, senders: map[string]*hubclient.Sender{ownNode: sender},
	}
	return &Node{reader: from, words: to, client: c}, nil
}

// Check asks the hub whether it knows this ledger and this notary by this key, before anything is started.
func (n *Node) Check(ctx context.Context) error {
	res, err := bridge.NewQueryClient(n.client.Conn()).Ledger(ctx, &bridge.QueryLedgerRequest{Id: n.reader.ledger})
	if err != nil {
		return fmt.Errorf("ledger %s on the hub: %w", n.reader.ledger, err)
	}
	return n.known(res.Ledger)
}

// Read implements HubNode.
func (n *Node) Read(ctx context.Context) (Hub, error) {
	block, err := n.client.Latest(ctx)
	if err != nil {
		return Hub{}, err
	}
	hub, err := n.read(ctx, block.Time)
	hub.Height = block.Height
	n.seen(hub.Work)
	return hub, err
}

// read gives what there is to do at a hub time.
func (r reader) read(ctx context.Context, now time.Time) (Hub, error) {
	queries := bridge.NewQueryClient(r.conn)
	led, err := queries.Ledger(ctx, &bridge.QueryLedgerRequest{Id: r.ledger})
	if err != nil {
		return Hub{}, fmt.Errorf("ledger %s on the hub: %w", r.ledger, err)
	}
	hub := Hub{Now: now, Self: r.notary, TakeoverDelay: led.Ledger.TakeoverDelay, Notaries: led.Ledger.ActiveNotaries()}
	var next []byte
	for range maxPages {
		work, err := queries.Work(ctx, &bridge.QueryWorkRequest{
			Ledger: r.ledger, Notary: r.notary, Pagination: &query.PageRequest{Key: next, Limit: bridge.MaxPageSize},
		})
		if err != nil {
			return Hub{}, fmt.Errorf("work of ledger %s: %w", r.ledger, err)
		}
		for _, record := range work.Records {
			i, err := r.instruction(record)
			if err != nil {
				return Hub{}, err
			}
			hub.Work = append(hub.Work, i)
		}
		if next = work.Pagination.GetNextKey(); len(next) == 0 || len(hub.Work) >= maxWork {
			break
		}
	}
	return hub, nil
}

func (r reader) instruction(record bridge.Record) (Instruction, error) {
	i, err := order.DecodeInstruction(record.Instruction)
	if err != nil {
		return Instruction{}, fmt.Errorf("instruction %d of ledger %s is not one that this relayer understands; update it: %w", record.Number, r.ledger, err)
	}
	if i.ChainID != r.chainID || i.Ledger != r.ledger {
		return Instruction{}, fmt.Errorf("instruction %d of ledger %s is for ledger %s on chain %s: the hub node is not to be trusted", record.Number, r.ledger, i.Ledger, i.ChainID)
	}
	return Instruction{Number: record.Number, Hash: order.HashInstruction(record.Instruction), Order: i, Since: record.Time}, nil
}

// Order implements HubNode.
func (r reader) Order(ctx context.Context, i order.Instruction) (sdk.HoldOrder, error) {
	res, err := settlement.NewQueryClient(r.conn).Order(ctx,
		&settlement.QueryOrderRequest{SettlementId: i.Settlement.String(), Leg: uint32(i.Leg)})
	if err != nil {
		return sdk.HoldOrder{}, fmt.Errorf("order of settlement %s leg %d: %w", i.Settlement, i.Leg, err)
	}
	return sdk.HoldOrder{Instruction: i, Body: res.Body, Consent: sdk.Consent{Quote: res.Quote, Signature: res.Signature}}, nil
}
