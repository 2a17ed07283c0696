package sim

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Ledger is the central bank's book. Its methods may be called at the same time.
type Ledger struct {
	config Config
	store  *simkit.Store
	faults *simkit.Faults
	now    func() time.Time
}

// Open opens the ledger of a configuration, and on its first start fills it.
func Open(ctx context.Context, c Config) (*Ledger, error) {
	if err := c.prepare("."); err != nil {
		return nil, err
	}
	migrations, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return nil, err
	}
	s, err := simkit.OpenStore(ctx, c.DataDir, migrations)
	if err != nil {
		return nil, err
	}
	l := &Ledger{config: c, store: s, faults: &simkit.Faults{}, now: time.Now}
	err = s.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := l.seed(ctx, tx); err != nil {
			return err
		}
		return l.openBook(ctx, tx)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("data_dir %s: %w", c.DataDir, err), s.Close())
	}
	return l, nil
}

// Close closes the database.
func (l *Ledger) Close() error { return l.store.Close() }

// seed issues the opening balances once; later starts only check that the data is this ledger's.
func (l *Ledger) seed(ctx context.Context, tx *sql.Tx) error {
	var id, currency string
	err := tx.QueryRowContext(ctx, `SELECT id, currency FROM ledger`).Scan(&id, &currency)
	if err == nil && (id != l.config.Ledger || currency != l.config.Currency) {
		return fmt.Errorf("it holds ledger %s in %s, the configuration says %s in %s; name another folder", id, currency, l.config.Ledger, l.config.Currency)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO ledger (one, id, currency, created_at) VALUES (1, ?, ?, ?)`,
		l.config.Ledger, l.config.Currency, l.timestamp()); err != nil {
		return err
	}
	for _, a := range [][2]string{{issueAccount, "issue"}, {suspenseAccount, "suspense"}} {
		if err := openAccount(ctx, tx, a[0], a[1]); err != nil {
			return err
		}
	}
	for _, o := range l.config.Operators {
		if err := l.openOperator(ctx, tx, o); err != nil {
			return fmt.Errorf("operator %s: %w", o.ID, err)
		}
	}
	for _, w := range l.config.Wallets {
		if err := l.openWallet(ctx, tx, w); err != nil {
			return fmt.Errorf("wallet %s: %w", w.ID, err)
		}
	}
	return nil
}

func (l *Ledger) openOperator(ctx context.Context, tx *sql.Tx, o OperatorConfig) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO operator (id, name) VALUES (?, ?)`, o.ID, o.Name); err != nil {
		return err
	}
	if err := openAccount(ctx, tx, operatorPrefix+o.ID, "operator"); err != nil || o.ReserveMinor == 0 {
		return err
	}
	return l.issue(ctx, tx, o.ID, "", o.ReserveMinor)
}

// holdRequest is a hold order as the rules need it.
type holdRequest struct {
	instruction order.Instruction
	body        []byte
	consent     sdk.Consent
}

// quoteID is the quote that the hold counts under, or nothing. It is read from the body, which the
// consent has fixed by the time it matters.
func (h holdRequest) quoteID() []byte {
	b, err := order.DecodeBody(h.body)
	if err != nil || h.instruction.Leg >= len(b.Legs) || b.Legs[h.instruction.Leg].QuoteID == nil {
		return []byte{}
	}
	return b.Legs[h.instruction.Leg].QuoteID
}

// Hold reserves the payer's money, or tombstones the id where a rule refuses; a known id is answered
// with what became of it. Conflict: the id is taken by another order.
func (l *Ledger) Hold(ctx context.Context, h holdRequest, caller string) (e Entry, err error) {
	err = l.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, by, err := l.entryFor(ctx, tx, h.instruction, caller)
		if err != nil {
			return err
		}
		if known != nil {
			e = *known
			if e.State != order.EntryTombstoned.String() && !sameBody(e, h.instruction) {
				return takenByAnother(h.instruction)
			}
			return nil
		}
		f, err := l.gatherHold(ctx, tx, h)
		if err != nil {
			return err
		}
		why := decideHold(f)
		if why == nil {
			why = l.faultRefusal()
		}
		if e, err = l.newEntry(ctx, tx, h, why, by); err != nil || why != nil {
			return err
		}
		return l.move(ctx, tx, movement{
			entryID: e.EntryID, kind: "hold", debit: e.Payer, credit: heldPrefix + e.Payer, amountMinor: e.AmountMinor, caller: caller,
		})
	})
	return e, err
}

// faultRefusal is a switched-on refusal of the next hold that the rules would let through.
func (l *Ledger) faultRefusal() *refusal {
	if reason, on := l.faults.Refusal(simkit.OpHold); on {
		return refuse(FaultInjected, "%s", reason)
	}
	return nil
}

