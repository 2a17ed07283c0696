package orderproof

import (
	"encoding/binary"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/corridor-network/corridor/adapters/order"
)

// RecordStore is the hub's store that holds the outboxes.
const RecordStore = "bridge"

// recordPrefix begins the key of every record.
const recordPrefix = 2

// RecordKey is the key of record n of a ledger's outbox: 0x02 ‖ ledger ‖ 0x00 ‖ n as eight bytes, big endian.
//
// CONTRACT: the hub's x/bridge writes records under it; it never changes.
func RecordKey(ledger string, n uint64) []byte {
	key := append([]byte{recordPrefix}, ledger...)
	return binary.BigEndian.AppendUint64(append(key, 0), n)
}

// record is what the hub keeps of one instruction: the fields that concern a ledger of corridor.bridge.v1.Record.
type record struct {
	ledger      string
	number      uint64
	instruction []byte
	chainHash   order.Hash
}

// readRecord reads the protobuf of a record. Fields that it does not know are the hub's own affair: the proof covers them.
func readRecord(raw []byte) (record, error) {
	var r record
	var seen [5]bool
	for len(raw) > 0 {
		field, kind, n := protowire.ConsumeTag(raw)
		if n < 0 {
			return record{}, fmt.Errorf("no record: %w", protowire.ParseError(n))
		}
		raw = raw[n:]
		var text []byte
		var number uint64
		known, wanted := field <= 4, protowire.BytesType
		switch {
		case !known:
			n = protowire.ConsumeFieldValue(field, kind, raw)
		case field == 2:
			wanted = protowire.VarintType
			number, n = protowire.ConsumeVarint(raw)
		default:
			text, n = protowire.ConsumeBytes(raw)
		}
		if n < 0 || known && (kind != wanted || seen[field]) {
			return record{}, fmt.Errorf("no record: field %d", field)
		}
		raw = raw[n:]
		switch field {
		case 1:
			r.ledger = string(text)
		case 2:
			r.number = number
		case 3:
			r.instruction = text
		case 4:
			if len(text) != len(r.chainHash) {
				return record{}, fmt.Errorf("no record: a chained hash of %d bytes, want %d", len(text), len(r.chainHash))
			}
			r.chainHash = order.Hash(text)
		}
		if known {
			seen[field] = true
		}
	}
	for field := 1; field <= 4; field++ {
		if !seen[field] {
			return record{}, fmt.Errorf("no record: field %d is missing", field)
		}
	}
	return r, nil
}
