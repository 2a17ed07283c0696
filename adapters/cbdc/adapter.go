package cbdc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"github.com/corridor-network/corridor/adapters/internal/ledgerhttp"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

const (
	name          = "cbdc 0.1.0"
	maxReplyBytes = 256 << 10
)

var walletPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Adapter is one notary's connection to the ledger. It is safe for concurrent use.
type Adapter struct {
	config ledgerhttp.Config
	client *ledgerhttp.Client
}

var (
	_ sdk.Ledger        = (*Adapter)(nil)
	_ sdk.BalanceReader = (*Adapter)(nil)
	_ sdk.OrderBook     = (*Adapter)(nil)
)

// Open reads the configuration and gives the ledger. It makes no call: the ledger may come up later.
func Open(configPath string) (sdk.Ledger, error) {
	config, client, err := ledgerhttp.Open(configPath)
	if err != nil {
		return nil, err
	}
	return &Adapter{config: config, client: client}, nil
}

// Close gives the connections back.
func (a *Adapter) Close() error {
	a.client.Close()
	return nil
}

// Describe implements sdk.Ledger. The ledger verifies the consent of every hold; that it verifies the hub's proofs too is
// what the adapter's configuration says, for Describe asks nobody.
func (a *Adapter) Describe(context.Context) (sdk.Description, error) {
	d := a.config.Describe(name)
	if d.OrderCheck == sdk.OrderCheckLedger {
		d.Optional = append(d.Optional, sdk.OptionalOrders)
	}
	return d, nil
}

// Book implements sdk.OrderBook.
func (a *Adapter) Book(ctx context.Context) (sdk.Book, error) {
	return a.book(ctx, question("v1", "book"))
}

// Take implements sdk.OrderBook.
func (a *Adapter) Take(ctx context.Context, batch []byte) (sdk.Book, error) {
	return a.book(ctx, ledgerhttp.Call{
		Method: http.MethodPut, Path: []string{"v1", "book"}, MediaType: "application/octet-stream", Body: batch, MaxReply: maxReplyBytes,
	})
}

func (a *Adapter) book(ctx context.Context, q ledgerhttp.Call) (sdk.Book, error) {
	var b ledgerBook
	if err := a.do(ctx, q, &b); err != nil {
		return sdk.Book{}, err
	}
	book, err := b.book()
	if err != nil {
		return sdk.Book{}, q.Lost(err)
	}
	return book, nil
}

// ConsentKey implements sdk.Ledger.
func (a *Adapter) ConsentKey(ctx context.Context, account sdk.Account) (sdk.PublicKey, error) {
	if err := a.notation(account); err != nil {
		return sdk.PublicKey{}, err
	}
	var k ledgerKey
	if err := a.do(ctx, question("v1", "accounts", string(account), "consent-key"), &k); err != nil {
		return sdk.PublicKey{}, err
	}
	return k.publicKey(account)
}

// Balance implements sdk.BalanceReader.
func (a *Adapter) Balance(ctx context.Context, account sdk.Account) (sdk.Balance, error) {
	if err := a.notation(account); err != nil {
		return sdk.Balance{}, err
	}
	var b ledgerAccount
	if err := a.do(ctx, question("v1", "accounts", string(account)), &b); err != nil {
		return sdk.Balance{}, err
	}
	return b.balance(), nil
}

// notation keeps what can't be a wallet's name out of a path.
func (a *Adapter) notation(account sdk.Account) error {
	if !walletPattern.MatchString(string(account)) {
		return sdk.Errorf(sdk.NotFound, "ledger %s has no account %q: its wallets are named by 1 to 64 letters, digits, dots, underscores or hyphens", a.config.Ledger, account)
	}
	return nil
}

// Hold implements sdk.Ledger.
func (a *Adapter) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	return a.order(ctx, http.MethodPut, newOrder(o), entryPath(o.Instruction.Entry))
}

// Refuse implements sdk.Ledger.
func (a *Adapter) Refuse(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	return a.order(ctx, http.MethodPost, newOrder(o), entryPath(o.Instruction.Entry, "refuse"))
}

// Post implements sdk.Ledger.
func (a *Adapter) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	return a.order(ctx, http.MethodPost, ledgerInstruction{o.Instruction.Encode()}, entryPath(o.Instruction.Entry, "post"))
}

// Void implements sdk.Ledger.
func (a *Adapter) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	return a.order(ctx, http.MethodPost, ledgerInstruction{o.Instruction.Encode()}, entryPath(o.Instruction.Entry, "void"))
}

// Lookup implements sdk.Ledger.
func (a *Adapter) Lookup(ctx context.Context, id order.EntryID) (sdk.Entry, error) {
	return a.entry(ctx, question(entryPath(id)...))
}

// order is a call with an effect on an entry.
func (a *Adapter) order(ctx context.Context, method string, body any, path []string) (sdk.Entry, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return sdk.Entry{}, &sdk.Error{Code: sdk.Invalid, Message: "the order can't be written as JSON", Err: err}
	}
	return a.entry(ctx, ledgerhttp.Call{Method: method, Path: path, MediaType: "application/json", Body: raw, MaxReply: maxReplyBytes})
}

func (a *Adapter) entry(ctx context.Context, q ledgerhttp.Call) (sdk.Entry, error) {
	var e ledgerEntry
	if err := a.do(ctx, q, &e); err != nil {
		return sdk.Entry{}, err
	}
	answer, err := e.entry()
	if err != nil {
		return sdk.Entry{}, q.Lost(err)
	}
	return answer, nil
}

func (a *Adapter) do(ctx context.Context, q ledgerhttp.Call, into any) error {
	raw, err := a.client.Do(ctx, q)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return q.Lost(fmt.Errorf("the reply is not the JSON expected: %w", err))
	}
	return nil
}

func question(path ...string) ledgerhttp.Call {
	return ledgerhttp.Call{Method: http.MethodGet, Path: path, Asks: true, MaxReply: maxReplyBytes}
}

func entryPath(id order.EntryID, verb ...string) []string {
	return append([]string{"v1", "entries", id.String()}, verb...)
}
