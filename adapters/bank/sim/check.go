package sim

import (
	"context"
	"database/sql"
	"fmt"
)

// Check is the network's own audit; the CBDC simulator's has the same fields.
type Check struct {
	OK            bool     `json:"ok"`
	IssuedMinor   uint64   `json:"issued_minor"`
	WalletsMinor  uint64   `json:"wallets_minor"` // available on the members' accounts
	HeldMinor     uint64   `json:"held_minor"`
	SuspenseMinor uint64   `json:"suspense_minor"`
	Problems      []string `json:"problems"`
}

// audits are queries that find nothing on a sound ledger; each row they find is a problem's subject.
var audits = []struct{ problem, query string }{
	{"an account's held money is not the sum of its held entries", `
		SELECT a.id FROM account a WHERE a.held_minor <>
			(SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE state = 'HELD' AND payer = a.id)`},
	{"an entry's journal does not fit its state", `
		SELECT uetr FROM (
			SELECT e.uetr, e.state, coalesce(group_concat(j.kind, ' ' ORDER BY j.seq), '') AS kinds
			FROM entry e LEFT JOIN journal j ON j.uetr = e.uetr GROUP BY e.uetr, e.state)
		WHERE kinds <> CASE state WHEN 'HELD' THEN 'hold' WHEN 'POSTED' THEN 'hold post'
			WHEN 'SUSPENSE' THEN 'hold suspense' WHEN 'VOIDED' THEN 'hold void' ELSE '' END`},
	{"a journal line is not of its entry's accounts and amount", `
		SELECT e.uetr FROM entry e JOIN journal j ON j.uetr = e.uetr
		WHERE j.amount_minor <> e.amount_minor
			OR j.debit <> CASE j.kind WHEN 'hold' THEN e.payer ELSE 'held:' || e.payer END
			OR j.credit <> CASE j.kind WHEN 'hold' THEN 'held:' || e.payer WHEN 'post' THEN e.payee
				WHEN 'void' THEN e.payer ELSE 'central-bank:suspense' END`},
	{"a journal line names an entry that does not exist", `
		SELECT j.uetr FROM journal j LEFT JOIN entry e ON e.uetr = j.uetr WHERE j.uetr <> '' AND e.uetr IS NULL`},
	{"a settled entry has not told its account holders once each", `
		SELECT e.uetr FROM entry e WHERE e.state IN ('POSTED', 'SUSPENSE') AND
			(SELECT count(*) FROM notification n WHERE n.uetr = e.uetr) <> iif(e.state = 'POSTED', 2, 1)`},
}

const maxProblems = 100

// Check adds everything up in one snapshot: the sums, each account against its journal, each entry
// against its lines.
func (b *Bank) Check(ctx context.Context) (Check, error) {
	c := Check{Problems: []string{}}
	err := b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
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

func (c *Check) problem(format string, args ...any) {
	if len(c.Problems) < maxProblems {
		c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
	}
}

// replay runs the journal from its first line: no account but the issue account was ever below zero, all
// end at the balances kept, and the sums come out.
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
	return c.compare(ctx, tx, balances)
}

func (c *Check) compare(ctx context.Context, tx *sql.Tx, replayed map[string]int64) error {
	accounts, err := tx.QueryContext(ctx, `SELECT `+accountColumns+` FROM account ORDER BY id`)
	if err != nil {
		return err
	}
	defer accounts.Close()
	known := map[string]bool{issueAccount: true, suspenseAccount: true}
	for accounts.Next() {
		a, err := scanAccount(accounts)
		if err != nil {
			return err
		}
		c.WalletsMinor += a.balanceMinor
		c.HeldMinor += a.heldMinor
		known[a.id], known[heldPrefix+a.id] = true, true
		if int64(a.balanceMinor) != replayed[a.id] || int64(a.heldMinor) != replayed[heldPrefix+a.id] {
			c.problem("account %s has %d available and %d held, its journal lines come to %d and %d",
				a.id, a.balanceMinor, a.heldMinor, replayed[a.id], replayed[heldPrefix+a.id])
		}
	}
	for name := range replayed {
		if !known[name] {
			c.problem("the journal names account %s, which does not exist", name)
		}
	}
	c.SuspenseMinor = uint64(max(replayed[suspenseAccount], 0))
	c.IssuedMinor = uint64(max(-replayed[issueAccount], 0))
	if got := c.WalletsMinor + c.HeldMinor + c.SuspenseMinor; got != c.IssuedMinor {
		c.problem("accounts, held and suspense come to %d, issued were %d", got, c.IssuedMinor)
	}
	return accounts.Err()
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
