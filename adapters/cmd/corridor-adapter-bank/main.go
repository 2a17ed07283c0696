// Command corridor-adapter-bank is the adapter for a bank network that speaks ISO 20022. A notary's relayer starts it;
// `corridor-adapter-bank --config FILE --describe` says what it is.
package main

import (
	"github.com/corridor-network/corridor/adapters/bank"
	"github.com/corridor-network/corridor/adapters/sdk"
)

func main() { sdk.Serve(bank.Open) }
