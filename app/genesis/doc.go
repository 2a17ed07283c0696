// Package genesis builds the genesis of a new hub: who its validators are, who is admitted, which ledgers and
// currencies there are. A localnet and the whole-app tests start from it, so both take the same path as a
// production chain: the modules' own InitGenesis, and signed genesis transactions for the validators' seats.
//
// It trusts its caller with the operators' private keys. It checks what it made with every module's own
// validation, so a bad participant or ledger shows before a node starts.
package genesis
