package sim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	timeLayout = "2006-01-02T15:04:05.000000Z"
	maxEntries = 1000
)

// Entry is an entry as it stands, as /admin shows it; the CBDC simulator has the same fields.
type Entry struct {
	EntryID     string        `json:"entry_id"` // the UETR
	State       State         `json:"state"`
	Payer       string        `json:"payer"`
	Payee       string        `json:"payee"`
	Currency    string        `json:"currency"`
	AmountMinor uint64        `json:"amount_minor"`
	Reference   string        `json:"reference"`
	ReasonCode  ReasonCode    `json:"reason_code"`
	Reason      string        `json:"reason"`
	CreatedAt   string        `json:"created_at"`
	UpdatedAt   string        `json:"updated_at"`
	Journal     []JournalLine `json:"journal"`
}

// JournalLine is one double-entry line.
type JournalLine struct {
	Seq         int64  `json:"seq"`
	Kind        string `json:"kind"`
	Debit       string `json:"debit"`
	Credit      string `json:"credit"`
	AmountMinor uint64 `json:"amount_minor"`
	At          string `json:"at"`
	Caller      string `json:"caller"`
}

func (e Entry) sameTerms(t terms) bool {
	return e.Payer == t.payer.String() && e.Payee == t.payee.String() && e.Currency == t.currency && e.AmountMinor == t.amountMinor
}

func (e *Entry) give(why *refusal) {
	if why != nil {
		e.ReasonCode, e.Reason = why.code, why.text
	}
}

const entryColumns = `uetr, state, payer, payee, currency, amount_minor, reference, reason_code, reason, created_at, updated_at`

func scanEntry(row interface{ Scan(...any) error }) (*Entry, error) {
	var e Entry
	err := row.Scan(&e.EntryID, &e.State, &e.Payer, &e.Payee, &e.Currency, &e.AmountMinor, &e.Reference,
		&e.ReasonCode, &e.Reason, &e.CreatedAt, &e.UpdatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &e, err
}

// loadEntry is nil, and no error, where the bank never heard of the UETR.
func loadEntry(ctx context.Context, tx *sql.Tx, uetr string) (*Entry, error) {
	return scanEntry(tx.QueryRowContext(ctx, `SELECT `+entryColumns+` FROM entry WHERE uetr = ?`, uetr))
}

// createEntry writes a new entry in its first state.
func (b *Bank) createEntry(ctx context.Context, tx *sql.Tx, e *Entry, evidence []byte, caller string) error {
	if err := b.change(ctx, tx, e, caller); err != nil {
		return err
	}
	e.CreatedAt = e.UpdatedAt
	_, err := tx.ExecContext(ctx, `INSERT INTO entry (`+entryColumns+`, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.EntryID, e.State, e.Payer, e.Payee, e.Currency, e.AmountMinor, e.Reference, e.ReasonCode, e.Reason, e.CreatedAt, e.UpdatedAt, evidence)
	return err
}

// endEntry brings a held entry to its final state.
func (b *Bank) endEntry(ctx context.Context, tx *sql.Tx, e *Entry, caller string) error {
	if err := b.change(ctx, tx, e, caller); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE entry SET state = ?, reference = ?, reason_code = ?, reason = ?, updated_at = ? WHERE uetr = ?`,
		e.State, e.Reference, e.ReasonCode, e.Reason, e.UpdatedAt, e.EntryID)
	return err
}

// change numbers a state; the number makes the bank's reference.
func (b *Bank) change(ctx context.Context, tx *sql.Tx, e *Entry, caller string) error {
	e.UpdatedAt = b.timestamp()
	r, err := tx.ExecContext(ctx, `INSERT INTO change (uetr, state, at, caller) VALUES (?, ?, ?, ?)`, e.EntryID, e.State, e.UpdatedAt, caller)
	if err != nil {
		return err
	}
	seq, err := r.LastInsertId()
	e.Reference = fmt.Sprintf("%s-%d", b.config.Currency, seq)
	return err
}

// booking is one line for the journal.
type booking struct {
	uetr, kind, debit, credit string
	amountMinor               uint64
	caller                    string
}

// book writes a line and moves the balances kept beside the journal.
func (b *Bank) book(ctx context.Context, tx *sql.Tx, l booking) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO journal (uetr, kind, debit, credit, amount_minor, at, caller) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		l.uetr, l.kind, l.debit, l.credit, l.amountMinor, b.timestamp(), l.caller); err != nil {
		return err
	}
	if err := move(ctx, tx, l.debit, -int64(l.amountMinor)); err != nil {
		return err
	}
	return move(ctx, tx, l.credit, int64(l.amountMinor))
}

// move changes a member's available or held money. The central bank's own accounts have no balance
// beside the journal.
func move(ctx context.Context, tx *sql.Tx, name string, by int64) error {
	column, id := "balance_minor", name
	switch {
	case name == issueAccount || name == suspenseAccount:
		return nil
	case len(name) > len(heldPrefix) && name[:len(heldPrefix)] == heldPrefix:
		column, id = "held_minor", name[len(heldPrefix):]
	}
	r, err := tx.ExecContext(ctx, `UPDATE account SET `+column+` = `+column+` + ? WHERE id = ?`, by, id)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fmt.Errorf("journal: there is no account %s", id))
	}
	return nil
}

// Entries lists the newest entries, or the one of a UETR, with their journal lines.
func (b *Bank) Entries(ctx context.Context, uetr string) (all []Entry, err error) {
	all = []Entry{}
	err = b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+entryColumns+` FROM entry WHERE ? = '' OR uetr = ? ORDER BY created_at DESC, uetr LIMIT ?`, uetr, uetr, maxEntries)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			e, err := scanEntry(rows)
			if err != nil {
				return err
			}
			all = append(all, *e)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for i := range all {
			if all[i].Journal, err = journalOf(ctx, tx, all[i].EntryID); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

func journalOf(ctx context.Context, tx *sql.Tx, uetr string) ([]JournalLine, error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, kind, debit, credit, amount_minor, at, caller FROM journal WHERE uetr = ? ORDER BY seq`, uetr)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	lines := []JournalLine{}
	for rows.Next() {
		var l JournalLine
		if err := rows.Scan(&l.Seq, &l.Kind, &l.Debit, &l.Credit, &l.AmountMinor, &l.At, &l.Caller); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}
