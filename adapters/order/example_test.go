package order_test

import (
	"fmt"

	"github.com/corridor-network/corridor/adapters/order"
)

// What a payer signs, from the settlement it was shown.
func ExampleConsentSignBytes() {
	b, _ := swap()
	signBytes := order.ConsentSignBytes(b.ChainID, b.Hash())
	fmt.Printf("%d bytes over settlement %s\n", len(signBytes), b.ID())
	// Output: 72 bytes over settlement 8df83963a0f2f6dab5a7e3ef1acb27feec9763a60ead54b78822c3ccfb432c45
}

// What the customer gets at a provider's price: 100.00 CNY at 14 to 100.
func ExampleQuote_Convert() {
	_, q := swap()
	usd, err := q.Convert(100_00)
	fmt.Println(usd, err)
	// Output: 1400 <nil>
}

// What a notary says to the hub about a hold, by what its ledger says of the entry.
func ExampleAttestable() {
	for _, s := range []order.EntryState{order.EntryUnknown, order.EntryHeld, order.EntryTombstoned} {
		word, ok := order.Attestable(order.Hold, s)
		fmt.Println(s, ok, word)
	}
	// Output:
	// UNKNOWN false INVALID
	// HELD true HELD
	// TOMBSTONED true REFUSED
}
