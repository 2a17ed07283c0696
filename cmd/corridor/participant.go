package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/types/query"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/compliance"
)

func newParticipantCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "participant", Short: "See who takes part, and propose to admit others"}
	show := &cobra.Command{
		Use:   "show [ID]",
		Short: "Show one participant with its accounts, or list all",
		Example: `  corridor participant show
  corridor participant show bank-a -o json`,
		Args: cobra.MaximumNArgs(1),
		RunE: runParticipantShow,
	}
	add := &cobra.Command{
		Use:   "add FILE",
		Short: "Propose to admit a participant; the validators vote",
		Long: `Writes and submits the governance proposal that admits a participant. FILE is JSON with the fields that ` + "`corridor participant show ID -o json`" + ` prints:
id, address, name, lei, bic, jurisdiction, roles, accounts (ledger, account, currency, consent_key in base64).`,
		Example: `  corridor participant show bank-a -o json > bank-c.json   # a model to edit
  corridor participant add bank-c.json --as supervisor`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			msg := &compliance.MsgAdmit{Authority: authority()}
			if err := readProto(args[0], &msg.Participant); err != nil {
				return err
			}
			if err := msg.Participant.Validate(address.NewBech32Codec(hubclient.Bech32Prefix)); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			hub, err := openHub(cmd)
			if err != nil {
				return err
			}
			defer hub.Client.Close()
			return propose(cmd, hub, msg, "Admit participant "+msg.Participant.Id)
		},
	}
	addAs(add)
	cmd.AddCommand(show, add)
	return cmd
}

func runParticipantShow(cmd *cobra.Command, args []string) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	hub, err := openHub(cmd)
	if err != nil {
		return err
	}
	defer hub.Client.Close()
	all := &compliance.QueryParticipantsResponse{}
	if len(args) == 1 {
		p, err := hub.Participant(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), &p)
		}
		all.Participants = append(all.Participants, p)
	} else if all, err = compliance.NewQueryClient(hub.Client.Conn()).Participants(cmd.Context(),
		&compliance.QueryParticipantsRequest{Pagination: &query.PageRequest{Limit: 1000}}); err != nil {
		return err
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), all)
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tBIC\tLEI\tROLES\tACCOUNTS\tADDRESS")
	for _, p := range all.Participants {
		var roles, accounts []string
		for _, r := range p.Roles {
			roles = append(roles, strings.ToLower(strings.TrimPrefix(r.String(), "ROLE_")))
		}
		for _, a := range p.Accounts {
			accounts = append(accounts, fmt.Sprintf("%s %s:%s", a.Currency, a.Ledger, a.Account))
		}
		frozen := ""
		if p.Frozen {
			frozen = " FROZEN: " + p.FrozenReason
		}
		fmt.Fprintf(table, "%s%s\t%s\t%s\t%s\t%s\t%s\n", p.Id, frozen, p.Bic, p.Lei, strings.Join(roles, ","), strings.Join(accounts, ", "), p.Address)
	}
	return table.Flush()
}
