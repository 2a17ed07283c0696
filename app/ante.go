package app

import (
	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/runtime"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"
	ibcante "github.com/cosmos/ibc-go/v8/modules/core/ante"

	"github.com/corridor-network/corridor/x/compliance"
	complianceante "github.com/corridor-network/corridor/x/compliance/ante"
)

// newAnteHandler is what a transaction passes before its messages run.
func newAnteHandler(k Keepers, s stores, txConfig client.TxConfig) sdk.AnteHandler {
	return sdk.ChainAnteDecorators(
		ante.NewSetUpContextDecorator(), // sets the gas meter: must be first
		ante.NewExtensionOptionsDecorator(nil),
		ante.NewValidateBasicDecorator(),
		ante.NewTxTimeoutHeightDecorator(),
		ante.NewValidateMemoDecorator(k.Account),
		noFees{},
		ante.NewConsumeGasForTxSizeDecorator(k.Account),
		ante.NewSetPubKeyDecorator(k.Account), // before everything that looks at signatures
		ante.NewValidateSigCountDecorator(k.Account),
		ante.NewSigGasConsumeDecorator(k.Account, ante.DefaultSigVerificationGasConsumer),
		ante.NewSigVerificationDecorator(k.Account, txConfig.SignModeHandler()),
		ante.NewIncrementSequenceDecorator(k.Account),
		complianceante.NewAdmitDecorator(k.Compliance, runtime.NewTransientStoreService(s.transient[compliance.TransientStoreKey])),
		complianceante.SeatsDecorator{},
		ibcante.NewRedundantRelayDecorator(k.IBC),
	)
}

// noFees refuses a transaction that offers a fee: nobody would collect it, and its sender believes to have paid.
// Gas stays bounded by the transaction's limit, which is at most the block's.
type noFees struct{}

func (noFees) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	feeTx, ok := tx.(sdk.FeeTx)
	if !ok {
		return ctx, errorsmod.Wrap(sdkerrors.ErrTxDecode, "a transaction must state its gas limit")
	}
	if !feeTx.GetFee().IsZero() {
		return ctx, errorsmod.Wrapf(sdkerrors.ErrInvalidRequest,
			"the hub takes no fees, and this transaction offers %s: leave --fees and --gas-prices out", feeTx.GetFee())
	}
	return next(ctx, tx, simulate)
}
