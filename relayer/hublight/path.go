package hublight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

// Path leads a ledger, or a reader of a bundle, from the header that it believes to a later one that this client
// believes. It verifies before it is given.
func (c *Client) Path(ctx context.Context, root orderproof.Root, to int64) (orderproof.Path, error) {
	var path orderproof.Path
	last, err := c.header(to)
	if err != nil {
		return path, err
	}
	if root.Height > to {
		return path, fmt.Errorf("a path leads forward: from header %s to %d it does not", root, to)
	}
	err = c.readAt(ctx, last, func(ctx context.Context, s *State) error {
		path, err = c.path(ctx, s.p, root, last)
		return err
	})
	return path, err
}

func (c *Client) path(ctx context.Context, p *peer, root orderproof.Root, last *cmttypes.LightBlock) (path orderproof.Path, err error) {
	first, err := c.fetch(ctx, p, root.Height)
	if err != nil {
		return path, err
	}
	if !root.Is(first.Header) {
		return path, fmt.Errorf("header %d is %s at this node, and not %X as the ledger believes: one of them is of a fork or another chain", root.Height, first.Hash(), root.Hash)
	}
	path.Anchor = orderproof.Anchor{Header: *first.Header, Validators: first.ValidatorSet}
	if root.Height == last.Height {
		return path, nil
	}
	steps := []*cmttypes.LightBlock{last}
	params := orderproof.Params{ChainID: c.config.ChainID, MaxClockDrift: c.config.MaxClockDrift}
	for {
		path.Steps = steps
		_, err := path.Verify(params, root, time.Now())
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, orderproof.ErrTooFar) {
			return path, Lief("its headers %d to %d: %w", root.Height, last.Height, err)
		}
		at, below := gap(path)
		if len(steps) == orderproof.MaxSteps || at < 0 {
			return path, fmt.Errorf("the validators changed too much between headers %d and %d: more than %d steps", root.Height, last.Height, orderproof.MaxSteps)
		}
		middle, err := c.fetch(ctx, p, below+(steps[at].Height-below)/2)
		if err != nil {
			return path, err
		}
		steps = slices.Insert(slices.Clone(steps), at, middle)
	}
}

// gap is the first step whose commit the validators before it do not vouch for, and the height before it; -1 if there is no header between.
func gap(p orderproof.Path) (at int, below int64) {
	validators, below := p.Anchor.Validators, p.Anchor.Header.Height
	for i, step := range p.Steps {
		if step.Height != below+1 && validators.VerifyCommitLightTrusting(step.ChainID, step.Commit, trustLevel) != nil {
			return i, below
		}
		validators, below = step.ValidatorSet, step.Height
	}
	return -1, below
}

// fetch is any header with its validators: one that is believed, or what a node says, not verified.
func (c *Client) fetch(ctx context.Context, p *peer, height int64) (*cmttypes.LightBlock, error) {
	c.mu.Lock()
	newest, known := c.newest, c.seen[height]
	c.mu.Unlock()
	if known != nil && height <= newest.Height {
		return known.block, nil
	}
	signed, err := p.signedHeader(ctx, height)
	if err != nil {
		return nil, err
	}
	block, err := p.withValidators(ctx, signed, newest)
	if err != nil {
		return nil, err
	}
	if err := block.ValidateBasic(c.config.ChainID); err != nil {
		return nil, Lief("header %d: %w", height, err)
	}
	return block, nil
}
