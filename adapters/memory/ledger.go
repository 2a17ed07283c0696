package memory

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// Ledger is a ledger in memory. It is safe for concurrent use.
type Ledger struct {
	config Config
	lock   *os.File // on the state file's lock, while open

	mu     sync.Mutex
	state  state
	faults []Fault
}

// New opens a ledger: from its state file where that exists, else with the accounts of the configuration.
func New(c Config) (*Ledger, error) {
	opened, err := c.opened()
	if err != nil {
		return nil, err
	}
	l := &Ledger{config: c, state: opened}
	if c.StateFile == "" {
		return l, nil
	}
	if l.lock, err = lockFile(c.StateFile + ".lock"); err != nil {
		return nil, err
	}
	if err := l.state.load(c.StateFile); err != nil {
		return nil, l.closeAfter(err)
	}
	return l, nil
}

// Close gives the state file back.
func (l *Ledger) Close() error {
	if l.lock == nil {
		return nil
	}
	return l.lock.Close()
}

func (l *Ledger) closeAfter(err error) error {
	return errors.Join(err, l.Close())
}

// Describe implements sdk.Ledger.
func (l *Ledger) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{
		Name: "memory 0.1.0", Ledger: l.config.Ledger, Currencies: l.config.currencies(), Cell: sdk.CellHolds,
		OrderCheck: sdk.OrderCheckNone, MaxAmountMinor: l.config.LimitMinor, Optional: []string{sdk.OptionalBalances},
	}, nil
}

// ConsentKey implements sdk.Ledger.
func (l *Ledger) ConsentKey(ctx context.Context, a sdk.Account) (key sdk.PublicKey, err error) {
	err = l.call(ctx, OpConsentKey, func() error {
		acc := l.state.Accounts[string(a)]
		if acc == nil || len(acc.Key) == 0 {
			return sdk.Errorf(sdk.NotFound, "ledger %s has no account %q with a consent key", l.config.Ledger, a)
		}
		key = sdk.PublicKey{Type: sdk.KeySecp256k1, Bytes: append([]byte(nil), acc.Key...)}
		return nil
	})
	return key, err
}

// Balance implements sdk.BalanceReader.
func (l *Ledger) Balance(ctx context.Context, a sdk.Account) (b sdk.Balance, err error) {
	err = l.call(ctx, OpBalance, func() error {
		acc := l.state.Accounts[string(a)]
		if acc == nil {
			return sdk.Errorf(sdk.NotFound, "ledger %s has no account %q", l.config.Ledger, a)
		}
		b = sdk.Balance{Account: a, Currency: acc.Currency, AvailableMinor: acc.Available, HeldMinor: acc.Held}
		return nil
	})
	return b, err
}

// Hold implements sdk.Ledger.
func (l *Ledger) Hold(ctx context.Context, o sdk.HoldOrder) (e sdk.Entry, err error) {
	err = l.call(ctx, OpHold, func() error {
		i := o.Instruction
		known, err := l.known(i)
		if known != nil || err != nil {
			return answer(&e, known, err)
		}
		if reason := l.refusal(o); reason != "" {
			return answer(&e, l.state.tombstone(i, reason), nil)
		}
		payer := l.state.Accounts[i.Payer]
		payer.Available -= i.AmountMinor
		payer.Held += i.AmountMinor
		return answer(&e, l.state.record(i, order.EntryHeld), nil)
	})
	return e, err
}

// refusal is why the ledger will not hold, or "". The order is that of the package's documentation.
func (l *Ledger) refusal(o sdk.HoldOrder) string {
	i := o.Instruction
	payer, payee := l.state.Accounts[i.Payer], l.state.Accounts[i.Payee]
	switch {
	case payer == nil:
		return fmt.Sprintf("there is no account %s to pay from", i.Payer)
	case payer.Closed:
		return fmt.Sprintf("the account to pay from, %s, is closed", i.Payer)
	case payee == nil:
		return fmt.Sprintf("there is no account %s to pay to", i.Payee)
	case payee.Closed:
		return fmt.Sprintf("the account to pay to, %s, is closed", i.Payee)
	case payer.Currency != i.Currency || payee.Currency != i.Currency:
		return fmt.Sprintf("%s to %s cannot be in %s: the accounts are in %s and %s", i.Payer, i.Payee, i.Currency, payer.Currency, payee.Currency)
	case l.config.LimitMinor != 0 && i.AmountMinor > l.config.LimitMinor:
		return fmt.Sprintf("%d minor units are more than %s may pay at once; pay less", i.AmountMinor, i.Payer)
	}
	if l.config.CheckConsents {
		if err := sdk.CheckHold(o, sdk.PublicKey{Type: sdk.KeySecp256k1, Bytes: payer.Key}); err != nil {
			return "no consent: " + err.Error()
		}
	}
	if payer.Available < i.AmountMinor {
		return fmt.Sprintf("account %s has less than %d minor units of %s available; pay in or hold less", i.Payer, i.AmountMinor, i.Currency)
	}
	return ""
}

