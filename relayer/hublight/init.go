package hublight

import (
	"context"
	"errors"
	"fmt"

	cmttypes "github.com/cometbft/cometbft/types"
)

// Offered is what a node offers to be believed first: the header of a height, 0 for its newest, with its validators. It is
// consistent in itself and signed by those validators, which proves nothing: anybody can make one. A person compares its hash with what the
// hub's operators say.
func Offered(ctx context.Context, n Node, chainID string, height int64) (*cmttypes.LightBlock, error) {
	p, err := newPeer(n)
	if err != nil {
		return nil, err
	}
	signed, err := p.signedHeader(ctx, height)
	if err != nil {
		return nil, fmt.Errorf("hub node %s: %w", n.Name, err)
	}
	set, err := p.validators(ctx, signed.Height)
	if err != nil {
		return nil, fmt.Errorf("hub node %s: %w", n.Name, err)
	}
	if chainID == "" {
		chainID = signed.ChainID
	}
	block := &cmttypes.LightBlock{SignedHeader: signed, ValidatorSet: set}
	if err := block.ValidateBasic(chainID); err != nil {
		return nil, fmt.Errorf("hub node %s: header %d: %w", n.Name, signed.Height, err)
	}
	if err := set.VerifyCommitLight(chainID, signed.Commit.BlockID, signed.Height, signed.Commit); err != nil {
		return nil, fmt.Errorf("hub node %s: header %d: %w", n.Name, signed.Height, err)
	}
	return block, nil
}

// ErrTrusted says that there is a trust file already.
var ErrTrusted = errors.New("there is a trust file already")

// InitTrust writes the first trust file. It overwrites one only if told to: what it holds was once compared by a person.
func InitTrust(file string, block *cmttypes.LightBlock, overwrite bool) error {
	if _, err := LoadTrust(file, block.ChainID); !errors.Is(err, ErrNotTrusted) && !overwrite {
		return fmt.Errorf("%s: %w", file, ErrTrusted)
	}
	return SaveTrust(file, block)
}
