package order

import "crypto/sha256"

const (
	domainLegPacket = "corridor/leg-packet/1"
	domainLegAnswer = "corridor/leg-answer/1"
)

// Limits of what travels between leg apps. MaxLegPacketBytes leaves room for the largest body and the largest quote.
const (
	MaxLegPacketBytes = 32 << 10
	MaxLegAnswerBytes = 2 << 10
	// SignatureBytes is the size of a consent: r ‖ s on secp256k1.
	SignatureBytes = 64
)

// LegPacket is what one hub sends to another chain's leg app, in one IBC packet: a HOLD with what the payer agreed to, or
// a POST or VOID, which need nothing beside the instruction.
type LegPacket struct {
	Instruction Instruction
	Body        []byte // of a HOLD: the settlement's canonical bytes
	Quote       []byte // of a HOLD under a quote: the quote's canonical bytes
	Signature   []byte // of a HOLD: the payer's consent over the settlement, or over the quote
}

// Encode gives the canonical bytes. It does not validate.
func (p LegPacket) Encode() []byte {
	return newEncoder(domainLegPacket).bytes(p.Instruction.Encode()).bytes(p.Body).bytes(p.Quote).bytes(p.Signature).buf
}

// DecodeLegPacket reads a canonical packet and validates it. Whether the body is what its instruction says, and the
// signature the payer's, is for the receiver to check.
func DecodeLegPacket(raw []byte) (LegPacket, error) {
	if len(raw) > MaxLegPacketBytes {
		return LegPacket{}, invalid("leg packet: %d bytes, at most %d allowed", len(raw), MaxLegPacketBytes)
	}
	d := newDecoder(domainLegPacket, raw)
	instruction := d.bytes()
	p := LegPacket{Body: d.optional(), Quote: d.optional(), Signature: d.optional()}
	if err := d.end(); err != nil {
		return LegPacket{}, err
	}
	var err error
	if p.Instruction, err = DecodeInstruction(instruction); err != nil {
		return LegPacket{}, err
	}
	if err := p.Validate(); err != nil {
		return LegPacket{}, err
	}
	return p, nil
}

// Validate checks what needs no knowledge but the packet itself. The order of the checks is the order of precedence.
func (p LegPacket) Validate() error {
	kind := p.Instruction.Kind
	switch {
	case kind != Hold && kind != Post && kind != Void:
		return invalid("leg packet: a %s does not travel: want HOLD, POST or VOID", kind)
	case kind != Hold && len(p.Body)+len(p.Quote)+len(p.Signature) != 0:
		return invalid("leg packet: a %s comes with nothing beside it", kind)
	case kind == Hold && len(p.Body) == 0:
		return invalid("leg packet: a HOLD comes with the settlement's body")
	case kind == Hold && len(p.Signature) != SignatureBytes:
		return invalid("leg packet: a HOLD comes with a signature of %d bytes, got %d", SignatureBytes, len(p.Signature))
	}
	return nil
}

// LegAnswer is what the other chain's leg app says became of an instruction: the result of a successful IBC
// acknowledgement. The hash binds it to the instruction that it is about.
type LegAnswer struct {
	InstructionHash Hash
	Outcome         Outcome
	LedgerReference string // a note
	Reason          string // a note, for people
}

// Encode gives the canonical bytes. It does not validate.
func (a LegAnswer) Encode() []byte {
	e := newEncoder(domainLegAnswer).bytes(a.InstructionHash[:]).number(uint64(a.Outcome))
	return e.text(a.LedgerReference).text(a.Reason).buf
}

// DecodeLegAnswer reads a canonical answer. Its notes are bounded and otherwise as they came.
func DecodeLegAnswer(raw []byte) (LegAnswer, error) {
	if len(raw) > MaxLegAnswerBytes {
		return LegAnswer{}, invalid("leg answer: %d bytes, at most %d allowed", len(raw), MaxLegAnswerBytes)
	}
	d := newDecoder(domainLegAnswer, raw)
	var hash [sha256.Size]byte
	d.fixed(hash[:])
	a := LegAnswer{InstructionHash: hash, Outcome: Outcome(d.count(int(Verified))), LedgerReference: d.text(), Reason: d.text()}
	if err := d.end(); err != nil {
		return LegAnswer{}, err
	}
	switch {
	case a.Outcome < Held:
		return LegAnswer{}, invalid("leg answer: %d is not an outcome", a.Outcome)
	case len(a.LedgerReference) > MaxNoteBytes || len(a.Reason) > MaxNoteBytes:
		return LegAnswer{}, invalid("leg answer: a note of more than %d bytes", MaxNoteBytes)
	}
	return a, nil
}
