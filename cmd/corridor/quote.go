package main

import (
	"encoding/hex"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/x/currency"
)

func newQuoteCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "quote",
		Short: "Publish, list and withdraw firm quotes",
		Long: `A quote is a provider's firm price: signed with the key that the paying account's ledger has on file, with a size and an expiry. The
words pay and receive are the customer's: it pays one currency to the provider and its payee receives the other.`,
	}
	cmd.AddCommand(newQuotePublishCommand(), newQuoteListCommand(), newQuoteWithdrawCommand())
	return cmd
}

func newQuotePublishCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "Sign and publish a firm quote",
		Long: `Signs and publishes a firm quote. The rate is an exact decimal: how many units of the receive currency one unit of the pay currency
buys. Publishing a quote with the same terms and reference again changes nothing. The expiry is one of the terms: with --until the same
command is the same quote however often it is run; with --for it counts from now, so that each run makes another quote.`,
		Example: `  corridor quote publish --as fxp --pay CNY --receive USD --rate 0.1391 --size 100000.00 --for 10m --reference q-1
  corridor quote publish --as fxp --pay CNY --receive USD --rate 0.1391 --size 100000.00 --until ` + tomorrow() + ` --reference q-2`,
		Args: cobra.NoArgs,
		RunE: runQuotePublish,
	}
	addAs(cmd)
	f := cmd.Flags()
	f.String("pay", "", "currency that the customer pays, ISO 4217 (required)")
	f.String("receive", "", "currency that the payee receives, ISO 4217 (required)")
	f.String("rate", "", "units of the receive currency for one unit of the pay currency, for example 0.1391 (required)")
	f.String("size", "", "the most that is paid under this quote, in the receive currency (required)")
	f.String("rounding", "down", "down, up or half-even")
	f.Duration("for", 0, "how long from now the quote can be taken, in hub time; at most 720h (this or --until)")
	f.String("until", "", "when the quote expires, in hub time, at most 720h from now; for example "+tomorrow()+" (this or --for)")
	f.Duration("prepare", 5*time.Minute, "how long after the expiry a settlement may still be preparing; at most 720h")
	f.String("reference", "", "makes equal terms distinct quotes, at most 35 characters (required)")
	f.String("pay-ledger", "", "ledger on which you receive; needed only where you have accounts on several")
	f.String("receive-ledger", "", "ledger on which you pay; needed only where you have accounts on several")
	for _, name := range []string{"pay", "receive", "rate", "size", "reference"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // only if the flag does not exist: a mistake in this file
		}
	}
	cmd.MarkFlagsOneRequired("for", "until")
	cmd.MarkFlagsMutuallyExclusive("for", "until")
	return cmd
}

// tomorrow is an expiry that an example can name and the hub would take.
func tomorrow() string {
	return time.Now().UTC().Add(24 * time.Hour).Truncate(time.Hour).Format(time.RFC3339)
}

// quoteExpiry is when the quote ends, or how long it lasts.
func quoteExpiry(cmd *cobra.Command) (until time.Time, lasts time.Duration, err error) {
	if cmd.Flags().Changed("for") {
		lasts, err = cmd.Flags().GetDuration("for")
		return time.Time{}, lasts, err
	}
	text, _ := cmd.Flags().GetString("until")
	until, err = time.Parse(time.RFC3339, text)
	// A quote counts nanoseconds since 1970 in 64 bits.
	if err != nil || until.UnixNano() <= 0 || !time.Unix(0, until.UnixNano()).Equal(until) {
		return time.Time{}, 0, fmt.Errorf("--until %q: want a time such as %s", text, tomorrow())
	}
	return until, 0, nil
}

func runQuotePublish(cmd *cobra.Command, _ []string) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	until, lasts, err := quoteExpiry(cmd)
	if err != nil {
		return err
	}
	hub, err := openHub(cmd)
	if err != nil {
		return err
	}
	defer hub.Client.Close()
	text := func(name string) string { s, _ := cmd.Flags().GetString(name); return s }
	prepare, _ := cmd.Flags().GetDuration("prepare")
	q, err := hub.Publish(cmd.Context(), swap.Offer{
		Provider: text("as"), Pay: text("pay"), Receive: text("receive"), Rate: text("rate"), Size: text("size"), Rounding: text("rounding"),
		Reference: text("reference"), PayLedger: text("pay-ledger"), ReceiveLedger: text("receive-ledger"),
		Until: until, For: lasts, Prepare: prepare,
	})
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), &q)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "published %s\n", q.QuoteId)
	return nil
}

func newQuoteListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List quotes: of one pair, or all",
		Example: `  corridor quote list --pay CNY --receive USD
  corridor quote list --all -o json`,
		Args: cobra.NoArgs,
		RunE: runQuoteList,
	}
	cmd.Flags().String("pay", "", "currency that the customer pays")
	cmd.Flags().String("receive", "", "currency that the payee receives")
	cmd.Flags().Bool("all", false, "expired, withdrawn and used-up ones too")
	return cmd
}

func runQuoteList(cmd *cobra.Command, _ []string) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	pay, _ := cmd.Flags().GetString("pay")
	receive, _ := cmd.Flags().GetString("receive")
	if (pay == "") != (receive == "") {
		return fmt.Errorf("--pay and --receive come together: they choose a pair")
	}
	hub, err := openHub(cmd)
	if err != nil {
		return err
	}
	defer hub.Client.Close()
	quotes, err := hub.Quotes(cmd.Context(), pay, receive)
	if err != nil {
		return err
	}
	all, _ := cmd.Flags().GetBool("all")
	shown := &currency.QueryQuotesResponse{}
	for _, q := range quotes {
		if q.Usable || all {
			shown.Quotes = append(shown.Quotes, q)
		}
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), shown)
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "QUOTE\tPROVIDER\tPAY → RECEIVE\tRATE\tLEFT\tEXPIRES\tUSABLE")
	for _, q := range shown.Quotes {
		t := q.Terms
		fmt.Fprintf(table, "%s\t%s\t%s → %s\t%d/%d\t%s\t%s\t%t\n", q.QuoteId, hub.AddressName(cmd.Context(), t.Provider), t.PayCurrency, t.ReceiveCurrency,
			t.RatioNumerator, t.RatioDenominator, hub.Money(cmd.Context(), q.Quote.RemainingMinor, t.ReceiveCurrency),
			time.Unix(0, int64(t.ExpiryUnixNs)).UTC().Format(time.RFC3339), q.Usable)
	}
	return table.Flush()
}

func newQuoteWithdrawCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "withdraw QUOTE",
		Short:   "End a quote; what was taken of it stays taken",
		Example: "  corridor quote withdraw 9422… --as fxp   (64 hex digits, from `corridor quote list`)",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := hex.DecodeString(args[0])
			if err != nil {
				return fmt.Errorf("%q is not a quote id: want 64 hex digits", args[0])
			}
			hub, err := openHub(cmd)
			if err != nil {
				return err
			}
			defer hub.Client.Close()
			sender, err := senderFor(cmd, hub)
			if err != nil {
				return err
			}
			if _, err := sender.Send(cmd.Context(), &currency.MsgWithdrawQuote{Provider: sender.Address(), QuoteId: id}); err != nil {
				return err
			}
			return answer(cmd, map[string]string{"withdrawn": args[0]}, "withdrawn %s", args[0])
		},
	}
	addAs(cmd)
	return cmd
}
