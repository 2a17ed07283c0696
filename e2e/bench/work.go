package main

import (
	"context"
	"fmt"
	"time"

	"github.com/cosmos/cosmos-sdk/client/tx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// What one transaction moves, and how long its settlement may take; the quote outlasts the benchmark.
const (
	sendMinor      = 1
	payMinor       = 1000
	prepareTime    = 9 * time.Minute // the hub's own ledger allows ten
	quoteLasts     = time.Hour
	quoteRate      = "0.1391"
	quoteSizeUnits = "100000000.00"
)

// The loads' names.
const (
	sendsLoad       = "bank sends"
	settlementsLoad = "settlements"
)

// trialGas is the limit of the transaction that is tried out to learn what gas a load's transactions need.
const trialGas = 10_000_000

// load is transactions that are ready to be sent: each has one message and one signer. All transactions of one payer
// are in the same lane, in the order of its sequence.
type load struct {
	name  string
	count int
	gas   uint64
	lanes [workers][][]byte
}

// message makes the n-th message of a load, for the payer to sign.
type message func(n int, p, payee *payer) (sdk.Msg, error)

// prepare makes and signs a load, the payers taking turns.
func (c *chain) prepare(ctx context.Context, name string, count int, write message) (load, error) {
	gas, err := c.gas(ctx, write)
	if err != nil {
		return load{}, fmt.Errorf("%s: trial: %w", name, err)
	}
	l := load{name: name, count: count, gas: gas}
	lanes := make([]int, workers)
	for i := range lanes {
		lanes[i] = i
	}
	return l, each(lanes, func(lane int) error {
		for n := range count {
			turn := n % len(c.payers)
			if turn%workers != lane {
				continue
			}
			p := c.payers[turn]
			raw, err := c.sign(ctx, p, gas, func() (sdk.Msg, error) { return write(n, p, c.after(turn)) })
			if err != nil {
				return fmt.Errorf("%s: transaction %d: %w", name, n, err)
			}
			p.sequence++
			l.lanes[lane] = append(l.lanes[lane], raw)
		}
		return nil
	})
}

// after is who gets the money of a payer.
func (c *chain) after(turn int) *payer { return c.payers[(turn+1)%len(c.payers)] }

// gas has the node try one transaction out, and adds a half for accounts and stores that differ.
func (c *chain) gas(ctx context.Context, write message) (uint64, error) {
	raw, err := c.sign(ctx, c.payers[0], trialGas, func() (sdk.Msg, error) { return write(0, c.payers[0], c.after(0)) })
	if err != nil {
		return 0, err
	}
	res, err := txtypes.NewServiceClient(c.client.Conn()).Simulate(ctx, &txtypes.SimulateRequest{TxBytes: raw})
	if err != nil {
		return 0, err
	}
	return res.GasInfo.GasUsed * 3 / 2, nil
}

// sign makes a transaction of one message.
func (c *chain) sign(ctx context.Context, p *payer, gas uint64, write func() (sdk.Msg, error)) ([]byte, error) {
	msg, err := write()
	if err != nil {
		return nil, err
	}
	builder := c.txs.NewTxBuilder()
	if err := builder.SetMsgs(msg); err != nil {
		return nil, err
	}
	builder.SetGasLimit(gas)
	// The signature covers the signer's info, so that has to be there first, without a signature.
	empty := signing.SignatureV2{
		PubKey: p.key.PubKey(), Data: &signing.SingleSignatureData{SignMode: signing.SignMode_SIGN_MODE_DIRECT}, Sequence: p.sequence,
	}
	if err := builder.SetSignatures(empty); err != nil {
		return nil, err
	}
	who := authsigning.SignerData{
		ChainID: c.net.ChainID, Address: p.address, PubKey: p.key.PubKey(), AccountNumber: p.number, Sequence: p.sequence,
	}
	signature, err := tx.SignWithPrivKey(ctx, signing.SignMode_SIGN_MODE_DIRECT, who, builder, p.key, c.txs, p.sequence)
	if err != nil {
		return nil, err
	}
	if err := builder.SetSignatures(signature); err != nil {
		return nil, err
	}
	return c.txs.TxEncoder()(builder.GetTx())
}

// sends is a load of plain transfers of a token from payer to payer.
func (c *chain) sends(ctx context.Context, count int) (load, error) {
	return c.prepare(ctx, sendsLoad, count, func(_ int, p, payee *payer) (sdk.Msg, error) {
		return &banktypes.MsgSend{FromAddress: p.address, ToAddress: payee.address, Amount: sdk.NewCoins(token.Coin("CNY", sendMinor))}, nil
	})
}

// settlements is a load of proposals that settle at once: CNY from payer to provider, USD from provider to payee under its
// quote, the payer's consent inside.
func (c *chain) settlements(ctx context.Context, run string, count int, q order.Quote) (load, error) {
	receives, err := q.Convert(payMinor)
	if err != nil {
		return load{}, err
	}
	id, deadline := q.ID(), uint64(time.Now().Add(prepareTime).UnixNano())
	return c.prepare(ctx, settlementsLoad, count, func(n int, p, payee *payer) (sdk.Msg, error) {
		b := order.Body{
			ChainID: c.net.ChainID, Proposer: p.address, Reference: fmt.Sprintf("%s-%d", run, n),
			PrepareDeadlineUnixNs: deadline, Pivot: order.NoLeg,
			Legs: []order.Leg{
				{Ledger: bridge.HubLedger, Payer: p.address, Payee: c.provider.Address, Currency: "CNY", AmountMinor: payMinor, PaidBy: order.NoLeg},
				{Ledger: bridge.HubLedger, Payer: c.provider.Address, Payee: payee.address, Currency: "USD", AmountMinor: receives, QuoteID: id[:], PaidBy: 0},
			},
		}
		consent, err := p.consent.Sign(order.ConsentSignBytes(b.ChainID, b.Hash()))
		if err != nil {
			return nil, err
		}
		return &settlement.MsgPropose{
			Proposer: p.address, Body: b.Encode(), Consents: []settlement.LegConsent{{Leg: 0, Signature: consent}},
		}, nil
	})
}

// quote is the provider's firm price for all settlements.
func (c *chain) quote(ctx context.Context) (order.Quote, error) {
	q, err := c.hub.Publish(ctx, swap.Offer{
		Provider: provider, Pay: "CNY", Receive: "USD", Rate: quoteRate, Size: quoteSizeUnits, Rounding: "down", Reference: "bench-quote",
		PayLedger: bridge.HubLedger, ReceiveLedger: bridge.HubLedger, For: quoteLasts, Prepare: quoteLasts,
	})
	if err != nil {
		return order.Quote{}, err
	}
	return order.DecodeQuote(q.Quote.Quote)
}
