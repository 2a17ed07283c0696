// Package sim is a simulated central bank digital currency: a ledger server of its own, with durable
// state, its own API, its own rules and faults that can be switched on. It stands in for a central
// bank's core system, which nobody can run, and shares no code with the hub: it knows the bytes of an
// order (package order), the pure check of a hold order (sdk.CheckHold) and the check of the hub's proofs
// (package orderproof), as any ledger would.
//
// # Money
//
// Two tiers: the central bank issues to operators, operators keep wallets. Every movement is one line
// of a journal with a debit and a credit account; balances are kept beside it in the same database
// transaction and must always equal it. Accounts in the journal:
//
//	central-bank:issue     what was issued, as a negative balance
//	central-bank:suspense  money whose payee could not be credited after a post
//	operator:<id>          an operator's reserve
//	<wallet>               a wallet's available money
//	held:<wallet>          a wallet's held money
//
// INVARIANT: reserves + wallets + held + suspense = issued, after every request and every crash.
//
// # Entries
//
//	(unknown) ─hold─► HELD ─post─► POSTED, or SUSPENSE where the payee can't be credited any more
//	    │               └───void─► VOIDED
//	    └─refused by a rule, refuse, void─► TOMBSTONED
//
// REPLAY PROTECTION: an entry is known by the caller's entry id. A second delivery changes nothing and
// returns the entry; the same id with another body is a conflict. State, money and journal change in
// one transaction, so a reply that got lost is asked for again by GET.
//
// # The book
//
// With a section hub in its configuration the ledger believes no notary. It keeps a book: one header of the hub that
// it believes, first because its operator wrote down height and hash, and every instruction that was proven to it since.
// It acts on nothing else. Proofs come in batches, by anybody with a notary's token; whoever brings one need not be
// believed. Header, instructions and the chained hash over them move forward in one transaction; never back.
// Without the section it keeps no book and acts for any notary.
//
// # API for notaries (bearer token of a notary)
//
//	GET  /v1/ledger                       what this ledger is
//	GET  /v1/accounts/{account}           balance and status
//	GET  /v1/accounts/{account}/consent-key
//	PUT  /v1/entries/{entry}              hold: {"instruction","body","quote","signature"}, base64
//	POST /v1/entries/{entry}/refuse       the same body as hold
//	POST /v1/entries/{entry}/post         {"instruction"}
//	POST /v1/entries/{entry}/void         {"instruction"}
//	GET  /v1/entries/{entry}              look up
//	GET  /v1/book                         {"chain_id","height","hash","number"}: the header believed, the newest instruction taken
//	PUT  /v1/book                         a batch (package orderproof), as it is; the book
//
// # Guards of a hold, in order of precedence
//
// An error leaves the ledger as it was; a refusal tombstones the id in the same transaction.
//
//	invalid    the instruction does not decode, is not a HOLD, is another chain's or another ledger's, or not of this entry id
//	denied     the ledger keeps a book, and the instruction is not in it. The same for a refusal, a post and a void
//	(known)    same instruction: the entry as it stands; a tombstone answers every order under its id
//	conflict   the id is taken by another instruction
//	refused    payer-unknown, payer-without-key, consent (body, leg, quote or signature do not verify with the key on file),
//	           wrong-currency, outside-opening-hours, payer-closed, payer-frozen, payee-unknown, payee-closed, payee-frozen,
//	           over-transaction-limit, over-quote-size, over-balance-limit, insufficient-funds
//
// A reason goes to the hub, where every participant reads it: it names what to change and never a balance or a limit.
//
// # Guards of a batch, in order of precedence
//
// None changes the book but a batch that is taken.
//
//	denied     the ledger keeps no book
//	too-large  more than orderproof.MaxBatchBytes
//	invalid    it is not the canonical encoding of a batch
//	(known)    every instruction is in the book, and the path does not lead on from the header believed: the book as it is,
//	           however old the proof
//	denied     instructions between the book's newest and the batch's first are left out
//	denied     in the order of package orderproof: a header of another chain id; a path that does not begin at the header
//	           believed (ask for the book, prove from that); the header believed is outside the trusting period; a header
//	           that is forked, signed by too few, or from the future; a state proof that does not hold; a record or an
//	           instruction of another ledger; instructions that are not those of the proven record
//	conflict   all of it is proven, and contradicts the book: the hub has forked
//
// Age alone stops nothing: any header is good whose forerunner, the one believed, is within the trusting period. A ledger
// that was away for longer gets a newer root in its configuration, which counts from the next start if it is higher than
// the header believed.
//
// # API for people and tests (bearer token "admin"; the bank simulator has the same paths and fields)
//
//	GET    /admin/accounts                 [{"account","kind","operator","owner","currency","available_minor","held_minor","status"}]
//	                                       status: open, frozen, closed; kind: wallet, operator, suspense
//	POST   /admin/accounts                 {"account","operator","owner","consent_key","opening_minor","transaction_limit_minor","balance_limit_minor"}
//	POST   /admin/accounts/{account}/close, …/freeze, …/reopen          no body; the account
//	POST   /admin/issue                    {"operator","account","amount_minor"}; account is optional: on to a wallet
//	GET    /admin/faults                   [{"operation","mode","count","delay_ms","reason"}]; count: how many are left, 0: until cleared
//	POST   /admin/faults                   one such object: operation hold|post|void|lookup|refuse|consent-key|take|*, mode one of
//	                                       refuse (a hold is tombstoned), unavailable (nothing happens), slow (takes effect at
//	                                       once, answers after delay_ms), withhold (takes effect, never answers; hangs up
//	                                       after delay_ms, 0: when the caller does)
//	DELETE /admin/faults                   clears all and lets the hanging requests go: {"cleared"}
//	GET    /admin/withheld                 [{"entry_id","operation","at"}] executed, reply withheld; oldest first
//	GET    /admin/entries[?entry=ID]       [{"entry_id","state","payer","payee","currency","amount_minor","reference","reason_code","reason",
//	                                       "created_at","updated_at","journal":[{"seq","kind","debit","credit","amount_minor","at","caller",
//	                                       "instruction"}]}]
//	                                       newest first, at most 1000; an unknown ID gives []; instruction:
//	                                       the number of the hub's, where the ledger checks orders
//	GET    /admin/book                     as /v1/book
//	GET    /admin/check                    {"ok","issued_minor","wallets_minor","held_minor","suspense_minor","problems":[]}
//	                                       wallets_minor counts the operators' reserves
//	GET    /healthz                        {"status":"ok","ledger"}; no token
//
// Every error is {"code","message"}: invalid 400, unauthenticated 401, denied 403, not-found 404, conflict 409, too-large
// 413, internal 500, unavailable 503. Unavailable promises that nothing happened.
//
// It trusts its tokens file, its clock, its disk and the root in its configuration. What breaks it: two servers on one
// data folder (refused by a lock), a disk that loses what was synced, or a root taken from somebody else than the hub's
// operators.
package sim
