package chain

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	sdkmath "cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// What is used where the configuration says nothing.
const (
	// DefaultMaxTxBytes fits a node's usual limit of 1,000,000 bytes for a request, which holds the transaction in base64.
	DefaultMaxTxBytes = 740_000
	// DefaultMaxGas bounds a transaction's gas on a chain that does not bound a block's.
	DefaultMaxGas = 100_000_000
	// DefaultGasAdjustment is what the gas that messages used before is multiplied by.
	DefaultGasAdjustment = 1.3
	defaultPoll          = time.Second
	defaultMaxLag        = 10
	defaultProvers       = 8
	defaultPriceFactor   = 10 // the cap of the gas price, as a multiple of the configured one
)

// Config says where a chain is and how to pay there. Only what has no default must be given.
type Config struct {
	Name    string // in logs and errors; the chain id if empty
	ChainID string
	RPC     []string // http(s)://host:port of CometBFT nodes; the first that is well is used
	Prefix  string   // of account addresses

	GasPrice      string  // such as "0.0025stake"
	MaxGasPrice   string  // what a gas price may rise to when the chain asks for more; ten times GasPrice if empty
	GasAdjustment float64 // 0: DefaultGasAdjustment
	MaxTxBytes    int     // 0: DefaultMaxTxBytes
	MaxGas        uint64  // of one transaction; 0: what the chain allows a block, or DefaultMaxGas
	FeeGranter    string  // bech32: who pays the fees, by a fee grant to each key
	Keys          []string
	Memo          string

	TimeoutBlocks int           // after which a transaction can no longer be included; 0: about 30 seconds' worth
	Poll          time.Duration // between two looks at the endpoints; 0: a second
	MaxLag        int64         // blocks behind the best after which an endpoint is used last; 0: 10
	Provers       int           // requests for proofs at once; 0: 8

	Observer Observer // may be zero
}

// prices are the parsed gas prices. The zero value pays nothing.
type prices struct {
	denom      string
	price, cap sdkmath.LegacyDec
}

// withDefaults checks the configuration and fills it in.
func (c Config) withDefaults() (Config, prices, error) {
	if c.Name == "" {
		c.Name = c.ChainID
	}
	for _, missing := range []struct {
		is   bool
		what string
	}{
		{c.ChainID == "", "chain id"}, {c.Prefix == "", "address prefix"}, {len(c.RPC) == 0, "RPC endpoint"},
	} {
		if missing.is {
			return c, prices{}, fmt.Errorf("chain %q: the %s is missing", c.Name, missing.what)
		}
	}
	for _, each := range c.RPC {
		if u, err := url.Parse(each); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return c, prices{}, fmt.Errorf("chain %q: the RPC endpoint %q is not http://host:port or https://host", c.Name, each)
		}
	}
	c.MaxTxBytes = orDefault(c.MaxTxBytes, DefaultMaxTxBytes)
	c.GasAdjustment = orDefault(c.GasAdjustment, DefaultGasAdjustment)
	c.Poll = orDefault(c.Poll, defaultPoll)
	c.MaxLag = orDefault(c.MaxLag, defaultMaxLag)
	c.Provers = orDefault(c.Provers, defaultProvers)
	p, err := parsePrices(c)
	if err != nil {
		return c, prices{}, fmt.Errorf("chain %q: %w", c.Name, err)
	}
	return c, p, nil
}

func parsePrices(c Config) (prices, error) {
	if c.GasPrice == "" {
		return prices{}, nil
	}
	price, err := sdk.ParseDecCoin(c.GasPrice)
	if err != nil {
		return prices{}, fmt.Errorf("gas price %q is not an amount with its denomination, such as 0.0025stake: %w", c.GasPrice, err)
	}
	p := prices{denom: price.Denom, price: price.Amount, cap: price.Amount.MulInt64(defaultPriceFactor)}
	if c.MaxGasPrice == "" {
		return p, nil
	}
	most, err := sdk.ParseDecCoin(c.MaxGasPrice)
	switch {
	case err != nil:
		return prices{}, fmt.Errorf("highest gas price %q: %w", c.MaxGasPrice, err)
	case most.Denom != p.denom:
		return prices{}, errors.New("gas price and highest gas price are of different denominations")
	case most.Amount.LT(p.price):
		return prices{}, errors.New("the highest gas price is below the gas price")
	}
	p.cap = most.Amount
	return p, nil
}

func orDefault[T comparable](given, otherwise T) T {
	var none T
	if given == none {
		return otherwise
	}
	return given
}
