// Package supplement is what this network adds to ISO 20022 messages inside SplmtryData/Envlp, where the standard
// leaves room for it: Go structs for schemas/corridor.supplement.001.01.xsd. Messages that carry a supplement are
// checked against that schema together with the official one. MAPPING.md says what each message adds and why.
//
// It trusts the schema check that comes before it. What breaks it: a change under the same namespace.
package supplement
