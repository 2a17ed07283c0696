package token_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/fsm/fsmtest"
	"github.com/corridor-network/corridor/x/token"
)

var (
	states = []token.HoldState{
		token.HOLD_STATE_UNSPECIFIED, token.HOLD_STATE_HELD, token.HOLD_STATE_POSTED,
		token.HOLD_STATE_SUSPENSE, token.HOLD_STATE_VOIDED, token.HOLD_STATE_TOMBSTONED,
	}
	triggers = []token.Trigger{token.Reserved, token.Refused, token.Paid, token.Unpayable, token.VoidOrdered}
)

func TestHoldTableIsSoundAndDrawnInTheReadme(t *testing.T) {
	fsmtest.Check(t, token.HoldTable, states, triggers)
	for _, paid := range []token.HoldState{token.HOLD_STATE_POSTED, token.HOLD_STATE_SUSPENSE} {
		for _, undone := range []token.HoldState{token.HOLD_STATE_VOIDED, token.HOLD_STATE_TOMBSTONED} {
			fsmtest.NoPath(t, token.HoldTable, paid, undone)
			fsmtest.NoPath(t, token.HoldTable, undone, paid)
		}
	}
	fsmtest.Diagram(t, token.HoldTable, "README.md")
}

func TestStatesHaveTheNumbersThatAllLedgersShare(t *testing.T) {
	for state, want := range map[token.HoldState]order.EntryState{
		token.HOLD_STATE_UNSPECIFIED: order.EntryUnknown, token.HOLD_STATE_HELD: order.EntryHeld,
		token.HOLD_STATE_POSTED: order.EntryPosted, token.HOLD_STATE_SUSPENSE: order.EntrySuspense,
		token.HOLD_STATE_VOIDED: order.EntryVoided, token.HOLD_STATE_TOMBSTONED: order.EntryTombstoned,
	} {
		require.Equal(t, want, state.EntryState())
		require.Equal(t, state == token.HOLD_STATE_UNSPECIFIED || state == token.HOLD_STATE_HELD, !want.Final())
	}
}

func instruction(kind order.Kind) order.Instruction {
	body := order.Body{
		ChainID: "corridor-1", Proposer: "bank-a", Reference: "r-1", PrepareDeadlineUnixNs: 1, Pivot: order.NoLeg,
		Legs: []order.Leg{{Ledger: "hub", Payer: "a", Payee: "b", Currency: "CNY", AmountMinor: 5, PaidBy: order.NoLeg}},
	}
	return order.NewInstruction(kind, body, 0)
}

// What an entry says to an instruction without anything being done; "-" is nothing.
func TestAnEntrySaysTheSameAgain(t *testing.T) {
	for state, want := range map[token.HoldState][3]string{
		//                            HOLD       POST        VOID
		token.HOLD_STATE_UNSPECIFIED: {"-", "-", "-"},
		token.HOLD_STATE_HELD:        {"HELD", "-", "-"},
		token.HOLD_STATE_POSTED:      {"HELD", "POSTED", "-"},
		token.HOLD_STATE_SUSPENSE:    {"HELD", "SUSPENSE", "-"},
		token.HOLD_STATE_VOIDED:      {"HELD", "-", "VOIDED"},
		token.HOLD_STATE_TOMBSTONED:  {"REFUSED", "-", "VOIDED"},
	} {
		for n, kind := range []order.Kind{order.Hold, order.Post, order.Void} {
			hold := token.NewHold(instruction(kind))
			hold.State, hold.Reason = state, "why"
			outcome, reason, ok := hold.Answer(instruction(kind))
			if !ok {
				require.Equal(t, "-", want[n], "%s of an entry that is %s", kind, state)
				continue
			}
			require.Equal(t, want[n], outcome.String(), "%s of an entry that is %s", kind, state)
			require.Equal(t, "why", reason)
		}
	}
}

