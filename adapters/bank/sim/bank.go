package sim

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Bank is the network's book. Its methods may be called at the same time.
type Bank struct {
	config Config
	store  *simkit.Store
	codec  *iso20022.Codec
	faults *simkit.Faults
	now    func() time.Time
}

// OpenBank opens the network of a configuration, and on its first start fills it.
func OpenBank(ctx context.Context, c Config) (*Bank, error) {
	if err := iso20022.Compile(); err != nil {
		return nil, err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	s, err := simkit.OpenStore(ctx, c.DataDir, files)
	if err != nil {
		return nil, err
	}
	b := &Bank{config: c, store: s, codec: iso20022.NewCodec(), faults: &simkit.Faults{}, now: time.Now}
	if err := s.Atomically(ctx, b.seed); err != nil {
		return nil, errors.Join(fmt.Errorf("data_dir %s: %w", c.DataDir, err), s.Close())
	}
	return b, nil
}

// Close closes the database.
func (b *Bank) Close() error { return b.store.Close() }

func (b *Bank) timestamp() string { return b.now().UTC().Format(timeLayout) }

// seed opens members and accounts once; later starts only check that the data is this network's.
func (b *Bank) seed(ctx context.Context, tx *sql.Tx) error {
	var ledger, currency string
	err := tx.QueryRowContext(ctx, `SELECT ledger, currency FROM bank`).Scan(&ledger, &currency)
	if err == nil && (ledger != b.config.Ledger || currency != b.config.Currency) {
		return fmt.Errorf("it holds ledger %s in %s, the configuration says %s in %s; name another folder", ledger, currency, b.config.Ledger, b.config.Currency)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO bank (one, ledger, currency, created_at) VALUES (1, ?, ?, ?)`,
		b.config.Ledger, b.config.Currency, b.timestamp()); err != nil {
		return err
	}
	for _, m := range b.config.Members {
		if _, err := tx.ExecContext(ctx, `INSERT INTO member (bic, name) VALUES (?, ?)`, m.BIC, m.Name); err != nil {
			return fmt.Errorf("member %s: %w", m.BIC, err)
		}
	}
	for _, a := range b.config.Accounts {
		if err := b.openAccount(ctx, tx, a); err != nil {
			return fmt.Errorf("account %s: %w", a.ID, err)
		}
	}
	return nil
}

// hold reserves the payer's money, or tombstones the UETR where a rule refuses; a known UETR is answered
// with what became of it. The refusal that comes back left no trace: the UETR is taken by other terms.
func (b *Bank) hold(ctx context.Context, uetr string, t terms, m received) (e Entry, rejected *refusal, err error) {
	err = b.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, err := loadEntry(ctx, tx, uetr)
		if err != nil {
			return err
		}
		if known != nil {
			if known.State != Tombstoned && !known.sameTerms(t) {
				rejected = takenByOthers()
			}
			e = *known
			return nil
		}
		f := holdFacts{terms: t, bankCurrency: b.config.Currency, hours: b.config.OpeningHours, now: b.now()}
		if f.payerAccount, err = loadAccount(ctx, tx, t.payer.String()); err != nil {
			return err
		}
		if f.payeeAccount, err = loadAccount(ctx, tx, t.payee.String()); err != nil {
			return err
		}
		why := decideHold(f)
		if why == nil {
			why = b.faultRefusal()
		}
		e = Entry{
			EntryID: uetr, State: Held, Payer: t.payer.String(), Payee: t.payee.String(),
			Currency: t.currency, AmountMinor: t.amountMinor,
		}
		if why != nil {
			e.State = Tombstoned
			e.give(why)
			return b.createEntry(ctx, tx, &e, m.raw, m.caller)
		}
		if err := b.createEntry(ctx, tx, &e, m.raw, m.caller); err != nil {
			return err
		}
		return b.book(ctx, tx, booking{uetr: uetr, kind: "hold", debit: e.Payer, credit: heldPrefix + e.Payer, amountMinor: e.AmountMinor, caller: m.caller})
	})
	return e, rejected, err
}

// faultRefusal is a switched-on refusal of the next hold that the rules would let through.
func (b *Bank) faultRefusal() *refusal {
	if reason, on := b.faults.Refusal(simkit.OpHold); on {
		return refuse(ByAgent, "%s", reason)
	}
	return nil
}

// post makes a held entry final: to the payee, or to suspense where the payee can't be credited any more.
func (b *Bank) post(ctx context.Context, uetr string, t terms, m received) (e Entry, rejected *refusal, err error) {
	err = b.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, err := loadEntry(ctx, tx, uetr)
		if err != nil {
			return err
		}
		do, why := decidePost(known, t)
		if why != nil {
			rejected = why
			return nil
		}
		e = *known
		if do != post {
			return nil
		}
		payee, err := loadAccount(ctx, tx, e.Payee)
		if err != nil {
			return err
		}
		e.State = Posted
		l := booking{uetr: uetr, kind: "post", debit: heldPrefix + e.Payer, credit: e.Payee, amountMinor: e.AmountMinor, caller: m.caller}
		if why := mayReceive(payee, e.Payee); why != nil {
			e.State, l.kind, l.credit = Suspense, "suspense", suspenseAccount
			e.give(why)
		}
		if err := b.endEntry(ctx, tx, &e, m.caller); err != nil {
			return err
		}
		if err := b.book(ctx, tx, l); err != nil {
			return err
		}
		return b.notify(ctx, tx, e)
	})
	return e, rejected, err
}

// release gives a held entry back, or writes a tombstone for an id never seen.
func (b *Bank) release(ctx context.Context, r releaseRequest, m received) (e Entry, rejected *refusal, err error) {
	err = b.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, err := loadEntry(ctx, tx, r.uetr)
		if err != nil {
			return err
		}
		do, why := decideRelease(known, r.terms, r.onlyIfUnknown)
		if why != nil {
			rejected = why
			return nil
		}
		switch do {
		case bury:
			e = Entry{EntryID: r.uetr, State: Tombstoned}
			if r.terms != nil {
				e.Payer, e.Payee = r.terms.payer.String(), r.terms.payee.String()
				e.Currency, e.AmountMinor = r.terms.currency, r.terms.amountMinor
			}
			e.give(refuse(ByAgent, "%s", r.reason))
			return b.createEntry(ctx, tx, &e, m.raw, m.caller)
		case void:
			e = *known
			e.State = Voided
			if err := b.endEntry(ctx, tx, &e, m.caller); err != nil {
				return err
			}
			return b.book(ctx, tx, booking{uetr: e.EntryID, kind: "void", debit: heldPrefix + e.Payer, credit: e.Payer, amountMinor: e.AmountMinor, caller: m.caller})
		}
		e = *known
		return nil
	})
	return e, rejected, err
}

// lookup is nil, and no error, where the bank never heard of the UETR.
func (b *Bank) lookup(ctx context.Context, uetr string) (e *Entry, err error) {
	err = b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		e, err = loadEntry(ctx, tx, uetr)
		return err
	})
	return e, err
}
