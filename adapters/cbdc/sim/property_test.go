package sim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/order"
)

// verbs of a random sequence, and what they do to the path.
var verbs = map[string]struct {
	method, path string
	kind         order.Kind
}{
	"hold": {"PUT", "", order.Hold}, "refuse": {"POST", "/refuse", order.Hold},
	"post": {"POST", "/post", order.Post}, "void": {"POST", "/void", order.Void},
}

// TestAnySequenceKeepsTheSumAndGivesNoEntryTwoEffects sends any verbs, in any order, about a few payments
// between a few wallets that are closed, frozen and reopened meanwhile; conflicting bodies included.
func TestAnySequenceKeepsTheSumAndGivesNoEntryTwoEffects(t *testing.T) {
	s := simtest.Start(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		final := map[string]string{} // entry id: the final state it was answered with
		for step := range rapid.IntRange(5, 25).Draw(rt, "steps") {
			label := func(what string) string { return fmt.Sprintf("%d %s", step, what) }
			if rapid.IntRange(0, 9).Draw(rt, label("kind")) == 0 {
				wallet := rapid.SampledFrom([]string{simtest.Doomed, simtest.Capped, simtest.Poor}).Draw(rt, label("wallet"))
				status := rapid.SampledFrom([]string{"close", "freeze", "reopen"}).Draw(rt, label("status"))
				s.Admin(t, "POST", "/admin/accounts/"+wallet+"/"+status, nil, nil)
				continue
			}
			p := pay(
				fmt.Sprintf("RUN%d-%d", run, rapid.IntRange(0, 3).Draw(rt, label("payment"))),
				rapid.SampledFrom([]string{simtest.Rich, simtest.Poor, simtest.Capped}).Draw(rt, label("payer")), simtest.Doomed,
				rapid.Uint64Range(1, 300).Draw(rt, label("amount")),
			)
			verb := verbs[rapid.SampledFrom([]string{"hold", "hold", "post", "void", "refuse"}).Draw(rt, label("verb"))]
			var body any = simtest.InstructionJSON(p.Instruction(verb.kind))
			if verb.kind == order.Hold {
				body = simtest.OrderJSON(p.Hold())
			}
			status, raw := s.Do(t, simtest.NotaryToken, verb.method, "/v1/entries/"+p.ID().String()+verb.path, body)
			require.Contains(rt, []int{200, 404, 409}, status, "%s", raw)
			if status == 200 {
				var e sim.Entry
				require.NoError(rt, json.Unmarshal(raw, &e))
				if before := final[e.EntryID]; before != "" {
					require.Equal(rt, before, e.State, "a final state changed")
				}
				if e.State != "HELD" {
					final[e.EntryID] = e.State
				}
			}
		}
		requireOneEffectEach(rt, t, s, run)
		c := s.Check(t)
		require.EqualValues(rt, simtest.Issued, c.IssuedMinor)
		require.Equal(rt, c.IssuedMinor, c.WalletsMinor+c.HeldMinor+c.SuspenseMinor)
	})
}

func requireOneEffectEach(rt *rapid.T, t *testing.T, s *simtest.Server, run int) {
	effects := map[string][]string{
		"HELD": {"hold"}, "POSTED": {"hold", "post"}, "SUSPENSE": {"hold", "suspense"}, "VOIDED": {"hold", "void"}, "TOMBSTONED": {},
	}
	for n := range 4 {
		id := pay(fmt.Sprintf("RUN%d-%d", run, n), "A", "B", 1).ID().String()
		var list []sim.EntryWithJournal
		s.Admin(t, "GET", "/admin/entries?entry="+id, nil, &list)
		for _, e := range list {
			require.True(rt, slices.Equal(effects[e.State], kinds(e)), "%s: %v", e.State, kinds(e))
		}
	}
}
