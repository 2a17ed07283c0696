package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/token"
)

type msgServer struct{ Keeper }

var _ token.MsgServer = msgServer{}

// NewMsgServer handles the module's messages.
func NewMsgServer(k Keeper) token.MsgServer { return msgServer{k} }

// AdmitIssuer implements token.MsgServer. A currency has one issuer: another address takes over what is outstanding.
func (k msgServer) AdmitIssuer(ctx context.Context, m *token.MsgAdmitIssuer) (*token.MsgAdmitIssuerResponse, error) {
	if m.Authority != k.authority {
		return nil, token.ErrUnauthorized.Wrapf("%s; only governance, %s, may", m.Authority, k.authority)
	}
	if err := m.Issuer.Validate(); err != nil {
		return nil, err
	}
	if err := k.Currencies.SettlesOn(ctx, m.Issuer.Currency, bridge.HubLedger); err != nil {
		return nil, err
	}
	if err := k.checkRole(ctx, m.Issuer.Address); err != nil {
		return nil, err
	}
	if err := k.issuers.Set(ctx, m.Issuer.Currency, m.Issuer); err != nil {
		return nil, err
	}
	return &token.MsgAdmitIssuerResponse{}, emit(ctx, &token.EventIssuerAdmitted{
		Currency: m.Issuer.Currency, Address: m.Issuer.Address, AllowanceMinor: m.Issuer.AllowanceMinor,
	})
}

// Issue implements token.MsgServer.
func (k msgServer) Issue(ctx context.Context, m *token.MsgIssue) (*token.MsgIssueResponse, error) {
	issuer, err := k.authorise(ctx, m.Issuer, m.Currency)
	if err != nil {
		return nil, err
	}
	recipient, err := k.checkPayout(ctx, m.Recipient, m.AmountMinor)
	if err != nil {
		return nil, err
	}
	coin := token.Coin(m.Currency, m.AmountMinor)
	outstanding := k.Bank.GetSupply(ctx, coin.Denom).Amount
	if allowance := math.NewIntFromUint64(issuer.AllowanceMinor); outstanding.Add(coin.Amount).GT(allowance) {
		return nil, token.ErrAllowanceExceeded.Wrapf("%s: %s minor units are outstanding and %s are asked for, the allowance is %s",
			m.Currency, outstanding, coin.Amount, allowance)
	}
	if err := k.Bank.MintCoins(ctx, token.ModuleName, sdk.NewCoins(coin)); err != nil {
		return nil, err
	}
	if err := k.Bank.SendCoinsFromModuleToAccount(ctx, token.ModuleName, recipient, sdk.NewCoins(coin)); err != nil {
		return nil, err
	}
	return &token.MsgIssueResponse{}, emit(ctx, &token.EventIssued{
		Currency: m.Currency, Recipient: m.Recipient, AmountMinor: m.AmountMinor,
	})
}

// Burn implements token.MsgServer. An issuer burns its own; a holder redeems by sending to the issuer first.
func (k msgServer) Burn(ctx context.Context, m *token.MsgBurn) (*token.MsgBurnResponse, error) {
	if _, err := k.authorise(ctx, m.Issuer, m.Currency); err != nil {
		return nil, err
	}
	if err := token.ValidateAmount(m.AmountMinor); err != nil {
		return nil, err
	}
	owner, err := k.addresses.StringToBytes(m.Issuer)
	if err != nil {
		return nil, err
	}
	coin := token.Coin(m.Currency, m.AmountMinor)
	if has := k.Bank.GetBalance(ctx, owner, coin.Denom); has.IsLT(coin) {
		return nil, token.ErrNotEnough.Wrapf("%s has %s minor units of %s, not %s", m.Issuer, has.Amount, m.Currency, coin.Amount)
	}
	if err := k.Bank.SendCoinsFromAccountToModule(ctx, owner, token.ModuleName, sdk.NewCoins(coin)); err != nil {
		return nil, err
	}
	if err := k.Bank.BurnCoins(ctx, token.ModuleName, sdk.NewCoins(coin)); err != nil {
		return nil, err
	}
	return &token.MsgBurnResponse{}, emit(ctx, &token.EventBurned{Currency: m.Currency, AmountMinor: m.AmountMinor})
}

// ReleaseSuspense implements token.MsgServer. To whom is the issuer's to answer for, as it is for a bank's own suspense.
func (k msgServer) ReleaseSuspense(
	ctx context.Context, m *token.MsgReleaseSuspense,
) (*token.MsgReleaseSuspenseResponse, error) {
	if _, err := k.authorise(ctx, m.Issuer, m.Currency); err != nil {
		return nil, err
	}
	recipient, err := k.checkPayout(ctx, m.Recipient, m.AmountMinor)
	if err != nil {
		return nil, err
	}
	coin := token.Coin(m.Currency, m.AmountMinor)
	if has := k.balance(ctx, token.SuspenseAccount, coin.Denom); has.LT(coin.Amount) {
		return nil, token.ErrNotEnough.Wrapf("suspense has %s minor units of %s, not %s", has, m.Currency, coin.Amount)
	}
	if err := k.Bank.SendCoinsFromModuleToAccount(ctx, token.SuspenseAccount, recipient, sdk.NewCoins(coin)); err != nil {
		return nil, err
	}
	return &token.MsgReleaseSuspenseResponse{}, emit(ctx, &token.EventSuspenseReleased{
		Currency: m.Currency, Recipient: m.Recipient, AmountMinor: m.AmountMinor,
	})
}

// authorise is the currency's issuer, if the sender is that one and still has the role: governance takes it away to stop
// an issuer at once.
func (k msgServer) authorise(ctx context.Context, sender, currency string) (token.Issuer, error) {
	issuer, err := k.Issuer(ctx, currency)
	if err != nil {
		return issuer, err
	}
	if issuer.Address != sender {
		return issuer, token.ErrUnauthorized.Wrapf("%s; the issuer of %s is %s", sender, currency, issuer.Address)
	}
	return issuer, k.checkRole(ctx, sender)
}

func (k msgServer) checkRole(ctx context.Context, address string) error {
	p, err := k.Participants.ByAddress(ctx, address)
	if errors.Is(err, compliance.ErrUnknownParticipant) || err == nil && !p.HasRole(compliance.ROLE_ISSUER) {
		return token.ErrNotIssuer.Wrapf("%s has not the role %s", address, compliance.ROLE_ISSUER)
	}
	return err
}

// checkPayout is the account of a recipient that is admitted and not frozen, for an amount that can be.
func (k msgServer) checkPayout(ctx context.Context, recipient string, amountMinor uint64) (sdk.AccAddress, error) {
	if err := token.ValidateAmount(amountMinor); err != nil {
		return nil, err
	}
	why, err := k.mayNot(ctx, recipient, "receive")
	if err != nil {
		return nil, err
	}
	if why != "" {
		return nil, token.ErrRecipient.Wrap(why)
	}
	return k.addresses.StringToBytes(recipient)
}
