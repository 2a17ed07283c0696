package chain

import (
	"errors"
	"fmt"
	"strings"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// ErrCannotPay says that a key's account, or whoever granted it fees, cannot pay. Nothing happened; fewer messages do not help.
var ErrCannotPay = errors.New("cannot pay the fee")

// feegrantCodespace is the module's that holds fee grants.
const feegrantCodespace = "feegrant"

// aboutFees makes ErrCannotPay of a refusal that is about the fee and no message, and says what to do.
func (c *Chain) aboutFees(s *signer, err error) error {
	var r *ibcpath.Refusal
	if !errors.As(err, &r) || r.Message >= 0 {
		return err
	}
	noGrant := r.Codespace == feegrantCodespace || strings.Contains(r.Log, "fee-grant") || strings.Contains(r.Log, "does not allow to pay fees")
	switch {
	case c.config.FeeGranter != "" && noGrant:
		return fmt.Errorf("%s: key %q: %w: %s must grant fees to %s, and the grant must not be used up (%s)",
			c.config.Name, s.name, ErrCannotPay, c.config.FeeGranter, s.address, r.Log)
	case isCode(r.Codespace, r.Code, sdkerrors.ErrInsufficientFunds):
		return fmt.Errorf("%s: key %q: %w: send coins to %s (%s)", c.config.Name, s.name, ErrCannotPay, c.payer(s), r.Log)
	}
	return err
}

// payer is whose coins are spent.
func (c *Chain) payer(s *signer) string {
	if c.config.FeeGranter != "" {
		return c.config.FeeGranter
	}
	return s.address
}
