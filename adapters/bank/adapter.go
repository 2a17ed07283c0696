package bank

import (
	"context"
	"errors"

	"github.com/bojanz/currency"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt004"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt025"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt047"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs002"
	"github.com/corridor-network/corridor/adapters/internal/ledgerhttp"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

const name = "bank 0.1.0"

// Adapter is one notary's connection to the network. It is safe for concurrent use.
type Adapter struct {
	config ledgerhttp.Config
	client *client
}

var (
	_ sdk.Ledger        = (*Adapter)(nil)
	_ sdk.BalanceReader = (*Adapter)(nil)
)

// Open reads the configuration and gives the ledger. It makes no call: the network may come up later.
func Open(configPath string) (sdk.Ledger, error) {
	config, client, err := ledgerhttp.Open(configPath)
	if err != nil {
		return nil, err
	}
	if _, known := currency.GetDigits(config.Currency); !known {
		return nil, sdk.Errorf(sdk.Invalid, "configuration %s: currency: %q is no ISO 4217 code", configPath, config.Currency)
	}
	if err := iso20022.Compile(); err != nil {
		return nil, &sdk.Error{Code: sdk.Invalid, Message: "the program's own schemas", Err: err}
	}
	return &Adapter{config: config, client: newClient(client)}, nil
}

// Close gives the connections back.
func (a *Adapter) Close() error {
	a.client.http.Close()
	return nil
}

// Describe implements sdk.Ledger. The network does not check consents: no RTGS would.
func (a *Adapter) Describe(context.Context) (sdk.Description, error) {
	return a.config.Describe(name), nil
}

// ConsentKey implements sdk.Ledger: the key in the network's members directory.
func (a *Adapter) ConsentKey(ctx context.Context, account sdk.Account) (sdk.PublicKey, error) {
	if _, err := iso20022.ParseAccount(string(account)); err != nil {
		return sdk.PublicKey{}, sdk.Errorf(sdk.NotFound, "ledger %s: %s", a.config.Ledger, err)
	}
	d, err := a.client.directory(ctx, string(account))
	if err != nil {
		return sdk.PublicKey{}, err
	}
	return d.publicKey(account)
}

// Hold implements sdk.Ledger. An order that ISO 20022 has no words for, such as one to an account without a
// BIC, this network can never execute: its id is closed, which is the definite refusal that it is.
func (a *Adapter) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	t, err := newTerms(o.Instruction)
	if errors.Is(err, errNoWords) {
		return a.release(ctx, newRelease(o.Instruction, nil, true, err.Error()))
	}
	if err != nil {
		return sdk.Entry{}, err
	}
	reply, err := a.client.exchange(ctx, newReservation(o, t), iso20022.Receipt, false)
	if err != nil {
		return sdk.Entry{}, err
	}
	return entryOfReceipt(reply.(*camt025.ReceiptV05))
}

// Refuse implements sdk.Ledger.
func (a *Adapter) Refuse(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	return a.release(ctx, newRelease(o.Instruction, nil, true, "refused by the notary before it reached the bank"))
}

// Post implements sdk.Ledger.
func (a *Adapter) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	t, err := newTerms(o.Instruction)
	if errors.Is(err, errNoWords) {
		return a.neverHeld(ctx, o.Instruction.Entry)
	}
	if err != nil {
		return sdk.Entry{}, err
	}
	reply, err := a.client.exchange(ctx, newTransfer(o.Instruction, t), iso20022.PaymentStatus, false)
	if err != nil {
		return sdk.Entry{}, err
	}
	return entryOfStatus(reply.(*pacs002.FitoFipaymentStatusReportV11))
}

// neverHeld is the answer to a post of an order that can't have been held: what is known under its id, if
// anything, is a tombstone or another's.
func (a *Adapter) neverHeld(ctx context.Context, id order.EntryID) (sdk.Entry, error) {
	e, err := a.Lookup(ctx, id)
	if err != nil {
		return sdk.Entry{}, err
	}
	return sdk.Entry{}, sdk.Errorf(sdk.Conflict, "entry %s is %s and not this order's: it cannot be posted", id, e.State)
}

// Void implements sdk.Ledger.
func (a *Adapter) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	t, err := newTerms(o.Instruction)
	switch {
	case errors.Is(err, errNoWords):
		return a.release(ctx, newRelease(o.Instruction, nil, false, err.Error()))
	case err != nil:
		return sdk.Entry{}, err
	}
	return a.release(ctx, newRelease(o.Instruction, &t, false, ""))
}

func (a *Adapter) release(ctx context.Context, message any) (sdk.Entry, error) {
	reply, err := a.client.exchange(ctx, message, iso20022.Receipt, false)
	if err != nil {
		return sdk.Entry{}, err
	}
	return entryOfReceipt(reply.(*camt025.ReceiptV05))
}

// Lookup implements sdk.Ledger.
func (a *Adapter) Lookup(ctx context.Context, id order.EntryID) (sdk.Entry, error) {
	reply, err := a.client.exchange(ctx, newReservationQuery(id), iso20022.ReturnReservation, true)
	if err != nil {
		return sdk.Entry{}, err
	}
	return entryOfReport(reply.(*camt047.ReturnReservationV06))
}

// Balance implements sdk.BalanceReader.
func (a *Adapter) Balance(ctx context.Context, account sdk.Account) (sdk.Balance, error) {
	parsed, err := iso20022.ParseAccount(string(account))
	if err != nil {
		return sdk.Balance{}, sdk.Errorf(sdk.NotFound, "ledger %s: %s", a.config.Ledger, err)
	}
	reply, err := a.client.exchange(ctx, newAccountQuery(parsed), iso20022.ReturnAccount, true)
	if err != nil {
		return sdk.Balance{}, err
	}
	return balanceOf(account, reply.(*camt004.ReturnAccountV08))
}
