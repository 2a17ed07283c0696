package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// longestClear bounds clearing: a chain that stands still would hold it up for ever.
const longestClear = 10 * time.Minute

func newRelayPendingCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pending",
		Short: "List the packets that have not ended, as the chains say",
		Long: `Asks both chains of each path which packets were sent and have neither been acknowledged nor timed out. UNRECEIVED ones have not come to the
other chain, UNACKNOWLEDGED ones have, and their acknowledgement has not come back.`,
		Example: `  corridor relay pending
  corridor relay pending --path a-b -o json`,
		Args: cobra.NoArgs,
		RunE: runRelayPending,
	}
	addPathFlag(cmd, "of this path only")
	return cmd
}

// pendingStream is what waits on one direction of a channel.
type pendingStream struct {
	Path           string   `json:"path"`
	Chain          string   `json:"chain"`
	From           string   `json:"from"`
	To             string   `json:"to"`
	Unreceived     []uint64 `json:"unreceived"`
	Unacknowledged []uint64 `json:"unacknowledged"`
}

func runRelayPending(cmd *cobra.Command, _ []string) error {
	all := []pendingStream{}
	failed := eachPath(cmd, func(o *pair) error {
		found, err := o.relaying().Pending(cmd.Context())
		for _, p := range found {
			all = append(all, pendingStream{
				o.path.Name, o.nameOf(p.Chain), p.From.Port + "/" + p.From.Channel, p.To.Port + "/" + p.To.Channel, p.Unreceived, p.Unacknowledged,
			})
		}
		return err
	})
	if asJSON, _ := wantsJSON(cmd); asJSON {
		return errors.Join(writeJSON(cmd.OutOrStdout(), all), failed)
	}
	if len(all) == 0 {
		if failed == nil {
			fmt.Fprintln(cmd.OutOrStdout(), "no packet waits")
		}
		return failed
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PATH\tSENT BY\tFROM\tTO\tUNRECEIVED\tUNACKNOWLEDGED")
	for _, p := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", p.Path, p.Chain, p.From, p.To, ranges(p.Unreceived), ranges(p.Unacknowledged))
	}
	return errors.Join(table.Flush(), failed)
}

// nameOf is what the file calls a chain id of the pair.
func (o *pair) nameOf(id string) string {
	for _, ch := range o.named {
		if ch.ChainID == id {
			return ch.Name
		}
	}
	return id
}

// shownRanges is how many ranges of sequences a line shows.
const shownRanges = 6

// ranges writes sequences for a person: their number, and the first ones of them.
func ranges(sequences []uint64) string {
	if len(sequences) == 0 {
		return "-"
	}
	var words []string
	for i := 0; i < len(sequences); {
		last := i
		for last+1 < len(sequences) && sequences[last+1] == sequences[last]+1 {
			last++
		}
		if len(words) == shownRanges {
			words = append(words, "…")
			break
		}
		word := strconv.FormatUint(sequences[i], 10)
		if last > i {
			word += "-" + strconv.FormatUint(sequences[last], 10)
		}
		words = append(words, word)
		i = last + 1
	}
	return fmt.Sprintf("%d: %s", len(sequences), strings.Join(words, ", "))
}

func newRelayClearCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "clear",
		Short: "Relay everything that waits, now, what was set aside too",
		Long: `A relayer that runs misses nothing; this is for paths without one, and to try at once again what was set aside because a chain refused it. If
a relayer runs with this file it is asked to; otherwise this command relays until nothing is left but what nobody can relay now.

Exit codes: 0 nothing is left, or the relayer was asked; 1 something is left, with its reason.`,
		Example: `  corridor relay clear
  corridor relay clear --path a-b`,
		Args: cobra.NoArgs,
		RunE: runRelayClear,
	}
	addPathFlag(cmd, "of this path only")
	return cmd
}

