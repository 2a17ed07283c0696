package hublight

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/light"
	cmttypes "github.com/cometbft/cometbft/types"
)

// trustLevel is the part of the believed validators that must have signed a header.
var trustLevel = light.DefaultTrustLevel

// mostBetween bounds the headers that are put between two of which the first's validators do not vouch for the second.
const mostBetween = 32

// visit asks a node for the header of a height, 0 for its newest, and takes it in. Its error is noted against the node.
func (c *Client) visit(ctx context.Context, p *peer, height int64) error {
	err := c.look(ctx, p, height)
	c.judge(ctx, p, err)
	if err != nil {
		return fmt.Errorf("hub node %s: %w", p.Name, err)
	}
	return nil
}

func (c *Client) look(ctx context.Context, p *peer, height int64) error {
	signed, err := p.signedHeader(ctx, height)
	if err != nil {
		return err
	}
	if signed.ChainID != c.config.ChainID {
		return Lief("it gave a header of chain %q: check its address", signed.ChainID)
	}
	return c.take(ctx, p, signed)
}

// take compares a header with what was seen before, or verifies it.
func (c *Client) take(ctx context.Context, p *peer, signed *cmttypes.SignedHeader) error {
	c.mu.Lock()
	known, base := c.seen[signed.Height], c.newest
	oldest := base.Height
	c.mu.Unlock()
	if known != nil {
		if bytes.Equal(known.block.Hash(), signed.Hash()) {
			return c.sight(p, known.block, known.base)
		}
		base = known.base
		if known.block == base { // it is the one that a person or an earlier run believed
			return Lief("its header %d is %s, the believed one is %s", signed.Height, signed.Hash(), known.block.Hash())
		}
	} else if signed.Height < oldest {
		return c.behind(p, signed)
	}
	block, err := c.verify(ctx, p, base, signed)
	if err != nil {
		return err
	}
	return c.sight(p, block, base)
}

// behind notes that a node's newest header is older than any that is compared. It says nothing about the header.
func (c *Client) behind(p *peer, signed *cmttypes.SignedHeader) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.height, p.at = signed.Height, signed.Time
	return nil
}

// verify follows the light client's rules from a believed block to a header, over headers between where its validators
// are too different.
func (c *Client) verify(ctx context.Context, p *peer, base *cmttypes.LightBlock, signed *cmttypes.SignedHeader) (*cmttypes.LightBlock, error) {
	target, err := p.withValidators(ctx, signed, base)
	if err != nil {
		return nil, err
	}
	todo := []*cmttypes.LightBlock{target}
	for fetched := 0; len(todo) > 0; {
		next := todo[len(todo)-1]
		err := light.Verify(base.SignedHeader, base.ValidatorSet, next.SignedHeader, next.ValidatorSet,
			c.config.TrustingPeriod, time.Now(), c.config.MaxClockDrift, trustLevel)
		middle := base.Height + (next.Height-base.Height)/2
		switch far, old := new(light.ErrNewValSetCantBeTrusted), new(light.ErrOldHeaderExpired); {
		case err == nil:
			base, todo = next, todo[:len(todo)-1]
		case errors.As(err, old):
			return nil, fmt.Errorf("%w (%w)", ErrExpired, err)
		case errors.As(err, far) && middle > base.Height && fetched < mostBetween:
			fetched++
			between, err := p.signedHeader(ctx, middle)
			if err != nil {
				return nil, err
			}
			block, err := p.withValidators(ctx, between, base)
			if err != nil {
				return nil, err
			}
			todo = append(todo, block)
		default:
			return nil, Lief("its header %d does not follow from the believed header %d: %w", next.Height, base.Height, err)
		}
	}
	return target, nil
}

// withValidators adds a header's validators: those that are known, if the header names the same.
func (p *peer) withValidators(ctx context.Context, signed *cmttypes.SignedHeader, known *cmttypes.LightBlock) (*cmttypes.LightBlock, error) {
	if bytes.Equal(signed.ValidatorsHash, known.ValidatorsHash) {
		return &cmttypes.LightBlock{SignedHeader: signed, ValidatorSet: known.ValidatorSet}, nil
	}
	set, err := p.validators(ctx, signed.Height)
	if err != nil {
		return nil, err
	}
	return &cmttypes.LightBlock{SignedHeader: signed, ValidatorSet: set}, nil
}

// sight notes that a node showed a verified header. Another one of that height, verified too, is a fork.
func (c *Client) sight(p *peer, block, base *cmttypes.LightBlock) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.seen[block.Height]
	if s == nil {
		s = &sighting{block: block, base: base, by: map[*peer]bool{}, at: time.Now()}
		c.seen[block.Height] = s
	}
	if !bytes.Equal(s.block.Hash(), block.Hash()) {
		c.forked = fmt.Errorf("%w: header %d is %s at node %s and %s at %s, both signed by the hub's validators",
			ErrForked, block.Height, block.Hash(), p.Name, s.block.Hash(), names(s.by))
		c.log.Error("ALARM: "+c.forked.Error(), "node", p.Name, "height", block.Height)
		c.meters.fork()
		c.noticeLocked()
		return c.forked
	}
	if s.by != nil { // the trust file's own needs no witness
		s.by[p] = true
	}
	if block.Height > p.height {
		p.height, p.at = block.Height, block.Time
	}
	c.noticeLocked()
	return nil
}
