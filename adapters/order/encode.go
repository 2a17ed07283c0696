package order

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// MaxPartBytes bounds one part of an encoding. Everything that is encoded here is far smaller.
const MaxPartBytes = 64 << 10

// ErrMalformed is wrapped by every decoding error of this package.
var ErrMalformed = errors.New("malformed encoding")

// encoder appends length-prefixed parts.
type encoder struct{ buf []byte }

func newEncoder(domain string) *encoder { return new(encoder).text(domain) }

func (e *encoder) bytes(p []byte) *encoder {
	e.buf = binary.BigEndian.AppendUint32(e.buf, uint32(len(p)))
	e.buf = append(e.buf, p...)
	return e
}

func (e *encoder) text(s string) *encoder { return e.bytes([]byte(s)) }

func (e *encoder) number(n uint64) *encoder {
	return e.bytes(binary.BigEndian.AppendUint64(nil, n))
}

// decoder reads what encoder wrote. The first error stays; later reads return zero values.
type decoder struct {
	rest []byte
	err  error
}

func newDecoder(domain string, b []byte) *decoder {
	d := &decoder{rest: b}
	if got := d.text(); d.err == nil && got != domain {
		d.fail("want %q, got %q", domain, got)
	}
	return d
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
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
	if n > MaxPartBytes || int(n) > len(d.rest)-4 {
		d.fail("a part of %d bytes, %d left, at most %d allowed", n, len(d.rest)-4, MaxPartBytes)
		return nil
	}
	p := d.rest[4 : 4+n]
	d.rest = d.rest[4+n:]
	return p
}

func (d *decoder) text() string { return string(d.bytes()) }

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

func (d *decoder) count(max int) int {
	n := d.number()
	if d.err == nil && n > uint64(max) {
		d.fail("a list of %d, at most %d allowed", n, max)
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
	if d.err == nil {
		copy(into, p)
	}
}

// end reports the first error, or that bytes are left over.
func (d *decoder) end() error {
	if d.err == nil && len(d.rest) > 0 {
		d.fail("%d bytes left over", len(d.rest))
	}
	return d.err
}
