package simkit_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

var onlyMigration = fstest.MapFS{"00001_n.sql": {Data: []byte("-- +goose Up\nCREATE TABLE n (v INTEGER) STRICT;\n")}}

func insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO n VALUES (1)`)
	return err
}

func TestAChangeHappensWhollyOrNotAtAllWhateverItsCallerDoes(t *testing.T) {
	s, err := simkit.OpenStore(t.Context(), t.TempDir(), onlyMigration)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	rows := func() (n int) {
		require.NoError(t, s.Snapshot(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM n`).Scan(&n)
		}))
		return n
	}

	gone, leave := context.WithCancel(t.Context())
	require.NoError(t, s.Atomically(gone, func(ctx context.Context, tx *sql.Tx) error {
		leave()
		return insert(ctx, tx)
	}), "the caller left after it had begun")
	require.Equal(t, 1, rows())

	err = s.Atomically(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return errors.Join(insert(ctx, tx), errors.New("second thoughts"))
	})
	require.ErrorContains(t, err, "second thoughts")
	require.Equal(t, 1, rows())

	err = s.Atomically(gone, insert)
	var e *simkit.Error
	require.ErrorAs(t, err, &e, "the caller left before it began")
	require.Equal(t, simkit.Unavailable, e.Code)
	require.Equal(t, 1, rows())
}

func TestAStoreTakesOneServerAlone(t *testing.T) {
	dir := t.TempDir()
	s, err := simkit.OpenStore(t.Context(), dir, onlyMigration)
	require.NoError(t, err)
	_, err = simkit.OpenStore(t.Context(), dir, onlyMigration)
	require.ErrorContains(t, err, "another server is running")
	require.NoError(t, s.Close())
	s, err = simkit.OpenStore(t.Context(), dir, onlyMigration)
	require.NoError(t, err)
	require.NoError(t, s.Close())
}
