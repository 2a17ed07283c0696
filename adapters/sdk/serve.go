package sdk

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// Serve is an adapter's whole main:
//
//	func main() { sdk.Serve(mybank.Open) }
//
// open reads its configuration, by LoadConfig, from the file that --config names, and gives the ledger.
// With --describe the program prints the ledger's Description as JSON and exits. Otherwise it must have
// been started by an adapter host; it then serves until that host ends it or dies, SIGKILL included.
//
// Standard output belongs to the handshake: what open prints there goes to standard error, which the
// host logs. Serve does not return.
func Serve(open func(configPath string) (Ledger, error)) {
	os.Exit(serve(open, os.Args))
}

func serve(open func(configPath string) (Ledger, error), args []string) int {
	name := filepath.Base(args[0])
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	config := flags.String("config", "", "the adapter's configuration `file`")
	describe := flags.Bool("describe", false, "print the ledger's description as JSON and exit")
	if err := flags.Parse(args[1:]); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "%s: unexpected argument %q; the flags are --config FILE and --describe\n", name, flags.Arg(0))
		return 2
	}
	if !*describe {
		if os.Getenv(Handshake.MagicCookieKey) != Handshake.MagicCookieValue {
			fmt.Fprintf(os.Stderr, "%s is a Corridor adapter: a notary's relayer starts it (corridor ledger run). To see what it is, run it with --config FILE --describe.\n", name)
			return 2
		}
		go exitWithHost()
	}
	ledger, err := openQuietly(open, *config)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	if *describe {
		return printDescription(ledger, name, os.Stdout)
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  Handshake,
		VersionedPlugins: served(context.Background(), ledger),
		GRPCServer:       func(opts []grpc.ServerOption) *grpc.Server { return NewServer(opts...) },
		Logger:           hclog.New(&hclog.LoggerOptions{Name: name, Level: hclog.Warn, Output: os.Stderr, JSONFormat: true}),
	})
	if c, ok := ledger.(io.Closer); ok {
		if err := c.Close(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: closing: %v\n", name, err)
			return 1
		}
	}
	return 0
}

// openQuietly opens the ledger with standard output turned to standard error.
func openQuietly(open func(string) (Ledger, error), config string) (Ledger, error) {
	stdout := os.Stdout
	os.Stdout = os.Stderr
	defer func() { os.Stdout = stdout }()
	return open(config)
}

func printDescription(l Ledger, name string, to io.Writer) int {
	d, err := l.Describe(context.Background())
	if err == nil {
		err = d.Validate()
	}
	if err == nil {
		enc := json.NewEncoder(to)
		enc.SetIndent("", "  ")
		err = enc.Encode(d)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}
