package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// busy has something of everything: open, counted and applied instructions, failing ones, votes, evidence, a planned
// set, a recount under way, a suspended ledger.
func busy(t *testing.T) *world {
	w := newWorld(t)
	w.append("cny", 4)
	w.append("hub", 1)
	require.NoError(t, w.k.DispatchLocal(w.ctx))
	w.attest("n1", order.Held, 1, 2)
	w.attest("n2", order.Held, 1)
	fails(w.journal)
	w.attest("n2", order.Held, 2)
	w.append("hub", 1)
	require.NoError(t, w.k.DispatchLocal(w.ctx))
	heals(w.journal)
	w.attest("n3", order.Held, 3)
	w.attest("n3", order.Refused, 3)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n1", "n2", "n4"))
	_, err := w.msg.RegisterLedger(w.ctx, &bridge.MsgRegisterLedger{Authority: w.gov, Ledger: usd()})
	require.NoError(t, err)
	_, err = w.msg.SuspendLedger(w.ctx, &bridge.MsgSuspendLedger{Authority: w.gov, Ledger: "usd", Reason: "maintenance"})
	require.NoError(t, err)
	w.append("hub", 1)
	return w
}

func TestGenesisGoesRoundAndTheImportedChainGoesOn(t *testing.T) {
	w := busy(t)
	exported := w.export()
	for _, part := range []any{exported.Ledgers, exported.Records, exported.Trackings, exported.Votes, exported.PendingChanges, exported.Recounts, exported.Suspensions} {
		require.NotEmpty(t, part)
	}
	raw, err := exported.Marshal()
	require.NoError(t, err)
	var imported bridge.GenesisState
	require.NoError(t, imported.Unmarshal(raw))

	again := emptyWorld(t)
	require.NoError(t, again.k.InitGenesis(again.ctx, &imported))
	require.Equal(t, exported, again.export())

	for _, chain := range []*world{w, again} {
		require.EqualValues(t, 5, chain.appendOne("cny"), "numbers go on")
		chain.endBlock(time.Hour)
		chain.endBlock(0)
		chain.attest("n4", order.Held, 3)
		chain.attest("n1", order.Held, 3, 4, 5)
		chain.attest("n2", order.Held, 4, 5)
	}
	require.Equal(t, w.export(), again.export(), "both chains end alike")
	require.Equal(t, []string{
		"hub 1 HOLD HELD hub-entry", "cny 1 HOLD HELD cb-1",
		"cny 2 HOLD HELD cb-1", "hub 3 HOLD HELD hub-entry", "hub 2 HOLD HELD hub-entry", // recounted, fresh, due a block later
		"cny 3 HOLD HELD cb-1", "cny 4 HOLD HELD cb-1", "cny 5 HOLD HELD cb-1",
	}, w.lines())
	require.Equal(t, w.lines()[2:], again.lines(), "nothing is lost or applied twice")
}

func (w *world) appendOne(ledger string) uint64 {
	w.t.Helper()
	n, err := w.k.Append(w.ctx, owner, instruction(order.Hold, ledger, "one more"))
	require.NoError(w.t, err)
	return n
}

func TestWhatImportRefusesBeyondTheFormOfTheState(t *testing.T) {
	exported := busy(t).export()
	w := emptyWorld(t)
	elsewhere := w.ctx.WithChainID("other-1")
	err := w.k.InitGenesis(elsewhere, exported)
	require.ErrorIs(t, err, bridge.ErrInvalidGenesis)
	require.ErrorContains(t, err, "keep the chain id")

	w = emptyWorld(t)
	exported.Trackings[0].Owner = "stranger"
	err = w.k.InitGenesis(w.ctx, exported)
	require.ErrorIs(t, err, bridge.ErrUnknownOwner)
	require.ErrorContains(t, err, "stranger")
}

