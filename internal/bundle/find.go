package bundle

import (
	"context"

	"github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/gogoproto/proto"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/trail"
	"github.com/corridor-network/corridor/x/bridge"
)

// attestURL names a MsgAttest inside a transaction.
var attestURL = "/" + proto.MessageName(&bridge.MsgAttest{})

// words are the attestations that say of an instruction what the hub applied, one a notary. The votes say in which blocks they are.
func (m *maker) words(ctx context.Context, i trail.Instruction, l bridge.Ledger) (all []Attestation, err error) {
	if i.Tracking.Progress != bridge.PROGRESS_APPLIED || l.Link != bridge.LINK_NOTARIES {
		return nil, nil
	}
	for _, vote := range i.Votes {
		if vote.Outcome != i.Tracking.Outcome || vote.Height > m.height {
			continue
		}
		said, err := m.block(ctx, vote.Height)
		if err != nil {
			return nil, err
		}
		for _, msg := range said {
			a, says := about(msg, vote)
			if says && a.verify(m.chainID, l) == nil {
				all = append(all, a)
				break
			}
		}
	}
	return all, nil
}

// about is a message as an attestation, if it has the vote in it.
func about(msg bridge.MsgAttest, vote bridge.Vote) (a Attestation, says bool) {
	if msg.Ledger != vote.Ledger || msg.Notary != vote.Notary {
		return a, false
	}
	words, err := msg.OrderWords()
	if err != nil {
		return a, false
	}
	for _, w := range words {
		says = says || w.Number == vote.Number && w.Outcome == order.Outcome(vote.Outcome)
	}
	return Attestation{Notary: msg.Notary, Words: words, Signature: msg.Signature}, says
}

// block gives the attestations that a block's transactions carry, whether or not they were taken: a signature is good or is not.
func (m *maker) block(ctx context.Context, height int64) ([]bridge.MsgAttest, error) {
	if known, asked := m.blocks[height]; asked {
		return known, nil
	}
	raw, err := m.Source.Transactions(ctx, height)
	if err != nil {
		return nil, err
	}
	var all []bridge.MsgAttest
	for _, one := range raw {
		all = append(all, attestationsOf(one)...)
	}
	m.blocks[height] = all
	return all, nil
}

// attestationsOf reads a transaction's attestations, and passes over everything else.
func attestationsOf(raw []byte) (all []bridge.MsgAttest) {
	var envelope tx.TxRaw
	var body tx.TxBody
	if envelope.Unmarshal(raw) != nil || body.Unmarshal(envelope.BodyBytes) != nil {
		return nil
	}
	for _, message := range body.Messages {
		var msg bridge.MsgAttest
		if message.TypeUrl == attestURL && msg.Unmarshal(message.Value) == nil {
			all = append(all, msg)
		}
	}
	return all
}
