package main

import (
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/x/settlement"
)

func newConsentCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "consent",
		Short: "See what a settlement asks you to agree to, and agree",
		Long: `A consent is an account holder's signature over a settlement's hash, with the key that its ledger has on file. Without it no ledger
moves the account's money. It agrees to all legs together: all happen, or none.`,
	}
	show := &cobra.Command{
		Use:   "show SETTLEMENT",
		Short: "Say in words what is being agreed to",
		Args:  cobra.ExactArgs(1),
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
			return hub.WriteConsent(cmd.Context(), cmd.OutOrStdout(), v)
		},
	}
	sign := &cobra.Command{
		Use:   "sign SETTLEMENT",
		Short: "Sign the consent for your legs and submit it",
		Args:  cobra.ExactArgs(1),
		RunE:  runConsentSign,
	}
	addAs(sign)
	cmd.AddCommand(show, sign)
	return cmd
}

func runConsentSign(cmd *cobra.Command, args []string) error {
	hub, err := openHub(cmd)
	if err != nil {
		return err
	}
	defer hub.Client.Close()
	v, err := hub.Settlement(cmd.Context(), args[0])
	if err != nil {
		return err
	}
	if err := hub.WriteConsent(cmd.Context(), cmd.OutOrStdout(), v); err != nil {
		return err
	}
	sender, err := senderFor(cmd, hub)
	if err != nil {
		return err
	}
	as, _ := cmd.Flags().GetString("as")
	consents, err := hub.Consents(cmd.Context(), v, as)
	if err != nil {
		return err
	}
	id, err := hex.DecodeString(v.SettlementId)
	if err != nil {
		return err
	}
	if _, err := sender.Send(cmd.Context(), &settlement.MsgConsent{Sender: sender.Address(), SettlementId: id, Consents: consents}); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s consented to %d leg(s)\n", as, len(consents))
	return nil
}
