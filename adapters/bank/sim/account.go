package sim

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// The journal's accounts that are no member's.
const (
	issueAccount    = "central-bank:issue"
	suspenseAccount = "central-bank:suspense"
	heldPrefix      = "held:"
)

// account is a row of the table of that name.
type account struct {
	id, member, owner       string
	status                  Status
	consentKey              []byte
	limitMinor              uint64
	balanceMinor, heldMinor uint64
}

const accountColumns = `id, member, owner, status, consent_key, limit_minor, balance_minor, held_minor`

func scanAccount(row interface{ Scan(...any) error }) (*account, error) {
	var a account
	err := row.Scan(&a.id, &a.member, &a.owner, &a.status, &a.consentKey, &a.limitMinor, &a.balanceMinor, &a.heldMinor)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &a, err
}

// loadAccount is nil, and no error, where the bank has no such account.
func loadAccount(ctx context.Context, tx *sql.Tx, id string) (*account, error) {
	return scanAccount(tx.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account WHERE id = ?`, id))
}

func (a account) kind() string {
	if a.id == a.member {
		return "settlement"
	}
	return "member"
}

// AccountInfo is an account as /admin shows it; the CBDC simulator has the same fields.
type AccountInfo struct {
	Account        string `json:"account"`
	Kind           string `json:"kind"`
	Operator       string `json:"operator"` // the member's BIC
	Owner          string `json:"owner"`
	Currency       string `json:"currency"`
	AvailableMinor uint64 `json:"available_minor"`
	HeldMinor      uint64 `json:"held_minor"`
	Status         Status `json:"status"`
}

func (b *Bank) info(a account) AccountInfo {
	return AccountInfo{
		Account: a.id, Kind: a.kind(), Operator: a.member, Owner: a.owner, Currency: b.config.Currency,
		AvailableMinor: a.balanceMinor, HeldMinor: a.heldMinor, Status: a.status,
	}
}

// Account is one account as /admin shows it.
func (b *Bank) Account(ctx context.Context, id string) (info AccountInfo, err error) {
	err = b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		a, err := knownAccount(ctx, tx, id)
		if err != nil {
			return err
		}
		info = b.info(*a)
		return nil
	})
	return info, err
}

func knownAccount(ctx context.Context, tx *sql.Tx, id string) (*account, error) {
	a, err := loadAccount(ctx, tx, id)
	if err == nil && a == nil {
		return nil, simkit.Errorf(simkit.NotFound, "the bank has no account %q", id)
	}
	return a, err
}

// Accounts lists the members' accounts and the suspense account.
func (b *Bank) Accounts(ctx context.Context) (all []AccountInfo, err error) {
	err = b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+accountColumns+` FROM account ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			a, err := scanAccount(rows)
			if err != nil {
				return err
			}
			all = append(all, b.info(*a))
		}
		suspense := AccountInfo{Account: suspenseAccount, Kind: "suspense", Currency: b.config.Currency, Status: Open}
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE state = 'SUSPENSE'`).
			Scan(&suspense.AvailableMinor); err != nil {
			return err
		}
		all = append(all, suspense)
		return rows.Err()
	})
	return all, err
}

// OpenAccount opens an account at a member and issues its opening balance.
func (b *Bank) OpenAccount(ctx context.Context, c AccountConfig) (AccountInfo, error) {
	err := b.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return b.openAccount(ctx, tx, c)
	})
	if err != nil {
		return AccountInfo{}, err
	}
	return b.Account(ctx, c.ID)
}

func (b *Bank) openAccount(ctx context.Context, tx *sql.Tx, c AccountConfig) error {
	parsed, err := iso20022.ParseAccount(c.ID)
	if err != nil {
		return simkit.Errorf(simkit.Invalid, "account: %v", err)
	}
	var member string
	err = tx.QueryRowContext(ctx, `SELECT name FROM member WHERE bic = ?`, parsed.BIC).Scan(&member)
	if errors.Is(err, sql.ErrNoRows) {
		return simkit.Errorf(simkit.NotFound, "account: %s is not a member of this network", parsed.BIC)
	}
	if err != nil {
		return err
	}
	c.setDefaults(member, b.config.Limits)
	if err := c.validate(); err != nil {
		return simkit.Errorf(simkit.Invalid, "%v", err)
	}
	switch known, err := loadAccount(ctx, tx, c.ID); {
	case err != nil:
		return err
	case known != nil:
		return simkit.Errorf(simkit.Conflict, "account: %s is open already", c.ID)
	}
	key, err := simkit.ParseConsentKey(c.ConsentKey)
	if err != nil {
		return simkit.Errorf(simkit.Invalid, "%v", err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO account (id, member, owner, status, consent_key, limit_minor) VALUES (?, ?, ?, ?, ?, ?)`,
		c.ID, parsed.BIC, c.Owner, Open, key, c.TransactionLimitMinor); err != nil {
		return err
	}
	if c.OpeningMinor == 0 {
		return nil
	}
	return b.issue(ctx, tx, c.ID, c.OpeningMinor)
}

