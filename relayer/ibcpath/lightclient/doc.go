// Package lightclient keeps the 07-tendermint client that one chain has of another: it creates it, brings it forward, foretells
// when it expires and refreshes it before, shows the chain's misbehaviour to it, follows the chain's upgrade, and asks
// governance to replace it.
//
// A header is verified here as the chain will verify it, before gas is spent: against the consensus state that the chain has
// stored, in steps where more than the trust level of the validators changed since.
//
// It trusts no node for safety, because the chain that has the client decides. It trusts the counterparty's nodes for one thing:
// which of two signed headers of one height is to be shown beside the other. What breaks it: a machine whose clock is off by more
// than the client's clock drift, and an expired or frozen client, which only the chain's governance can replace.
package lightclient
