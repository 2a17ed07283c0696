package ibcpath

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARefusalIsAboutAPacketTheChainOrTheSize(t *testing.T) {
	type kind struct{ redundant, chain, big bool }
	for _, row := range []struct {
		name    string
		refusal Refusal
		want    kind
	}{
		{"relayed before", Refusal{Codespace: "channel", Code: 22, Message: -1}, kind{redundant: true}},
		{"no money for fees", Refusal{Codespace: "sdk", Code: 5, Message: -1}, kind{chain: true}},
		{"no money in a message", Refusal{Codespace: "sdk", Code: 5, Message: 3}, kind{}},
		{"fee too low", Refusal{Codespace: "sdk", Code: 13, Message: -1}, kind{chain: true}},
		{"another sequence", Refusal{Codespace: "sdk", Code: 32, Message: -1}, kind{chain: true}},
		{"too many bytes", Refusal{Codespace: "sdk", Code: 21, Message: -1}, kind{big: true}},
		{"out of gas", Refusal{Codespace: "sdk", Code: 11, Message: -1}, kind{big: true}},
		{"a bad proof", Refusal{Codespace: "commitment", Code: 2, Message: -1}, kind{}},
	} {
		got := kind{isRedundant(&row.refusal), blamesChain(&row.refusal), isTooBig(&row.refusal)}
		require.Equal(t, row.want, got, row.name)
	}
}

func TestARefusedPacketRestsLongerEachTime(t *testing.T) {
	require.Equal(t, 2*time.Second, restFor(1))
	require.Equal(t, 10*time.Second, restFor(2))
	require.Equal(t, 15*time.Minute, restFor(100))
}
