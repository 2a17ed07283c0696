package main

import (
	"encoding/hex"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/swap"
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
		Use:     "show SETTLEMENT",
		Short:   "Say in words what is being agreed to",
		Example: "  corridor consent show 4f0c…   (64 hex digits, from `corridor swap list --open`)",
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
			return showConsent(cmd, hub, v)
		},
	}
	sign := &cobra.Command{
		Use:   "sign SETTLEMENT",
		Short: "Sign the consent for your legs and submit it",
		Long: `Shows what is agreed to, signs it with your consent key from the keyring, and submits it. With the last consent the holds are
ordered: look first, with ` + "`corridor consent show`" + `.`,
		Example: "  corridor consent sign 4f0c… --as bank-a",
		Args:    cobra.ExactArgs(1),
		RunE:    runConsentSign,
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
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	if !asJSON { // a program has read it before it signs
		if err := hub.WriteConsent(cmd.Context(), cmd.OutOrStdout(), v); err != nil {
			return err
		}
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
	return answer(cmd, map[string]any{"settlement_id": v.SettlementId, "participant": as, "legs_consented": len(consents)},
		"%s consented to %d leg(s)", as, len(consents))
}

// showConsent says what is being agreed to; for programs, the settlement and the bytes that are signed.
func showConsent(cmd *cobra.Command, hub *swap.Hub, v settlement.SettlementView) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	if !asJSON {
		return hub.WriteConsent(cmd.Context(), cmd.OutOrStdout(), v)
	}
	body, err := order.DecodeBody(v.Settlement.Body)
	if err != nil {
		return err
	}
	return writeJSON(cmd.OutOrStdout(), struct {
		Settlement rawProtoObject `json:"settlement"`
		SignBytes  string         `json:"sign_bytes"` // hex
	}{rawProtoObject{&v}, hex.EncodeToString(order.ConsentSignBytes(body.ChainID, body.Hash()))})
}
