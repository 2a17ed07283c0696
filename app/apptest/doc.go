// Package apptest runs the whole hub in memory for tests: real modules, real ante handler, real signatures,
// real genesis; nothing is mocked. Consensus is played by the test, which makes one block after the other and
// sets their time.
//
//	g := apptest.NewGenesis()
//	g.Ledger("cny", 3, 2)                                  // notaries cny-1, cny-2, cny-3; any two count
//	g.Currency("CNY", 2, "cny")
//	g.Participant("bank-a", compliance.ROLE_BANK)
//	g.Account("bank-a", "cny", "wallet-a", "CNY")
//	chain := apptest.New(t, g)
//	result, err := chain.RunTx("bank-a", &settlement.MsgPropose{…})   // one block
//	chain.NextBlock(time.Minute)
//
// Every key follows from a name, so a scenario file can name who signs: HubKey of participants, ConsentKey of
// accounts, NotaryKey of notaries.
package apptest
