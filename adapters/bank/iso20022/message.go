package iso20022

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt003"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt004"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt025"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt046"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt047"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt049"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt054"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt103"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs002"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs009"
)

// Limits of a message.
const (
	MaxMessageBytes = 512 << 10 // an order's evidence is at most four parts of 64 KiB, a third more in base64
	maxDepth        = 32
)

const (
	namespace  = "urn:iso:std:iso:20022:tech:xsd:"
	xmlDecl    = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	rootString = "Document"
)

// Kind is a message's name with its version, as in its namespace.
type Kind string

// The messages of the bank network.
const (
	CreateReservation Kind = "camt.103.001.01"
	DeleteReservation Kind = "camt.049.001.05"
	GetReservation    Kind = "camt.046.001.05"
	ReturnReservation Kind = "camt.047.001.06"
	Receipt           Kind = "camt.025.001.05"
	CreditTransfer    Kind = "pacs.009.001.09"
	PaymentStatus     Kind = "pacs.002.001.11"
	Notification      Kind = "camt.054.001.08"
	GetAccount        Kind = "camt.003.001.07"
	ReturnAccount     Kind = "camt.004.001.08"
)

// kinds says, for every message, the element inside Document and the struct it is read into.
var kinds = map[Kind]struct {
	element string
	body    any
}{
	CreateReservation: {"CretRsvatn", camt103.CreateReservationV01{}},
	DeleteReservation: {"DelRsvatn", camt049.DeleteReservationV05{}},
	GetReservation:    {"GetRsvatn", camt046.GetReservationV05{}},
	ReturnReservation: {"RtrRsvatn", camt047.ReturnReservationV06{}},
	Receipt:           {"Rct", camt025.ReceiptV05{}},
	CreditTransfer:    {"FICdtTrf", pacs009.FinancialInstitutionCreditTransferV09{}},
	PaymentStatus:     {"FIToFIPmtStsRpt", pacs002.FitoFipaymentStatusReportV11{}},
	Notification:      {"BkToCstmrDbtCdtNtfctn", camt054.BankToCustomerDebitCreditNotificationV08{}},
	GetAccount:        {"GetAcct", camt003.GetAccountV07{}},
	ReturnAccount:     {"RtrAcct", camt004.ReturnAccountV08{}},
}

// Kinds lists the messages of the bank network, in no order.
func Kinds() []Kind {
	all := make([]Kind, 0, len(kinds))
	for k := range kinds {
		all = append(all, k)
	}
	return all
}

// The ways in which bytes are no message. Every error of Decode wraps one of them.
var (
	ErrTooLarge  = errors.New("message too large")
	ErrMalformed = errors.New("not well-formed XML")
	ErrForbidden = errors.New("a document type or an entity is not allowed")
	ErrNoKind    = errors.New("not a message of this network")
	ErrSchema    = errors.New("message breaks its official schema")
)

// Codec reads and writes messages, each checked against its official schema.
type Codec struct{ validator Validator }

// NewCodec makes a codec with the validator of this package.
func NewCodec() *Codec { return &Codec{validator: NewValidator()} }

// Encode writes body, a pointer to one of the generated message structs, as a Document and checks it.
func (c *Codec) Encode(body any) ([]byte, error) {
	kind, element, err := kindOf(body)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	buf.WriteString(xmlDecl)
	e := xml.NewEncoder(&buf)
	root := xml.StartElement{Name: xml.Name{Space: namespace + string(kind), Local: rootString}}
	err = errors.Join(e.EncodeToken(root), e.EncodeElement(body, xml.StartElement{Name: xml.Name{Local: element}}),
		e.EncodeToken(root.End()), e.Close())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	if buf.Len() > MaxMessageBytes {
		return nil, fmt.Errorf("%s: %w: %d bytes, at most %d", kind, ErrTooLarge, buf.Len(), MaxMessageBytes)
	}
	if err := c.validator.Validate(kind, buf.Bytes()); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", kind, ErrSchema, err)
	}
	return buf.Bytes(), nil
}

func kindOf(body any) (Kind, string, error) {
	t := reflect.TypeOf(body)
	for kind, k := range kinds {
		if t == reflect.PointerTo(reflect.TypeOf(k.body)) {
			return kind, k.element, nil
		}
	}
	return "", "", fmt.Errorf("%w: %T", ErrNoKind, body)
}

// Decode tells a message's kind by its namespace, checks it against that kind's official schema and reads
// it into a pointer to the generated struct.
func (c *Codec) Decode(raw []byte) (Kind, any, error) {
	if len(raw) > MaxMessageBytes {
		return "", nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(raw), MaxMessageBytes)
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	root, err := nextElement(d)
	if err != nil {
		return "", nil, err
	}
	kind := Kind(bytes.TrimPrefix([]byte(root.Name.Space), []byte(namespace)))
	k, known := kinds[kind]
	if !known || root.Name.Local != rootString || root.Name.Space != namespace+string(kind) {
		return "", nil, fmt.Errorf("%w: root element %s in namespace %q", ErrNoKind, root.Name.Local, root.Name.Space)
	}
	if err := c.validator.Validate(kind, raw); err != nil {
		return "", nil, fmt.Errorf("%s: %w: %w", kind, ErrSchema, err)
	}
	inner, err := nextElement(d)
	if err != nil {
		return "", nil, err
	}
	body := reflect.New(reflect.TypeOf(k.body)).Interface()
	if err := d.DecodeElement(body, &inner); err != nil {
		return "", nil, fmt.Errorf("%s: %w: %w", kind, ErrMalformed, err)
	}
	return kind, body, nil
}

// nextElement skips what says nothing and refuses what could pull something in.
func nextElement(d *xml.Decoder) (xml.StartElement, error) {
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, fmt.Errorf("%w: it ends before its first element", ErrMalformed)
		}
		if err != nil {
			return xml.StartElement{}, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t, nil
		case xml.Directive:
			return xml.StartElement{}, ErrForbidden
		}
	}
}
