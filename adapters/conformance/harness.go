package conformance

import (
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// Harness is what the suite has to know of one ledger. Fields are required unless they say otherwise.
type Harness struct {
	// Open gives an adapter to the ledger under test and closes it by t.Cleanup. It is called several
	// times in one run, always for the same ledger: an adapter that crashed and starts again.
	Open func(t testing.TB) sdk.Ledger
	// Shared tells that several adapters may be open at once on the ledger, as a ledger's notaries have them.
	Shared bool

	ChainID  string // a hub chain id that the ledger takes orders from
	Currency string // one of the ledger's currencies

	Payer   sdk.Account // rich: at least 1,000,000 minor units in Currency, no other limit below that
	Payee   sdk.Account // open, in the same currency
	Poor    sdk.Account // open, has a consent key, holds fewer than 1,000 minor units
	Closed  sdk.Account // exists, can neither pay nor receive
	Unknown sdk.Account // well-formed, but the ledger has no such account
	// Doomed is an open payee that the suspense test closes by CloseAccount. Optional: without it, that test skips.
	Doomed       sdk.Account
	CloseAccount func(t testing.TB, a sdk.Account)

	// Sign makes the account holder's signature over signBytes, with the key that the ledger has on file.
	Sign func(t testing.TB, a sdk.Account, signBytes []byte) []byte
	// ChecksConsent tells that the ledger itself verifies consents and tombstones a hold without one.
	ChecksConsent bool

	// Prove has the hub give these instructions to the ledger under test, unless it did, and makes a batch for a ledger that
	// has this book: it begins at the book's header and holds every instruction that the book does not; where that is none,
	// it may hold ones that it does. It is called at the same time by several. Required where the ledger has an
	// sdk.OrderBook; every other test then has each order proven before it is given.
	Prove func(from sdk.Book, instructions ...order.Instruction) (batch []byte, err error)

	// Balance asks the ledger itself, not through the adapter.
	Balance func(t testing.TB, a sdk.Account) sdk.Balance
	// Total is all money in Currency on the ledger: available, held and in suspense. It never changes in a
	// run. Optional: without it, Payer, Payee, Poor and Doomed are summed, and the suspense test skips.
	Total func(t testing.TB) uint64

	// Faults switches faults on in the system behind the adapter. Optional: without it, those tests skip.
	Faults Faults
	// TooLargeMinor is an amount that the ledger refuses as too large. Optional: without it, that test skips.
	TooLargeMinor uint64
}

// Op names a call to a ledger, for faults.
type Op string

// The calls that can be made to fail. OpConsentKey and OpLookup only read.
const (
	OpConsentKey Op = "consent-key"
	OpHold       Op = "hold"
	OpRefuse     Op = "refuse"
	OpPost       Op = "post"
	OpVoid       Op = "void"
	OpLookup     Op = "lookup"
	OpTake       Op = "take" // of a ledger that checks orders alone
)

// Faults makes the next calls fail in the system behind the adapter, as the adapter's calls reach it.
// The suite calls Clear after each test.
type Faults interface {
	// Withhold: the next n calls of op take effect on the ledger and their replies get lost.
	Withhold(t testing.TB, op Op, n int)
	// Unavailable: the next n calls of op are turned away before any effect.
	Unavailable(t testing.TB, op Op, n int)
	// Slow: the next n calls of op take effect at once and answer after delay.
	Slow(t testing.TB, op Op, n int, delay time.Duration)
	// Clear switches every fault off.
	Clear(t testing.TB)
}
