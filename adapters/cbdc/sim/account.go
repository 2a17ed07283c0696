package sim

import (
	"context"
	"database/sql"
	"errors"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
)

// Names in the journal that are no wallet's. A wallet's id has no colon.
const (
	issueAccount    = "central-bank:issue"
	suspenseAccount = "central-bank:suspense"
	operatorPrefix  = "operator:"
	heldPrefix      = "held:"
)

// Status is what a wallet may do.
type Status string

// The statuses. A frozen wallet starts nothing and is named in no new hold; money that was decided to
// reach it is credited. A closed wallet is credited with nothing but its own held money.
const (
	WalletOpen   Status = "open"
	WalletFrozen Status = "frozen"
	WalletClosed Status = "closed"
)

// Account is an account as people see it.
type Account struct {
	Account        string `json:"account"`
	Kind           string `json:"kind"` // wallet, operator, suspense
	Operator       string `json:"operator"`
	Owner          string `json:"owner"`
	Currency       string `json:"currency"`
	AvailableMinor uint64 `json:"available_minor"`
	HeldMinor      uint64 `json:"held_minor"`
	Status         Status `json:"status"`
}

// wallet is a wallet as the rules see it.
type wallet struct {
	id               string
	status           Status
	consentKey       []byte
	availableMinor   uint64
	heldMinor        uint64
	transactionLimit uint64
	balanceLimit     uint64
}

// loadWallet reads a wallet; nil without an error means that there is none.
func loadWallet(ctx context.Context, tx *sql.Tx, id string) (*wallet, error) {
	w := wallet{id: id}
	err := tx.QueryRowContext(ctx, `SELECT w.status, w.consent_key, w.transaction_limit_minor, w.balance_limit_minor,
			a.balance_minor, h.balance_minor
		FROM wallet w JOIN account a ON a.id = w.id JOIN account h ON h.id = ? || w.id WHERE w.id = ?`, heldPrefix, id).
		Scan(&w.status, &w.consentKey, &w.transactionLimit, &w.balanceLimit, &w.availableMinor, &w.heldMinor)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &w, nil
}

const selectAccounts = `SELECT a.id, a.kind, coalesce(w.operator, o.id, ''), coalesce(w.owner, o.name, 'central bank'),
		a.balance_minor, coalesce(h.balance_minor, 0), coalesce(w.status, 'open')
	FROM account a
	LEFT JOIN wallet w ON w.id = a.id
	LEFT JOIN account h ON h.id = 'held:' || a.id
	LEFT JOIN operator o ON a.kind = 'operator' AND a.id = 'operator:' || o.id
	WHERE a.kind IN ('wallet', 'operator', 'suspense')`

// accounts lists what selectAccounts and where give.
func (l *Ledger) accounts(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]Account, error) {
	rows, err := tx.QueryContext(ctx, selectAccounts+where+" ORDER BY a.kind, a.id", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Account{}
	for rows.Next() {
		a := Account{Currency: l.config.Currency}
		if err := rows.Scan(&a.Account, &a.Kind, &a.Operator, &a.Owner, &a.AvailableMinor, &a.HeldMinor, &a.Status); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// Accounts lists the suspense account, the operators' reserves and the wallets.
func (l *Ledger) Accounts(ctx context.Context) (list []Account, err error) {
	err = l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		list, err = l.accounts(ctx, tx, "")
		return err
	})
	return list, err
}

// Account is one of them. NotFound: there is none of that name.
func (l *Ledger) Account(ctx context.Context, id string) (a Account, err error) {
	err = l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		a, err = l.account(ctx, tx, id)
		return err
	})
	return a, err
}

func (l *Ledger) account(ctx context.Context, tx *sql.Tx, id string) (Account, error) {
	list, err := l.accounts(ctx, tx, " AND a.id = ?", id)
	if err != nil {
		return Account{}, err
	}
	if len(list) == 0 {
		return Account{}, simkit.Errorf(simkit.NotFound, "there is no account %q on ledger %s; /admin/accounts lists them", id, l.config.Ledger)
	}
	return list[0], nil
}

// ConsentKey is the key with which the wallet's holder consents. NotFound: no such wallet, or none on file.
func (l *Ledger) ConsentKey(ctx context.Context, id string) (key []byte, err error) {
	err = l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		w, err := loadWallet(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case w == nil:
			return simkit.Errorf(simkit.NotFound, "there is no wallet %q on ledger %s", id, l.config.Ledger)
		case len(w.consentKey) == 0:
			return simkit.Errorf(simkit.NotFound, "wallet %s has no consent key on file: it can only receive", id)
		}
		key = w.consentKey
		return nil
	})
	return key, err
}

