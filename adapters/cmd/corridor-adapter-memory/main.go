// Command corridor-adapter-memory serves the reference ledger, which lives in memory, as an adapter plugin.
package main

import (
	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/sdk"
)

func main() { sdk.Serve(memory.Open) }