func TestAnEntryWithAnotherBodyCountsAsTombstoned(t *testing.T) {
	for _, spoil := range []func(*token.Hold){
		func(h *token.Hold) { h.Payer = "x" }, func(h *token.Hold) { h.Payee = "x" },
		func(h *token.Hold) { h.Currency = "USD" }, func(h *token.Hold) { h.AmountMinor++ },
	} {
		hold := token.NewHold(instruction(order.Hold))
		hold.State = token.HOLD_STATE_HELD
		spoil(&hold)
		outcome, reason, ok := hold.Answer(instruction(order.Hold))
		require.True(t, ok)
		require.Equal(t, order.Refused, outcome)
		require.Contains(t, reason, "another body")
		outcome, _, ok = hold.Answer(instruction(order.Void))
		require.True(t, ok)
		require.Equal(t, order.Voided, outcome)
		_, _, ok = hold.Answer(instruction(order.Post))
		require.False(t, ok, "there is nothing true to say")
	}
}

func TestADenomIsACurrency(t *testing.T) {
	require.Equal(t, "corridor/CNY", token.Denom("CNY"))
	require.Equal(t, "700corridor/CNY", token.Coin("CNY", 700).String())
	code, ok := token.Currency("corridor/CNY")
	require.True(t, ok)
	require.Equal(t, "CNY", code)
	_, ok = token.Currency("seat")
	require.False(t, ok)
}

func TestAnAmountHasItsLimits(t *testing.T) {
	require.NoError(t, token.ValidateAmount(1))
	require.NoError(t, token.ValidateAmount(order.MaxAmountMinor))
	require.ErrorIs(t, token.ValidateAmount(0), token.ErrInvalidAmount)
	require.ErrorIs(t, token.ValidateAmount(order.MaxAmountMinor+1), token.ErrInvalidAmount)
}

func TestAReasonFitsInANote(t *testing.T) {
	require.Len(t, token.Short(strings.Repeat("x", 1000)), order.MaxNoteBytes)
	require.Equal(t, "short", token.Short("short"))
	require.Equal(t, strings.Repeat("x", 255), token.Short(strings.Repeat("x", 255)+"é"), "no character is cut in two")
}

func TestGenesisIsRefused(t *testing.T) {
	good := func() token.GenesisState {
		hold := token.NewHold(instruction(order.Hold))
		hold.State = token.HOLD_STATE_HELD
		return token.GenesisState{
			Issuers: []token.Issuer{{Currency: "CNY", Address: "issuer", AllowanceMinor: 5}}, Holds: []token.Hold{hold},
		}
	}
	require.NoError(t, good().Validate())
	require.NoError(t, token.DefaultGenesis().Validate())
	for _, row := range []struct {
		name  string
		spoil func(*token.GenesisState)
		want  error
	}{
		{"issuer of nothing", func(g *token.GenesisState) { g.Issuers[0].Currency = "" }, token.ErrNotIssuer},
		{"issuer who is nobody", func(g *token.GenesisState) { g.Issuers[0].Address = "" }, token.ErrNotIssuer},
		{"allowance too large", func(g *token.GenesisState) { g.Issuers[0].AllowanceMinor = order.MaxAmountMinor + 1 }, token.ErrInvalidAmount},
		{"two issuers", func(g *token.GenesisState) { g.Issuers = append(g.Issuers, g.Issuers[0]) }, token.ErrInvalidGenesis},
		{"entry id", func(g *token.GenesisState) { g.Holds[0].EntryId = strings.ToUpper(g.Holds[0].EntryId) }, token.ErrInvalidGenesis},
		{"entry without a state", func(g *token.GenesisState) { g.Holds[0].State = 0 }, token.ErrInvalidGenesis},
		{"entry in no state", func(g *token.GenesisState) { g.Holds[0].State = 9 }, token.ErrInvalidGenesis},
		{"entry of nothing", func(g *token.GenesisState) { g.Holds[0].AmountMinor = 0 }, token.ErrInvalidGenesis},
		{"entry without a payer", func(g *token.GenesisState) { g.Holds[0].Payer = "" }, token.ErrInvalidGenesis},
		{"entry with a long reason", func(g *token.GenesisState) { g.Holds[0].Reason = strings.Repeat("x", 257) }, token.ErrInvalidGenesis},
		{"entry twice", func(g *token.GenesisState) { g.Holds = append(g.Holds, g.Holds[0]) }, token.ErrInvalidGenesis},
		{"held without an issuer", func(g *token.GenesisState) { g.Issuers = nil }, token.ErrInvalidGenesis},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := good()
			row.spoil(&g)
			require.ErrorIs(t, g.Validate(), row.want)
		})
	}
}
