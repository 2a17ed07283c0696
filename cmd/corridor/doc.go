// Command corridor is what participants, notaries and integrators use: swaps, quotes and consents; a ledger's link; a localnet. The hub
// itself is corridord.
//
// It only wires: swaps are in internal/swap, the link in relayer/ledgerlink, the localnet in internal/localnet.
package main
