package sim

import (
	"context"
	"database/sql"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
)

// Check is the audit of /admin/check.
type Check = simkit.Check

// audits find nothing on a sound ledger.
var audits = []simkit.Audit{
	{Problem: "a wallet's held money is not the sum of its held entries", Query: `
		SELECT a.id FROM account a WHERE a.kind = 'held' AND a.balance_minor <>
			(SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE state = 'HELD' AND 'held:' || payer = a.id)`},
	{Problem: "the suspense account is not the sum of the entries in suspense", Query: `
		SELECT a.id FROM account a WHERE a.kind = 'suspense' AND a.balance_minor <>
			(SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE state = 'SUSPENSE')`},
	{Problem: "an entry's journal does not fit its state", Query: `
		SELECT id FROM (
			SELECT e.id, e.state, coalesce(group_concat(j.kind, ' ' ORDER BY j.seq), '') AS kinds
			FROM entry e LEFT JOIN journal j ON j.entry_id = e.id GROUP BY e.id, e.state)
		WHERE kinds <> CASE state WHEN 'HELD' THEN 'hold' WHEN 'POSTED' THEN 'hold post'
			WHEN 'SUSPENSE' THEN 'hold suspense' WHEN 'VOIDED' THEN 'hold void' ELSE '' END`},
	{Problem: "a journal line is not of its entry's accounts and amount", Query: `
		SELECT e.id FROM entry e JOIN journal j ON j.entry_id = e.id
		WHERE j.amount_minor <> e.amount_minor
			OR j.debit <> CASE j.kind WHEN 'hold' THEN e.payer ELSE 'held:' || e.payer END
			OR j.credit <> CASE j.kind WHEN 'hold' THEN 'held:' || e.payer WHEN 'post' THEN e.payee
				WHEN 'void' THEN e.payer ELSE 'central-bank:suspense' END`},
	{Problem: "an entry was held that the hub never ordered", Query: `
		SELECT e.id FROM entry e JOIN book b ON e.created_at >= b.opened_at
		WHERE e.state <> 'TOMBSTONED' AND NOT EXISTS (SELECT 1 FROM instruction i WHERE i.hash = e.body_hash)`},
	{Problem: "an entry changed on no instruction of the book", Query: `
		SELECT DISTINCT c.entry_id FROM change c JOIN book b ON c.at >= b.opened_at
		WHERE NOT EXISTS (SELECT 1 FROM instruction i WHERE i.number = c.instruction)`},
	{Problem: "the book does not end at its newest instruction", Query: `
		SELECT b.number FROM book b WHERE b.number <> (SELECT count(*) FROM instruction) OR
			b.number <> (SELECT coalesce(max(number), 0) FROM instruction) OR
			b.number > 0 AND b.head <> (SELECT chain_hash FROM instruction WHERE number = b.number)`},
	{Problem: "a journal line names an entry that does not exist", Query: `
		SELECT j.entry_id FROM journal j LEFT JOIN entry e ON e.id = j.entry_id WHERE j.entry_id <> '' AND e.id IS NULL`},
}

// Check adds everything up in one snapshot: the sums, each account against its journal, each entry
// against its lines.
func (l *Ledger) Check(ctx context.Context) (Check, error) {
	c := Check{Problems: []string{}}
	err := l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := sum(ctx, tx, &c); err != nil {
			return err
		}
		replayed, err := c.Replay(ctx, tx, issueAccount)
		if err != nil {
			return err
		}
		if err := compare(ctx, tx, &c, replayed); err != nil {
			return err
		}
		if err := l.rehash(ctx, tx, &c); err != nil {
			return err
		}
		return c.Run(ctx, tx, audits)
	})
	c.OK = len(c.Problems) == 0
	return c, err
}

// rehash recomputes the chained hash over every instruction taken.
func (l *Ledger) rehash(ctx context.Context, tx *sql.Tx, c *Check) error {
	book, err := loadBook(ctx, tx)
	if err != nil || book == nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT number, hash, chain_hash FROM instruction ORDER BY number`)
	if err != nil {
		return err
	}
	defer rows.Close()
	chained := order.OutboxStart(book.ChainID, l.config.Ledger)
	for rows.Next() {
		var n uint64
		var hash, want []byte
		if err := rows.Scan(&n, &hash, &want); err != nil {
			return err
		}
		if chained = order.OutboxNextOf(chained, n, order.Hash(hash)); string(want) != string(chained[:]) {
			c.Report("instruction %d of the book does not chain to those before it", n)
			copy(chained[:], want)
		}
	}
	return rows.Err()
}

func sum(ctx context.Context, tx *sql.Tx, c *Check) error {
	err := tx.QueryRowContext(ctx, `SELECT
			-sum(iif(kind = 'issue', balance_minor, 0)), sum(iif(kind IN ('wallet', 'operator'), balance_minor, 0)),
			sum(iif(kind = 'held', balance_minor, 0)), sum(iif(kind = 'suspense', balance_minor, 0)) FROM account`).
		Scan(&c.IssuedMinor, &c.WalletsMinor, &c.HeldMinor, &c.SuspenseMinor)
	if got := c.WalletsMinor + c.HeldMinor + c.SuspenseMinor; got != c.IssuedMinor {
		c.Report("wallets, held and suspense come to %d, issued were %d", got, c.IssuedMinor)
	}
	return err
}

// compare finds the accounts that do not end at the balances kept.
func compare(ctx context.Context, tx *sql.Tx, c *Check, replayed map[string]int64) error {
	accounts, err := tx.QueryContext(ctx, `SELECT id, balance_minor FROM account ORDER BY id`)
	if err != nil {
		return err
	}
	defer accounts.Close()
	for accounts.Next() {
		var id string
		var balance int64
		if err := accounts.Scan(&id, &balance); err != nil {
			return err
		}
		if balance != replayed[id] {
			c.Report("account %s has %d minor units, its journal lines come to %d", id, balance, replayed[id])
		}
	}
	return accounts.Err()
}
