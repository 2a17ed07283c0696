// Package homes makes the home folders of several validators with one genesis, ready to be started: keys,
// config.toml, app.toml and genesis.json. It is behind `corridord homes`, which a localnet calls.
//
// All nodes are on one machine, so the operators' keys are in one file and in the nodes' test keyrings: never use
// it for money. It trusts its input for addresses and ports; two nodes with the same port show when they start.
package homes
