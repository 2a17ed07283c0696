package sdk

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corridor-network/corridor/adapters/order"
)

// Limits of what may cross the boundary between a host and an adapter.
const (
	maxMessageBytes   = 1024
	maxNameBytes      = order.MaxTextBytes
	maxCurrencies     = 64
	maxOptional       = 16
	maxBodyBytes      = 64 << 10
	maxQuoteBytes     = 8 << 10
	maxSignatureBytes = 256
)

// Check wraps a ledger so that nothing malformed passes in either direction: an order is checked before
// the ledger sees it, an answer before the caller does, a panic and an error outside the closed set
// become Unknown, and notes are cut to their limits. Serve wraps every adapter in it and the host's
// client every plugin, so an adapter need not check its input again.
//
// It asks the ledger for its Description and fails if that is malformed, names an optional part that the
// ledger does not have, or says that the ledger checks orders where it keeps no book to check them by. What
// comes back is a BalanceReader and an OrderBook exactly where the description says so.
func Check(ctx context.Context, l Ledger) (Ledger, error) {
	d, err := l.Describe(ctx)
	if err != nil {
		return nil, classify(err)
	}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	c := &checked{ledger: l, id: d.Ledger}
	reader, reads := l.(BalanceReader)
	orders, checks := l.(OrderBook)
	for _, part := range []struct {
		name  string
		there bool
	}{{OptionalBalances, reads}, {OptionalOrders, checks}} {
		if !part.there && slices.Contains(d.Optional, part.name) {
			return nil, Errorf(Invalid, "the adapter of ledger %s advertises %q but does not have it", d.Ledger, part.name)
		}
	}
	balances := checkedBalances{id: d.Ledger, reader: reader}
	book := checkedBook{id: d.Ledger, orders: orders}
	switch reads, checks := slices.Contains(d.Optional, OptionalBalances), slices.Contains(d.Optional, OptionalOrders); {
	case reads && checks:
		return &checkedWithBoth{c, balances, book}, nil
	case reads:
		return &checkedWithBalances{c, balances}, nil
	case checks:
		return &checkedWithBook{c, book}, nil
	}
	return c, nil
}

// Validate checks a description by itself.
func (d Description) Validate() error {
	switch {
	case !text(d.Name, maxNameBytes):
		return Errorf(Invalid, "description: name: want 1 to %d characters", maxNameBytes)
	case !text(d.Ledger, order.MaxTextBytes):
		return Errorf(Invalid, "description: ledger: want 1 to %d characters", order.MaxTextBytes)
	case len(d.Currencies) == 0 || len(d.Currencies) > maxCurrencies:
		return Errorf(Invalid, "description: currencies: want 1 to %d, got %d", maxCurrencies, len(d.Currencies))
	case cellsToWire[d.Cell] == 0:
		return Errorf(Invalid, "description: cell: %q is neither holds nor pivot", d.Cell)
	case checksToWire[d.OrderCheck] == 0:
		return Errorf(Invalid, "description: order check: %q is neither none nor ledger", d.OrderCheck)
	case d.MaxAmountMinor > order.MaxAmountMinor:
		return Errorf(Invalid, "description: largest amount: want at most %d minor units, got %d", uint64(order.MaxAmountMinor), d.MaxAmountMinor)
	case len(d.Optional) > maxOptional:
		return Errorf(Invalid, "description: optional: want at most %d, got %d", maxOptional, len(d.Optional))
	}
	for i, c := range d.Currencies {
		if len(c) != 3 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || slices.Contains(d.Currencies[:i], c) {
			return Errorf(Invalid, "description: currencies: %q is not a code of three capital letters, or named twice", c)
		}
	}
	for _, o := range d.Optional {
		if !text(o, maxNameBytes) {
			return Errorf(Invalid, "description: optional: %q is not a name", o)
		}
	}
	if d.OrderCheck == OrderCheckLedger && !slices.Contains(d.Optional, OptionalOrders) {
		return Errorf(Invalid, "description: order check: a ledger that checks orders needs the optional part %q, for it acts only on what it was proven there", OptionalOrders)
	}
	return nil
}

type checked struct {
	ledger Ledger
	id     string
}

// checkedBalances is the BalanceReader of a checked ledger.
type checkedBalances struct {
	id     string
	reader BalanceReader
}

