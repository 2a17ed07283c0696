// Command corridor-adapter-cbdc connects a notary to the simulated CBDC ledger. A notary's relayer
// starts it; --config FILE --describe says what it is.
package main

import (
	"github.com/corridor-network/corridor/adapters/cbdc"
	"github.com/corridor-network/corridor/adapters/sdk"
)

func main() { sdk.Serve(cbdc.Open) }
