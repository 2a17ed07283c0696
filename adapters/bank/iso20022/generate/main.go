// Command generate makes the Go structs of package iso20022's messages from the official schemas with xsd2go, which
// is pinned by tools/go.mod. Run it by `go generate ./bank/iso20022` in the adapters module.
//
// xsd2go is helped in three places, on copies: a decimal becomes a string, because money is never a float; the open envelope
// of SupplementaryData holds this network's supplement; and structs don't remember their element's name.
package main

import "log"

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