// A checked ledger has exactly the optional parts that its description names.
type (
	checkedWithBalances struct {
		*checked
		checkedBalances
	}
	checkedWithBook struct {
		*checked
		checkedBook
	}
	checkedWithBoth struct {
		*checked
		checkedBalances
		checkedBook
	}
)

func (c *checked) Describe(ctx context.Context) (d Description, err error) {
	defer contain(&err)
	if d, err = c.ledger.Describe(ctx); err != nil {
		return Description{}, classify(err)
	}
	if err := d.Validate(); err != nil {
		return Description{}, err
	}
	return d, nil
}

func (c *checked) ConsentKey(ctx context.Context, a Account) (k PublicKey, err error) {
	defer contain(&err)
	if !text(string(a), order.MaxTextBytes) {
		return PublicKey{}, Errorf(Invalid, "account: want 1 to %d characters", order.MaxTextBytes)
	}
	if k, err = c.ledger.ConsentKey(ctx, a); err != nil {
		return PublicKey{}, classify(err)
	}
	if err := k.Validate(); err != nil {
		return PublicKey{}, Errorf(Unavailable, "ledger %s has an unusable key on file for %s: %v", c.id, a, err)
	}
	return k, nil
}

func (c *checked) Hold(ctx context.Context, o HoldOrder) (e Entry, err error) {
	defer contain(&err)
	if err := c.checkHold(o); err != nil {
		return Entry{}, err
	}
	e, err = c.ledger.Hold(ctx, o)
	return c.answer(o.Instruction, e, err)
}

func (c *checked) Refuse(ctx context.Context, o HoldOrder) (e Entry, err error) {
	defer contain(&err)
	if err := c.checkHold(o); err != nil {
		return Entry{}, err
	}
	// A refusal of an id that another body has taken answers with that entry: Refuse changes nothing known.
	e, err = c.ledger.Refuse(ctx, o)
	return checkEntry(o.Instruction.Entry, e, err)
}

func (c *checked) Post(ctx context.Context, o PostOrder) (e Entry, err error) {
	defer contain(&err)
	if err := c.checkInstruction(o.Instruction, order.Post); err != nil {
		return Entry{}, err
	}
	e, err = c.ledger.Post(ctx, o)
	return c.answer(o.Instruction, e, err, order.EntryPosted, order.EntrySuspense)
}

func (c *checked) Void(ctx context.Context, o VoidOrder) (e Entry, err error) {
	defer contain(&err)
	if err := c.checkInstruction(o.Instruction, order.Void); err != nil {
		return Entry{}, err
	}
	e, err = c.ledger.Void(ctx, o)
	return c.answer(o.Instruction, e, err, order.EntryVoided, order.EntryTombstoned)
}

func (c *checked) Lookup(ctx context.Context, id order.EntryID) (e Entry, err error) {
	defer contain(&err)
	if id.IsZero() {
		return Entry{}, Errorf(Invalid, "entry id: not set")
	}
	e, err = c.ledger.Lookup(ctx, id)
	return checkEntry(id, e, err)
}

// Balance makes a checked ledger with balances a BalanceReader.
func (c *checkedBalances) Balance(ctx context.Context, a Account) (b Balance, err error) {
	defer contain(&err)
	if !text(string(a), order.MaxTextBytes) {
		return Balance{}, Errorf(Invalid, "account: want 1 to %d characters", order.MaxTextBytes)
	}
	if b, err = c.reader.Balance(ctx, a); err != nil {
		return Balance{}, classify(err)
	}
	if b.Account != a {
		return Balance{}, Errorf(Unknown, "ledger %s answered for account %q, asked was %q", c.id, b.Account, a)
	}
	return b, nil
}

func (c *checked) checkHold(o HoldOrder) error {
	switch {
	case len(o.Body) == 0 || len(o.Body) > maxBodyBytes:
		return Errorf(Invalid, "settlement body: want 1 to %d bytes, got %d", maxBodyBytes, len(o.Body))
	case len(o.Consent.Quote) > maxQuoteBytes:
		return Errorf(Invalid, "quote: want at most %d bytes, got %d", maxQuoteBytes, len(o.Consent.Quote))
	case len(o.Consent.Signature) > maxSignatureBytes:
		return Errorf(Invalid, "signature: want at most %d bytes, got %d", maxSignatureBytes, len(o.Consent.Signature))
	}
	return c.checkInstruction(o.Instruction, order.Hold)
}

