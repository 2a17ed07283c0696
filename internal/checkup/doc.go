// Package checkup says what is wrong with a hub and those who work for it, and what to do about it: facts in, findings out.
//
//   - kinds.go lists every kind of finding once: how bad it is, what it means, what to do. docs/doctor.md is made of it;
//   - finding.go is a finding, and the order of findings: the worst first;
//   - hub.go judges the hub's nodes, its blocks and this machine's clock;
//   - notary.go judges a notary: its process, what it believes, its key, its trust file, its plugin;
//   - ledger.go judges ledgers as the hub knows them, and outcomes that it could not apply;
//   - settlement.go judges open settlements and the hub's own count of its books.
//
// It asks nobody and reads no clock: `corridor doctor` gathers the facts. A fact that could not be had is a finding of its own and
// hides no other. It trusts the facts: those of the hub are what one node says, without proof, so what a lying node hides is not
// found here; that a node lies is found by the notaries, who verify, and their word is among the facts. What breaks it: facts from
// different moments, such as hub time from one node and instructions from another that is far behind.
package checkup
