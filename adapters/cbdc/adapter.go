package cbdc

import (
	"context"
	"net/http"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

const name = "cbdc 0.1.0"

// Adapter is one notary's connection to the ledger. It is safe for concurrent use.
type Adapter struct {
	config Config
	client *client
}

var (
	_ sdk.Ledger        = (*Adapter)(nil)
	_ sdk.BalanceReader = (*Adapter)(nil)
)

// Open reads the configuration and gives the ledger. It makes no call: the ledger may come up later.
func Open(configPath string) (sdk.Ledger, error) {
	c, base, token, err := loadConfig(configPath)
	if err != nil {
		return nil, err
	}
	return &Adapter{config: c, client: newClient(base, token, c.Timeout)}, nil
}

// Close gives the connections back.
func (a *Adapter) Close() error {
	a.client.close()
	return nil
}

// Describe implements sdk.Ledger. The ledger verifies the consent of every hold, but not yet the hub's
// header and proof, so its order check is none: see MAPPING.md.
func (a *Adapter) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{
		Name: name, Ledger: a.config.Ledger, Currencies: []string{a.config.Currency}, Cell: sdk.CellHolds,
		OrderCheck: sdk.OrderCheckNone, MaxAmountMinor: a.config.MaxAmountMinor, Optional: []string{sdk.OptionalBalances},
	}, nil
}

// ConsentKey implements sdk.Ledger.
func (a *Adapter) ConsentKey(ctx context.Context, account sdk.Account) (sdk.PublicKey, error) {
	if err := a.notation(account); err != nil {
		return sdk.PublicKey{}, err
	}
	var k ledgerKey
	q := call{method: http.MethodGet, path: []string{"v1", "accounts", string(account), "consent-key"}, reads: true}
	if err := a.client.do(ctx, q, &k); err != nil {
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
	q := call{method: http.MethodGet, path: []string{"v1", "accounts", string(account)}, reads: true}
	if err := a.client.do(ctx, q, &b); err != nil {
		return sdk.Balance{}, err
	}
	return b.balance(), nil
}

// notation keeps what can't be a wallet's name out of a path.
func (a *Adapter) notation(account sdk.Account) error {
	if !idPattern.MatchString(string(account)) {
		return sdk.Errorf(sdk.NotFound, "ledger %s has no account %q: its wallets are named by 1 to 64 letters, digits, dots, underscores or hyphens", a.config.Ledger, account)
	}
	return nil
}

// Hold implements sdk.Ledger.
func (a *Adapter) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	return a.entry(ctx, call{method: http.MethodPut, path: entryPath(o.Instruction.Entry), body: newOrder(o)})
}

// Refuse implements sdk.Ledger.
func (a *Adapter) Refuse(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	return a.entry(ctx, call{method: http.MethodPost, path: entryPath(o.Instruction.Entry, "refuse"), body: newOrder(o)})
}

// Post implements sdk.Ledger.
func (a *Adapter) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	return a.entry(ctx, call{
		method: http.MethodPost, path: entryPath(o.Instruction.Entry, "post"), body: ledgerInstruction{o.Instruction.Encode()},
	})
}

// Void implements sdk.Ledger.
func (a *Adapter) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	return a.entry(ctx, call{
		method: http.MethodPost, path: entryPath(o.Instruction.Entry, "void"), body: ledgerInstruction{o.Instruction.Encode()},
	})
}

// Lookup implements sdk.Ledger.
func (a *Adapter) Lookup(ctx context.Context, id order.EntryID) (sdk.Entry, error) {
	return a.entry(ctx, call{method: http.MethodGet, path: entryPath(id), reads: true})
}

func (a *Adapter) entry(ctx context.Context, q call) (sdk.Entry, error) {
	var e ledgerEntry
	if err := a.client.do(ctx, q, &e); err != nil {
		return sdk.Entry{}, err
	}
	return e.entry(q)
}

func entryPath(id order.EntryID, verb ...string) []string {
	return append([]string{"v1", "entries", id.String()}, verb...)
}