// checkInstruction refuses what is not an instruction of this kind to this ledger. A refusal here is no
// tombstone: it is the caller that is wrong, and the entry stays as it is.
func (c *checked) checkInstruction(i order.Instruction, k order.Kind) error {
	if i.Kind != k {
		return Errorf(Invalid, "the instruction is a %s, the call a %s", i.Kind, k)
	}
	if i.Ledger != c.id {
		return Errorf(Invalid, "the instruction is for ledger %q, this is %q", i.Ledger, c.id)
	}
	if err := i.Validate(); err != nil {
		return &Error{Code: Invalid, Message: "instruction", Err: err}
	}
	return nil
}

// answer checks what came back for an instruction: the right entry, with its body, in one of the states.
func (c *checked) answer(i order.Instruction, e Entry, err error, states ...order.EntryState) (Entry, error) {
	e, err = checkEntry(i.Entry, e, err)
	switch {
	case err != nil:
		return Entry{}, err
	case !e.Matches(i):
		return Entry{}, Errorf(Conflict, "entry %s on ledger %s has another body: %d %s from %s to %s", e.ID, c.id, e.AmountMinor, e.Currency, e.Payer, e.Payee)
	case len(states) > 0 && !slices.Contains(states, e.State):
		return Entry{}, Errorf(Unknown, "ledger %s answered a %s of entry %s with %s: look it up", c.id, i.Kind, e.ID, e.State)
	}
	return e, nil
}

func checkEntry(id order.EntryID, e Entry, err error) (Entry, error) {
	if err != nil {
		return Entry{}, classify(err)
	}
	bodiless := e.State == order.EntryTombstoned
	switch {
	case e.ID != id:
		return Entry{}, Errorf(Unknown, "the ledger answered for entry %s, asked was %s", e.ID, id)
	case statesToWire[e.State] == 0:
		return Entry{}, Errorf(Unknown, "the ledger answered entry state %d for %s, which is not in the closed set", e.State, id)
	case !text(string(e.Payer), order.MaxTextBytes) && !(bodiless && e.Payer == ""),
		!text(string(e.Payee), order.MaxTextBytes) && !(bodiless && e.Payee == ""):
		return Entry{}, Errorf(Unknown, "the ledger answered for entry %s without readable accounts", id)
	case len(e.Currency) != 3 && !(bodiless && e.Currency == ""), e.AmountMinor > order.MaxAmountMinor:
		return Entry{}, Errorf(Unknown, "the ledger answered for entry %s with %d minor units of %q", id, e.AmountMinor, cleanText(e.Currency, 16))
	}
	e.LedgerReference = cleanText(e.LedgerReference, order.MaxNoteBytes)
	e.Reason = cleanText(e.Reason, order.MaxNoteBytes)
	return e, nil
}

// contain turns a panic in an adapter into Unknown: the call may have had its effect before.
func contain(err *error) {
	if p := recover(); p != nil {
		*err = &Error{Code: Unknown, Message: "the adapter panicked, which is a bug in it", Err: fmt.Errorf("%v\n%s", p, debug.Stack())}
	}
}

// classify makes any error one of the closed set.
func classify(err error) *Error {
	e := (*Error)(nil)
	switch {
	case errors.As(err, &e) && codesToWire[e.Code] != 0:
		if outer, ok := err.(*Error); ok { //nolint:errorlint // what is not wrapped is passed on as it is
			return outer
		}
		return &Error{Code: e.Code, Message: err.Error()}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &Error{Code: Unknown, Message: "the call was given up before its answer came", Err: err}
	}
	return &Error{Code: Unknown, Message: "the adapter's error is none of the closed set", Err: err}
}

// message is the text without the code.
func (e *Error) message() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// text tells whether s is valid UTF-8 of 1 to max bytes that cleanText leaves as it is.
func text(s string, max int) bool { return s != "" && s == cleanText(s, max) }

// cleanText makes s valid UTF-8 of at most max bytes, with a space for each control character and each mark that
// is invisible or changes the direction of writing: people read it, in terminals too.
func cleanText(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < 0x20, r >= 0x7f && r < 0xa0, r == utf8.RuneError, r == 0xfeff,
			r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
			return ' '
		}
		return r
	}, s)
	for len(s) > max {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
