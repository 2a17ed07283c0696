package settlement

import "fmt"

// DefaultGenesis remembers nothing.
func DefaultGenesis() *GenesisState { return &GenesisState{} }

// Validate checks a genesis state by itself. That open settlements belong to the chain that imports them is
// checked at import, where the chain is known.
func (g GenesisState) Validate() error {
	ids, numbers := map[string]bool{}, map[uint64]bool{}
	open := map[string]bool{}
	for _, s := range g.Settlements {
		if problems := Problems(s); len(problems) > 0 {
			return ErrGenesis.Wrap(problems[0])
		}
		if ids[string(s.Id)] {
			return ErrGenesis.Wrapf("settlement %x is there twice", s.Id)
		}
		if numbers[s.Number] {
			return ErrGenesis.Wrapf("settlement %x: number %d is there twice", s.Id, s.Number)
		}
		ids[string(s.Id)], numbers[s.Number] = true, true
		if s.State.Open() {
			open[string(s.Id)] = true
		}
	}
	if len(open) > 0 && g.ChainId == "" {
		return ErrGenesis.Wrap("chain id: there are open settlements and it is not said to which chain they belong")
	}
	due := map[string]bool{}
	for _, item := range g.Due {
		if due[string(item.Id)] {
			return ErrGenesis.Wrapf("settlement %x is due twice", item.Id)
		}
		if !open[string(item.Id)] {
			return ErrGenesis.Wrapf("settlement %x is due and is not an open one", item.Id)
		}
		due[string(item.Id)] = true
	}
	for _, s := range g.Settlements {
		if s.State.Undecided() && !due[string(s.Id)] {
			return ErrGenesis.Wrapf("settlement %x is undecided and has no due time", s.Id)
		}
	}
	return nil
}

// CheckChain refuses open settlements of another chain: their ids, consents and instructions are bound to it.
func (g GenesisState) CheckChain(chainID string) error {
	for _, s := range g.Settlements {
		run, err := Resume(s, Moment{})
		if err != nil {
			return err
		}
		if s.State.Open() && (g.ChainId != chainID || run.Body.ChainID != chainID) {
			return ErrGenesis.Wrapf("settlement %x is open and belongs to chain %s, not %s: %s",
				s.Id, run.Body.ChainID, chainID, "keep the chain id, or let it end before the export")
		}
	}
	return nil
}

// View is a settlement with its body decoded for people.
func View(s Settlement) (SettlementView, error) {
	run, err := Resume(s, Moment{})
	if err != nil {
		return SettlementView{}, err
	}
	v := SettlementView{
		SettlementId: fmt.Sprintf("%x", s.Id), SettlementHash: fmt.Sprintf("%x", s.Hash), Settlement: s,
		Proposer: run.Body.Proposer, Reference: run.Body.Reference, PrepareDeadlineUnixNs: run.Body.PrepareDeadlineUnixNs,
	}
	for _, l := range run.Body.Legs {
		v.Legs = append(v.Legs, Leg{
			Ledger: l.Ledger, Payer: l.Payer, Payee: l.Payee, Currency: l.Currency, AmountMinor: l.AmountMinor,
			QuoteId: fmt.Sprintf("%x", l.QuoteID), PaidBy: uint32(l.PaidBy + 1),
		})
	}
	return v, nil
}
