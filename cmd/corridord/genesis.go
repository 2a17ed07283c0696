package main

import (
	"fmt"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/server"
	genutilcli "github.com/cosmos/cosmos-sdk/x/genutil/client/cli"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/corridor-network/corridor/app"
)

// initCommand is the SDK's, whose genesis then gets the hub's limit on a block's gas.
func initCommand(model *app.App) *cobra.Command {
	cmd := genutilcli.InitCmd(model.Basics, app.DefaultNodeHome)
	initialize := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := initialize(cmd, args); err != nil {
			return err
		}
		return editGenesis(server.GetServerContextFromCmd(cmd).Config.GenesisFile(), func(genesis *genutiltypes.AppGenesis) {
			if genesis.Consensus.Params == nil {
				genesis.Consensus.Params = cmttypes.DefaultConsensusParams()
			}
			genesis.Consensus.Params.Block.MaxGas = app.MaxBlockGas
		})
	}
	return cmd
}

// resumeCommand sets the one thing that an export leaves to the operator.
func resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resume FILE [TIME]",
		Short: "Set genesis_time in an exported genesis, to now or to TIME (RFC 3339)",
		Long: "A chain that goes on from an export needs a genesis_time after the exported block's. " +
			"All validators must start with the very same file.",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			at := time.Now()
			if len(args) == 2 {
				var err error
				if at, err = time.Parse(time.RFC3339Nano, args[1]); err != nil {
					return fmt.Errorf("TIME %q is not RFC 3339, such as 2026-01-31T12:00:00Z: %w", args[1], err)
				}
			}
			return editGenesis(args[0], func(genesis *genutiltypes.AppGenesis) { genesis.GenesisTime = at.UTC() })
		},
	}
}

func editGenesis(file string, edit func(*genutiltypes.AppGenesis)) error {
	genesis, err := genutiltypes.AppGenesisFromFile(file)
	if err != nil {
		return fmt.Errorf("read genesis %s: %w", file, err)
	}
	edit(genesis)
	if err := genesis.SaveAs(file); err != nil {
		return fmt.Errorf("write genesis %s: %w", file, err)
	}
	return nil
}
