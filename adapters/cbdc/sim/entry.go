package sim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
)

// Entry is one hold and what became of it, as callers see it.
type Entry struct {
	EntryID     string `json:"entry_id"`
	State       string `json:"state"` // HELD, POSTED, SUSPENSE, VOIDED, TOMBSTONED
	Payer       string `json:"payer"`
	Payee       string `json:"payee"`
	Currency    string `json:"currency"`
	AmountMinor uint64 `json:"amount_minor"`
	Reference   string `json:"reference"` // the ledger's own, of the last change
	ReasonCode  string `json:"reason_code"`
	Reason      string `json:"reason"`
	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`

	bodyHash order.Hash
}

// Line is one line of the journal.
type Line struct {
	Seq         uint64 `json:"seq"`
	Kind        string `json:"kind"` // issue, distribute, hold, post, suspense, void
	Debit       string `json:"debit"`
	Credit      string `json:"credit"`
	AmountMinor uint64 `json:"amount_minor"`
	At          string `json:"at"`
	Caller      string `json:"caller"`
	Instruction uint64 `json:"instruction,omitempty"` // the number of the hub's, in the book of a ledger that checks orders
}

// EntryWithJournal is an entry with every line of the journal that it caused.
type EntryWithJournal struct {
	Entry
	Journal []Line `json:"journal"`
}

const entryColumns = `id, body_hash, state, payer, payee, currency, amount_minor, reference, reason_code, reason, created_at, updated_at`

func scanEntry(row interface{ Scan(...any) error }) (Entry, error) {
	var e Entry
	var hash []byte
	err := row.Scan(&e.EntryID, &hash, &e.State, &e.Payer, &e.Payee, &e.Currency, &e.AmountMinor,
		&e.Reference, &e.ReasonCode, &e.Reason, &e.CreatedAt, &e.UpdatedAt)
	copy(e.bodyHash[:], hash)
	return e, err
}

// loadEntry reads an entry; nil without an error means that the id is unknown.
func loadEntry(ctx context.Context, tx *sql.Tx, id order.EntryID) (*Entry, error) {
	e, err := scanEntry(tx.QueryRowContext(ctx, `SELECT `+entryColumns+` FROM entry WHERE id = ?`, id.String()))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &e, nil
}

// newEntry writes a first state, HELD or TOMBSTONED.
func (l *Ledger) newEntry(ctx context.Context, tx *sql.Tx, o holdRequest, why *refusal, by actor) (Entry, error) {
	i, now := o.instruction, l.timestamp()
	e := Entry{
		EntryID: i.Entry.String(), State: order.EntryHeld.String(), Payer: i.Payer, Payee: i.Payee, Currency: i.Currency,
		AmountMinor: i.AmountMinor, CreatedAt: now, UpdatedAt: now, bodyHash: bodyHash(i),
	}
	if why != nil {
		e.State, e.ReasonCode, e.Reason = order.EntryTombstoned.String(), why.code, why.text
	}
	var err error
	if e.Reference, err = l.recordChange(ctx, tx, e, by); err != nil {
		return Entry{}, err
	}
	quote := o.quoteID()
	_, err = tx.ExecContext(ctx, `INSERT INTO entry (`+entryColumns+`, quote_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.EntryID, e.bodyHash[:], e.State, e.Payer, e.Payee, e.Currency, e.AmountMinor,
		e.Reference, e.ReasonCode, e.Reason, e.CreatedAt, e.UpdatedAt, quote)
	return e, err
}

