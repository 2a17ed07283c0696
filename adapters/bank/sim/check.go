package sim

import (
	"context"
	"database/sql"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// Check is the audit of /admin/check.
type Check = simkit.Check

// audits find nothing on a sound ledger.
var audits = []simkit.Audit{
	{Problem: "an account's held money is not the sum of its held entries", Query: `
		SELECT a.id FROM account a WHERE a.held_minor <>
			(SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE state = 'HELD' AND payer = a.id)`},
	{Problem: "an entry's journal does not fit its state", Query: `
		SELECT uetr FROM (
			SELECT e.uetr, e.state, coalesce(group_concat(j.kind, ' ' ORDER BY j.seq), '') AS kinds
			FROM entry e LEFT JOIN journal j ON j.uetr = e.uetr GROUP BY e.uetr, e.state)
		WHERE kinds <> CASE state WHEN 'HELD' THEN 'hold' WHEN 'POSTED' THEN 'hold post'
			WHEN 'SUSPENSE' THEN 'hold suspense' WHEN 'VOIDED' THEN 'hold void' ELSE '' END`},
	{Problem: "a journal line is not of its entry's accounts and amount", Query: `
		SELECT e.uetr FROM entry e JOIN journal j ON j.uetr = e.uetr
		WHERE j.amount_minor <> e.amount_minor
			OR j.debit <> CASE j.kind WHEN 'hold' THEN e.payer ELSE 'held:' || e.payer END
			OR j.credit <> CASE j.kind WHEN 'hold' THEN 'held:' || e.payer WHEN 'post' THEN e.payee
				WHEN 'void' THEN e.payer ELSE 'central-bank:suspense' END`},
	{Problem: "a journal line names an entry that does not exist", Query: `
		SELECT j.uetr FROM journal j LEFT JOIN entry e ON e.uetr = j.uetr WHERE j.uetr <> '' AND e.uetr IS NULL`},
	{Problem: "a settled entry has not told its account holders once each", Query: `
		SELECT e.uetr FROM entry e WHERE e.state IN ('POSTED', 'SUSPENSE') AND
			(SELECT count(*) FROM notification n WHERE n.uetr = e.uetr) <> iif(e.state = 'POSTED', 2, 1)`},
}

// Check adds everything up in one snapshot: the sums, each account against its journal, each entry
// against its lines.
func (b *Bank) Check(ctx context.Context) (Check, error) {
	c := Check{Problems: []string{}}
	err := b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		replayed, err := c.Replay(ctx, tx, issueAccount)
		if err != nil {
			return err
		}
		if err := compare(ctx, tx, &c, replayed); err != nil {
			return err
		}
		return c.Run(ctx, tx, audits)
	})
	c.OK = len(c.Problems) == 0
	return c, err
}

// compare finds the accounts that do not end at the balances kept, and adds up.
func compare(ctx context.Context, tx *sql.Tx, c *Check, replayed map[string]int64) error {
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
			c.Report("account %s has %d available and %d held, its journal lines come to %d and %d",
				a.id, a.balanceMinor, a.heldMinor, replayed[a.id], replayed[heldPrefix+a.id])
		}
	}
	for name := range replayed {
		if !known[name] {
			c.Report("the journal names account %s, which does not exist", name)
		}
	}
	c.SuspenseMinor = uint64(max(replayed[suspenseAccount], 0))
	c.IssuedMinor = uint64(max(-replayed[issueAccount], 0))
	if got := c.WalletsMinor + c.HeldMinor + c.SuspenseMinor; got != c.IssuedMinor {
		c.Report("accounts, held and suspense come to %d, issued were %d", got, c.IssuedMinor)
	}
	return accounts.Err()
}
