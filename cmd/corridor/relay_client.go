package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

func newRelayClientCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "client",
		Short: "Refresh, replace or upgrade the paths' light clients by hand",
		Long: `A running relayer refreshes clients by itself. These are for when it did not run, or governance has to help. CHAIN is the chain that has the
client, as the relayer's file calls it.`,
	}
	refresh := &cobra.Command{
		Use:   "refresh CHAIN",
		Short: "Bring a chain's client to the newest block of the chain that it follows",
		Example: `  corridor relay client refresh a
  corridor relay client refresh a --client 07-tendermint-12   # a substitute, while governance votes`,
		Args: cobra.ExactArgs(1), ValidArgsFunction: completeChains,
		RunE: func(cmd *cobra.Command, args []string) error {
			return onClient(cmd, args[0], func(ends [2]ibcpath.End) error {
				if other, _ := cmd.Flags().GetString("client"); other != "" {
					ends[0].ClientID = other
				}
				r := &lightclient.Refresher{End: ends[0], Counterparty: ends[1].Chain}
				if err := r.Refresh(cmd.Context()); err != nil {
					return err
				}
				f, err := r.Once(cmd.Context())
				if err != nil {
					return err
				}
				return answer(cmd, map[string]any{"client": ends[0].ClientID, "expires": f.ExpiresAt, "days_left": f.DaysLeft},
					"client %s on %s lasts until %s, %s, without another update", ends[0].ClientID, args[0], f.ExpiresAt.UTC().Format(time.DateTime+" MST"), left(time.Until(f.ExpiresAt)))
			})
		},
	}
	upgrade := &cobra.Command{
		Use:   "upgrade CHAIN",
		Short: "Move a chain's client over a planned upgrade of the chain that it follows",
		Long: `For an upgrade that changes what clients must know, such as the chain id. The other chain has to stand at the plan's height, its nodes still
answering.`,
		Example: "  corridor relay client upgrade a --height 120000",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: completeChains,
		RunE: func(cmd *cobra.Command, args []string) error {
			height, _ := cmd.Flags().GetInt64("height")
			return onClient(cmd, args[0], func(ends [2]ibcpath.End) error {
				sent, err := lightclient.Upgrade(cmd.Context(), ends[0], ends[1].Chain, height)
				if err != nil {
					return err
				}
				return answer(cmd, map[string]any{"client": ends[0].ClientID, "tx": sent.Hash, "height": sent.Height},
					"client %s on %s is upgraded, by transaction %s in block %d", ends[0].ClientID, args[0], sent.Hash, sent.Height)
			})
		},
	}
	refresh.Flags().String("client", "", "another client of the same chain than the path's own")
	upgrade.Flags().Int64("height", 0, "height of the upgrade plan (default the one that is under way)")
	substitute := newClientSubstituteCommand()
	for _, each := range []*cobra.Command{refresh, upgrade, substitute} {
		addPathFlag(each, "the path, where several end on that chain")
	}
	cmd.AddCommand(refresh, substitute, upgrade)
	return cmd
}

func newClientSubstituteCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "substitute CHAIN",
		Short: "Propose to CHAIN's governance that another client takes the place of one that expired or froze",
		Long: `Makes a client on the same terms as the path's own, unless --with names one, and submits the proposal with its deposit from the relayer's
first account. The chain's voters decide; keep the new client refreshed until then. Packets go on afterwards, with the same client id.`,
		Example: `  corridor relay client substitute a
  corridor relay client substitute a --with 07-tendermint-12`,
		Args: cobra.ExactArgs(1), ValidArgsFunction: completeChains,
		RunE: func(cmd *cobra.Command, args []string) error {
			return onClient(cmd, args[0], func(ends [2]ibcpath.End) error { return substituteClient(cmd, ends) })
		},
	}
	cmd.Flags().String("with", "", "an active client on the same terms (default a new one)")
	return cmd
}

func substituteClient(cmd *cobra.Command, ends [2]ibcpath.End) error {
	ctx, chain := cmd.Context(), ends[0].Chain
	with, _ := cmd.Flags().GetString("with")
	if with == "" {
		old, err := lightclient.Look(ctx, chain, ends[0].ClientID)
		if err != nil {
			return err
		}
		if old.Usable(time.Now()) == nil {
			return fmt.Errorf("client %s on %s is active: there is nothing to replace", old.ID, chain.ID())
		}
		made, err := lightclient.Create(ctx, ends[1].Chain, lightclient.Like(old.State))
		if err != nil {
			return err
		}
		sent, err := chain.Send(ctx, func(signer string) []sdk.Msg { return []sdk.Msg{made.Message(signer)} })
		if err != nil {
			return err
		}
		if with, err = lightclient.Created(sent.Events); err != nil {
			return err
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "made client %s on %s, by transaction %s\n", with, chain.ID(), sent.Hash)
	}
	propose, err := lightclient.Propose(ctx, chain, lightclient.Substitution{Subject: ends[0].ClientID, Substitute: with})
	if err != nil {
		return err
	}
	sent, err := chain.Send(ctx, func(signer string) []sdk.Msg { return []sdk.Msg{propose(signer)} })
	if err != nil {
		return err
	}
	id := ""
	for _, event := range sent.Events {
		for _, attribute := range event.Attributes {
			if event.Type == "submit_proposal" && attribute.Key == "proposal_id" {
				id = attribute.Value
			}
		}
	}
	return answer(cmd, map[string]any{"subject": ends[0].ClientID, "substitute": with, "proposal": id, "tx": sent.Hash},
		"proposal %s on %s asks to put %s in the place of %s: its voters decide", id, chain.ID(), with, ends[0].ClientID)
}

// onClient opens the path that ends on a chain, and turns it so that this chain's end is the first.
func onClient(cmd *cobra.Command, name string, do func([2]ibcpath.End) error) error {
	c, err := loadRelayConfig(cmd)
	if err != nil {
		return err
	}
	ch, err := c.Chain(name)
	if err != nil {
		return err
	}
	paths, err := linkedPaths(cmd, c)
	if err != nil {
		return err
	}
	var here []relayconfig.Path
	for _, p := range paths {
		if p.A.Chain == ch.Name || p.B.Chain == ch.Name {
			here = append(here, p)
		}
	}
	if len(here) != 1 {
		return fmt.Errorf("%d linked paths of this file end on %s: name one with --path", len(here), ch.Name)
	}
	keys, err := openKeyring(cmd, c)
	if err != nil {
		return err
	}
	opened, err := openPair(cmd.Context(), c, here[0], keys, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer opened.close()
	ends := opened.ends()
	if here[0].B.Chain == ch.Name {
		ends[0], ends[1] = ends[1], ends[0]
	}
	return do(ends)
}
