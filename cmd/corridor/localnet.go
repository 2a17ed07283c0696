package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/world"
)

// defaultLocalnet is where a localnet lies unless told otherwise.
const defaultLocalnet = ".localnet"

func newLocalnetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "localnet",
		Short: "Run a whole Corridor on this machine",
		Long: `Four hub validators, a simulated CBDC (CNY), a simulated bank network (USD) and three notaries for each, every one a process of its own, on
free loopback ports that localnet.json in its folder lists. With --second-chain also a chain of one validator that holds EUR and is a
ledger of the hub by IBC, and the relayer that carries packets between both.`,
	}
	cmd.PersistentFlags().String("dir", defaultLocalnet, "the localnet's folder")
	up := &cobra.Command{
		Use: "up", Short: "Start a localnet: a new one, or again the one that is down in its folder", Args: cobra.NoArgs, RunE: runLocalnetUp,
		Long: `Makes a new localnet and starts it. Where one is down in the folder, it is started again: the same keys, chain and ledgers, on the same
ports unless somebody else has taken one.`,
		Example: `  corridor localnet up
  corridor localnet up --dir /tmp/second --validators 1   # beside the first
  corridor localnet up --second-chain`,
	}
	up.Flags().Int("validators", localnet.DefaultValidators, "how many hub validators a new localnet gets")
	up.Flags().Bool("second-chain", false, "a new localnet gets a second chain too: ledger "+world.Far+" of the hub, by IBC")
	up.Flags().String("verify", "", "how a new localnet's notaries read the hub: light (headers and proofs; the default of more than one validator) or node (each believes its own)")
	up.Flags().Bool("unchecked", false, "a new localnet's CBDC checks no orders itself, like the bank network")
	addBin(up)
	down := &cobra.Command{
		Use: "down", Short: "End every process of the localnet; up starts it again", Args: cobra.NoArgs,
		Example: `  corridor localnet down
  corridor localnet down --purge   # for good`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, _ := cmd.Flags().GetString("dir")
			purge, _ := cmd.Flags().GetBool("purge")
			if err := localnet.Down(cmd.Context(), dir, purge); err != nil {
				return err
			}
			return answer(cmd, map[string]any{"dir": dir, "down": true}, "the localnet in %s is down; no process is left", dir)
		},
	}
	down.Flags().Bool("purge", false, "remove its folder too: keys, ledgers, chain and logs")
	status := &cobra.Command{
		Use: "status", Short: "Show processes, addresses and whether all run", Args: cobra.NoArgs, RunE: runLocalnetStatus,
		Long: `Shows processes, addresses and whether all run. The exit code is 1 if one does not; start all of them again with ` +
			"`corridor localnet down` and `corridor localnet up`.",
		Example: "  corridor localnet status -o json",
	}
	cmd.AddCommand(up, down, status)
	return cmd
}

// addBin adds the flag that says where the binaries are: beside this one, unless told otherwise.
func addBin(cmd *cobra.Command) {
	bin := "build"
	if self, err := os.Executable(); err == nil {
		bin = filepath.Dir(self)
	}
	cmd.Flags().String("bin", bin, "folder of corridord, corridor-sim and the adapters")
}

func runLocalnetUp(cmd *cobra.Command, _ []string) error {
	o := localnet.Options{Progress: func(what string) { fmt.Fprintln(cmd.ErrOrStderr(), "starting "+what) }}
	o.Dir, _ = cmd.Flags().GetString("dir")
	o.Bin, _ = cmd.Flags().GetString("bin")
	o.SecondChain, _ = cmd.Flags().GetBool("second-chain")
	o.Verify, _ = cmd.Flags().GetString("verify")
	o.Unchecked, _ = cmd.Flags().GetBool("unchecked")
	if cmd.Flags().Changed("validators") { // else one that is started again keeps its own
		o.Validators, _ = cmd.Flags().GetInt("validators")
	}
	l, err := localnet.Up(cmd.Context(), o)
	if err != nil {
		return err
	}
	where := ""
	if o.Dir != defaultLocalnet {
		where = " --dir " + o.Dir
	}
	return answer(cmd, l, "the localnet is ready: %d processes. `corridor localnet status%[2]s` shows them, `corridor localnet down%[2]s` ends them.",
		len(l.Processes), where)
}

// processStatus is one process as JSON.
type processStatus struct {
	localnet.Process
	Running bool `json:"running"`
}

func runLocalnetStatus(cmd *cobra.Command, _ []string) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	dir, _ := cmd.Flags().GetString("dir")
	l, err := localnet.Open(dir)
	if err != nil {
		return err
	}
	var processes []processStatus
	var ended []string
	for _, p := range l.Processes {
		running := p.Alive()
		processes = append(processes, processStatus{p, running})
		if !running {
			ended = append(ended, p.Name)
		}
	}
	if asJSON {
		err = writeJSON(cmd.OutOrStdout(), struct {
			*localnet.Localnet
			Processes []processStatus `json:"processes"`
		}{l, processes})
	} else {
		err = writeLocalnet(cmd, l, processes)
	}
	if err == nil && len(ended) > 0 {
		return exitError{code: exitError1, message: strings.Join(ended, ", ") + " ended; the log says why"}
	}
	return err
}

func writeLocalnet(cmd *cobra.Command, l *localnet.Localnet, processes []processStatus) error {
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "chain %s in %s\n\nPROCESS\tKIND\tPID\tRUNNING\tLOG\n", l.ChainID, l.Dir)
	for _, p := range processes {
		fmt.Fprintf(table, "%s\t%s\t%d\t%t\t%s\n", p.Name, p.Kind, p.PID, p.Running, p.Log)
	}
	fmt.Fprintln(table, "\nEach notary runs its adapter as a process of its own, its plugin.\n\nWHERE\tADDRESS")
	for _, n := range l.Nodes {
		fmt.Fprintf(table, "%s\tgRPC %s, RPC http://%s, REST http://%s\n", n.Name, n.GRPC, n.RPC, n.REST)
	}
	if f := l.Far; f != nil {
		fmt.Fprintf(table, "%s\tchain %s, ledger %s: gRPC %s, RPC http://%s, REST http://%s\n", f.Node.Name, f.ChainID, f.Ledger, f.Node.GRPC, f.Node.RPC, f.Node.REST)
		fmt.Fprintf(table, "%s\tcorridor relay status --config %s\n", localnet.RelayerName, f.RelayerFile)
	}
	for _, led := range l.Ledgers {
		fmt.Fprintf(table, "%s\t%s (admin token in %s)\n", led.ID, led.URL, led.AdminFile)
	}
	return table.Flush()
}
