package order

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

const (
	domainSettlementID = "corridor/settlement/1"
	domainEntryID      = "corridor/entry/1"
	domainOutbox       = "corridor/outbox/1"
	domainConsent      = "corridor/consent/1"
)

// Hash is a SHA-256 digest.
type Hash [sha256.Size]byte

// String is the digest in lower-case hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads 64 hex digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%w: %q is not 64 hex digits", ErrMalformed, s)
	}
	copy(h[:], b)
	return h, nil
}

// SettlementID is sha256("corridor/settlement/1" ‖ chain id ‖ proposer ‖ reference). It is known
// before the settlement is proposed, and the same for every proposal of one reference.
func SettlementID(chainID, proposer, reference string) Hash {
	return sha256.Sum256(newEncoder(domainSettlementID).text(chainID).text(proposer).text(reference).buf)
}

// EntryID names one hold or payment on one ledger: sixteen bytes with the version and variant bits of a
// UUIDv4 (RFC 9562), so that it can serve as an ISO 20022 UETR unchanged.
type EntryID [16]byte

// NewEntryID is the first 16 bytes of sha256("corridor/entry/1" ‖ chain id ‖ settlement id ‖ leg ‖
// ledger), with UUIDv4's version and variant bits set. leg is the leg's index in the body, from 0.
func NewEntryID(chainID string, settlement Hash, leg int, ledger string) EntryID {
	sum := sha256.Sum256(newEncoder(domainEntryID).text(chainID).bytes(settlement[:]).number(uint64(leg)).text(ledger).buf)
	var id EntryID
	copy(id[:], sum[:16])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// String is the canonical lower-case UUID text, as in an ISO 20022 UETR.
func (id EntryID) String() string {
	h := hex.EncodeToString(id[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// IsZero tells whether the id was never set.
func (id EntryID) IsZero() bool { return id == EntryID{} }

// ParseEntryID reads what String writes and refuses anything else, upper case included.
func ParseEntryID(s string) (EntryID, error) {
	var id EntryID
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != len(id) {
		return id, fmt.Errorf("%w: %q is not a UUID", ErrMalformed, s)
	}
	copy(id[:], b)
	if id.String() != s || id[6]>>4 != 4 || id[8]>>6 != 2 {
		return EntryID{}, fmt.Errorf("%w: %q is not a lower-case UUIDv4", ErrMalformed, s)
	}
	return id, nil
}

// OutboxStart is H(0) of a ledger's outbox: sha256("corridor/outbox/1" ‖ chain id ‖ ledger).
func OutboxStart(chainID, ledger string) Hash {
	return sha256.Sum256(newEncoder(domainOutbox).text(chainID).text(ledger).buf)
}

// OutboxNext is H(n) = sha256(H(n−1) ‖ n ‖ sha256(instruction n)): a proof of one record proves all before it.
func OutboxNext(previous Hash, n uint64, instruction []byte) Hash {
	return OutboxNextOf(previous, n, HashInstruction(instruction))
}

// OutboxNextOf is OutboxNext for who knows of instruction n its hash alone.
func OutboxNextOf(previous Hash, n uint64, instruction Hash) Hash {
	return sha256.Sum256(new(encoder).bytes(previous[:]).number(n).bytes(instruction[:]).buf)
}

// ConsentSignBytes is what an account holder signs to let its legs of one settlement happen:
// "corridor/consent/1" ‖ chain id ‖ settlement hash.
func ConsentSignBytes(chainID string, settlementHash Hash) []byte {
	return newEncoder(domainConsent).text(chainID).bytes(settlementHash[:]).buf
}

// Leader orders a ledger's notaries for one entry: the first executes, the next takes over after a
// delay, and so on. Every notary computes the same order from the active notary ids alone.
func Leader(entry EntryID, notaries []string) []string {
	type ranked struct {
		id   string
		rank Hash
	}
	all := make([]ranked, len(notaries))
	for i, id := range notaries {
		all[i] = ranked{id, sha256.Sum256(new(encoder).bytes(entry[:]).text(id).buf)}
	}
	sort.Slice(all, func(i, j int) bool {
		if c := bytes.Compare(all[i].rank[:], all[j].rank[:]); c != 0 {
			return c < 0
		}
		return all[i].id < all[j].id
	})
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.id
	}
	return ids
}
