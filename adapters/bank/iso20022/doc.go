// Package iso20022 reads and writes the ISO 20022 messages that the bank network speaks. Every message goes through
// Codec, in both directions and on both sides: the adapter and the simulated bank each have one.
//
//	Encode: struct → XML → official schema → bytes
//	Decode: bytes → no DTD, no entity, bounded → namespace → official schema → struct
//
// The structs (camt103, pacs009, …) are generated from the official schemas in schemas/ and committed; amounts in them
// are strings. The supplement is what this network adds inside SupplementaryData. schemas/SOURCE.md says where the
// schemas come from; MAPPING.md, one folder up, what each element means here.
//
// It trusts the schemas and the validator. What breaks it: a decimal read as a float; a message that is used before it
// was checked.
package iso20022

//go:generate go run ./generate
