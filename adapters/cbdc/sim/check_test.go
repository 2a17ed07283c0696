package sim_test

import (
	"context"
	"database/sql"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
)

// openDB opens a stopped ledger's database as somebody with access to the disk would.
func openDB(t *testing.T, c sim.Config) *sql.DB {
	db, err := sql.Open("sqlite", filepath.Join(c.DataDir, "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestTheCheckFindsWhatWasDoneBehindTheLedgersBack(t *testing.T) {
	rows := []struct{ name, sql, says string }{
		{"money made", `UPDATE account SET balance_minor = balance_minor + 1 WHERE id = 'W-RICH'`, "issued were"},
		{"money moved without a line", `UPDATE account SET balance_minor = balance_minor + iif(id = 'W-RICH', -1, 1) WHERE id IN ('W-RICH', 'W-PAYEE')`, "journal lines come to"},
		{"a line without an entry", `INSERT INTO journal (entry_id, kind, debit, credit, amount_minor, at, caller)
			VALUES ('x', 'post', 'held:W-RICH', 'W-PAYEE', 1, '', '')`, "an entry that does not exist"},
		{"a post without its line", `UPDATE entry SET state = 'POSTED' WHERE state = 'HELD'`, "does not fit its state"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := simtest.Config(t)
			s := simtest.StartWith(t, c)
			s.Hold(t, pay("R1", simtest.Rich, simtest.Payee, 700).Hold())
			s.Check(t)
			s.Stop(t)
			_, err := openDB(t, c).Exec(row.sql)
			require.NoError(t, err)

			l, err := sim.Open(context.Background(), c)
			require.NoError(t, err)
			defer func() { require.NoError(t, l.Close()) }()
			got, err := l.Check(context.Background())
			require.NoError(t, err)
			require.False(t, got.OK)
			require.Contains(t, join(got.Problems), row.says)
		})
	}
}

func join(problems []string) (all string) {
	for _, p := range problems {
		all += p + "\n"
	}
	return all
}

func TestTheDatabaseItselfRefusesASecondEffectAndARewrittenPast(t *testing.T) {
	c := simtest.Config(t)
	s := simtest.StartWith(t, c)
	held, posted := pay("R1", simtest.Rich, simtest.Payee, 700), pay("R2", simtest.Rich, simtest.Payee, 300)
	s.Hold(t, held.Hold())
	s.Hold(t, posted.Hold())
	s.Post(t, posted)
	s.Stop(t)
	db := openDB(t, c)
	id := posted.ID().String()
	for name, statement := range map[string]string{
		"a second hold":             `INSERT INTO journal (entry_id, kind, debit, credit, amount_minor, at, caller) VALUES ('` + id + `', 'hold', 'W-RICH', 'held:W-RICH', 1, '', '')`,
		"a void after a post":       `INSERT INTO journal (entry_id, kind, debit, credit, amount_minor, at, caller) VALUES ('` + id + `', 'void', 'held:W-RICH', 'W-RICH', 1, '', '')`,
		"a final state that ends":   `UPDATE entry SET state = 'VOIDED' WHERE id = '` + id + `'`,
		"a held entry's new amount": `UPDATE entry SET amount_minor = 1, state = 'POSTED' WHERE state = 'HELD'`,
		"a forgotten entry":         `DELETE FROM entry`,
		"a forgotten line":          `DELETE FROM journal`,
		"a rewritten line":          `UPDATE journal SET amount_minor = 1`,
		"a balance below zero":      `UPDATE account SET balance_minor = -1 WHERE id = 'W-POOR'`,
	} {
		_, err := db.Exec(statement)
		require.Error(t, err, name)
	}
	require.True(t, simtest.StartWith(t, c).Check(t).OK)
}

func TestIssuedMoneyGoesToTheOperatorAndOnToAWallet(t *testing.T) {
	s := simtest.Start(t)
	s.Admin(t, http.MethodPost, "/admin/issue", map[string]any{"operator": "op-2", "account": "", "amount_minor": 40}, nil)
	s.Admin(t, http.MethodPost, "/admin/issue", map[string]any{"operator": "op-2", "account": simtest.Payee, "amount_minor": 60}, nil)
	require.EqualValues(t, 40, s.Account(t, "operator:op-2").AvailableMinor)
	require.EqualValues(t, 60, s.Account(t, simtest.Payee).AvailableMinor)
	require.EqualValues(t, simtest.Issued+100, s.Check(t).IssuedMinor)
}

func TestAWalletOpenedLaterCanPayAndBeClosedAndReopened(t *testing.T) {
	s := simtest.Start(t)
	var a sim.Account
	s.Admin(t, http.MethodPost, "/admin/accounts", map[string]any{
		"account": "W-NEW", "operator": "op-2", "owner": "New", "opening_minor": 900, "consent_key": simtest.PublicKeyHex("W-NEW"),
	}, &a)
	require.Equal(t, sim.Account{Account: "W-NEW", Kind: "wallet", Operator: "op-2", Owner: "New", Currency: "CNY", AvailableMinor: 900, Status: sim.WalletOpen}, a)
	require.Equal(t, "HELD", s.Hold(t, pay("R1", "W-NEW", simtest.Payee, 400).Hold()).State)
	s.Admin(t, http.MethodPost, "/admin/accounts/W-NEW/close", nil, &a)
	require.Equal(t, sim.WalletClosed, a.Status)
	require.Equal(t, sim.PayerClosed, s.Hold(t, pay("R2", "W-NEW", simtest.Payee, 400).Hold()).ReasonCode)
	s.Admin(t, http.MethodPost, "/admin/accounts/W-NEW/reopen", nil, &a)
	require.Equal(t, "HELD", s.Hold(t, pay("R3", "W-NEW", simtest.Payee, 400).Hold()).State)
	s.Check(t)
}
