package hublight

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"cosmossdk.io/store/rootmulti"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

// State is the hub's state under a believed header, as one node tells it.
type State struct {
	Header *cmttypes.LightBlock // believed; the state is that which the block before it left
	p      *peer
}

// Node is the name of the node that is asked.
func (s *State) Node() string { return s.p.Name }

// Height is the state's.
func (s *State) Height() int64 { return s.Header.Height - 1 }

// Read has a reading done at the newest believed header: by the first node, and if that fails or lies (an error that wraps ErrLie), by the
// next, and so on. What the reading gives must be from one call alone.
func (c *Client) Read(ctx context.Context, reading func(context.Context, *State) error) error {
	block, err := c.Believed()
	if err != nil {
		return err
	}
	return c.readAt(ctx, block, reading)
}

func (c *Client) readAt(ctx context.Context, block *cmttypes.LightBlock, reading func(context.Context, *State) error) error {
	errs := []error{}
	for _, p := range c.order(block.Height) {
		err := reading(ctx, &State{Header: block, p: p})
		if err == nil {
			c.well(p)
			return nil
		}
		if errors.Is(err, ErrLie) {
			c.distrust(p, err)
		} else if ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
			c.failing(p, err)
		}
		errs = append(errs, fmt.Errorf("hub node %s: %w", p.Name, err))
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(append([]error{ErrNoNode}, errs...)...)
}

// Prove gives a value of the hub's state with its proof, which was verified: the state of height h-1, against the believed header of height
// h, one of the newest. ErrAbsent says that it is proved that there is no such key.
func (c *Client) Prove(ctx context.Context, h int64, store string, key []byte) (m orderproof.Membership, err error) {
	block, err := c.header(h)
	if err != nil {
		return m, err
	}
	var absent error
	err = c.readAt(ctx, block, func(ctx context.Context, s *State) error {
		m, absent = s.Prove(ctx, store, key)
		if errors.Is(absent, ErrAbsent) {
			return nil
		}
		return absent
	})
	if err == nil {
		err = absent
	}
	return m, err
}

// ErrAbsent says that it is proved that the hub's state has no such key.
var ErrAbsent = errors.New("the hub's state has no such key")

// Prove is Client.Prove at this node.
func (s *State) Prove(ctx context.Context, store string, key []byte) (orderproof.Membership, error) {
	var none orderproof.Membership
	res, err := s.p.query(ctx, "/store/"+store+"/key", key, s.Height(), true)
	if err != nil {
		return none, err
	}
	r := res.Response
	if !bytes.Equal(r.Key, key) {
		return none, Lief("asked for key %X of store %s, it answered for %X", key, store, r.Key)
	}
	if len(r.Value) == 0 {
		path := "/" + store + "/x:" + hex.EncodeToString(key)
		if r.ProofOps == nil {
			return none, Lief("key %X of store %s: it says that there is none, without a proof", key, store)
		}
		if err := rootmulti.DefaultProofRuntime().VerifyAbsence(r.ProofOps, s.Header.AppHash, path); err != nil {
			return none, Lief("key %X of store %s: that there is none is not proved at height %d: %w", key, store, s.Height(), err)
		}
		return none, ErrAbsent
	}
	m, err := orderproof.NewMembership(store, key, r.Value, r.ProofOps)
	if err != nil {
		return none, Lief("key %X of store %s: %w", key, store, err)
	}
	if err := m.Verify(s.Header.AppHash); err != nil {
		return none, Lief("at height %d: %w", s.Height(), err)
	}
	return m, nil
}

// Message is what a node's application is asked by.
type Message interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

// Query asks the application in words, such as "/corridor.bridge.v1.Query/Work". There is no proof of the answer: the caller checks it.
func (s *State) Query(ctx context.Context, path string, question, answer Message) error {
	raw, err := question.Marshal()
	if err != nil {
		return err
	}
	res, err := s.p.query(ctx, path, raw, s.Height(), false)
	if err != nil {
		return err
	}
	if err := answer.Unmarshal(res.Response.Value); err != nil {
		return Lief("query %s: the answer is not what it should be: %w", path, err)
	}
	return nil
}

// Others are the same state as the other nodes tell it that are well, the best first.
func (c *Client) Others(s *State) (others []*State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.orderLocked(s.Header.Height) {
		if p != s.p && p.failed == nil && p.height >= s.Header.Height {
			others = append(others, &State{Header: s.Header, p: p})
		}
	}
	return others
}

// Distrust is for a caller that found another node's State to be a lie.
func (c *Client) Distrust(s *State, why error) { c.distrust(s.p, fmt.Errorf("%w: %w", ErrLie, why)) }
