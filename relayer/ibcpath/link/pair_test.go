package link

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTheFurthestHandshakeIsGoneOnWith(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b []half
		want [2]string
	}{
		{"nothing there", nil, nil, [2]string{"", ""}},
		{"an init on the first chain", []half{{"a0", "", initial}}, nil, [2]string{"a0", ""}},
		{"an init on the second chain", nil, []half{{"b0", "", initial}}, [2]string{"", "b0"}},
		{"crossing inits: the first chain's", []half{{"a0", "", initial}}, []half{{"b0", "", initial}}, [2]string{"a0", ""}},
		{"an init that was tried", []half{{"a0", "", initial}}, []half{{"b0", "a0", tried}}, [2]string{"a0", "b0"}},
		{"an init of the second chain that was tried", []half{{"a0", "b0", tried}}, []half{{"b0", "", initial}}, [2]string{"a0", "b0"}},
		{"tried twice: the lower", []half{{"a0", "", initial}}, []half{{"b0", "a0", tried}, {"b1", "a0", tried}}, [2]string{"a0", "b0"}},
		{"acknowledged with one of two tries", []half{{"a0", "b1", opened}}, []half{{"b0", "a0", tried}, {"b1", "a0", tried}}, [2]string{"a0", "b1"}},
		{"open", []half{{"a0", "b0", opened}}, []half{{"b0", "a0", opened}}, [2]string{"a0", "b0"}},
		{"open beside an older init", []half{{"a0", "", initial}, {"a1", "b0", opened}}, []half{{"b0", "a1", opened}}, [2]string{"a1", "b0"}},
		{"two open: the lower", []half{{"a0", "b1", opened}, {"a1", "b0", opened}}, []half{{"b0", "a1", opened}, {"b1", "a0", opened}}, [2]string{"a0", "b1"}},
		{
			"crossing hellos: each tried the other's init; the first of two alike",
			[]half{{"a0", "", initial}, {"a1", "b0", tried}},
			[]half{{"b0", "", initial}, {"b1", "a0", tried}},
			[2]string{"a0", "b1"},
		},
		{"both ends tried, of two dead handshakes", []half{{"a0", "b0", tried}}, []half{{"b0", "a0", tried}}, [2]string{"", ""}},
		{"open towards an end that is not there", []half{{"a0", "b9", opened}}, []half{{"b0", "a0", tried}}, [2]string{"", ""}},
		{"closed on one chain", []half{{"a0", "b0", opened}}, []half{{"b0", "a0", closed}}, [2]string{"", ""}},
		{"tried without an init any more", nil, []half{{"b0", "a0", tried}}, [2]string{"", ""}},
		{"other people's, over the same clients", []half{{"a0", "x", opened}, {"a1", "", initial}}, []half{{"b0", "y", opened}}, [2]string{"a1", ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := furthest(test.a, test.b)
			require.Equal(t, test.want, [2]string{got[0].id, got[1].id})
		})
	}
}

// What is chosen is never worse than any pair that is there, and both chains' order of listing changes only which of equals.
func TestNoPairIsFurtherThanTheChosen(t *testing.T) {
	ids := func(prefix string) []string { return []string{prefix + "0", prefix + "1", prefix + "2"} }
	draw := func(t *rapid.T, own, far string) []half {
		var halves []half
		for _, id := range ids(own) {
			switch at := stage(rapid.IntRange(0, 4).Draw(t, id)); at {
			case absent:
			case initial:
				halves = append(halves, half{id, "", at})
			default:
				halves = append(halves, half{id, rapid.SampledFrom(ids(far)).Draw(t, id+" far"), at})
			}
		}
		return halves
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a", "b"), draw(t, "b", "a")
		best := furthest(a, b)
		for _, one := range a {
			for _, other := range b {
				if (pair{one, other}).rank() > best.rank() {
					t.Fatalf("%v with %v is further than %v", one, other, best)
				}
			}
		}
	})
}
