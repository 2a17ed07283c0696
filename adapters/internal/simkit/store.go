package simkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	readers = 4
	// storeTimeout bounds the wait for the writer, and one transaction. What has begun runs on when the caller
	// goes away: a caller that gives up mid-way gets the whole effect or none, never a cancelled commit.
	storeTimeout = 10 * time.Second
)

// Store is a ledger's database: one writer, so that requests that move money run one after the other,
// and readers that never wait for it.
type Store struct {
	write *sql.DB
	read  *sql.DB
	lock  *os.File
}

// OpenStore opens the database in dir, makes it if missing, and brings it up to the newest migration.
// A second server on the same folder is refused.
func OpenStore(ctx context.Context, dir string, migrations fs.FS) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data_dir: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{lock: lock}
	path := filepath.Join(dir, "ledger.db")
	if s.write, err = openDB(path, url.Values{"_txlock": {"immediate"}}, 1); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := migrate(ctx, s.write, migrations); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", path, err), s.Close())
	}
	if s.read, err = openDB(path, url.Values{"_pragma": {"query_only(1)"}}, readers); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// lockDir makes sure that one server alone uses the folder. The lock ends with the process.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data_dir: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("data_dir %s: another server is running on it; stop that one or name another folder", dir), f.Close())
	}
	return f, nil
}

// openDB opens the database so that what is committed survives a crash of the machine.
func openDB(path string, more url.Values, connections int) (*sql.DB, error) {
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(5000)"}}
	for k, v := range more {
		q[k] = append(q[k], v...)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func migrate(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Close closes the database and gives the folder free.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.lock.Close())...)
}

// Atomically runs change in one transaction: all of it becomes durable, or none. An error of the commit
// itself means that nobody knows; callers see Internal then, and look up.
func (s *Store) Atomically(ctx context.Context, change func(context.Context, *sql.Tx) error) error {
	conn, err := s.writer(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := change(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// writer waits for the one connection that writes. A caller that gives up while it waits has had no effect
// and will have none: a look-up after a lost reply tells the truth at once.
func (s *Store) writer(ctx context.Context) (*sql.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	conn, err := s.write.Conn(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, Errorf(Unavailable, "the ledger is busy and did not begin; nothing happened, try again")
	}
	return conn, err
}

// Snapshot runs look in one read transaction, so that everything it sees is of one moment.
func (s *Store) Snapshot(ctx context.Context, look func(context.Context, *sql.Tx) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(look(ctx, tx), tx.Rollback())
}
