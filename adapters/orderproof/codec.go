package orderproof

import (
	"encoding/binary"
	"fmt"
)

// encoder appends parts with their lengths before them, as package order does.
type encoder struct{ buf []byte }

func newEncoder(domain string) *encoder { return new(encoder).bytes([]byte(domain)) }

func (e *encoder) bytes(p []byte) *encoder {
	e.buf = binary.BigEndian.AppendUint32(e.buf, uint32(len(p)))
	e.buf = append(e.buf, p...)
	return e
}

func (e *encoder) number(n uint64) *encoder {
	return e.bytes(binary.BigEndian.AppendUint64(nil, n))
}

// decoder reads what encoder wrote. The first error stays; later reads return zero values.
type decoder struct {
	rest []byte
	err  error
}

func newDecoder(domain string, raw []byte) *decoder {
	d := &decoder{rest: raw}
	if len(raw) > MaxBatchBytes {
		d.fail("%s: %d bytes, at most %d allowed", domain, len(raw), MaxBatchBytes)
	}
	if got := d.bytes(); d.err == nil && string(got) != domain {
		d.fail("want %q, got %.40q", domain, got)
	}
	return d
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = malformed(format, args...)
	}
}

// within names the part that an error of another decoder is about.
func (d *decoder) within(part string, err error) {
	if d.err == nil && err != nil {
		d.err = fmt.Errorf("%s: %w", part, err)
	}
}

func (d *decoder) bytes() []byte {
	if d.err != nil {
		return nil
	}
	if len(d.rest) < 4 {
		d.fail("cut short: a length needs 4 bytes, %d left", len(d.rest))
		return nil
	}
	n := binary.BigEndian.Uint32(d.rest)
	if uint64(n) > uint64(len(d.rest)-4) {
		d.fail("cut short: a part of %d bytes, %d left", n, len(d.rest)-4)
		return nil
	}
	p := d.rest[4 : 4+n : 4+n]
	d.rest = d.rest[4+n:]
	return p
}

func (d *decoder) number() uint64 {
	p := d.bytes()
	if d.err == nil && len(p) != 8 {
		d.fail("a number of %d bytes, want 8", len(p))
	}
	if d.err != nil {
		return 0
	}
	return binary.BigEndian.Uint64(p)
}

func (d *decoder) count(most int) int {
	n := d.number()
	if d.err == nil && n > uint64(most) {
		d.fail("a list of %d, at most %d allowed", n, most)
	}
	if d.err != nil {
		return 0
	}
	return int(n)
}

func (d *decoder) fixed(into []byte) {
	p := d.bytes()
	if d.err == nil && len(p) != len(into) {
		d.fail("a part of %d bytes, want %d", len(p), len(into))
	}
	copy(into, p)
}

// end reports the first error, or that bytes are left over.
func (d *decoder) end() error {
	if d.err == nil && len(d.rest) > 0 {
		d.fail("%d bytes left over", len(d.rest))
	}
	return d.err
}
