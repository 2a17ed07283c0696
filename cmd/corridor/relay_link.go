package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

func newRelayLinkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "link A B",
		Short: "Make clients, connection and a channel between two chains, or finish what is there",
		Long: `Makes what is missing between two chains of the relayer's file: a light client of each on the other, a connection, and a channel between
two ports; in seven transactions where nothing is there. Handshakes that somebody left half done are finished. Run again it does nothing;
stopped half-way it goes on there. What was made is written into the file.

A path keeps its connection: link again with another port or version for another channel over it.`,
		Example: `  corridor relay link a b --port transfer
  corridor relay link a b --port corridor-leg --version corridor-leg-1
  corridor relay link a b --port icacontroller-cosmos1… --dst-port icahost --order ordered
  corridor relay link a b --path a-b-slow --delay 10m   # a second path, over a connection of its own`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completeChains,
		RunE:              runRelayLink,
	}
	flags := cmd.Flags()
	flags.String("port", "", "port of the channel on A, such as transfer (none: clients and connection only)")
	flags.String("dst-port", "", "port on B (default that on A)")
	flags.String("version", "", "the channel's version (default what its applications propose)")
	flags.String("order", "unordered", "unordered or ordered")
	flags.Duration("delay", 0, "how long a header has to be known before a packet is accepted by it")
	flags.Bool("fresh", false, "make new clients even if there are some as good")
	flags.Duration("trusting-period", 0, "of clients that are made (default two thirds of the unbonding period)")
	addPathFlag(cmd, "the path's name in the file (default the path between A and B, else A-B)")
	return cmd
}

