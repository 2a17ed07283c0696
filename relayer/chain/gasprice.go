package chain

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	sdkmath "cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// How a price that the chain moves is followed.
const (
	marketQuery = "/feemarket.feemarket.v1.Query/GasPrice"
	marketEvery = 2 * time.Second
)

var (
	margin = sdkmath.LegacyMustNewDecFromStr("1.05")  // above what is asked for, so that the next small rise does no harm
	decay  = sdkmath.LegacyMustNewDecFromStr("0.999") // of a raised price with each transaction, back to the configured one
)

// gasPrice is what is paid for gas: the configured price, or what the chain asks for, up to a cap.
type gasPrice struct {
	configured prices

	mu       sync.Mutex
	current  sdkmath.LegacyDec
	noMarket bool // the chain has no fee market to ask
	asked    time.Time
}

func newGasPrice(p prices) *gasPrice { return &gasPrice{configured: p, current: p.price} }

// free tells that nothing is to be paid.
func (p *gasPrice) free() bool { return p.configured.denom == "" || p.configured.cap.IsZero() }

// fee is what that much gas costs now.
func (p *gasPrice) fee(gas uint64) sdk.Coins {
	if p.free() {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	amount := p.current.MulInt(sdkmath.NewIntFromUint64(gas)).Ceil().TruncateInt()
	return sdk.NewCoins(sdk.NewCoin(p.configured.denom, amount))
}

var requiredFee = regexp.MustCompile(`required: ([0-9a-zA-Z/:._,-]+[0-9a-zA-Z])`)

// raise takes what a chain asks for in its refusal of a transaction with that much gas. The error says why it cannot.
func (p *gasPrice) raise(words string, gas uint64) error {
	found := requiredFee.FindStringSubmatch(words)
	if found == nil || gas == 0 {
		return fmt.Errorf("the fee is too low: set a higher gas price (%s)", words)
	}
	required, err := sdk.ParseCoinsNormalized(found[1])
	if err != nil {
		return fmt.Errorf("the fee is too low, and what the chain asks for is not understood: set a higher gas price (%s)", words)
	}
	if p.configured.denom == "" {
		return fmt.Errorf("the chain asks for a fee of %s, and no gas price is configured: set one", required)
	}
	amount := required.AmountOf(p.configured.denom)
	if !amount.IsPositive() {
		return fmt.Errorf("the chain asks for a fee of %s, and the gas price is in %s: set a gas price that it takes",
			required, p.configured.denom)
	}
	return p.set(sdkmath.LegacyNewDecFromInt(amount).Quo(sdkmath.LegacyNewDecFromInt(sdkmath.NewIntFromUint64(gas))))
}

// set takes a price that the chain named, unless it is above the cap.
func (p *gasPrice) set(price sdkmath.LegacyDec) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if price.GT(p.configured.cap) {
		return fmt.Errorf("the chain asks for a gas price of %s%s, above the highest configured one of %s: raise it",
			price, p.configured.denom, p.configured.cap)
	}
	p.current = sdkmath.LegacyMaxDec(p.configured.price, sdkmath.LegacyMinDec(price.Mul(margin), p.configured.cap))
	return nil
}

// relax lets a raised price go back with every transaction that was included.
func (p *gasPrice) relax() {
	if p.free() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = sdkmath.LegacyMaxDec(p.configured.price, p.current.Mul(decay))
}

// due tells whether the chain's fee market is to be asked now.
func (p *gasPrice) due() bool {
	if p.free() {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.noMarket || time.Since(p.asked) < marketEvery {
		return false
	}
	p.asked = time.Now()
	return true
}

// askMarket follows the chain's fee market, if it has one. A market that asks too much is no error here: the chain's refusal is.
func (c *Chain) askMarket(ctx context.Context) {
	if !c.price.due() {
		return
	}
	ask := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), c.price.configured.denom)
	res, err := queries{chain: c}.query(ctx, marketQuery, ask)
	if err != nil {
		c.price.mu.Lock()
		c.price.noMarket = c.price.noMarket || isAnswered(err)
		c.price.mu.Unlock()
		return
	}
	if price, ok := marketPrice(res.Response.Value); ok {
		if err := c.price.set(price); err != nil {
			c.log.Warn("the fee market is above the cap", "error", err)
		}
	}
}

// marketPrice reads the first field of the answer, a coin.
func marketPrice(raw []byte) (sdkmath.LegacyDec, bool) {
	number, kind, n := protowire.ConsumeTag(raw)
	if n < 0 || number != 1 || kind != protowire.BytesType {
		return sdkmath.LegacyDec{}, false
	}
	value, n := protowire.ConsumeBytes(raw[n:])
	var coin sdk.DecCoin
	if n < 0 || coin.Unmarshal(value) != nil || coin.Amount.IsNil() {
		return sdkmath.LegacyDec{}, false
	}
	return coin.Amount, true
}
