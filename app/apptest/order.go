package apptest

import (
	"context"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
)

// SignConsent is the consent of a leg's payer to the whole body, with the key of ConsentKey.
func SignConsent(body order.Body, leg int) settlement.LegConsent {
	l := body.Legs[leg]
	return settlement.LegConsent{
		Leg: uint32(leg), Signature: sign(ConsentKey(l.Ledger, l.Payer), order.ConsentSignBytes(body.ChainID, body.Hash())),
	}
}

// SignQuote is a provider's message that makes its quote firm, signed with the paying account's key.
func SignQuote(q order.Quote) *currency.MsgPublishQuote {
	return &currency.MsgPublishQuote{
		Provider: q.Provider, Quote: q.Encode(),
		Signature: sign(ConsentKey(q.PayingLedger, q.PayingAccount), order.QuoteSignBytes(q.ChainID, q.ID())),
	}
}

// SignWords is a notary's attestation, to be submitted by a participant.
func SignWords(submitter, chainID, ledger, notary string, words ...order.Word) *bridge.MsgAttest {
	msg := &bridge.MsgAttest{
		Submitter: Address(submitter).String(), Ledger: ledger, Notary: notary,
		Signature: sign(NotaryKey(ledger, notary), order.AttestationSignBytes(chainID, ledger, notary, words)),
	}
	for _, w := range words {
		msg.Words = append(msg.Words, bridge.Word{
			Number: w.Number, InstructionHash: w.InstructionHash[:], Outcome: uint32(w.Outcome),
			LedgerReference: w.LedgerReference, Reason: w.Reason,
		})
	}
	return msg
}

// Record reads an instruction of a ledger's outbox.
func (c *Chain) Record(ledger string, number uint64) order.Instruction {
	c.t.Helper()
	response, err := bridge.NewQueryClient(c.Conn()).Instruction(context.Background(),
		&bridge.QueryInstructionRequest{Ledger: ledger, Number: number})
	if err != nil {
		c.t.Fatalf("instruction %d of ledger %s: %s", number, ledger, err)
	}
	instruction, err := order.DecodeInstruction(response.Record.Instruction)
	if err != nil {
		c.t.Fatalf("instruction %d of ledger %s: %s", number, ledger, err)
	}
	return instruction
}

// Word is what a notary would say about an instruction of a ledger's outbox.
func (c *Chain) Word(ledger string, number uint64, outcome order.Outcome) order.Word {
	c.t.Helper()
	return order.Word{
		Number: number, InstructionHash: c.Record(ledger, number).Hash(), Outcome: outcome, LedgerReference: "ref",
	}
}

// Attest has one notary say one word, in a block of its own, submitted by Governor.
func (c *Chain) Attest(ledger, notary string, number uint64, outcome order.Outcome) (*abci.ExecTxResult, error) {
	c.t.Helper()
	return c.RunTx(Governor, SignWords(Governor, c.chainID, ledger, notary, c.Word(ledger, number, outcome)))
}

func sign(key *secp256k1.PrivKey, bytes []byte) []byte {
	signature, err := key.Sign(bytes)
	if err != nil {
		panic(err) // it fails for a nil key alone
	}
	return signature
}
