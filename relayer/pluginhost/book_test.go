package pluginhost

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

func TestAHostPassesABatchOnToALedgerThatChecksOrders(t *testing.T) {
	hub := simtest.NewHub(simtest.ChainID, time.Minute)
	ledger := simtest.StartWith(t, hub.Checking(simtest.Config(t)))
	h, err := Start(t.Context(), cbdcConfig(t, ledger.URL, "order_check: ledger\n"))
	require.NoError(t, err)
	defer func() { require.NoError(t, h.Close()) }()

	before, err := h.Book(t.Context())
	require.NoError(t, err)
	require.Equal(t, ledger.Book(t), before)
	pay := simtest.Payment{Reference: "R1", Payer: simtest.Rich, Payee: simtest.Payee, AmountMinor: 700}
	_, err = h.Hold(t.Context(), pay.Hold())
	require.Equal(t, sdk.Denied, sdk.CodeOf(err))
	batch, err := hub.Prove(before, pay.Instruction(order.Hold))
	require.NoError(t, err)
	taken, err := h.Take(t.Context(), batch)
	require.NoError(t, err)
	require.EqualValues(t, 1, taken.Number)
	e, err := h.Hold(t.Context(), pay.Hold())
	require.NoError(t, err)
	require.Equal(t, order.EntryHeld, e.State)
}

func TestAnAdapterThatDoesNotCheckOrdersIsRefusedWhereTheLedgerMust(t *testing.T) {
	w := newWorld(t)
	needs := w.Config
	needs.Needs = []string{sdk.OptionalOrders}
	_, err := Start(t.Context(), needs)
	require.ErrorContains(t, err, `does not have "orders", which ledger mem needs`)

	h := w.start(t)
	_, err = h.Book(t.Context())
	require.Equal(t, sdk.Denied, sdk.CodeOf(err), "one that has no book and need not says so")
	_, err = h.Take(t.Context(), []byte{1})
	require.Equal(t, sdk.Denied, sdk.CodeOf(err))
}

// cbdcConfig is of a host of the CBDC adapter, which must have orders.
func cbdcConfig(t *testing.T, url, more string) Config {
	dir := t.TempDir()
	binary := filepath.Join(dir, "corridor-adapter-cbdc")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/corridor-network/corridor/adapters/cmd/corridor-adapter-cbdc").CombinedOutput()
	require.NoError(t, err, "%s", out)
	sum, err := FileSHA256(binary)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "token"), []byte(simtest.NotaryToken), 0o600))
	config := filepath.Join(dir, "cbdc.yaml")
	text := fmt.Sprintf("ledger: %s\ncurrency: %s\nurl: %s\ntoken_file: token\n", simtest.Ledger, simtest.Currency, url) + more
	require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	return Config{
		Path: binary, SHA256: sum, ConfigPath: config, LedgerID: simtest.Ledger,
		Needs: []string{sdk.OptionalOrders}, RunDir: filepath.Join(dir, "run"), Logger: slog.New(slog.DiscardHandler),
	}
}
