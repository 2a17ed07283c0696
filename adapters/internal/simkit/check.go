package simkit

import (
	"context"
	"database/sql"
	"fmt"
)

const maxProblems = 100

// Check is a ledger's own audit, as /admin/check answers it.
type Check struct {
	OK            bool     `json:"ok"`
	IssuedMinor   uint64   `json:"issued_minor"`
	WalletsMinor  uint64   `json:"wallets_minor"` // available on all accounts
	HeldMinor     uint64   `json:"held_minor"`
	SuspenseMinor uint64   `json:"suspense_minor"`
	Problems      []string `json:"problems"`
}

// Audit is a query that finds nothing on a sound ledger; each row that it finds is a problem's subject.
type Audit struct{ Problem, Query string }

// Report adds a problem; a hundred are enough.
func (c *Check) Report(format string, args ...any) {
	if len(c.Problems) < maxProblems {
		c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
	}
}

// Replay runs the journal from its first line and gives every account's balance: none but the issue account was ever
// below zero.
func (c *Check) Replay(ctx context.Context, tx *sql.Tx, issueAccount string) (map[string]int64, error) {
	lines, err := tx.QueryContext(ctx, `SELECT seq, debit, credit, amount_minor FROM journal ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	defer lines.Close()
	balances := map[string]int64{}
	for lines.Next() {
		var seq, amount int64
		var debit, credit string
		if err := lines.Scan(&seq, &debit, &credit, &amount); err != nil {
			return nil, err
		}
		balances[debit] -= amount
		balances[credit] += amount
		if balances[debit] < 0 && debit != issueAccount {
			c.Report("line %d of the journal brings account %s below zero", seq, debit)
		}
	}
	return balances, lines.Err()
}

// Run runs audits.
func (c *Check) Run(ctx context.Context, tx *sql.Tx, audits []Audit) error {
	for _, a := range audits {
		if err := c.run(ctx, tx, a); err != nil {
			return err
		}
	}
	return nil
}

func (c *Check) run(ctx context.Context, tx *sql.Tx, a Audit) error {
	rows, err := tx.QueryContext(ctx, a.Query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var subject string
		if err := rows.Scan(&subject); err != nil {
			return err
		}
		c.Report("%s: %s", a.Problem, subject)
	}
	return rows.Err()
}
