package order_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/stretchr/testify/require"
)

func TestAnEntryIDIsAUUIDv4OfItsLeg(t *testing.T) {
	b, _ := swap()
	id := b.EntryID(0)
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id.String())
	parsed, err := order.ParseEntryID(id.String())
	require.NoError(t, err)
	require.Equal(t, id, parsed)
	require.NotEqual(t, id, b.EntryID(1), "each leg has its own")
	require.NotEqual(t, id, order.NewEntryID("corridor-2", b.ID(), 0, "cbdc"), "on each chain")
	require.NotEqual(t, id, order.NewEntryID("corridor-1", b.ID(), 0, "cbdc2"), "and each ledger")
	require.False(t, id.IsZero())
	require.True(t, order.EntryID{}.IsZero())
	for name, s := range map[string]string{
		"nothing": "", "upper case": strings.ToUpper(id.String()), "no dashes": strings.ReplaceAll(id.String(), "-", ""),
		"dashes elsewhere": "-" + strings.Replace(id.String(), "-", "", 1), "too short": id.String()[:35],
		"version 1": id.String()[:14] + "1" + id.String()[15:], "another variant": id.String()[:19] + "c" + id.String()[20:],
		"braces": "{" + id.String() + "}", "no hex": strings.Repeat("g", 36),
	} {
		_, err := order.ParseEntryID(s)
		require.ErrorIs(t, err, order.ErrMalformed, name)
	}
}

func TestAHashIsReadBackFromItsText(t *testing.T) {
	b, _ := swap()
	h, err := order.ParseHash(b.Hash().String())
	require.NoError(t, err)
	require.Equal(t, b.Hash(), h)
	for _, s := range []string{"", "ab", strings.Repeat("g", 64), strings.Repeat("0", 66)} {
		_, err := order.ParseHash(s)
		require.ErrorIs(t, err, order.ErrMalformed, s)
	}
}

// The parts of what is hashed have lengths, so moving a byte from one part to the next makes another id.
func TestPartsCannotBeShiftedIntoEachOther(t *testing.T) {
	require.NotEqual(t, order.SettlementID("corridor-1", "ab", "c"), order.SettlementID("corridor-1", "a", "bc"))
	require.NotEqual(t, order.OutboxStart("corridor-1", "cbdc"), order.OutboxStart("corridor-1c", "bdc"))
}

func TestOneOutboxHashFixesEveryInstructionBeforeIt(t *testing.T) {
	b, _ := swap()
	hold, post := order.NewInstruction(order.Hold, b, 0).Encode(), order.NewInstruction(order.Post, b, 0).Encode()
	chain := func(instructions ...[]byte) order.Hash {
		h := order.OutboxStart("corridor-1", "cbdc")
		for n, i := range instructions {
			h = order.OutboxNext(h, uint64(n+1), i)
		}
		return h
	}
	all := map[order.Hash]string{}
	for name, h := range map[string]order.Hash{
		"none": chain(), "hold": chain(hold), "post": chain(post), "hold, post": chain(hold, post), "post, hold": chain(post, hold),
	} {
		require.Empty(t, all[h], "%s has the hash of %s", name, all[h])
		all[h] = name
	}
}

func TestEveryNotaryComputesTheSameOrderOfLeaders(t *testing.T) {
	b, _ := swap()
	ids := []string{"n1", "n2", "n3", "n4"}
	first := order.Leader(b.EntryID(0), ids)
	require.ElementsMatch(t, ids, first)
	slices.Reverse(ids)
	require.Equal(t, first, order.Leader(b.EntryID(0), ids), "whatever order it knows them in")
	without := order.Leader(b.EntryID(0), slices.DeleteFunc(slices.Clone(ids), func(n string) bool { return n == first[0] }))
	require.Equal(t, first[1:], without, "when the leader is gone, the next one leads")
	leads := map[string]int{}
	for leg := range 200 {
		leads[order.Leader(order.NewEntryID("corridor-1", b.ID(), leg, "cbdc"), ids)[0]]++
	}
	for _, n := range ids {
		require.Greater(t, leads[n], 25, "the work is shared; %s leads %d of 200", n, leads[n])
	}
	require.Empty(t, order.Leader(b.EntryID(0), nil))
}
