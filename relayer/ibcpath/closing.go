package ibcpath

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
)

// closing is the effort to close an end of a channel whose other end is closed.
type closing struct {
	busy  bool
	again time.Time
	tries int
}

// confirm closes ends of channels whose other ends are closed: by a timeout on an ordered channel, or by their application. What
// was sent to a closed end can be timed out at once, not only when its timeout passes.
func (p *Path) confirm(ctx context.Context, end int, parts *sync.WaitGroup) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ch := range p.book.channels {
		c := &ch.closings[end]
		if !p.confirms(ch, end) || c.busy || c.again.After(time.Now()) {
			continue
		}
		c.busy = true
		at := p.book.proven[1-end]
		parts.Go(func() {
			err := p.confirmClosed(ctx, end, ch, at)
			p.mu.Lock()
			defer p.mu.Unlock()
			c.busy = false
			c.tries++
			c.again = time.Now().Add(restFor(c.tries))
			if err != nil && ctx.Err() == nil {
				p.log.Warn("a channel's end is not closed yet; trying again", "chain", p.ends[end].Chain.ID(), "port", ch.Ends[end].Port,
					"channel", ch.Ends[end].Channel, "again", c.again, "error", err)
			}
		})
	}
}

// confirms tells whether a channel's end is to be closed by this relayer now: not before it has what the other end acknowledged, for a
// closed end takes no acknowledgement.
func (p *Path) confirms(ch *channel, end int) bool {
	far := p.sight(1-end, ch)
	if ch.closedAt[end] > 0 || far.ClosedAt == 0 || !far.proves(far.ClosedAt) || !ch.streams[end].listed {
		return false
	}
	for _, e := range ch.streams[end].packets {
		if e.owed() {
			return false
		}
	}
	rank := p.opts.Share.Rank(ch.Ends[end], true, 0)
	return p.opts.Share.Turn(rank, far.Head.Height-far.ClosedAt)
}

// confirmClosed proves that the other end is closed, and closes this one.
func (p *Path) confirmClosed(ctx context.Context, end int, ch *channel, at Head) error {
	here, far := ch.Ends[end], ch.Ends[1-end]
	update, height, err := p.update(ctx, &batch{end: end, at: at})
	if err != nil {
		return fmt.Errorf("update client %s: %w", p.ends[end].ClientID, err)
	}
	key := host.ChannelKey(far.Port, far.Channel)
	proofs, err := p.ends[1-end].Chain.Prove(ctx, [][]byte{key}, int64(height.RevisionHeight)-1) //nolint:gosec // a block's height
	if err != nil {
		return err
	}
	var closed channeltypes.Channel
	if err := closed.Unmarshal(proofs[0].Value); err != nil || closed.State != channeltypes.CLOSED {
		return errors.Join(err, fmt.Errorf("channel %s of %s is %s", far.Channel, p.ends[1-end].Chain.ID(), closed.State))
	}
	sent, err := p.ends[end].Chain.Send(ctx, func(signer string) []sdk.Msg {
		return append(update(signer), channeltypes.NewMsgChannelCloseConfirmWithCounterpartyUpgradeSequence(
			here.Port, here.Channel, proofs[0].Bytes, proofs[0].Height, signer, closed.UpgradeSequence))
	})
	if err == nil {
		p.log.Info("channel closed", "chain", p.ends[end].Chain.ID(), "port", here.Port, "channel", here.Channel, "height", sent.Height)
	}
	return err
}
