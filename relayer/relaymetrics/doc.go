// Package relaymetrics is how relaying is watched: Prometheus metrics of every stage a packet goes through, of backlogs, clients,
// balances and nodes, and one OpenTelemetry trace a packet where an endpoint is configured.
//
// The packages that do the work know neither: they call the functions of small observer structs, which this package fills. Labels are
// names from the relayer's file (chains' too), endpoints, clients and stages, never a packet or a person, so that their number is bounded.
//
// It trusts nobody and is asked by whoever reaches the status server. What breaks it: an endpoint for traces that does not answer
// costs the traces that do not fit into the bounded queue, and nothing else.
package relaymetrics