// OpenWallet opens a wallet with an operator and issues its opening balance. Conflict: the id is taken.
func (l *Ledger) OpenWallet(ctx context.Context, w WalletConfig) (a Account, err error) {
	w = w.withDefaults(l.config.Limits)
	if err := w.validate(); err != nil {
		return Account{}, simkit.Errorf(simkit.Invalid, "%s", err)
	}
	err = l.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := l.openWallet(ctx, tx, w); err != nil {
			return err
		}
		a, err = l.account(ctx, tx, w.ID)
		return err
	})
	return a, err
}

func (l *Ledger) openWallet(ctx context.Context, tx *sql.Tx, w WalletConfig) error {
	if err := operatorExists(ctx, tx, w.Operator); err != nil {
		return err
	}
	taken, err := loadWallet(ctx, tx, w.ID)
	if err != nil {
		return err
	}
	if taken != nil {
		return simkit.Errorf(simkit.Conflict, "there is a wallet %s already; choose another id", w.ID)
	}
	key, err := simkit.ParseConsentKey(w.ConsentKey)
	if err != nil {
		return simkit.Errorf(simkit.Invalid, "%s", err)
	}
	for _, a := range [][2]string{{w.ID, "wallet"}, {heldPrefix + w.ID, "held"}} {
		if err := openAccount(ctx, tx, a[0], a[1]); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO wallet (id, operator, owner, status, consent_key, transaction_limit_minor, balance_limit_minor)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, w.ID, w.Operator, w.Owner, WalletOpen, key, w.TransactionLimitMinor, w.BalanceLimitMinor); err != nil {
		return err
	}
	if w.OpeningMinor == 0 {
		return nil
	}
	return l.issue(ctx, tx, w.Operator, w.ID, w.OpeningMinor)
}

func openAccount(ctx context.Context, tx *sql.Tx, id, kind string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO account (id, kind) VALUES (?, ?)`, id, kind)
	return err
}

func operatorExists(ctx context.Context, tx *sql.Tx, id string) error {
	err := tx.QueryRowContext(ctx, `SELECT 1 FROM operator WHERE id = ?`, id).Scan(new(int))
	if errors.Is(err, sql.ErrNoRows) {
		return simkit.Errorf(simkit.NotFound, "there is no operator %q; operators are named in the ledger's configuration", id)
	}
	return err
}

// SetStatus opens, freezes or closes a wallet. NotFound: there is no such wallet.
func (l *Ledger) SetStatus(ctx context.Context, id string, s Status) (a Account, err error) {
	err = l.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE wallet SET status = ? WHERE id = ?`, s, id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, simkit.Errorf(simkit.NotFound, "there is no wallet %q on ledger %s; /admin/accounts lists them", id, l.config.Ledger))
		}
		a, err = l.account(ctx, tx, id)
		return err
	})
	return a, err
}

// Issue makes new money: to the operator's reserve, and from there to the wallet if one is named.
func (l *Ledger) Issue(ctx context.Context, operator, walletID string, amountMinor uint64) error {
	if amountMinor == 0 || amountMinor > order.MaxAmountMinor {
		return simkit.Errorf(simkit.Invalid, "amount_minor: want 1 to %d minor units, got %d", uint64(order.MaxAmountMinor), amountMinor)
	}
	return l.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error { return l.issue(ctx, tx, operator, walletID, amountMinor) })
}

func (l *Ledger) issue(ctx context.Context, tx *sql.Tx, operator, walletID string, amountMinor uint64) error {
	if err := operatorExists(ctx, tx, operator); err != nil {
		return err
	}
	var issued uint64
	if err := tx.QueryRowContext(ctx, `SELECT -balance_minor FROM account WHERE id = ?`, issueAccount).Scan(&issued); err != nil {
		return err
	}
	if amountMinor > order.MaxAmountMinor-issued {
		return simkit.Errorf(simkit.Invalid, "amount_minor: %d would bring what is issued over %d, the most this ledger counts to", amountMinor, uint64(order.MaxAmountMinor))
	}
	m := movement{kind: "issue", debit: issueAccount, credit: operatorPrefix + operator, amountMinor: amountMinor, caller: simkit.AdminCaller}
	if err := l.move(ctx, tx, m); err != nil || walletID == "" {
		return err
	}
	w, err := loadWallet(ctx, tx, walletID)
	if err != nil {
		return err
	}
	if reason := mayReceive(w, walletID, amountMinor); reason != nil {
		return simkit.Errorf(simkit.Conflict, "the wallet can't be credited: %s", reason.text)
	}
	m.kind, m.debit, m.credit = "distribute", operatorPrefix+operator, walletID
	return l.move(ctx, tx, m)
}
