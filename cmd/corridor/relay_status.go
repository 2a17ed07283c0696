package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/pathset"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// Bounds of asking the relayer that runs.
const (
	askRelayerTimeout = 3 * time.Second
	maxStatusBytes    = 16 << 20
)

func newRelayStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show paths, what waits on them, how long their clients last, and what the signers hold",
		Long: `Asks the relayer that runs with this file, at its api.listen; where none runs, the chains. FROM is the chain that sent the packets. A client
LASTS so long if nobody updates it; a running relayer refreshes it when a third of that is left.

Exit codes: 0 every path can be relayed, 1 one cannot, or nothing answers.`,
		Example: `  corridor relay status
  corridor relay status -o json`,
		Args: cobra.NoArgs,
		RunE: runRelayStatus,
	}
}

func runRelayStatus(cmd *cobra.Command, _ []string) error {
	c, err := loadRelayConfig(cmd)
	if err != nil {
		return err
	}
	now, err := askRelayer(cmd.Context(), c)
	if err != nil {
		if now, err = askChains(cmd, c); err != nil {
			return err
		}
	}
	if asJSON, _ := wantsJSON(cmd); asJSON {
		err = writeJSON(cmd.OutOrStdout(), now)
	} else {
		err = writeStatus(cmd.OutOrStdout(), c, now)
	}
	if err != nil {
		return err
	}
	for _, p := range now.Paths {
		if p.State == pathset.InTrouble || p.Ends[0].ClientError+p.Ends[1].ClientError != "" {
			return exitError{code: exitError1, message: "path " + p.Name + " cannot be relayed now"}
		}
	}
	return nil
}

// askRelayer asks the relayer that runs with this file.
func askRelayer(ctx context.Context, c relayconfig.Config) (pathset.Status, error) {
	var s pathset.Status
	address, err := apiAddress(c)
	if err != nil {
		return s, err
	}
	ctx, cancel := context.WithTimeout(ctx, askRelayerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/status", nil)
	if err != nil {
		return s, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, maxStatusBytes)).Decode(&s); err != nil {
		return s, err
	}
	if !s.Running {
		return s, errors.New("that is no relayer's status")
	}
	return s, ofThisFile(c, s)
}

// apiAddress is where the relayer that runs with this file listens.
func apiAddress(c relayconfig.Config) (string, error) {
	if c.API.AddrFile == "" {
		return c.API.Listen, nil
	}
	raw, err := os.ReadFile(c.API.AddrFile)
	return strings.TrimSpace(string(raw)), err
}

// ofThisFile refuses the status of a relayer with other paths: another one may listen at the same address.
func ofThisFile(c relayconfig.Config, s pathset.Status) error {
	for _, p := range s.Paths {
		have, err := c.Path(p.Name)
		linkedSince := p.State == pathset.NotLinked && have.Linked()
		if err != nil || have.A.Connection != p.Ends[0].Connection && !linkedSince {
			return fmt.Errorf("the relayer at %s runs another file", c.API.Listen)
		}
	}
	return nil
}

// askChains asks the chains how the paths are.
func askChains(cmd *cobra.Command, c relayconfig.Config) (pathset.Status, error) {
	var s pathset.Status
	keys, err := openKeyring(cmd, c)
	if err != nil {
		return s, err
	}
	told := map[string]bool{}
	for _, p := range c.Paths {
		if !p.Linked() {
			s.Paths = append(s.Paths, pathset.PathStatus{Name: p.Name, State: pathset.NotLinked, Ends: [2]pathset.EndStatus{{Chain: p.A.Chain}, {Chain: p.B.Chain}}})
			continue
		}
		opened, err := openPair(cmd.Context(), c, p, keys, cmd.ErrOrStderr())
		if err != nil {
			s.Paths = append(s.Paths, pathset.PathStatus{
				Name: p.Name, State: pathset.InTrouble, Trouble: []string{err.Error()}, Ends: [2]pathset.EndStatus{{Chain: p.A.Chain}, {Chain: p.B.Chain}},
			})
			continue
		}
		s.Paths = append(s.Paths, pathset.Ask(cmd.Context(), p, opened.named, opened.ends(), opened.relaying()))
		for i, ch := range opened.named {
			if told[ch.Name] {
				continue
			}
			told[ch.Name] = true
			s.Endpoints = append(s.Endpoints, pathset.Endpoints(ch.Name, opened.chains[i])...)
			if held, err := pathset.Balances(cmd.Context(), ch, opened.chains[i]); err == nil {
				s.Balances = append(s.Balances, held...)
			}
		}
		opened.close()
	}
	return s, nil
}

func writeStatus(out io.Writer, c relayconfig.Config, s pathset.Status) error {
	if s.Running {
		address, err := apiAddress(c)
		if err != nil {
			address = c.API.Listen
		}
		fmt.Fprintf(out, "a relayer runs since %s, status at http://%s/status\n", s.Since.Local().Format(time.DateTime), address)
	} else {
		fmt.Fprintln(out, "no relayer runs with this file here; this is what the chains say. Start one with `corridor relay run`.")
	}
	writePaths(out, s.Paths)
	for _, p := range s.Paths {
		if p.State == pathset.NotLinked {
			fmt.Fprintf(out, "%s: corridor relay link %s %s --port transfer\n", p.Name, p.Ends[0].Chain, p.Ends[1].Chain)
		}
	}
	if err := writeEndpoints(out, s.Endpoints); err != nil || len(s.Balances) == 0 {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nCHAIN\tSIGNER\tHOLDS")
	for _, b := range s.Balances {
		fmt.Fprintf(table, "%s\t%s\t%s%s\n", b.Chain, b.Address, b.Amount, b.Denom)
	}
	return table.Flush()
}

// writeEndpoints names the nodes that do not do their part; a list of those that are well tells nothing.
func writeEndpoints(out io.Writer, endpoints []pathset.EndpointStatus) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	title := "\nCHAIN\tNODE\tIS\tHEIGHT\tBEHIND\tWHY\n"
	for _, e := range endpoints {
		if e.State != chain.Well {
			fmt.Fprintf(table, "%s%s\t%s\t%s\t%d\t%d\t%s\n", title, e.Chain, e.Node, e.State, e.Height, e.Behind, e.Error)
			title = ""
		}
	}
	return table.Flush()
}
