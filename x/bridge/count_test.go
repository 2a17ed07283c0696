package bridge_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

func vote(notary string, o order.Outcome) bridge.Vote {
	return bridge.Vote{Ledger: "cny", Number: 1, Notary: notary, Outcome: uint32(o), LedgerReference: "ref-" + notary}
}

func TestKEqualWordsOfNotariesInForceCount(t *testing.T) {
	for _, c := range []struct {
		name      string
		suspended int // index, or -1
		votes     []bridge.Vote
		want      order.Outcome
	}{
		{"nobody", -1, nil, 0},
		{"one of two needed", -1, []bridge.Vote{vote("n1", order.Held)}, 0},
		{"two equal", -1, []bridge.Vote{vote("n3", order.Held), vote("n1", order.Held)}, order.Held},
		{"two that differ", -1, []bridge.Vote{vote("n1", order.Held), vote("n2", order.Refused)}, 0},
		{"two equal and one that differs", -1, []bridge.Vote{vote("n1", order.Held), vote("n2", order.Refused), vote("n3", order.Refused)}, order.Refused},
		{"one of them not in the set", -1, []bridge.Vote{vote("n1", order.Held), vote("old", order.Held)}, 0},
		{"one of them suspended", 0, []bridge.Vote{vote("n1", order.Held), vote("n2", order.Held)}, 0},
		{"enough beside the suspended one", 0, []bridge.Vote{vote("n1", order.Refused), vote("n2", order.Held), vote("n3", order.Held)}, order.Held},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := cny()
			if c.suspended >= 0 {
				l.Notaries[c.suspended].Suspended = true
			}
			v, ok := bridge.Count(l, c.votes)
			require.Equal(t, c.want != 0, ok)
			require.Equal(t, c.want, v.Outcome)
		})
	}
}

func TestNotesComeFromTheFirstNotaryOfTheSetThatGaveTheCountedWord(t *testing.T) {
	v, ok := bridge.Count(cny(), []bridge.Vote{vote("n3", order.Held), vote("n2", order.Held), vote("n1", order.Refused)})
	require.True(t, ok)
	require.Equal(t, "ref-n2", v.LedgerReference)
}

func TestADissenterIsInForceAndSaysSomethingElse(t *testing.T) {
	l := cny()
	votes := []bridge.Vote{vote("n1", order.Held), vote("old", order.Refused), vote("n2", order.Held)}
	_, found := bridge.Dissenter(l, votes, votes[2])
	require.False(t, found)
	other, found := bridge.Dissenter(l, votes, vote("n3", order.Refused))
	require.True(t, found)
	require.Equal(t, "n1", other.Notary)
	l.Notaries[0].Suspended, l.Notaries[1].Suspended = true, true
	_, found = bridge.Dissenter(l, votes, vote("n3", order.Refused))
	require.False(t, found)
}

// The order in which votes come never matters, and fewer than k liars never win.
func TestFewerThanKLiarsNeverWin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		k := rapid.IntRange(n/2+1, n).Draw(t, "k")
		l := cny()
		l.Notaries, l.Threshold = notaries(n), uint32(k)
		liars := rapid.IntRange(0, k-1).Draw(t, "liars")
		var votes []bridge.Vote
		for i, who := range l.Notaries {
			if rapid.Bool().Draw(t, "silent") {
				continue
			}
			said := order.Held
			if i < liars {
				said = order.Refused
			}
			votes = append(votes, vote(who.Id, said))
		}
		votes = rapid.Permutation(votes).Draw(t, "order")
		v, ok := bridge.Count(l, votes)
		if ok && v.Outcome != order.Held {
			t.Fatalf("%d liars of %d, threshold %d: %s", liars, n, k, v.Outcome)
		}
		honest := 0
		for _, v := range votes {
			if order.Outcome(v.Outcome) == order.Held {
				honest++
			}
		}
		if ok != (honest >= k) {
			t.Fatalf("%d honest words, threshold %d: counted is %v", honest, k, ok)
		}
	})
}