// Issue credits money of the central bank's to an account.
func (b *Bank) Issue(ctx context.Context, id string, amountMinor uint64) (AccountInfo, error) {
	err := b.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		a, err := knownAccount(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case a.status != Open:
			return simkit.Errorf(simkit.Conflict, "account %s is %s", id, a.status)
		case amountMinor == 0:
			return simkit.Errorf(simkit.Invalid, "amount_minor: want 1 or more")
		}
		return b.issue(ctx, tx, id, amountMinor)
	})
	if err != nil {
		return AccountInfo{}, err
	}
	return b.Account(ctx, id)
}

func (b *Bank) issue(ctx context.Context, tx *sql.Tx, id string, amountMinor uint64) error {
	var issued uint64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(amount_minor), 0) FROM journal WHERE kind = 'issue'`).Scan(&issued); err != nil {
		return err
	}
	if amountMinor > maxMinor || issued+amountMinor > maxMinor {
		return simkit.Errorf(simkit.Invalid, "amount_minor: all money together would be more than %d minor units", uint64(maxMinor))
	}
	return b.book(ctx, tx, booking{kind: "issue", debit: issueAccount, credit: id, amountMinor: amountMinor, caller: simkit.AdminCaller})
}

// SetStatus closes, freezes or reopens an account.
func (b *Bank) SetStatus(ctx context.Context, id string, s Status) (AccountInfo, error) {
	err := b.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := knownAccount(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE account SET status = ? WHERE id = ?`, s, id)
		return err
	})
	if err != nil {
		return AccountInfo{}, err
	}
	return b.Account(ctx, id)
}

// DirectoryEntry is what the members directory says of an account.
type DirectoryEntry struct {
	Account    string        `json:"account"`
	Member     string        `json:"member"`
	Owner      string        `json:"owner"`
	Currency   string        `json:"currency"`
	Status     Status        `json:"status"`
	ConsentKey *DirectoryKey `json:"consent_key"` // null: the account was opened without one
}

// DirectoryKey is a consent key: the type secp256k1 and the compressed point in hex.
type DirectoryKey struct {
	Type string `json:"type"`
	Key  string `json:"key"`
}

// Directory is what the members directory says of an account.
func (b *Bank) Directory(ctx context.Context, id string) (d DirectoryEntry, err error) {
	err = b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		a, err := knownAccount(ctx, tx, id)
		if err != nil {
			return err
		}
		d = DirectoryEntry{Account: a.id, Member: a.member, Owner: a.owner, Currency: b.config.Currency, Status: a.status}
		if len(a.consentKey) > 0 {
			d.ConsentKey = &DirectoryKey{Type: "secp256k1", Key: hex.EncodeToString(a.consentKey)}
		}
		return nil
	})
	return d, err
}

// Members lists the network's members.
func (b *Bank) Members(ctx context.Context) (all []MemberInfo, err error) {
	err = b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT bic, name FROM member ORDER BY bic`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var m MemberInfo
			if err := rows.Scan(&m.BIC, &m.Name); err != nil {
				return err
			}
			all = append(all, m)
		}
		return rows.Err()
	})
	return all, err
}

// MemberInfo is a member bank.
type MemberInfo struct {
	BIC  string `json:"bic"`
	Name string `json:"name"`
}
