package main

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/cosmos/cosmos-sdk/types/query"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/x/settlement"
)

func newSwapStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "status SETTLEMENT",
		Short:   "Show a settlement: its legs, its timeline, its ledgers' references",
		Example: "  corridor swap status 4f0c…   (64 hex digits, from `corridor swap list`)",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			hub, err := openHub(cmd)
			if err != nil {
				return err
			}
			defer hub.Client.Close()
			v, err := hub.Settlement(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return printSettlement(cmd, hub, v)
		},
	}
}

// printSettlement shows a settlement to people or to programs.
func printSettlement(cmd *cobra.Command, hub *swap.Hub, v settlement.SettlementView) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), &v)
	}
	return showSettlement(cmd.Context(), cmd, hub, v)
}

func newSwapListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List settlements, oldest first",
		Example: `  corridor swap list --open
  corridor swap list --proposer bank-a --limit 100 -o json`,
		Args: cobra.NoArgs,
		RunE: runSwapList,
	}
	cmd.Flags().String("proposer", "", "only those of this participant")
	cmd.Flags().Bool("open", false, "only those that are not final")
	cmd.Flags().Uint64("limit", 50, "how many")
	return cmd
}

func runSwapList(cmd *cobra.Command, _ []string) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	hub, err := openHub(cmd)
	if err != nil {
		return err
	}
	defer hub.Client.Close()
	limit, _ := cmd.Flags().GetUint64("limit")
	req := &settlement.QuerySettlementsRequest{Pagination: &query.PageRequest{Limit: limit}}
	req.OpenOnly, _ = cmd.Flags().GetBool("open")
	if id, _ := cmd.Flags().GetString("proposer"); id != "" {
		p, err := hub.Participant(cmd.Context(), id)
		if err != nil {
			return err
		}
		req.Proposer = p.Address
	}
	res, err := settlement.NewQueryClient(hub.Client.Conn()).Settlements(cmd.Context(), req)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), res)
	}
	if len(res.Settlements) == 0 {
		fmt.Fprintln(cmd.OutOrStdout(), "there is none")
		return nil
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%-64s  %-10s %s\n", "SETTLEMENT", "STATE", "REFERENCE")
	for _, v := range res.Settlements {
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %-10s %s", v.SettlementId, swap.StateName(v.Settlement.State), v.Reference)
		if v.Settlement.AbortReason != "" {
			fmt.Fprintf(cmd.OutOrStdout(), "  (%s)", v.Settlement.AbortReason)
		}
		fmt.Fprintln(cmd.OutOrStdout())
	}
	if len(res.Pagination.GetNextKey()) > 0 {
		fmt.Fprintln(cmd.OutOrStdout(), "there are more: raise --limit")
	}
	return nil
}

func newSwapWithdrawCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "withdraw SETTLEMENT",
		Short: "Agree to withdraw an undecided settlement; when all payers agree, it is aborted",
		Long: `Says that you, who pay one of its legs, agree to withdraw an undecided settlement. A provider pays a leg too. When all payers
agree, every hold is given back.`,
		Example: "  corridor swap withdraw 4f0c… --as bank-a   (64 hex digits, from `corridor swap list --open`)",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := hex.DecodeString(args[0])
			if err != nil {
				return fmt.Errorf("%q is not a settlement id: want 64 hex digits", args[0])
			}
			hub, err := openHub(cmd)
			if err != nil {
				return err
			}
			defer hub.Client.Close()
			sender, err := senderFor(cmd, hub)
			if err != nil {
				return err
			}
			if _, err := sender.Send(cmd.Context(), &settlement.MsgWithdraw{Sender: sender.Address(), SettlementId: id}); err != nil {
				return err
			}
			v, err := hub.Settlement(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := printSettlement(cmd, hub, v); err != nil {
				return err
			}
			return writeUnwilling(cmd, hub, v)
		},
	}
	addAs(cmd)
	return cmd
}

// writeUnwilling says to people who has yet to agree before a settlement is withdrawn.
func writeUnwilling(cmd *cobra.Command, hub *swap.Hub, v settlement.SettlementView) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil || asJSON || v.Settlement.State != settlement.STATE_PROPOSED && v.Settlement.State != settlement.STATE_PREPARING {
		return err
	}
	for i, l := range v.Legs {
		if slices.Contains(v.Settlement.Withdrawals, uint32(i)) {
			continue
		}
		p, err := hub.Holder(cmd.Context(), l.Ledger, l.Payer)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "withdrawn as soon as %[1]s agrees too: `corridor swap withdraw %[2]s --as %[1]s`\n", p.Id, v.SettlementId)
	}
	return nil
}
