package ibcpath

import (
	"context"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
)

// ClientUpdater brings a chain's client of another chain forward.
type ClientUpdater interface {
	// Update gives the messages that bring end's client of counterparty to minHeight, whose header counterparty must have, and
	// the height that the client knows then: minHeight, or a later one that it knows already. Proofs for that height are of
	// the state one block before it. There are no messages where the client knows enough; msg itself is never nil. Several
	// messages belong into one transaction, in order and before what is proved. It is safe for concurrent use.
	Update(ctx context.Context, end End, counterparty Reader, minHeight int64) (msg func(signer string) []sdk.Msg, at clienttypes.Height, err error)
}

// StoreProver is a Reader that proves keys of stores other than IBC's as well. An upgrade of a chain is proved from its
// upgrade store.
type StoreProver interface {
	// ProveStore is Prove for one key of the named store.
	ProveStore(ctx context.Context, store string, key []byte, height int64) (Proof, error)
}

// Newest is the chain's newest head, at least atLeast high: it waits for that block until ctx ends.
func Newest(ctx context.Context, chain Reader, atLeast int64) (Head, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	heads := chain.Follow(ctx)
	for {
		select {
		case head, open := <-heads:
			if open && head.Height >= atLeast {
				return head, nil
			}
			if !open {
				return Head{}, noHead(ctx, chain, atLeast)
			}
		case <-ctx.Done():
			return Head{}, noHead(ctx, chain, atLeast)
		}
	}
}

// noHead says that waiting for a block ended in vain.
func noHead(ctx context.Context, chain Reader, atLeast int64) error {
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("wait for block %d of %s: %w", atLeast, chain.ID(), err)
	}
	return fmt.Errorf("wait for block %d of %s: its heads ended", atLeast, chain.ID())
}