// Refuse implements sdk.Ledger.
func (l *Ledger) Refuse(ctx context.Context, o sdk.HoldOrder) (e sdk.Entry, err error) {
	err = l.call(ctx, OpRefuse, func() error {
		if known := l.state.Entries[o.Instruction.Entry.String()]; known != nil {
			return answer(&e, known, nil)
		}
		return answer(&e, l.state.tombstone(o.Instruction, "refused by the notary"), nil)
	})
	return e, err
}

// Post implements sdk.Ledger.
func (l *Ledger) Post(ctx context.Context, o sdk.PostOrder) (e sdk.Entry, err error) {
	err = l.call(ctx, OpPost, func() error {
		known, err := l.known(o.Instruction)
		switch {
		case err != nil:
			return err
		case known == nil:
			return sdk.Errorf(sdk.NotFound, "ledger %s has no entry %s to post", l.config.Ledger, o.Instruction.Entry)
		case known.State == order.EntryHeld:
			l.post(known)
		case known.State == order.EntryVoided || known.State == order.EntryTombstoned:
			return sdk.Errorf(sdk.Conflict, "entry %s is %s and cannot be posted", known.ID, known.State)
		}
		return answer(&e, known, nil)
	})
	return e, err
}

// post never fails: a held entry can always be posted.
func (l *Ledger) post(e *sdk.Entry) {
	payee, to := l.state.Accounts[string(e.Payee)], order.EntryPosted
	if payee == nil || payee.Closed {
		payee, to = l.state.Accounts[string(SuspenseAccount(e.Currency))], order.EntrySuspense
		e.Reason = fmt.Sprintf("the account to pay to, %s, was closed since the hold", e.Payee)
	}
	l.state.Accounts[string(e.Payer)].Held -= e.AmountMinor
	payee.Available += e.AmountMinor
	e.State, e.LedgerReference = to, l.state.nextReference()
}

// Void implements sdk.Ledger.
func (l *Ledger) Void(ctx context.Context, o sdk.VoidOrder) (e sdk.Entry, err error) {
	err = l.call(ctx, OpVoid, func() error {
		known, err := l.known(o.Instruction)
		switch {
		case err != nil:
			return err
		case known == nil:
			known = l.state.tombstone(o.Instruction, "voided before it was held")
		case known.State == order.EntryHeld:
			payer := l.state.Accounts[string(known.Payer)]
			payer.Held -= known.AmountMinor
			payer.Available += known.AmountMinor
			known.State, known.LedgerReference = order.EntryVoided, l.state.nextReference()
		case known.State == order.EntryPosted || known.State == order.EntrySuspense:
			return sdk.Errorf(sdk.Conflict, "entry %s is %s and cannot be voided", known.ID, known.State)
		}
		return answer(&e, known, nil)
	})
	return e, err
}

// Lookup implements sdk.Ledger.
func (l *Ledger) Lookup(ctx context.Context, id order.EntryID) (e sdk.Entry, err error) {
	err = l.call(ctx, OpLookup, func() error {
		known := l.state.Entries[id.String()]
		if known == nil {
			return sdk.Errorf(sdk.NotFound, "ledger %s has no entry %s", l.config.Ledger, id)
		}
		return answer(&e, known, nil)
	})
	return e, err
}

// CloseAccount closes an account: it can neither pay nor receive from now on.
func (l *Ledger) CloseAccount(a sdk.Account) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	acc := l.state.Accounts[string(a)]
	if acc == nil {
		return sdk.Errorf(sdk.NotFound, "ledger %s has no account %q", l.config.Ledger, a)
	}
	acc.Closed = true
	return l.state.save(l.config.StateFile)
}

// known is the entry of an instruction, nil if there is none; Conflict if another body has its id.
func (l *Ledger) known(i order.Instruction) (*sdk.Entry, error) {
	e := l.state.Entries[i.Entry.String()]
	if e != nil && !e.Matches(i) {
		return nil, sdk.Errorf(sdk.Conflict, "entry %s is another: %d %s from %s to %s", e.ID, e.AmountMinor, e.Currency, e.Payer, e.Payee)
	}
	return e, nil
}

func answer(to, e *sdk.Entry, err error) error {
	if err == nil {
		*to = *e
	}
	return err
}
