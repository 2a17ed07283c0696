package bundle

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// message is the attestation as the hub took it, but for who submitted it, which nobody signed.
func (a Attestation) message(ledger string) bridge.MsgAttest {
	m := bridge.MsgAttest{Ledger: ledger, Notary: a.Notary, Signature: a.Signature}
	for _, w := range a.Words {
		m.Words = append(m.Words, bridge.Word{
			Number: w.Number, InstructionHash: w.InstructionHash[:], Outcome: uint32(w.Outcome), LedgerReference: w.LedgerReference, Reason: w.Reason,
		})
	}
	return m
}

// verify says whether a notary in force of the ledger signed it.
func (a Attestation) verify(chainID string, l bridge.Ledger) error {
	i := l.NotaryIndex(a.Notary)
	switch {
	case l.Link != bridge.LINK_NOTARIES:
		return fmt.Errorf("%w: ledger %s is not proved by notaries", ErrAttestation, l.Id)
	case i < 0:
		return fmt.Errorf("%w: no notary of ledger %s", ErrAttestation, l.Id)
	case l.Notaries[i].Suspended:
		return fmt.Errorf("%w: suspended: %s", ErrAttestation, l.Notaries[i].SuspendedReason)
	}
	m := a.message(l.Id)
	words, err := m.OrderWords()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAttestation, err)
	}
	if m.CheckSignature(chainID, l.Notaries[i].PublicKey, words) != nil {
		return fmt.Errorf("%w: signature: not made over these words with the key that the ledger's record has for this notary", ErrAttestation)
	}
	return nil
}

// compare orders attestations of one ledger.
func compare(l bridge.Ledger, a, b Attestation) int {
	first := func(a Attestation) uint64 {
		if len(a.Words) == 0 {
			return 0
		}
		return a.Words[0].Number
	}
	return cmp.Or(l.NotaryIndex(a.Notary)-l.NotaryIndex(b.Notary), cmp.Compare(first(a), first(b)), bytes.Compare(a.Signature, b.Signature))
}

// attestations verifies every signature and keeps the words that say what the hub applied.
func (c *check) attestations() error {
	for i, id := range ledgersOf(c.body) {
		of := c.ledgers[id]
		for n, a := range c.bundle.Ledgers[i].Attestations {
			part := fmt.Sprintf("ledger %s: attestation %d, of notary %.64q", id, n, a.Notary)
			if err := a.verify(c.header.ChainID, of.ledger); err != nil {
				return fmt.Errorf("%s: %w", part, err)
			}
			if n > 0 && compare(of.ledger, c.bundle.Ledgers[i].Attestations[n-1], a) >= 0 {
				return fmt.Errorf("%s: %w: it is there twice, or out of order", part, ErrAttestation)
			}
			if of.take(a) == 0 {
				return fmt.Errorf("%s: %w: it says nothing that is needed here", part, ErrAttestation)
			}
		}
	}
	return nil
}

// take keeps an attestation's words that say what the hub applied, and says how many there were.
func (o *court) take(a Attestation) (taken int) {
	for _, w := range a.Words {
		if want, needed := o.needed[w.Number]; needed && want == (applied{w.InstructionHash, w.Outcome}) {
			o.words[w.Number] = append(o.words[w.Number], signedWord{a.Notary, w})
			taken++
		}
	}
	return taken
}

// counts verifies that enough distinct notaries signed each outcome that the hub applied.
func (c *check) counts() error {
	for i := range c.instructions {
		if err := c.count(&c.instructions[i]); err != nil {
			return fmt.Errorf("leg %d: %s: %w", c.instructions[i].leg, c.instructions[i].kind, err)
		}
	}
	return nil
}

func (c *check) count(i *instruction) error {
	of := c.ledgers[i.record.Ledger]
	if i.tracking.Progress != bridge.PROGRESS_APPLIED || of.ledger.Link != bridge.LINK_NOTARIES {
		return nil
	}
	outcome, noted := order.Outcome(i.tracking.Outcome), false
	for _, s := range of.words[i.record.Number] {
		if !slices.Contains(i.by, s.notary) {
			i.by = append(i.by, s.notary)
		}
		noted = noted || s.word.LedgerReference == i.tracking.LedgerReference && s.word.Reason == i.tracking.Reason
	}
	if len(i.by) < int(of.ledger.Threshold) {
		return fmt.Errorf("%w: %d signed %s of instruction %d of %s, %d are needed", ErrTooFew, len(i.by), outcome, i.record.Number, of.ledger.Id, of.ledger.Threshold)
	}
	if !noted {
		return fmt.Errorf("%w: nobody signed the ledger's reference %q with the reason %q", ErrTooFew, i.tracking.LedgerReference, i.tracking.Reason)
	}
	return nil
}

// demanded is what must have become of which instruction for a leg to be in a state.
var demanded = map[settlement.LegState]map[order.Kind]order.Outcome{
	settlement.LEG_STATE_HELD:     {order.Hold: order.Held},
	settlement.LEG_STATE_POSTING:  {order.Hold: order.Held},
	settlement.LEG_STATE_POSTED:   {order.Hold: order.Held, order.Post: order.Posted},
	settlement.LEG_STATE_SUSPENSE: {order.Hold: order.Held, order.Post: order.Suspense},
	settlement.LEG_STATE_REFUSED:  {order.Hold: order.Refused},
	settlement.LEG_STATE_VOIDED:   {order.Void: order.Voided},
}

// legStates verifies that each leg's state and reference are what the outcomes make of it.
func (c *check) legStates() error {
	for leg, progress := range c.settlement.Legs {
		got, references := map[order.Kind]order.Outcome{}, []string{""}
		for _, i := range c.instructions {
			if i.leg == leg && i.tracking.Progress == bridge.PROGRESS_APPLIED {
				got[i.kind] = order.Outcome(i.tracking.Outcome)
				references = append(references, i.tracking.LedgerReference)
			}
		}
		for kind, outcome := range demanded[progress.State] {
			if got[kind] != outcome {
				return fmt.Errorf("leg %d: %w: it is %s, which takes %s of its %s, but the hub applied %s", leg, ErrContradiction, progress.State.Word(), outcome, kind, got[kind])
			}
		}
		if !slices.Contains(references, progress.LedgerReference) {
			return fmt.Errorf("leg %d: %w: its reference %q is in no applied outcome", leg, ErrContradiction, progress.LedgerReference)
		}
	}
	return nil
}