// gatherHold reads what the rules look at, within the transaction that will write.
func (l *Ledger) gatherHold(ctx context.Context, tx *sql.Tx, h holdRequest) (f holdFacts, err error) {
	f = holdFacts{instruction: h.instruction, now: l.now(), hours: l.config.OpeningHours, currency: l.config.Currency}
	if f.payer, err = loadWallet(ctx, tx, h.instruction.Payer); err != nil {
		return f, err
	}
	if f.payee, err = loadWallet(ctx, tx, h.instruction.Payee); err != nil || f.payer == nil || len(f.payer.consentKey) == 0 {
		return f, err
	}
	key := sdk.PublicKey{Type: sdk.KeySecp256k1, Bytes: f.payer.consentKey}
	if f.consent = sdk.CheckHold(sdk.HoldOrder{Instruction: h.instruction, Body: h.body, Consent: h.consent}, key); f.consent != nil {
		return f, nil
	}
	if len(h.consent.Quote) > 0 {
		if f.quote, err = usedQuote(ctx, tx, h.consent.Quote); err != nil {
			return f, err
		}
	}
	return f, nil
}

// usedQuote sums what is held or was posted under a quote; what was given back counts no more.
func usedQuote(ctx context.Context, tx *sql.Tx, raw []byte) (*quoteUse, error) {
	q, err := order.DecodeQuote(raw)
	if err != nil {
		return nil, err
	}
	u, id := quoteUse{quote: q}, q.ID()
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(amount_minor), 0) FROM entry
		WHERE length(quote_id) > 0 AND quote_id = ? AND state IN ('HELD', 'POSTED', 'SUSPENSE')`, id[:]).Scan(&u.usedMinor)
	return &u, err
}

// Refuse tombstones an unknown id; a known entry is answered unchanged.
func (l *Ledger) Refuse(ctx context.Context, h holdRequest, caller string) (e Entry, err error) {
	err = l.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, by, err := l.entryFor(ctx, tx, h.instruction, caller)
		if err != nil {
			return err
		}
		if known != nil {
			e = *known
			return nil
		}
		e, err = l.newEntry(ctx, tx, h, refuse(ByNotary, "notary %s refused the order before it reached the ledger", caller), by)
		return err
	})
	return e, err
}

// Post makes a held entry final: to the payee, or to suspense where the payee can't be credited any
// more. NotFound: unknown id. Conflict: voided, tombstoned, or another order's.
func (l *Ledger) Post(ctx context.Context, i order.Instruction, caller string) (e Entry, err error) {
	err = l.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, by, err := l.entryFor(ctx, tx, i, caller)
		if err != nil {
			return err
		}
		do, err := decidePost(known, i)
		if err != nil {
			return err
		}
		e = *known
		if do == stay {
			return nil
		}
		payee, err := loadWallet(ctx, tx, e.Payee)
		if err != nil {
			return err
		}
		m := movement{entryID: e.EntryID, kind: "post", debit: heldPrefix + e.Payer, credit: e.Payee, amountMinor: e.AmountMinor, caller: caller}
		e.State = order.EntryPosted.String()
		if why := mayReceive(payee, e.Payee, e.AmountMinor); why != nil {
			e.State, e.ReasonCode, e.Reason = order.EntrySuspense.String(), why.code, why.text
			m.kind, m.credit = "suspense", suspenseAccount
		}
		if e, err = l.endEntry(ctx, tx, e, by); err != nil {
			return err
		}
		return l.move(ctx, tx, m)
	})
	return e, err
}

// Void gives a held entry's money back; an unknown id gets a tombstone. Conflict: posted, or another order's.
func (l *Ledger) Void(ctx context.Context, i order.Instruction, caller string) (e Entry, err error) {
	err = l.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, by, err := l.entryFor(ctx, tx, i, caller)
		if err != nil {
			return err
		}
		do, err := decideVoid(known, i)
		if err != nil {
			return err
		}
		if do == bury {
			e, err = l.newEntry(ctx, tx, holdRequest{instruction: i}, refuse(VoidedBeforeHold, "it was voided before it was held"), by)
			return err
		}
		e = *known
		if do == stay {
			return nil
		}
		e.State = order.EntryVoided.String()
		if e, err = l.endEntry(ctx, tx, e, by); err != nil {
			return err
		}
		return l.move(ctx, tx, movement{
			entryID: e.EntryID, kind: "void", debit: heldPrefix + e.Payer, credit: e.Payer, amountMinor: e.AmountMinor, caller: caller,
		})
	})
	return e, err
}
