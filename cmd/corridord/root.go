package main

import (
	"os"

	cmtcfg "github.com/cometbft/cometbft/config"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cobra"

	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/config"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/server"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	"github.com/cosmos/cosmos-sdk/version"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/corridor-network/corridor/app"
)

// options is what a node's command line hands to the application.
type options map[string]any

// Get returns an option, or nil.
func (o options) Get(key string) any { return o[key] }

// newRootCommand builds an application in memory first: its modules know the codecs and the commands.
func newRootCommand() (*cobra.Command, error) {
	version.Name, version.AppName = app.Name, app.DaemonName
	home, err := os.MkdirTemp("", "corridord") // x/upgrade wants a home, and leaves an empty folder there
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home)
	model := app.New(log.NewNopLogger(), dbm.NewMemDB(), nil, true, options{flags.FlagHome: home})

	ctx := client.Context{}.
		WithCodec(model.Codec).
		WithInterfaceRegistry(model.InterfaceRegistry).
		WithTxConfig(model.TxConfig).
		WithLegacyAmino(model.Amino).
		WithInput(os.Stdin).
		WithAccountRetriever(authtypes.AccountRetriever{}).
		WithHomeDir(app.DefaultNodeHome).
		WithViper("CORRIDORD")

	root := &cobra.Command{
		Use:           app.DaemonName,
		Short:         "The hub of Corridor: a node of its chain, and keys, transactions and queries",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return prepare(cmd, ctx)
		},
	}
	addVerbs(root, model)
	return root, model.AutoCLI(ctx).EnhanceRootCommand(root)
}

// prepare reads flags and files before a command runs.
func prepare(cmd *cobra.Command, ctx client.Context) error {
	cmd.SetOut(cmd.OutOrStdout())
	cmd.SetErr(cmd.ErrOrStderr())
	ctx, err := client.ReadPersistentCommandFlags(ctx.WithCmdContext(cmd.Context()), cmd.Flags())
	if err != nil {
		return err
	}
	if ctx, err = config.ReadFromClientConfig(ctx); err != nil {
		return err
	}
	if err := client.SetCmdClientContextHandler(ctx, cmd); err != nil {
		return err
	}
	return server.InterceptConfigsPreRunHandler(cmd, serverconfig.DefaultConfigTemplate, nodeConfig(), cmtcfg.DefaultConfig())
}

// nodeConfig is the app.toml of a new node. Gas is free: the hub takes no fees.
func nodeConfig() *serverconfig.Config {
	cfg := serverconfig.DefaultConfig()
	cfg.MinGasPrices = "0" + app.SeatDenom
	cfg.QueryGasLimit = app.MaxQueryGas
	return cfg
}
