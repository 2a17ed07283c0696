package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/x/settlement"
)

func newSwapCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "swap",
		Short: "Pay in one currency, have the payee receive another",
		Long: `Pays at a provider's firm quote: one leg from the payer to the provider, one from the provider to the payee, both or neither.

One payment by flags, or many from a file (CSV with a header):

  payer,payee,amount,currency,receive-currency,quote,provider,reference
  bank-a,bank-b,700.00,CNY,USD,,fxp,invoice-1

payer, payee and provider are participants' ids; amount and currency are what the payer pays; give either quote (its id) or provider (its
best usable quote is taken). The reference makes a payment unique: the same line again is shown, not paid again.
With -o json each payment's result is a JSON document of its own.

` + exitHelp,
		Example: `  corridor swap --payer bank-a --payee bank-b --amount 700.00 --currency CNY --receive-currency USD --provider fxp --reference invoice-1
  corridor swap --file payments.csv --dry-run
  corridor swap --file payments.csv`,
		Args: cobra.NoArgs,
		RunE: runSwap,
	}
	f := cmd.Flags()
	f.String("file", "", "payments file (CSV); - reads standard input")
	f.String("payer", "", "who pays: a participant's id")
	f.String("payee", "", "who is paid: a participant's id")
	f.String("amount", "", "what the payer pays, for example 700.00")
	f.String("currency", "", "currency of the amount, ISO 4217")
	f.String("receive-currency", "", "what the payee receives, ISO 4217")
	f.String("quote", "", "quote id; corridor quote list shows them")
	f.String("provider", "", "whose best quote is taken: a participant's id")
	f.String("reference", "", "makes the payment unique among the payer's, at most 35 characters")
	f.Bool("dry-run", false, "show price, legs and who must consent; submit nothing")
	f.Duration("prepare", time.Minute, "how long all legs may take to be held, in hub time")
	f.Duration("wait", 2*time.Minute, "how long to watch a settlement until it is final")
	cmd.AddCommand(newSwapStatusCommand(), newSwapListCommand(), newSwapWithdrawCommand())
	return cmd
}

// lines are the payments that the flags ask for.
func swapLines(cmd *cobra.Command) ([]swap.Line, error) {
	file, _ := cmd.Flags().GetString("file")
	if file == "" {
		text := func(name string) string { s, _ := cmd.Flags().GetString(name); return s }
		l := swap.Line{
			Payer: text("payer"), Payee: text("payee"), Amount: text("amount"), Currency: text("currency"),
			ReceiveCurrency: text("receive-currency"), Quote: text("quote"), Provider: text("provider"), Reference: text("reference"),
		}
		if err := l.Validate(); err != nil {
			return nil, fmt.Errorf("%w (or name a payments file with --file; see `corridor swap --help`)", err)
		}
		return []swap.Line{l}, nil
	}
	for _, name := range []string{"payer", "payee", "amount", "currency", "receive-currency", "quote", "provider", "reference"} {
		if cmd.Flags().Changed(name) {
			return nil, fmt.Errorf("--file and --%s don't go together: the file says it", name)
		}
	}
	in := os.Stdin
	if file != "-" {
		var err error
		if in, err = os.Open(file); err != nil {
			return nil, fmt.Errorf("payments file: %w", err)
		}
		defer in.Close()
	}
	lines, err := swap.ReadFile(in)
	if err != nil {
		return nil, fmt.Errorf("payments file %s, nothing was submitted:\n%w", file, err)
	}
	return lines, nil
}

func runSwap(cmd *cobra.Command, _ []string) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	lines, err := swapLines(cmd)
	if err != nil {
		return err
	}
	hub, err := openHub(cmd)
	if err != nil {
		return err
	}
	defer hub.Client.Close()
	if dry, _ := cmd.Flags().GetBool("dry-run"); dry {
		return dryRun(cmd, hub, lines)
	}
	prepare, _ := cmd.Flags().GetDuration("prepare")
	wait, _ := cmd.Flags().GetDuration("wait")
	runner := &swap.Runner{Hub: hub, Prepare: prepare, Wait: wait, Progress: func(l swap.Line, v settlement.SettlementView) {
		steps := v.Settlement.Timeline
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s (%s)\n", l.Reference, swap.StateName(v.Settlement.State), steps[len(steps)-1].Name)
	}}
	code := exitOK
	for _, l := range lines {
		res, err := runner.Run(cmd.Context(), l)
		if err != nil {
			return fmt.Errorf("reference %s: %w", l.Reference, err)
		}
		code = max(code, exitCode(res.Status))
		if err := writeResult(cmd, hub, res, asJSON); err != nil {
			return err
		}
	}
	if code != exitOK {
		return exitError{code: code}
	}
	return nil
}

// resultJSON is one line's result for programs; the settlement in protobuf's own JSON.
type resultJSON struct {
	Line       swap.Line      `json:"line"`
	Status     swap.Status    `json:"status"`
	Message    string         `json:"message,omitempty"`
	Settlement rawProtoObject `json:"settlement,omitzero"`
}

func writeResult(cmd *cobra.Command, hub *swap.Hub, r swap.Result, asJSON bool) error {
	out := cmd.OutOrStdout()
	if asJSON {
		j := resultJSON{Line: r.Line, Status: r.Status, Message: r.Message}
		if r.Settlement != nil {
			j.Settlement.Message = r.Settlement
		}
		return writeJSON(out, j)
	}
	where := "reference " + r.Line.Reference
	if r.Line.Number > 0 {
		where = fmt.Sprintf("line %d, %s", r.Line.Number, where)
	}
	fmt.Fprintf(out, "%s: %s", where, r.Status)
	if r.Message != "" {
		fmt.Fprintf(out, ": %s", r.Message)
	}
	fmt.Fprintln(out)
	if r.Settlement == nil || r.Status == swap.Conflicting {
		return nil
	}
	return showSettlement(cmd.Context(), cmd, hub, *r.Settlement)
}

func showSettlement(ctx context.Context, cmd *cobra.Command, hub *swap.Hub, v settlement.SettlementView) error {
	if err := hub.WriteSettlement(ctx, cmd.OutOrStdout(), v); err != nil {
		return err
	}
	if swap.Final(v.Settlement.State) {
		took, blocks := swap.Latency(v)
		fmt.Fprintf(cmd.OutOrStdout(), "  %s in %.2f s hub time, %d blocks after it was proposed\n", swap.StateName(v.Settlement.State), took.Seconds(), blocks)
	}
	return nil
}

// rawProtoObject puts a protobuf message's own JSON into a JSON document.
type rawProtoObject struct{ Message proto.Message }

// IsZero leaves it out where there is none.
func (r rawProtoObject) IsZero() bool { return r.Message == nil }

// MarshalJSON gives protobuf's JSON form.
func (r rawProtoObject) MarshalJSON() ([]byte, error) { return protoJSON(r.Message) }
