package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"

	"github.com/cosmos/cosmos-sdk/version"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/corridor-network/corridor/relayer/pathset"
	"github.com/corridor-network/corridor/relayer/relayconfig"
	"github.com/corridor-network/corridor/relayer/relaymetrics"
	"github.com/corridor-network/corridor/relayer/status"
)

func newRelayRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Relay all paths of the file until told to stop",
		Long: `Relays packets, acknowledgements and timeouts on every path that is linked, keeps the paths' light clients from expiring, and shows forks to
them. It keeps no state: it can be killed and started again at any point, and begins with what waits then.

In a terminal it shows how the paths are; otherwise it writes JSON logs on standard error (--logs does so in a terminal too).

  SIGHUP             the file is read again: paths that it changes start anew, the others run on; a wrong file changes nothing
  SIGTERM, SIGINT    it stops; what is on its way is relayed by the next start, or by another relayer

The file's api.listen serves /livez, /readyz, /status and /metrics. Exit codes: 0 stopped as told, 1 wrong usage or configuration.`,
		Example: `  corridor relay run
  corridor relay run --config /etc/corridor/relay.yaml --logs`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadRelayConfig(cmd)
			if err != nil {
				return err
			}
			if _, err := linkedPaths(cmd, c); err != nil {
				return err
			}
			logs, _ := cmd.Flags().GetBool("logs")
			screen, isFile := cmd.OutOrStdout().(*os.File)
			if asJSON, _ := wantsJSON(cmd); logs || asJSON || !isFile || !term.IsTerminal(int(screen.Fd())) {
				screen = nil
			}
			stop, err := profile(cmd)
			if err != nil {
				return err
			}
			defer stop()
			return relay(cmd, c, screen)
		},
	}
	cmd.Flags().Bool("logs", false, "write logs, in a terminal too")
	cmd.Flags().Bool("debug", false, "log what is retried too")
	cmd.Flags().String("cpu-profile", "", "write where the CPU time goes into this file, for go tool pprof")
	return cmd
}

// profile starts what --cpu-profile asks for; stop ends it.
func profile(cmd *cobra.Command) (stop func(), err error) {
	file, _ := cmd.Flags().GetString("cpu-profile")
	if file == "" {
		return func() {}, nil
	}
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		out.Close()
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		out.Close()
	}, nil
}

// relay wires keys, metrics, traces, status server and paths, and runs until it is told to stop. Without a screen it writes logs.
func relay(cmd *cobra.Command, c relayconfig.Config, screen *os.File) error {
	ctx := cmd.Context()
	keys, err := openKeyring(cmd, c)
	if err != nil {
		return err
	}
	if _, err := accounts(c, keys); err != nil {
		return err
	}
	level := slog.LevelInfo
	if debug, _ := cmd.Flags().GetBool("debug"); debug {
		level = slog.LevelDebug
	}
	recent := &recentLogs{}
	handler := slog.Handler(slog.NewJSONHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
	if screen != nil {
		handler = slog.NewTextHandler(recent, &slog.HandlerOptions{Level: max(level, slog.LevelWarn), ReplaceAttr: timeOnly})
	}
	log := slog.New(handler)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	o := pathset.Options{Keys: keys, Log: log, Metrics: relaymetrics.New(registry)}
	if c.Traces.Endpoint != "" {
		if o.Traces, err = relaymetrics.StartTraces(ctx, c.Traces.Endpoint, version.Version); err != nil {
			return err
		}
		defer func() {
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
			defer cancel()
			if err := o.Traces.Close(closing); err != nil {
				log.Warn("some traces are lost", "error", err)
			}
		}()
	}
	set := pathset.New(o)
	server, err := status.Start(c.API.Listen, c.API.AddrFile, set, registry)
	if err != nil {
		return busyAddress(err, c)
	}
	defer server.Close(context.WithoutCancel(ctx))
	log.Info("running", "file", c.File, "paths", len(c.Paths), "status", server.Address, "pid", os.Getpid())
	stop := rereadOnHangup(ctx, c, set, o)
	defer stop()
	if screen != nil {
		go (&live{out: screen, set: set, recent: recent, address: server.Address, file: c.File}).run(ctx)
	}
	err = set.Run(ctx, c)
	log.Info("stopped")
	return err
}

// busyAddress says what to do about an address that another program has.
func busyAddress(err error, c relayconfig.Config) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w: does another `corridor relay run` run here? Otherwise give api.listen in %s another port", err, c.File)
	}
	return err
}

// rereadOnHangup reads the file again at each SIGHUP, until the function that it returns is called.
func rereadOnHangup(ctx context.Context, c relayconfig.Config, set *pathset.Set, o pathset.Options) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
			}
			again, err := relayconfig.Load(c.File)
			if err == nil {
				err = set.Reload(again)
			}
			o.Metrics.Configuration(err)
			if err != nil {
				o.Log.Error("the file is wrong; what ran before runs on", "file", c.File, "error", err)
				continue
			}
			if again.Keyring != c.Keyring || again.API != c.API || again.Traces != c.Traces {
				o.Log.Warn("keyring, api and traces are read at the start only; start again to change them")
			}
			o.Log.Info("the file was read again", "file", c.File, "paths", len(again.Paths))
		}
	}()
	return func() {
		signal.Stop(signals)
		cancel()
	}
}

// timeOnly shortens a log line's time for a screen.
func timeOnly(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.String("", a.Value.Time().Format("15:04:05"))
	}
	return a
}
