// Package relayconfig is the relayer's one YAML file: which chains there are, which paths between them are relayed, with which
// filters and share, and where the relayer can be watched.
//
// A file is read strictly (internal/config): an unknown field, a path that ends on a chain that is not there, a name given twice are
// each refused with file, line and field. What a handshake found out (client and connection ids) is written back into the same file,
// and a person's comments stay. The file holds no key and no secret: keys are in the SDK keyring, by name.
//
// What it trusts: the nodes that are asked once, when a file is made, for a chain's id, prefix, bond denomination and lowest gas price.
// A node that lies there makes a file that does not work; nobody loses money by it. What breaks it: two programs that write the file at
// the same time (the later one wins whole; the file is never half written).
package relayconfig
