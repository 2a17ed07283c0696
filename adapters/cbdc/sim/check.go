package sim

import (
	"context"
	"database/sql"
	"fmt"
)

// Check is the ledger's own audit.
type Check struct {
	OK            bool     `json:"ok"`
	IssuedMinor   uint64   `json:"issued_minor"`
	WalletsMinor  uint64   `json:"wallets_minor"` // available in wallets and in the operators' reserves
	HeldMinor     uint64   `json:"held_minor"`
	SuspenseMinor uint64   `json:"suspense_minor"`
	Problems      []string `json:"problems"`
}

// audits are queries that find nothing on a sound ledger; each row they find is a problem's subject.
var audits = []struct{ problem, query string }{
	{"a wallet's held money is not the sum of its held entries", `
		SELECT a.id FROM account a WHERE a.kind = 'held' AND a.balance_minor <>
			(SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE state = 'HELD' AND 'held:' || payer = a.id)`},
	{"the suspense account is not the sum of the entries in suspense", `
		SELECT a.id FROM account a WHERE a.kind = 'suspense' AND a.balance_minor <>
			(SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE state = 'SUSPENSE')`},
	{"an entry's journal does not fit its state", `
		SELECT id FROM (
			SELECT e.id, e.state, coalesce(group_concat(j.kind, ' ' ORDER BY j.seq), '') AS kinds
			FROM entry e LEFT JOIN journal j ON j.entry_id = e.id GROUP BY e.id, e.state)
		WHERE kinds <> CASE state WHEN 'HELD' THEN 'hold' WHEN 'POSTED' THEN 'hold post'
			WHEN 'SUSPENSE' THEN 'hold suspense' WHEN 'VOIDED' THEN 'hold void' ELSE '' END`},
	{"a journal line is not of its entry's accounts and amount", `
		SELECT e.id FROM entry e JOIN journal j ON j.entry_id = e.id
		WHERE j.amount_minor <> e.amount_minor
			OR j.debit <> CASE j.kind WHEN 'hold' THEN e.payer ELSE 'held:' || e.payer END
			OR j.credit <> CASE j.kind WHEN 'hold' THEN 'held:' || e.payer WHEN 'post' THEN e.payee
				WHEN 'void' THEN e.payer ELSE 'central-bank:suspense' END`},
	{"a journal line names an entry that does not exist", `
		SELECT j.entry_id FROM journal j LEFT JOIN entry e ON e.id = j.entry_id WHERE j.entry_id <> '' AND e.id IS NULL`},
}

const maxProblems = 100

// Check adds everything up in one snapshot: the sums, each account against its journal, each entry
// against its lines.
func (l *Ledger) Check(ctx context.Context) (Check, error) {
	c := Check{Problems: []string{}}
	err := l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := c.sum(ctx, tx); err != nil {
			return err
		}
		if err := c.replay(ctx, tx); err != nil {
			return err
		}
		for _, a := range audits {
			if err := c.audit(ctx, tx, a.problem, a.query); err != nil {
				return err
			}
		}
		return nil
	})
	c.OK = len(c.Problems) == 0
	return c, err
}

func (c *Check) sum(ctx context.Context, tx *sql.Tx) error {
	err := tx.QueryRowContext(ctx, `SELECT
			-sum(iif(kind = 'issue', balance_minor, 0)), sum(iif(kind IN ('wallet', 'operator'), balance_minor, 0)),
			sum(iif(kind = 'held', balance_minor, 0)), sum(iif(kind = 'suspense', balance_minor, 0)) FROM account`).
		Scan(&c.IssuedMinor, &c.WalletsMinor, &c.HeldMinor, &c.SuspenseMinor)
	if got := c.WalletsMinor + c.HeldMinor + c.SuspenseMinor; got != c.IssuedMinor {
		c.problem("wallets, held and suspense come to %d, issued were %d", got, c.IssuedMinor)
	}
	return err
}

// replay runs the journal from its first line: no account but the issue account was ever below zero, and
// all end at the balances kept.
func (c *Check) replay(ctx context.Context, tx *sql.Tx) error {
	lines, err := tx.QueryContext(ctx, `SELECT seq, debit, credit, amount_minor FROM journal ORDER BY seq`)
	if err != nil {
		return err
	}
	defer lines.Close()
	balances := map[string]int64{}
	for lines.Next() {
		var seq, amount int64
		var debit, credit string
		if err := lines.Scan(&seq, &debit, &credit, &amount); err != nil {
			return err
		}
		balances[debit] -= amount
		balances[credit] += amount
		if balances[debit] < 0 && debit != issueAccount {
			c.problem("line %d of the journal brings account %s below zero", seq, debit)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
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
		if balance != balances[id] {
			c.problem("account %s has %d minor units, its journal lines come to %d", id, balance, balances[id])
		}
	}
	return accounts.Err()
}

func (c *Check) problem(format string, args ...any) {
	if len(c.Problems) < maxProblems {
		c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
	}
}

func (c *Check) audit(ctx context.Context, tx *sql.Tx, problem, query string) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var subject string
		if err := rows.Scan(&subject); err != nil {
			return err
		}
		c.problem("%s: %s", problem, subject)
	}
	return rows.Err()
}
