package bridge

import (
	"strconv"
	"strings"

	"github.com/corridor-network/corridor/adapters/order"
)

// validate checks the form of a registered channel.
func (c LegChannel) validate() error {
	switch {
	case !numbered(c.ConnectionId, "connection-"):
		return ErrChannel.Wrapf("connection %q: want connection- and a number", c.ConnectionId)
	case !numbered(c.ChannelId, "channel-"):
		return ErrChannel.Wrapf("channel %q: want channel- and a number", c.ChannelId)
	case c.ChainId == "" || !printable(c.ChainId, order.MaxTextBytes):
		return ErrChannel.Wrapf("chain id %q: want 1 to %d printable bytes", c.ChainId, order.MaxTextBytes)
	}
	return nil
}

// numbered tells whether an id is a prefix and a number as IBC writes it (ICS-24).
func numbered(id, prefix string) bool {
	digits, ok := strings.CutPrefix(id, prefix)
	n, err := strconv.ParseUint(digits, 10, 64)
	return ok && err == nil && strconv.FormatUint(n, 10) == digits
}

// CheckChannel verifies that a channel is what governance says, and can carry legs.
func CheckChannel(c LegChannel, end ChannelEnd) error {
	switch {
	case end.ConnectionID != c.ConnectionId:
		return ErrChannel.Wrapf("%s is over %s, not %s", c.ChannelId, end.ConnectionID, c.ConnectionId)
	case !end.Open:
		return ErrChannel.Wrapf("%s is not open: finish its handshake first", c.ChannelId)
	case !end.Unordered:
		return ErrChannel.Wrapf("%s is ordered, where one packet that times out closes all", c.ChannelId)
	case end.FarPort != LegPort || end.Version != LegVersion:
		return ErrChannel.Wrapf("%s leads to port %s with version %s: want %s and %s", c.ChannelId, end.FarPort, end.Version, LegPort, LegVersion)
	case end.ClientType != TendermintClient:
		return ErrChannel.Wrapf("%s is proved by a client of type %s: want %s", c.ChannelId, end.ClientType, TendermintClient)
	case end.ChainID != c.ChainId:
		return ErrChannel.Wrapf("%s leads to chain %s, not %s", c.ChannelId, end.ChainID, c.ChainId)
	}
	return nil
}

// validateIBC checks a ledger behind a channel. It checks orders itself, by its very app.
func (l Ledger) validateIBC() error {
	switch {
	case l.Cell != CELL_HOLDS:
		return ErrInvalidLedger.Wrapf("%s: cell %s: a ledger behind a channel is CELL_HOLDS", l.Id, l.Cell)
	case l.OrderCheck != ORDER_CHECK_LEDGER:
		return ErrInvalidLedger.Wrapf("%s: order check %s: a ledger behind a channel checks orders itself, ORDER_CHECK_LEDGER", l.Id, l.OrderCheck)
	case len(l.Notaries) != 0 || l.Threshold != 0 || l.TakeoverDelay != 0:
		return ErrInvalidLedger.Wrapf("%s: a ledger behind a channel has no notaries, threshold 0 and take-over delay 0", l.Id)
	case l.Channel == nil:
		return ErrInvalidLedger.Wrapf("%s: LINK_IBC needs a channel: connection_id, channel_id, chain_id", l.Id)
	}
	return l.Channel.validate()
}

// Validate checks everything about a peer that needs no knowledge but the peer itself.
func (p Peer) Validate() error {
	if !validID(p.Ledger) || p.Ledger == HubLedger {
		return ErrInvalidPeer.Wrapf("ledger %q: want what that hub calls this chain: 2 to %d of a-z, 0-9, dot and hyphen, a letter first, and not %s",
			p.Ledger, MaxIDBytes, HubLedger)
	}
	return p.Channel.validate()
}

// Sent tells whether an instruction is this peer's to give.
func (p Peer) Sent(i order.Instruction) error {
	if i.ChainID != p.Channel.ChainId || i.Ledger != p.Ledger {
		return ErrForeignInstruction.Wrapf("it is for ledger %s of chain %s; %s carries those for %s of %s",
			i.Ledger, i.ChainID, p.Channel.ChannelId, p.Ledger, p.Channel.ChainId)
	}
	return nil
}
