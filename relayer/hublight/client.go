package hublight

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
)

// How headers become believed, and how long they are kept.
const (
	witnessPatience = 300 * time.Millisecond // that long a second node may take to show the same header
	kept            = 200                    // headers, for those who ask for one that is not the newest
	saveEvery       = 10 * time.Second       // of hub time, between two writes of the trust file
)

// Client believes headers of the hub. It is safe for concurrent use. Make one with Open, end it with Close.
type Client struct {
	config Config
	log    *slog.Logger
	peers  []*peer
	meters *meters

	saving sync.Mutex // one write of the trust file at a time; taken before mu

	mu      sync.Mutex
	newest  *cmttypes.LightBlock // believed
	seen    map[int64]*sighting  // verified; those up to newest are believed
	saved   *cmttypes.LightBlock // in the trust file
	forked  error
	changed chan struct{} // closed and replaced when newest or forked changes
}

// sighting is a verified header and who showed it.
type sighting struct {
	block *cmttypes.LightBlock
	base  *cmttypes.LightBlock // it was verified from this one
	by    map[*peer]bool
	at    time.Time // of this machine, first seen
}

// Open reads the trust file and asks nobody yet.
func Open(c Config) (*Client, error) {
	if c.TrustFile == "" {
		return nil, errors.New("light client: no trust file")
	}
	trusted, err := LoadTrust(c.TrustFile, c.ChainID)
	if err != nil {
		return nil, err
	}
	return Believing(c, trusted)
}

// Believing begins with a header that the caller believes. Without a trust file nothing is kept.
func Believing(c Config, trusted *cmttypes.LightBlock) (*Client, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	client := &Client{
		config: c, log: c.Log, meters: newMeters(c.Metrics), newest: trusted, saved: trusted,
		seen: map[int64]*sighting{trusted.Height: {block: trusted, base: trusted}}, changed: make(chan struct{}),
	}
	for _, n := range c.Nodes {
		p, err := newPeer(n)
		if err != nil {
			return nil, err
		}
		client.peers = append(client.peers, p)
	}
	return client, nil
}

// Close keeps what is believed in the trust file, and lets go of the connections.
func (c *Client) Close() error {
	for _, p := range c.peers {
		p.client.CloseIdleConnections()
	}
	return c.save(0)
}

// ChainID is the hub's.
func (c *Client) ChainID() string { return c.config.ChainID }

// Names are those of the nodes that may be asked, the best first.
func (c *Client) Names() (names []string) {
	for _, p := range c.order(0) {
		names = append(names, p.Name)
	}
	return names
}

// Believed is the newest header that is believed, without asking anybody. The error says that nothing may be believed.
func (c *Client) Believed() (*cmttypes.LightBlock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forked != nil {
		return nil, c.forked
	}
	if end := c.newest.Time.Add(c.config.TrustingPeriod); !end.After(time.Now()) {
		return nil, fmt.Errorf("%w: header %d was believed until %s", ErrExpired, c.newest.Height, end.Format(time.RFC3339))
	}
	return c.newest, nil
}

// Latest asks the nodes for their newest headers and gives the newest one that is believed then. It does not wait for a
// new block, nor long for a node that is slower than another.
func (c *Client) Latest(ctx context.Context) (*cmttypes.LightBlock, error) {
	if _, err := c.Believed(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	peers := c.order(0)
	answers := make(chan error, len(peers))
	for _, p := range peers {
		go func() { answers <- c.visit(ctx, p, 0) }()
	}
	errs := []error{ErrNoNode}
	var enough <-chan time.Time // after the first good answer
	for range peers {
		select {
		case err := <-answers:
			if err != nil {
				errs = append(errs, err)
			} else if enough == nil {
				enough = time.After(witnessPatience)
			}
			continue
		case <-enough:
		}
		break
	}
	if enough == nil {
		return nil, errors.Join(errs...)
	}
	if err := c.settle(ctx); err != nil {
		return nil, err
	}
	return c.Believed()
}

// settle waits until the newest header that any node showed is believed.
func (c *Client) settle(ctx context.Context) error {
	for {
		wait, changed, err := c.promote(time.Now())
		if err != nil || wait == 0 {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// promote believes the newest header that may be believed, and tells how long to wait for a newer one that was seen.
func (c *Client) promote(now time.Time) (wait time.Duration, changed <-chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forked != nil {
		return 0, nil, c.forked
	}
	alone := c.aloneLocked(now)
	var best *sighting
	for height, s := range c.seen {
		if height <= c.newest.Height {
			continue
		}
		left := witnessPatience - now.Sub(s.at)
		switch {
		case len(s.by) > 1 || alone || left <= 0:
			if best == nil || height > best.block.Height {
				best = s
			}
		case wait == 0 || left < wait:
			wait = left
		}
	}
	if best != nil {
		c.believeLocked(best.block)
		if c.newestSeenLocked() == best.block.Height {
			wait = 0
		}
	}
	return wait, c.changed, nil
}

// aloneLocked tells whether at most one node can be asked, so that none is a witness.
func (c *Client) aloneLocked(now time.Time) bool {
	well := 0
	for _, p := range c.peers {
		if p.wellLocked(now) && p.failed == nil && !p.isBehind(c.newest) { // else it is no witness to wait for
			well++
		}
	}
	return well < 2
}

func (c *Client) newestSeenLocked() (height int64) {
	for h := range c.seen {
		height = max(height, h)
	}
	return height
}

// believeLocked moves what is believed forward.
func (c *Client) believeLocked(block *cmttypes.LightBlock) {
	c.newest = block
	for height := range c.seen {
		if height <= block.Height-kept {
			delete(c.seen, height)
		}
	}
	c.meters.believed(block)
	c.nameBehindLocked()
	c.noticeLocked()
}

func (c *Client) noticeLocked() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// save writes the trust file if what is believed is newer than what it holds by at least this much hub time.
func (c *Client) save(newer time.Duration) error {
	c.saving.Lock()
	defer c.saving.Unlock()
	c.mu.Lock()
	block, saved, forked := c.newest, c.saved, c.forked
	c.mu.Unlock()
	if c.config.TrustFile == "" || forked != nil || block.Height <= saved.Height || block.Time.Sub(saved.Time) < newer {
		return nil
	}
	if err := SaveTrust(c.config.TrustFile, block); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.saved = block
	return nil
}

// header is a believed header of that height.
func (c *Client) header(height int64) (*cmttypes.LightBlock, error) {
	if _, err := c.Believed(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.seen[height]
	if s == nil || height > c.newest.Height {
		return nil, fmt.Errorf("header %d is not among those that are believed now; ask for a newer one, up to %d", height, c.newest.Height)
	}
	return s.block, nil
}

// order is whom to ask for something of a height, the best first: those that lied of late are left out, those that failed come
// last.
func (c *Client) order(height int64) []*peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.orderLocked(height)
}

func (c *Client) orderLocked(height int64) []*peer {
	now := time.Now()
	var peers []*peer
	for _, p := range c.peers {
		if !now.Before(p.lieUntil) {
			peers = append(peers, p)
		}
	}
	rank := func(p *peer) int {
		switch {
		case !p.wellLocked(now):
			return 2
		case p.height < height:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(peers, func(a, b *peer) int { return rank(a) - rank(b) })
	return peers
}
