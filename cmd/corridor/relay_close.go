package main

import (
	"errors"
	"fmt"
	"strings"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
)

func newRelayCloseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "close CHANNEL",
		Short: "Close a channel on both chains, where its application allows it",
		Long: `CHANNEL is port/channel on the first chain of its path, or with another chain's name before it. Packets that were not received by then can only
time out, and those whose acknowledgement was not carried by then get none: "corridor relay pending" shows both.
Transfer channels and Corridor's leg channels refuse to be closed. Where one end is closed already, the other follows.`,
		Example: `  corridor relay close icahost/channel-3
  corridor relay close b/icahost/channel-3 --path a-b`,
		Args: cobra.ExactArgs(1),
		RunE: runRelayClose,
	}
	addPathFlag(cmd, "the path that the channel is on, where several have such a channel")
	return cmd
}

func runRelayClose(cmd *cobra.Command, args []string) error {
	key, err := parsePacket(args[0] + "/0")
	if err != nil {
		return fmt.Errorf("%q is no channel; write it like icahost/channel-3, or b/icahost/channel-3 for one on chain b", args[0])
	}
	closed := false
	var none []error
	err = eachPath(cmd, func(o *pair) error {
		side := o.side(key.Chain)
		if side < 0 || closed {
			return nil
		}
		channel, err := o.channelAt(cmd, side, ibcpath.ChannelEnd{Port: key.Port, Channel: key.Channel})
		if err != nil {
			none = append(none, err)
			return nil
		}
		closed = true
		transactions, err := link.Close(cmd.Context(), o.ends(), channel, tellSteps(cmd))
		if err != nil {
			return err
		}
		return answer(cmd, map[string]any{"path": o.path.Name, "channel": args[0], "transactions": transactions},
			"channel %s/%s of path %s is closed on both chains, by %d transactions", key.Port, key.Channel, o.path.Name, transactions)
	})
	if err == nil && !closed {
		return errors.Join(append(none, fmt.Errorf("no path of this file has a channel %s", args[0]))...)
	}
	return err
}

// side is the end of a path on the chain of that name or id: the first one where no name is given, -1 where neither is.
func (o *pair) side(chain string) int {
	for i, ch := range o.named {
		if chain == "" || chain == ch.Name || chain == ch.ChainID {
			return i
		}
	}
	return -1
}

// channelAt asks a chain for a channel of the path.
func (o *pair) channelAt(cmd *cobra.Command, side int, end ibcpath.ChannelEnd) (ibcpath.Channel, error) {
	chain := o.chains[side]
	got, err := channeltypes.NewQueryClient(chain.At(0)).Channel(cmd.Context(), &channeltypes.QueryChannelRequest{PortId: end.Port, ChannelId: end.Channel})
	if err != nil {
		return ibcpath.Channel{}, fmt.Errorf("channel %s/%s of %s: %w", end.Port, end.Channel, o.named[side].Name, err)
	}
	if hops := got.Channel.ConnectionHops; len(hops) != 1 || hops[0] != o.ends()[side].ConnectionID {
		return ibcpath.Channel{}, fmt.Errorf("channel %s/%s of %s is on %s, and path %s on %s", end.Port, end.Channel, o.named[side].Name,
			strings.Join(hops, ", "), o.path.Name, o.ends()[side].ConnectionID)
	}
	c := ibcpath.Channel{Ordered: got.Channel.Ordering == channeltypes.ORDERED}
	c.Ends[side] = end
	c.Ends[1-side] = ibcpath.ChannelEnd{Port: got.Channel.Counterparty.PortId, Channel: got.Channel.Counterparty.ChannelId}
	return c, nil
}
