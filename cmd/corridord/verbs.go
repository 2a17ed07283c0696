package main

import (
	"errors"
	"fmt"
	"io"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cobra"

	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/debug"
	"github.com/cosmos/cosmos-sdk/client/keys"
	"github.com/cosmos/cosmos-sdk/client/pruning"
	"github.com/cosmos/cosmos-sdk/client/rpc"
	"github.com/cosmos/cosmos-sdk/client/snapshot"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	authcmd "github.com/cosmos/cosmos-sdk/x/auth/client/cli"
	genutilcli "github.com/cosmos/cosmos-sdk/x/genutil/client/cli"

	"github.com/corridor-network/corridor/app"
)

// addVerbs adds all commands but the modules' own, which AutoCLI adds.
func addVerbs(root *cobra.Command, model *app.App) {
	genesis := genutilcli.Commands(model.TxConfig, model.Basics, app.DefaultNodeHome)
	genesis.AddCommand(resumeCommand())
	root.AddCommand(
		initCommand(model),
		homesCommand(model),
		genesis,
		debug.Cmd(),
		pruning.Cmd(newNode, app.DefaultNodeHome),
		snapshot.Cmd(newNode),
		server.StatusCommand(),
		server.QueryBlockResultsCmd(),
		txCommand(model),
		queryCommand(model),
		keys.Commands(),
	)
	server.AddCommands(root, app.DefaultNodeHome, newNode, exportNode, func(*cobra.Command) {})
}

func queryCommand(model *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:                        "query",
		Aliases:                    []string{"q"},
		Short:                      "Ask the hub",
		SuggestionsMinimumDistance: 2,
		RunE:                       client.ValidateCmd,
	}
	cmd.AddCommand(rpc.ValidatorCommand(), server.QueryBlockCmd(), server.QueryBlocksCmd(),
		authcmd.QueryTxsByEventsCmd(), authcmd.QueryTxCmd())
	model.Basics.AddQueryCommands(cmd)
	return cmd
}

func txCommand(model *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:                        "tx",
		Short:                      "Make, sign and send transactions",
		SuggestionsMinimumDistance: 2,
		RunE:                       client.ValidateCmd,
	}
	cmd.AddCommand(authcmd.GetSignCommand(), authcmd.GetSignBatchCommand(), authcmd.GetMultiSignCommand(),
		authcmd.GetMultiSignBatchCmd(), authcmd.GetValidateSignaturesCommand(), authcmd.GetBroadcastCommand(),
		authcmd.GetEncodeCommand(), authcmd.GetDecodeCommand(), authcmd.GetSimulateCmd())
	model.Basics.AddTxCommands(cmd)
	return cmd
}

// newNode makes the application of a running node.
func newNode(logger log.Logger, db dbm.DB, trace io.Writer, options servertypes.AppOptions) servertypes.Application {
	return app.New(logger, db, trace, true, options, server.DefaultBaseappOptions(options)...)
}

// exportNode makes a genesis from a stopped node's state at a height, or at the newest with -1.
func exportNode(logger log.Logger, db dbm.DB, trace io.Writer, height int64, forZeroHeight bool,
	jailAllowed []string, options servertypes.AppOptions, modules []string,
) (servertypes.ExportedApp, error) {
	if forZeroHeight || len(jailAllowed) > 0 {
		return servertypes.ExportedApp{}, errors.New(
			"export: --for-zero-height and --jail-allowed-addrs are not supported: a restarted hub goes on at the next height")
	}
	stopped := app.New(logger, db, trace, height == -1, options, server.DefaultBaseappOptions(options)...)
	if height != -1 {
		if err := stopped.LoadHeight(height); err != nil {
			return servertypes.ExportedApp{}, fmt.Errorf("export: load height %d: %w", height, err)
		}
	}
	return stopped.Export(modules)
}
