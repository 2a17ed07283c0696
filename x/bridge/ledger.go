package bridge

import (
	"unicode/utf8"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// ActiveNotaries are the ids in force, in the order of the set: what order.Leader takes.
func (l Ledger) ActiveNotaries() []string {
	ids := make([]string, 0, len(l.Notaries))
	for _, n := range l.Notaries {
		if !n.Suspended {
			ids = append(ids, n.Id)
		}
	}
	return ids
}

// NotaryIndex is where a notary is in the set, or -1.
func (l Ledger) NotaryIndex(id string) int {
	for i, n := range l.Notaries {
		if n.Id == id {
			return i
		}
	}
	return -1
}

// Validate checks everything about a ledger that needs no knowledge but the ledger itself. The order of the
// checks is the order of precedence.
func (l Ledger) Validate() error {
	switch {
	case !validID(l.Id):
		return ErrInvalidLedger.Wrapf("id %q: want 2 to %d of a-z, 0-9, dot and hyphen, a letter first", l.Id, MaxIDBytes)
	case l.Cell != CELL_HOLDS && l.Cell != CELL_PIVOT:
		return ErrInvalidLedger.Wrapf("%s: cell %s: want CELL_HOLDS or CELL_PIVOT", l.Id, l.Cell)
	case l.Link != LINK_HUB && l.Link != LINK_NOTARIES && l.Link != LINK_IBC:
		return ErrInvalidLedger.Wrapf("%s: link %s: want LINK_HUB, LINK_NOTARIES or LINK_IBC", l.Id, l.Link)
	case l.Link != LINK_HUB && l.OrderCheck != ORDER_CHECK_NONE && l.OrderCheck != ORDER_CHECK_LEDGER:
		return ErrInvalidLedger.Wrapf("%s: order check %s: want ORDER_CHECK_NONE or ORDER_CHECK_LEDGER", l.Id, l.OrderCheck)
	case l.LongestPrepare <= 0 || l.LongestPrepare > MaxLongestPrepare:
		return ErrInvalidLedger.Wrapf("%s: longest prepare %s: want more than 0 and at most %s", l.Id, l.LongestPrepare, MaxLongestPrepare)
	case l.TakeoverDelay < 0 || l.TakeoverDelay >= l.LongestPrepare:
		return ErrInvalidLedger.Wrapf("%s: take-over delay %s: want less than the longest prepare time, %s", l.Id, l.TakeoverDelay, l.LongestPrepare)
	case (l.Id == HubLedger) != (l.Link == LINK_HUB):
		return ErrInvalidLedger.Wrapf("%s: the hub's own ledger is %q with LINK_HUB, and no other", l.Id, HubLedger)
	case l.Link != LINK_IBC && l.Channel != nil:
		return ErrInvalidLedger.Wrapf("%s: a channel belongs to LINK_IBC, and to no other link", l.Id)
	}
	switch l.Link {
	case LINK_HUB:
		return l.validateHub()
	case LINK_IBC:
		return l.validateIBC()
	}
	return ValidateNotaries(l.Notaries, l.Threshold)
}

func (l Ledger) validateHub() error {
	switch {
	case l.Cell != CELL_HOLDS:
		return ErrInvalidLedger.Wrapf("%s: cell %s: the hub's own ledger is CELL_HOLDS", l.Id, l.Cell)
	case len(l.Notaries) != 0 || l.Threshold != 0:
		return ErrInvalidLedger.Wrapf("%s: the hub's own ledger has no notaries and threshold 0", l.Id)
	}
	return nil
}

// ValidateNew is Validate for a ledger that is being registered: nothing of it is suspended yet.
func (l Ledger) ValidateNew() error {
	if l.Suspended || l.SuspendedReason != "" {
		return ErrInvalidLedger.Wrapf("%q: a new ledger is not suspended; register it, then suspend it", l.Id)
	}
	if err := l.Validate(); err != nil {
		return err
	}
	return ValidateNoneSuspended(l.Notaries)
}

// ValidateNotaries checks a set: 1 to MaxNotaries, unique ids, unique keys on the curve, n/2 < threshold ≤ n.
func ValidateNotaries(set []Notary, threshold uint32) error {
	if len(set) == 0 || len(set) > MaxNotaries {
		return ErrInvalidNotaries.Wrapf("want 1 to %d, got %d", MaxNotaries, len(set))
	}
	ids, keys := map[string]bool{}, map[string]string{}
	for i, n := range set {
		if !validID(n.Id) {
			return ErrInvalidNotaries.Wrapf("notary %d: id %q: want 2 to %d of a-z, 0-9, dot and hyphen, a letter first", i, n.Id, MaxIDBytes)
		}
		if ids[n.Id] {
			return ErrInvalidNotaries.Wrapf("notary %s is given twice", n.Id)
		}
		ids[n.Id] = true
		if len(n.PublicKey) != secp256k1.PubKeyBytesLenCompressed {
			return ErrInvalidNotaries.Wrapf("notary %s: key of %d bytes, want the %d of a compressed secp256k1 point", n.Id, len(n.PublicKey), secp256k1.PubKeyBytesLenCompressed)
		}
		if _, err := secp256k1.ParsePubKey(n.PublicKey); err != nil {
			return ErrInvalidNotaries.Wrapf("notary %s: key is not a point on secp256k1", n.Id)
		}
		if other, taken := keys[string(n.PublicKey)]; taken {
			return ErrInvalidNotaries.Wrapf("notary %s has the key of notary %s", n.Id, other)
		}
		keys[string(n.PublicKey)] = n.Id
	}
	if uint64(threshold)*2 <= uint64(len(set)) || uint64(threshold) > uint64(len(set)) {
		return ErrInvalidNotaries.Wrapf("threshold %d: want more than half of %d notaries and at most all", threshold, len(set))
	}
	return nil
}

// ValidateNoneSuspended refuses a proposed set in which a notary is marked as suspended.
func ValidateNoneSuspended(set []Notary) error {
	for _, n := range set {
		if n.Suspended || n.SuspendedReason != "" {
			return ErrInvalidNotaries.Wrapf("notary %s is marked as suspended: leave it out", n.Id)
		}
	}
	return nil
}

// ReasonLeft is why an id is spent that was in a ledger's set once and is not in the one that followed.
const ReasonLeft = "left the set"

// ValidateReason checks why governance suspends something.
func ValidateReason(reason string) error {
	if reason == "" || !printable(reason, MaxReasonBytes) {
		return ErrInvalidReason.Wrapf("want 1 to %d printable bytes, got %d", MaxReasonBytes, len(reason))
	}
	return nil
}

// validID tells whether an id may name a ledger or a notary. It has no zero byte, which ends it in store keys.
func validID(id string) bool {
	if len(id) < 2 || len(id) > MaxIDBytes || id[0] < 'a' || id[0] > 'z' {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' {
			return false
		}
	}
	return true
}

// printable tells whether s is valid UTF-8 of at most max bytes without control characters.
func printable(s string, max int) bool {
	if len(s) > max || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 || r == 0x7f {
			return false
		}
	}
	return true
}