// endEntry writes a final state of a held entry.
func (l *Ledger) endEntry(ctx context.Context, tx *sql.Tx, e Entry, by actor) (Entry, error) {
	e.UpdatedAt = l.timestamp()
	var err error
	if e.Reference, err = l.recordChange(ctx, tx, e, by); err != nil {
		return Entry{}, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE entry SET state = ?, reference = ?, reason_code = ?, reason = ?, updated_at = ? WHERE id = ?`,
		e.State, e.Reference, e.ReasonCode, e.Reason, e.UpdatedAt, e.EntryID)
	return e, err
}

// recordChange numbers the change; the number is the ledger's reference.
func (l *Ledger) recordChange(ctx context.Context, tx *sql.Tx, e Entry, by actor) (string, error) {
	done, err := tx.ExecContext(ctx, `INSERT INTO change (entry_id, state, at, caller, instruction) VALUES (?, ?, ?, ?, nullif(?, 0))`,
		e.EntryID, e.State, e.UpdatedAt, by.caller, by.instruction)
	if err != nil {
		return "", err
	}
	n, err := done.LastInsertId()
	return fmt.Sprintf("%s-%09d", l.config.Currency, n), err
}

// movement is one line to write.
type movement struct {
	entryID       string
	kind          string
	debit, credit string
	amountMinor   uint64
	caller        string
}

// move writes a line of the journal and both balances; the only place where money moves.
// CONTRACT: the caller has checked that the debit account has the money; the database refuses otherwise.
func (l *Ledger) move(ctx context.Context, tx *sql.Tx, m movement) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO journal (entry_id, kind, debit, credit, amount_minor, at, caller) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		m.entryID, m.kind, m.debit, m.credit, m.amountMinor, l.timestamp(), m.caller); err != nil {
		return err
	}
	for _, side := range []struct {
		account string
		sign    int
	}{{m.debit, -1}, {m.credit, 1}} {
		if _, err := tx.ExecContext(ctx, `UPDATE account SET balance_minor = balance_minor + ? * ? WHERE id = ?`, side.sign, m.amountMinor, side.account); err != nil {
			return err
		}
	}
	return nil
}

// Lookup is an entry as it stands. NotFound: the ledger never heard of the id.
func (l *Ledger) Lookup(ctx context.Context, id order.EntryID) (e Entry, err error) {
	err = l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		found, err := loadEntry(ctx, tx, id)
		if err != nil {
			return err
		}
		if found == nil {
			return simkit.Errorf(simkit.NotFound, "ledger %s has never heard of entry %s", l.config.Ledger, id)
		}
		e = *found
		return nil
	})
	return e, err
}

// timeLayout has a fixed length, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

const maxListedEntries = 1000

// Entries lists entries with their journal, newest first; of one id, if it is not empty.
func (l *Ledger) Entries(ctx context.Context, id string) (list []EntryWithJournal, err error) {
	err = l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		list, err = l.entries(ctx, tx, id)
		return err
	})
	return list, err
}

func (l *Ledger) entries(ctx context.Context, tx *sql.Tx, id string) ([]EntryWithJournal, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+entryColumns+` FROM entry WHERE ? IN ('', id) ORDER BY created_at DESC, id LIMIT ?`, id, maxListedEntries)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []EntryWithJournal{}
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, EntryWithJournal{Entry: e})
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Journal, err = journalOf(ctx, tx, list[i].EntryID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func journalOf(ctx context.Context, tx *sql.Tx, entryID string) ([]Line, error) {
	rows, err := tx.QueryContext(ctx, `SELECT j.seq, j.kind, j.debit, j.credit, j.amount_minor, j.at, j.caller, coalesce(c.instruction, 0)
		FROM journal j LEFT JOIN change c ON c.entry_id = j.entry_id AND c.state =
			CASE j.kind WHEN 'hold' THEN 'HELD' WHEN 'post' THEN 'POSTED' WHEN 'suspense' THEN 'SUSPENSE' WHEN 'void' THEN 'VOIDED' END
		WHERE j.entry_id = ? ORDER BY j.seq`, entryID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	lines := []Line{}
	for rows.Next() {
		var n Line
		if err := rows.Scan(&n.Seq, &n.Kind, &n.Debit, &n.Credit, &n.AmountMinor, &n.At, &n.Caller, &n.Instruction); err != nil {
			return nil, err
		}
		lines = append(lines, n)
	}
	return lines, rows.Err()
}

func (l *Ledger) timestamp() string { return l.now().UTC().Format(timeLayout) }
