package iso20022_test

import (
	"testing"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
)

// BenchmarkDecode is what a message costs: the check against its schema and the reading.
func BenchmarkDecode(b *testing.B) {
	c := iso20022.NewCodec()
	for b.Loop() {
		if _, _, err := c.Decode([]byte(query)); err != nil {
			b.Fatal(err)
		}
	}
}
