package currency

// DefaultGenesis registers nothing.
func DefaultGenesis() *GenesisState { return &GenesisState{} }

// Validate checks every record and that none is there twice.
func (g GenesisState) Validate() error {
	codes, quotes := map[string]bool{}, map[string]bool{}
	for _, c := range g.Currencies {
		if err := c.Validate(); err != nil {
			return err
		}
		if codes[c.Code] {
			return ErrInvalidGenesis.Wrapf("currency %s is there twice", c.Code)
		}
		codes[c.Code] = true
	}
	for _, q := range g.Quotes {
		if _, err := q.Validate(); err != nil {
			return err
		}
		if quotes[string(q.Id)] {
			return ErrInvalidGenesis.Wrapf("quote %x is there twice", q.Id)
		}
		quotes[string(q.Id)] = true
	}
	return nil
}
