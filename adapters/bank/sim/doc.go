// Package sim is a simulated bank network: a central bank's real-time gross settlement system with its member banks.
// It is a server of its own that speaks ISO 20022, with durable state, its own rules, and faults that can be switched
// on. It stands in for a system that nobody can run, and shares no code with the hub: it knows ISO 20022, not
// Corridor. It does not check consents (no RTGS would), it files the order as evidence and keeps, for those who do check, the
// consent key that was set when the account was opened.
//
// # Money
//
// Members (BICs) hold accounts at the central bank: the settlement account, named by the BIC alone, and further ones,
// named BIC:id, such as one kept for a customer. What a member owes its customers in its own books is not simulated.
// Every movement is one line of a journal with a debit and a credit account; balances are kept beside it in the
// same database transaction. Besides the members' accounts the journal knows
//
//	central-bank:issue     what was issued, as a negative balance
//	central-bank:suspense  money whose payee could not be credited after a post
//	held:<account>         an account's held money
//
// INVARIANT: accounts + held + suspense = issued, after every request and every crash.
//
// # Entries
//
//	(unknown) ─camt.103─► HELD ─pacs.009─► POSTED, or SUSPENSE where the payee can't be credited any more
//	    │                   └───camt.049─► VOIDED
//	    └─refused by a rule, camt.049─► TOMBSTONED
//
// REPLAY PROTECTION: an entry is known by its UETR. A second delivery changes nothing and returns the entry as it
// stands; the same UETR with other terms is rejected. State, money and journal change in one transaction, so a reply
// that got lost is asked for again by camt.046.
//
// # POST /iso20022 (bearer token of a notary; application/xml)
//
//	CreateReservation   camt.103 → camt.025   hold
//	CreditTransfer      pacs.009 → pacs.002   post
//	DeleteReservation   camt.049 → camt.025   void; with OnlyIfUknwn: refuse
//	GetReservation      camt.046 → camt.047   look up
//	GetAccount          camt.003 → camt.004   balance
//
// What a message is, its namespace tells. Every message is checked against its official schema, coming in and going
// out. A reply that carries an entry (supplement Ntry) says how that entry stands, a refusal included; one without
// says that the message was rejected and left no trace.
//
// # Guards, in order of precedence
//
// Of every message; HTTP 4xx or 503 with {"code","message"}, nothing happened:
//
//	unauthenticated, denied   the token
//	too-large, invalid        512 KiB; well-formed; no document type, no entity; a namespace from the list; its schema
//	unavailable               a switched-on fault
//
// Of a camt.103, rejected without a trace (camt.025 with the code, no entry):
//
//	FF01  parts that contradict each other, or one that this network needs is missing
//	AM01  the amount is zero
//	AM12  the amount is finer than the currency's minor unit
//	(known) same terms: the entry as it stands; a tombstone answers every order under its UETR
//	DU03  the UETR is taken by other terms
//
// Of a camt.103, refused: the entry is TOMBSTONED in the same transaction (camt.025 with the code and the entry):
//
//	TM01  outside opening hours
//	AM03  not the network's currency
//	AC02  no such payer           AC03  no such payee
//	AC04  the payer is closed     AC07  the payee is closed
//	AC06  the payer is frozen     AC06  the payee is frozen
//	AG01  payer and payee are one account
//	AM14  over the payer's limit for one transaction
//	AM04  not enough money
//	MS03  a switched-on fault
//
// A reason goes to the hub, where every participant reads it: it names what to change and never a balance or a limit.
//
// Of a pacs.009 and a camt.049 that is no OnlyIfUknwn (rejected without a trace):
//
//	FF01  as above
//	NOOR  pacs.009: no such reservation (a camt.049 writes a tombstone instead)
//	DU03  the UETR is taken by other terms
//	ED05  pacs.009: the reservation was deleted or refused
//	ARDT  camt.049: the reservation was settled
//
// # JSON
//
//	GET  /directory/members               [{"bic","name"}]
//	GET  /directory/accounts/{account}    {"account","member","owner","currency","status","consent_key":{"type","key"}}
//	GET  /notifications?account=A&after=N [{"seq","entry_id","at","message"}] camt.054, oldest first, at most 100
//	GET  /healthz                         {"status":"ok","ledger"}; no token
//
// /directory and /notifications take a notary's or the admin's token. /admin has the paths and fields of the CBDC
// simulator; an account's "operator" is its member's BIC:
//
//	GET    /admin/accounts                 [{"account","kind","operator","owner","currency","available_minor","held_minor","status"}]
//	                                       kind: settlement, member, suspense; status: open, frozen, closed
//	POST   /admin/accounts                 {"account","operator","owner","consent_key","opening_minor","transaction_limit_minor"}
//	POST   /admin/accounts/{account}/close, …/freeze, …/reopen
//	POST   /admin/issue                    {"operator","account","amount_minor"}; without an account: on the settlement account
//	GET, POST, DELETE /admin/faults, GET /admin/withheld     see package simkit
//	GET    /admin/entries[?entry=UETR]     newest first, at most 1000, each with its journal
//	GET    /admin/check                    {"ok","issued_minor","wallets_minor","held_minor","suspense_minor","problems":[]}
//
// It trusts its tokens file, its clock and its disk. What breaks it: two servers on one data folder
// (refused by a lock), or a disk that loses what was synced.
package sim