func runRelayLink(cmd *cobra.Command, args []string) error {
	c, err := loadRelayConfig(cmd)
	if err != nil {
		return err
	}
	spec, err := linkSpec(cmd)
	if err != nil {
		return err
	}
	p, err := pathToLink(cmd, c, args)
	if err != nil {
		return err
	}
	if p.A.Chain != args[0] && p.B.Chain == args[0] { // the file has it the other way round
		spec.Ports[0], spec.Ports[1] = spec.Ports[1], spec.Ports[0]
	}
	keys, err := openKeyring(cmd, c)
	if err != nil {
		return err
	}
	opened, err := openPair(cmd.Context(), c, p, keys, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer opened.close()
	result, err := link.Link(cmd.Context(), opened.ends(), spec, tellSteps(cmd))
	if complete(result) {
		p.A.Client, p.A.Connection = result.Ends[0].ClientID, result.Ends[0].ConnectionID
		p.B.Client, p.B.Connection = result.Ends[1].ClientID, result.Ends[1].ConnectionID
		if wrong := relayconfig.SetPath(c.File, p); wrong != nil {
			return wrong
		}
	}
	if err != nil {
		return fmt.Errorf("%w\nwhat was done stays: the same command goes on from there", err)
	}
	return answerLink(cmd, c, p, result)
}

// tellSteps writes each transaction of a handshake for a person who waits.
func tellSteps(cmd *cobra.Command) func(link.Progress) {
	began := time.Now()
	return func(step link.Progress) {
		fmt.Fprintf(cmd.ErrOrStderr(), "%6.1fs  %s block %d: %s\n        tx %s, gas %d\n", time.Since(began).Seconds(), step.Chain, step.Sent.Height,
			strings.Join(step.Did, ", "), step.Sent.Hash, step.Sent.GasUsed)
	}
}

// complete tells whether clients and connections of both ends are known.
func complete(r link.Result) bool {
	for _, end := range r.Ends {
		if end.ClientID == "" || end.ConnectionID == "" {
			return false
		}
	}
	return true
}

func linkSpec(cmd *cobra.Command) (link.Spec, error) {
	flags := cmd.Flags()
	var s link.Spec
	s.Ports[0], _ = flags.GetString("port")
	s.Ports[1], _ = flags.GetString("dst-port")
	if s.Ports[1] == "" {
		s.Ports[1] = s.Ports[0]
	}
	if s.Ports[0] == "" && s.Ports[1] != "" {
		return s, fmt.Errorf("--dst-port %s: give --port too", s.Ports[1])
	}
	s.Version, _ = flags.GetString("version")
	switch order, _ := flags.GetString("order"); order {
	case "unordered":
	case "ordered":
		s.Ordered = true
	default:
		return s, fmt.Errorf("--order %s: want unordered or ordered", order)
	}
	s.Delay, _ = flags.GetDuration("delay")
	s.Fresh, _ = flags.GetBool("fresh")
	trusting, _ := flags.GetDuration("trusting-period")
	if s.Delay < 0 || trusting < 0 {
		return s, fmt.Errorf("--delay and --trusting-period can't be negative")
	}
	s.Clients = [2]lightclient.Options{{TrustingPeriod: trusting}, {TrustingPeriod: trusting}}
	return s, nil
}

// pathToLink is the file's path between two chains, or a new one.
func pathToLink(cmd *cobra.Command, c relayconfig.Config, args []string) (relayconfig.Path, error) {
	var ends [2]string
	for i, arg := range args {
		ch, err := c.Chain(arg)
		if err != nil {
			return relayconfig.Path{}, err
		}
		ends[i] = ch.Name
		args[i] = ch.Name
	}
	if ends[0] == ends[1] {
		return relayconfig.Path{}, fmt.Errorf("%s is one chain; a path joins two", ends[0])
	}
	name, _ := cmd.Flags().GetString("path")
	var between []relayconfig.Path
	for _, p := range c.Paths {
		joins := p.A.Chain == ends[0] && p.B.Chain == ends[1] || p.A.Chain == ends[1] && p.B.Chain == ends[0]
		if p.Name == name && !joins {
			return p, fmt.Errorf("path %s is between %s and %s in %s", name, p.A.Chain, p.B.Chain, c.File)
		}
		if joins && (name == "" || p.Name == name) {
			between = append(between, p)
		}
	}
	switch {
	case len(between) > 1:
		return relayconfig.Path{}, fmt.Errorf("there are %d paths between %s and %s: name one with --path", len(between), ends[0], ends[1])
	case len(between) == 1:
		return between[0], nil
	case name == "":
		name = ends[0] + "-" + ends[1]
	}
	return relayconfig.Path{Name: name, A: relayconfig.End{Chain: ends[0]}, B: relayconfig.End{Chain: ends[1]}}, nil
}

// linked is what a link command answers as JSON.
type linked struct {
	Path         string       `json:"path"`
	File         string       `json:"file"`
	Ends         [2]linkedEnd `json:"ends"`
	Ordered      bool         `json:"ordered"`
	Transactions int          `json:"transactions"`
}

type linkedEnd struct {
	Chain      string `json:"chain"`
	Client     string `json:"client"`
	Connection string `json:"connection"`
	Port       string `json:"port,omitempty"`
	Channel    string `json:"channel,omitempty"`
}

func answerLink(cmd *cobra.Command, c relayconfig.Config, p relayconfig.Path, r link.Result) error {
	done := linked{Path: p.Name, File: relayConfigFile(cmd), Ordered: r.Channel.Ordered, Transactions: r.Transactions}
	for i, end := range []relayconfig.End{p.A, p.B} {
		done.Ends[i] = linkedEnd{end.Chain, end.Client, end.Connection, r.Channel.Ends[i].Port, r.Channel.Ends[i].Channel}
	}
	if asJSON, _ := wantsJSON(cmd); asJSON {
		return writeJSON(cmd.OutOrStdout(), done)
	}
	out := cmd.OutOrStdout()
	if done.Transactions == 0 {
		fmt.Fprintf(out, "path %s was linked already; nothing was sent\n", p.Name)
	} else {
		fmt.Fprintf(out, "path %s is linked, by %d transactions\n", p.Name, done.Transactions)
	}
	for _, end := range done.Ends {
		fmt.Fprintf(out, "  %s: client %s, %s", end.Chain, end.Client, end.Connection)
		if end.Channel != "" {
			fmt.Fprintf(out, ", channel %s/%s", end.Port, end.Channel)
		}
		fmt.Fprintln(out)
	}
	if done.Ends[0].Channel == "" {
		fmt.Fprintln(out, "`--port` makes a channel over it")
	}
	fmt.Fprintln(out, afterLink(cmd, c, p))
	return nil
}

// afterLink says what relays the path from now on.
func afterLink(cmd *cobra.Command, c relayconfig.Config, p relayconfig.Path) string {
	if again, err := relayconfig.Load(c.File); err == nil {
		c = again // with what linking wrote into it
	}
	running, err := askRelayer(cmd.Context(), c)
	if err != nil {
		return "relay its packets with\n  corridor relay run" + withConfig(cmd)
	}
	for _, there := range running.Paths {
		if there.Name == p.Name && there.Ends[0].Connection == p.A.Connection {
			return "the relayer that runs relays it from now on"
		}
	}
	return "send the relayer that runs a SIGHUP: it relays the path from then on"
}
