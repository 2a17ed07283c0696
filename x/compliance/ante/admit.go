package ante

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/store"

	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/x/auth/signing"

	"github.com/corridor-network/corridor/x/compliance"
)

// Participants is what the decorator wants of compliance's keeper.
type Participants interface {
	ByAccount(ctx context.Context, account sdk.AccAddress) (compliance.Participant, error)
	Params(ctx context.Context) (compliance.Params, error)
}

// AdmitDecorator lets participants sign and nobody else. For every signer, in this order:
//
//  1. it is an admitted participant of any role (ErrNotAdmitted);
//  2. it is not frozen (ErrFrozen): a freeze stops whatever its owner starts. Nothing that the hub has decided waits for
//     one signer, since packets and attestations may be submitted by anyone admitted;
//  3. it has signed fewer than max_txs_per_sender transactions of this block (ErrTooManyTxs).
//
// At height 0 the transactions of genesis pass. It goes after the signature decorators: what they refuse is not counted,
// so nobody can use up another's share.
type AdmitDecorator struct {
	participants Participants
	counts       collections.Map[[]byte, uint64]
}

// NewAdmitDecorator makes the decorator; blocks is the module's transient store, compliance.TransientStoreKey.
func NewAdmitDecorator(participants Participants, blocks store.TransientStoreService) AdmitDecorator {
	sb := collections.NewSchemaBuilderFromAccessor(blocks.OpenTransientStore)
	counts := collections.NewMap(sb, compliance.SenderTxsPrefix, "sender_txs", collections.BytesKey, collections.Uint64Value)
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
	return AdmitDecorator{participants, counts}
}

// AnteHandle implements sdk.AnteDecorator.
func (d AdmitDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	if ctx.BlockHeight() == 0 {
		return next(ctx, tx, simulate)
	}
	signed, ok := tx.(signing.SigVerifiableTx)
	if !ok {
		return ctx, sdkerrors.ErrTxDecode.Wrap("a transaction without signers")
	}
	signers, err := signed.GetSigners()
	if err != nil {
		return ctx, err
	}
	params, err := d.participants.Params(ctx)
	if err != nil {
		return ctx, err
	}
	for _, signer := range signers {
		if err := d.admit(ctx, signer); err != nil {
			return ctx, err
		}
		if err := d.count(ctx, signer, params.MaxTxsPerSender); err != nil {
			return ctx, err
		}
	}
	return next(ctx, tx, simulate)
}

func (d AdmitDecorator) admit(ctx sdk.Context, signer sdk.AccAddress) error {
	p, err := d.participants.ByAccount(ctx, signer)
	if errors.Is(err, compliance.ErrUnknownParticipant) {
		return compliance.ErrNotAdmitted.Wrapf("%s; governance admits participants", signer)
	}
	if err != nil {
		return err
	}
	if p.Frozen {
		return compliance.ErrFrozen.Wrapf("%s starts nothing: %s", p.Id, p.FrozenReason)
	}
	return nil
}

func (d AdmitDecorator) count(ctx sdk.Context, signer sdk.AccAddress, limit uint32) error {
	if limit == 0 {
		return nil
	}
	n, err := d.counts.Get(ctx, signer)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	if n >= uint64(limit) {
		return compliance.ErrTooManyTxs.Wrapf("%s has signed %d; send the rest later, or more messages in one transaction", signer, n)
	}
	return d.counts.Set(ctx, signer, n+1)
}
