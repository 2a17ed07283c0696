package bundle

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
)

// writer appends parts with their lengths before them, as package order does.
type writer struct{ buf []byte }

func (w *writer) bytes(p []byte) {
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(len(p)))
	w.buf = append(w.buf, p...)
}

func (w *writer) number(n uint64) { w.bytes(binary.BigEndian.AppendUint64(nil, n)) }

func (w *writer) membership(m orderproof.Membership) error {
	raw, err := orderproof.EncodeMembership(m)
	w.bytes(raw)
	return err
}

// Encode gives the canonical bytes.
func (b Bundle) Encode() ([]byte, error) {
	w := new(writer)
	w.bytes([]byte(domain))
	path, err := orderproof.EncodePath(b.Path)
	if err != nil {
		return nil, fmt.Errorf("headers: %w: %w", ErrMalformed, err)
	}
	w.bytes(path)
	if err := w.membership(b.Settlement); err != nil {
		return nil, fmt.Errorf("settlement record: %w: %w", ErrMalformed, err)
	}
	w.number(uint64(len(b.Ledgers)))
	for i, l := range b.Ledgers {
		if err := w.membership(l.Record); err != nil {
			return nil, fmt.Errorf("ledger record %d: %w: %w", i, ErrMalformed, err)
		}
		w.number(uint64(len(l.Attestations)))
		for _, a := range l.Attestations {
			w.attestation(a)
		}
	}
	w.number(uint64(len(b.Instructions)))
	for i, instruction := range b.Instructions {
		if err := w.membership(instruction.Record); err != nil {
			return nil, fmt.Errorf("instruction %d: record: %w: %w", i, ErrMalformed, err)
		}
		if err := w.membership(instruction.Tracking); err != nil {
			return nil, fmt.Errorf("instruction %d: tracking: %w: %w", i, ErrMalformed, err)
		}
	}
	return w.buf, nil
}

func (w *writer) attestation(a Attestation) {
	w.bytes([]byte(a.Notary))
	w.number(uint64(len(a.Words)))
	for _, word := range a.Words {
		w.number(word.Number)
		w.bytes(word.InstructionHash[:])
		w.number(uint64(word.Outcome))
		w.bytes([]byte(word.LedgerReference))
		w.bytes([]byte(word.Reason))
	}
	w.bytes(a.Signature)
}

// reader reads what writer wrote. The first error stays; later reads return zero values. at names what is being read.
type reader struct {
	rest []byte
	at   string
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w: %s", r.at, ErrMalformed, fmt.Sprintf(format, args...))
	}
}

func (r *reader) bytes() []byte {
	if r.err != nil {
		return nil
	}
	if len(r.rest) < 4 {
		r.fail("cut short: a length needs 4 bytes, %d left", len(r.rest))
		return nil
	}
	n := binary.BigEndian.Uint32(r.rest)
	if uint64(n) > uint64(len(r.rest)-4) {
		r.fail("cut short: a part of %d bytes, %d left", n, len(r.rest)-4)
		return nil
	}
	p := r.rest[4 : 4+n : 4+n]
	r.rest = r.rest[4+n:]
	return p
}

func (r *reader) number() uint64 {
	p := r.bytes()
	if r.err == nil && len(p) != 8 {
		r.fail("a number of %d bytes, want 8", len(p))
	}
	if r.err != nil {
		return 0
	}
	return binary.BigEndian.Uint64(p)
}

func (r *reader) count(most int) int {
	n := r.number()
	if r.err == nil && n > uint64(most) {
		r.fail("%d of them, at most %d allowed", n, most)
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *reader) membership() orderproof.Membership {
	raw := r.bytes()
	if r.err != nil {
		return orderproof.Membership{}
	}
	m, err := orderproof.DecodeMembership(raw)
	if err != nil {
		r.fail("%v", err)
	}
	return m
}

// Decode reads canonical bytes. What it gives is well formed, and not verified.
func Decode(raw []byte) (Bundle, error) {
	r := &reader{rest: raw, at: "format"}
	if len(raw) > MaxBytes {
		r.fail("%d bytes, at most %d allowed", len(raw), MaxBytes)
	}
	if got := r.bytes(); r.err == nil && string(got) != domain {
		r.fail("want %q, got %.40q: is this a proof bundle?", domain, got)
	}
	var b Bundle
	r.at = "headers"
	if path := r.bytes(); r.err == nil {
		var err error
		if b.Path, err = orderproof.DecodePath(path); err != nil {
			r.fail("%v", err)
		}
	}
	r.at = "settlement record"
	b.Settlement = r.membership()
	r.at = "ledgers"
	for i := range r.count(MaxLedgers) {
		b.Ledgers = append(b.Ledgers, r.ledger(i))
	}
	r.at = "instructions"
	for i := range r.count(MaxInstructions) {
		r.at = fmt.Sprintf("instruction %d: record", i)
		record := r.membership()
		r.at = fmt.Sprintf("instruction %d: tracking", i)
		b.Instructions = append(b.Instructions, Instruction{Record: record, Tracking: r.membership()})
	}
	r.at = "end"
	if r.err == nil && len(r.rest) > 0 {
		r.fail("%d bytes left over", len(r.rest))
	}
	if r.err != nil {
		return Bundle{}, r.err
	}
	return b, canonical(b, raw)
}

// canonical refuses what encodes to other bytes. The parts refuse it themselves; this says so of the whole.
func canonical(b Bundle, raw []byte) error {
	again, err := b.Encode()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, raw) {
		return fmt.Errorf("format: %w: not the canonical encoding", ErrMalformed)
	}
	return nil
}

func (r *reader) ledger(i int) (l Ledger) {
	r.at = fmt.Sprintf("ledger record %d", i)
	l.Record = r.membership()
	r.at = fmt.Sprintf("ledger %d: attestations", i)
	for n := range r.count(MaxAttestations) {
		r.at = fmt.Sprintf("ledger %d: attestation %d", i, n)
		l.Attestations = append(l.Attestations, r.attestation())
	}
	return l
}

func (r *reader) attestation() Attestation {
	a := Attestation{Notary: string(r.bytes())}
	for range r.count(order.MaxWords) {
		word := order.Word{Number: r.number()}
		hash := r.bytes()
		if r.err == nil && len(hash) != len(word.InstructionHash) {
			r.fail("a hash of %d bytes", len(hash))
		}
		copy(word.InstructionHash[:], hash)
		word.Outcome = order.Outcome(r.count(int(order.Verified)))
		word.LedgerReference, word.Reason = string(r.bytes()), string(r.bytes())
		a.Words = append(a.Words, word)
	}
	a.Signature = r.bytes()
	return a
}
