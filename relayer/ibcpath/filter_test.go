package ibcpath

import (
	"testing"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"
)

func TestAFilterLetsPassWhatItsRulesSay(t *testing.T) {
	on := route{chains: [2]string{"chain-a", "chain-b"}, ends: [2]ChannelEnd{{"transfer", "channel-3"}, {"transfer", "channel-9"}}}
	account := route{chains: on.chains, ends: [2]ChannelEnd{{"icacontroller-cosmos1x", "channel-4"}, {"icahost", "channel-5"}}}
	coins := channeltypes.Packet{SourcePort: "transfer", Data: []byte(`{"sender":"cosmos1alice","denom":"transfer/channel-1/atom"}`)}
	other := channeltypes.Packet{SourcePort: "icacontroller-cosmos1x", Data: []byte(`{"sender":"cosmos1alice"}`)}
	broken := channeltypes.Packet{SourcePort: "transfer", Data: []byte("{")}
	type want struct{ channel, packet bool }
	for _, row := range []struct {
		name   string
		filter Filter
		route  route
		packet channeltypes.Packet
		want   want
	}{
		{"no rules", Filter{}, on, coins, want{true, true}},
		{"its port", Filter{Allow: []Rule{{Port: "transfer"}}}, on, coins, want{true, true}},
		{"another port", Filter{Allow: []Rule{{Port: "transfer"}}}, account, other, want{false, false}},
		{"a pattern", Filter{Allow: []Rule{{Port: "icacontroller-*"}}}, account, other, want{true, true}},
		{"either end's channel", Filter{Allow: []Rule{{Channel: "channel-9"}}}, on, coins, want{true, true}},
		{"a chain's channel", Filter{Allow: []Rule{{Chain: "chain-b", Channel: "channel-9"}}}, on, coins, want{true, true}},
		{"the other chain's channel", Filter{Allow: []Rule{{Chain: "chain-a", Channel: "channel-9"}}}, on, coins, want{false, false}},
		{"a denied channel", Filter{Deny: []Rule{{Channel: "channel-3"}}}, on, coins, want{false, false}},
		{"deny goes before allow", Filter{Allow: []Rule{{Port: "transfer"}}, Deny: []Rule{{Port: "transfer"}}}, on, coins, want{false, false}},
		{"a denied sender", Filter{Deny: []Rule{{Sender: "cosmos1alice"}}}, on, coins, want{true, false}},
		{"another denied sender", Filter{Deny: []Rule{{Sender: "cosmos1bob"}}}, on, coins, want{true, true}},
		{"an allowed denom", Filter{Allow: []Rule{{Denom: "*/atom"}}}, on, coins, want{true, true}},
		{"another allowed denom", Filter{Allow: []Rule{{Denom: "atom"}}}, on, coins, want{true, false}},
		{"sender and denom both", Filter{Deny: []Rule{{Sender: "cosmos1a*", Denom: "x"}}}, on, coins, want{true, true}},
		{"a sender of another application", Filter{Deny: []Rule{{Sender: "cosmos1alice"}}}, account, other, want{true, true}},
		{"data that is not ICS-20's", Filter{Allow: []Rule{{Sender: "*"}}}, on, broken, want{true, false}},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Equal(t, row.want, want{row.filter.channel(row.route), row.filter.packet(row.route, row.packet)})
		})
	}
}

func TestAPatternMatchesAnyTextAtAStar(t *testing.T) {
	for _, row := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "anything", true},
		{"*", "", true},
		{"ab", "ab", true},
		{"ab", "abc", false},
		{"a*", "abc", true},
		{"*c", "abc", true},
		{"a*c", "abc", true},
		{"a*b*c", "a-b-c", true},
		{"a*b*c", "a-c", false},
		{"ab*ba", "aba", false},
		{"a.c", "abc", false},
	} {
		require.Equal(t, row.want, matchesText(row.pattern, row.text), "%q on %q", row.pattern, row.text)
	}
}