func TestWhatTheExportedStateMustBe(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(*bridge.GenesisState)
		err  error
		says string
	}{
		{"nothing wrong", func(*bridge.GenesisState) {}, nil, ""},
		{"a malformed ledger", func(g *bridge.GenesisState) { g.Ledgers[0].Cell = 0 }, bridge.ErrInvalidLedger, "cell"},
		{"a ledger twice", func(g *bridge.GenesisState) { g.Ledgers = append(g.Ledgers, g.Ledgers[0]) }, bridge.ErrInvalidGenesis, "twice"},
		{"too many ledgers", func(g *bridge.GenesisState) { g.Ledgers = make([]bridge.Ledger, 257) }, bridge.ErrTooManyLedgers, "257"},
		{"a record of no ledger", func(g *bridge.GenesisState) { g.Records[0].Ledger = "eur" }, bridge.ErrInvalidGenesis, "not registered"},
		{"a gap", func(g *bridge.GenesisState) { g.Records = append(g.Records[:1:1], g.Records[2:]...) }, bridge.ErrInvalidGenesis, "without gaps"},
		{"a changed hash", func(g *bridge.GenesisState) { g.Records[1].ChainHash[0]++ }, bridge.ErrInvalidGenesis, "chain hash"},
		{"a changed instruction", func(g *bridge.GenesisState) {
			g.Records[1].Instruction = instruction(order.Void, "cny", "other").Encode()
		}, bridge.ErrInvalidGenesis, "chain hash"},
		{"an instruction of another ledger", func(g *bridge.GenesisState) {
			g.Records[1].Instruction = instruction(order.Void, "usd", "other").Encode()
		}, bridge.ErrInvalidGenesis, "is for usd"},
		{"a truncated instruction", func(g *bridge.GenesisState) { g.Records[0].Instruction = g.Records[0].Instruction[1:] }, bridge.ErrInvalidGenesis, "malformed"},
		{"a tracking without a record", func(g *bridge.GenesisState) { g.Trackings[0].Number = 99 }, bridge.ErrInvalidGenesis, "no such record"},
		{"a tracking twice", func(g *bridge.GenesisState) { g.Trackings[1] = g.Trackings[0] }, bridge.ErrInvalidGenesis, "twice"},
		{"a record without a tracking", func(g *bridge.GenesisState) { g.Trackings = g.Trackings[1:] }, bridge.ErrInvalidGenesis, "each record has one"},
		{"no owner", func(g *bridge.GenesisState) { g.Trackings[0].Owner = "" }, bridge.ErrInvalidGenesis, "no owner"},
		{"unknown progress", func(g *bridge.GenesisState) { g.Trackings[0].Progress = 0 }, bridge.ErrInvalidGenesis, "progress"},
		{"applied without an outcome", func(g *bridge.GenesisState) { g.Trackings[0].Outcome = 0 }, bridge.ErrInvalidGenesis, "with outcome 0"},
		{"an outcome that it cannot have", func(g *bridge.GenesisState) { g.Trackings[0].Outcome = uint32(order.Posted) }, bridge.ErrInvalidGenesis, "cannot have outcome"},
		{"applied and queued", func(g *bridge.GenesisState) { g.Trackings[0].RetryHeight = 9 }, bridge.ErrInvalidGenesis, "retry height"},
		{"counted and in no queue", func(g *bridge.GenesisState) { g.Trackings[1].RetryHeight = 0 }, bridge.ErrInvalidGenesis, "in no queue"},
		{"a vote about no record", func(g *bridge.GenesisState) { g.Votes[0].Number = 99 }, bridge.ErrInvalidGenesis, "no such record"},
		{"a vote twice", func(g *bridge.GenesisState) { g.Votes = append(g.Votes, g.Votes[0]) }, bridge.ErrInvalidGenesis, "twice"},
		{"a vote that nobody could give", func(g *bridge.GenesisState) { g.Votes[0].Outcome = uint32(order.Posted) }, bridge.ErrInvalidGenesis, "cannot have outcome"},
		{"a vote of a malformed notary", func(g *bridge.GenesisState) { g.Votes[0].Notary = "" }, bridge.ErrInvalidGenesis, "notary id"},
		{"a vote with a long note", func(g *bridge.GenesisState) { g.Votes[0].Reason = string(make([]byte, 300)) }, bridge.ErrInvalidGenesis, "malformed"},
		{"a suspension on no ledger", func(g *bridge.GenesisState) { g.Suspensions[0].Ledger = "eur" }, bridge.ErrInvalidGenesis, "not registered"},
		{"a suspension twice", func(g *bridge.GenesisState) { g.Suspensions = append(g.Suspensions, g.Suspensions[0]) }, bridge.ErrInvalidGenesis, "twice"},
		{"a suspension forgotten", func(g *bridge.GenesisState) { g.Suspensions = nil }, bridge.ErrInvalidGenesis, "disagree"},
		{"a planned set for the hub", func(g *bridge.GenesisState) { g.PendingChanges[0].Ledger = "hub" }, bridge.ErrInvalidGenesis, "pending change"},
		{"a malformed planned set", func(g *bridge.GenesisState) { g.PendingChanges[0].Threshold = 0 }, bridge.ErrInvalidGenesis, "more than half"},
		{"a recount of no ledger", func(g *bridge.GenesisState) { g.Recounts[0].Ledger = "eur" }, bridge.ErrInvalidGenesis, "recount"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := busyState(t)
			c.harm(g)
			err := g.Validate()
			if c.err == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.says)
		})
	}
}

// busyState is what busy exports, made once.
func busyState(t *testing.T) *bridge.GenesisState {
	t.Helper()
	if busyRaw == nil {
		raw, err := busy(t).export().Marshal()
		require.NoError(t, err)
		busyRaw = raw
	}
	g := new(bridge.GenesisState)
	require.NoError(t, g.Unmarshal(busyRaw))
	return g
}

var busyRaw []byte

func TestDefaultGenesisIsValid(t *testing.T) {
	require.NoError(t, bridge.DefaultGenesis().Validate())
}
