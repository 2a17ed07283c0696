package compliance

import "cosmossdk.io/core/address"

// DefaultMaxTxsPerSender is how many transactions of one sender a block takes unless governance says otherwise.
const DefaultMaxTxsPerSender = 1000

// DefaultParams are the parameters of a new chain.
func DefaultParams() Params { return Params{MaxTxsPerSender: DefaultMaxTxsPerSender} }

// DefaultGenesis admits nobody.
func DefaultGenesis() *GenesisState { return &GenesisState{Params: DefaultParams()} }

// Validate checks every record and that nothing unique is there twice.
func (g GenesisState) Validate(addresses address.Codec) error {
	seen := map[string]string{}
	once := func(what, value, id string) error {
		key := what + "\x00" + value
		if other, taken := seen[key]; taken {
			return ErrInvalidGenesis.Wrapf("participants %s and %s have the same %s %s", other, id, what, value)
		}
		seen[key] = id
		return nil
	}
	for _, p := range g.Participants {
		if err := p.Validate(addresses); err != nil {
			return err
		}
		for _, u := range p.unique() {
			if err := once(u.what, u.value, p.Id); err != nil {
				return err
			}
		}
	}
	for _, escrow := range g.Escrows {
		if err := validateAddress(addresses, escrow); err != nil {
			return ErrInvalidGenesis.Wrapf("escrow %q: %s", escrow, err)
		}
		if err := once("escrow", escrow, "escrow"); err != nil {
			return err
		}
	}
	return nil
}

type uniqueValue struct{ what, value string }

// unique lists what no two participants share. Validate has passed.
func (p Participant) unique() []uniqueValue {
	all := []uniqueValue{{"id", p.Id}, {"address", p.Address}, {"LEI", p.Lei}}
	if p.Bic != "" {
		key, _ := BICKey(p.Bic) // Validate has parsed it
		all = append(all, uniqueValue{"BIC", key})
	}
	for _, a := range p.Accounts {
		all = append(all, uniqueValue{"account", a.Account + " on ledger " + a.Ledger})
	}
	return all
}