func runRelayClear(cmd *cobra.Command, _ []string) error {
	c, err := loadRelayConfig(cmd)
	if err != nil {
		return err
	}
	if running, err := askRelayer(cmd.Context(), c); err == nil && running.Running {
		return askToClear(cmd, c)
	}
	left := map[string]string{}
	ended := uint64(0)
	failed := eachPath(cmd, func(o *pair) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), longestClear)
		defer cancel()
		cleared, err := o.relaying().Clear(ctx)
		ended += cleared.Ended
		maps.Copy(left, cleared.Left)
		return err
	})
	if failed != nil {
		return failed
	}
	if err := answer(cmd, map[string]any{"ended": ended, "left": left}, "%d packets have ended", ended); err != nil {
		return err
	}
	if len(left) == 0 {
		return nil
	}
	var words strings.Builder
	for _, packet := range slices.Sorted(maps.Keys(left)) {
		fmt.Fprintf(&words, "\n  %s: %s", packet, left[packet])
	}
	return exitError{code: exitError1, message: fmt.Sprintf("%d packets are left:%s", len(left), words.String())}
}

// askToClear asks the relayer that runs. It goes on by itself then.
func askToClear(cmd *cobra.Command, c relayconfig.Config) error {
	name, _ := cmd.Flags().GetString("path")
	address, err := apiAddress(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), askRelayerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/clear?path="+name, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10))
		return fmt.Errorf("the relayer at %s: %s", address, strings.TrimSpace(string(said)))
	}
	return answer(cmd, map[string]any{"asked": address}, "asked the relayer at %s; `corridor relay pending%s` shows what is left", address, withConfig(cmd))
}

func newRelayExplainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain PACKET",
		Short: "Say where a packet is, what it waits for, and since when",
		Long: `PACKET is port/channel/sequence as the chain that sent it counts, with that chain's name before it where it is not the first one of its path:
transfer/channel-0/17, b/transfer/channel-3/5. Both chains are asked; nothing is sent.`,
		Example: `  corridor relay explain transfer/channel-0/17
  corridor relay explain b/transfer/channel-3/5 -o json`,
		Args: cobra.ExactArgs(1),
		RunE: runRelayExplain,
	}
	addPathFlag(cmd, "the path that the packet takes, where several have such a channel")
	return cmd
}

// parsePacket reads a packet's name; the chain is empty where it is not given.
func parsePacket(text string) (key ibcpath.PacketKey, err error) {
	parts := strings.Split(text, "/")
	if len(parts) == 4 {
		key.Chain, parts = parts[0], parts[1:]
	}
	if len(parts) == 3 && parts[0] != "" && parts[1] != "" {
		key.Port, key.Channel = parts[0], parts[1]
		if key.Sequence, err = strconv.ParseUint(parts[2], 10, 64); err == nil {
			return key, nil
		}
	}
	return key, fmt.Errorf("%q is no packet; write it like transfer/channel-0/17, or b/transfer/channel-0/17 for one that chain b sent", text)
}

func runRelayExplain(cmd *cobra.Command, args []string) error {
	key, err := parsePacket(args[0])
	if err != nil {
		return err
	}
	var found *ibcpath.Explanation
	var none []error
	err = eachPath(cmd, func(o *pair) error {
		side := o.side(key.Chain)
		if side < 0 {
			return nil
		}
		here := key
		here.Chain = o.named[side].ChainID
		x, err := o.relaying().Explain(cmd.Context(), here)
		if err != nil {
			none = append(none, err)
		} else if found == nil {
			found = &x
		}
		return nil
	})
	if found == nil {
		if err := errors.Join(append(none, err)...); err != nil {
			return err
		}
		return fmt.Errorf("no path of this file ends on chain %s", key.Chain)
	}
	return answer(cmd, map[string]any{
		"packet": found.Packet.String(), "to": found.To.Port + "/" + found.To.Channel, "next": found.Decision.Do.String(), "why": found.Decision.Why, "words": found.Words,
	}, "%s\n  %s", found.Packet, strings.Join(found.Words, "\n  "))
}
