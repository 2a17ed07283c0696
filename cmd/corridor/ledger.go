package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/cosmos/cosmos-sdk/types/query"
	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/x/bridge"
)

func newLedgerCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "ledger", Short: "See the ledgers, propose others, and run a ledger's notary"}
	show := &cobra.Command{
		Use:   "show [ID]",
		Short: "Show one ledger with its notaries, or list all",
		Example: `  corridor ledger show
  corridor ledger show rtgs-usd -o json`,
		Args: cobra.MaximumNArgs(1),
		RunE: runLedgerShow,
	}
	add := &cobra.Command{
		Use:   "add FILE",
		Short: "Propose to register a ledger; the validators vote",
		Long: `Writes and submits the governance proposal that registers a ledger. FILE is JSON with the fields that ` + "`corridor ledger show ID -o json`" + ` prints:
id, cell, link, order_check, notaries (id, public_key in base64), threshold, longest_prepare, takeover_delay; of a ledger behind
an IBC channel (link LINK_IBC) channel (connection_id, channel_id, chain_id) instead of notaries, threshold and takeover_delay.`,
		Example: `  corridor ledger show rtgs-usd -o json > rtgs-eur.json   # a model to edit
  corridor ledger add rtgs-eur.json --as supervisor`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			msg := &bridge.MsgRegisterLedger{Authority: authority()}
			if err := readProto(args[0], &msg.Ledger); err != nil {
				return err
			}
			if err := msg.Ledger.Validate(); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			hub, err := openHub(cmd)
			if err != nil {
				return err
			}
			defer hub.Client.Close()
			return propose(cmd, hub, msg, "Register ledger "+msg.Ledger.Id)
		},
	}
	addAs(add)
	cmd.AddCommand(show, add, newLedgerRunCommand())
	return cmd
}

func runLedgerShow(cmd *cobra.Command, args []string) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	hub, err := openHub(cmd)
	if err != nil {
		return err
	}
	defer hub.Client.Close()
	queries := bridge.NewQueryClient(hub.Client.Conn())
	all := &bridge.QueryLedgersResponse{}
	if len(args) == 1 {
		res, err := queries.Ledger(cmd.Context(), &bridge.QueryLedgerRequest{Id: args[0]})
		if status.Code(err) == codes.NotFound {
			return fmt.Errorf("there is no ledger %q: `corridor ledger show` lists them", args[0])
		}
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), &res.Ledger)
		}
		all.Ledgers = append(all.Ledgers, res.Ledger)
	} else if all, err = queries.Ledgers(cmd.Context(), &bridge.QueryLedgersRequest{Pagination: &query.PageRequest{Limit: 1000}}); err != nil {
		return err
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), all)
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LEDGER\tCELL\tPROVED BY\tITSELF CHECKS\tNOTARIES\tSTATUS")
	word := func(enum, prefix string) string { return strings.ToLower(strings.TrimPrefix(enum, prefix)) }
	for _, l := range all.Ledgers {
		status, notaries := "active", "-"
		if l.Suspended {
			status = "SUSPENDED: " + l.SuspendedReason
		}
		if len(l.Notaries) > 0 {
			ids := make([]string, len(l.Notaries))
			for i, n := range l.Notaries {
				if ids[i] = n.Id; n.Suspended {
					ids[i] += " (suspended)"
				}
			}
			notaries = fmt.Sprintf("%d of %s", l.Threshold, strings.Join(ids, ", "))
		}
		if c := l.Channel; c != nil {
			notaries = fmt.Sprintf("- (%s over %s to %s)", c.ChannelId, c.ConnectionId, c.ChainId)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Id, word(l.Cell.String(), "CELL_"), word(l.Link.String(), "LINK_"),
			word(l.OrderCheck.String(), "ORDER_CHECK_"), notaries, status)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprint(cmd.OutOrStdout(), orderChecks)
	return nil
}

// orderChecks says what the third column means to whoever has money there.
const orderChecks = `
ITSELF CHECKS  ledger: it acts only on what the hub's validators signed and the account's holder consented to; no notary can do more.
               none: it does what a notary with access says; a single dishonest notary could hold, post or void there without the hub's order.
`
