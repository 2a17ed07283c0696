package link

import (
	"testing"
	"time"

	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

var (
	transfer = Spec{Ports: [2]string{"transfer", "transfer"}, Version: "ics20-1"}
	accounts = Spec{Ports: [2]string{"icacontroller-alice", "icahost"}, Ordered: true}
	none     pair
	both     = [2]string{"07-tendermint-0", "07-tendermint-1"}
)

// ends makes a pair whose ends know of each other what their stages say.
func ends(a, b stage) pair {
	p := pair{{stage: a}, {stage: b}}
	ids := [2]string{"a", "b"}
	for side := range 2 {
		if p[side].stage != absent {
			p[side].id = ids[side]
		}
	}
	for side := range 2 {
		if p[side].stage >= tried {
			p[side].far = ids[1-side]
		}
	}
	return p
}

func TestWhatIsNextFollowsFromWhatBothChainsSay(t *testing.T) {
	open := ends(opened, opened)
	for _, test := range []struct {
		name string
		view view
		spec Spec
		want step
	}{
		{"no clients", view{}, transfer, step{1, []act{createClient}}},
		{"a client on the second chain", view{clients: [2]string{"", "c"}}, transfer, step{0, []act{createClient, connectionInit}}},
		{"a client on the first chain", view{clients: [2]string{"c", ""}}, transfer, step{1, []act{createClient, connectionInit}}},

		{"clients only", view{clients: both}, transfer, step{0, []act{connectionInit}}},
		{"connection INIT, –", view{clients: both, connection: ends(initial, absent)}, transfer, step{1, []act{connectionTry}}},
		{"connection –, INIT", view{clients: both, connection: ends(absent, initial)}, transfer, step{0, []act{connectionTry}}},
		{"connection INIT, TRYOPEN", view{clients: both, connection: ends(initial, tried)}, transfer, step{0, []act{connectionAck, channelInit}}},
		{"connection TRYOPEN, INIT", view{clients: both, connection: ends(tried, initial)}, transfer, step{1, []act{connectionAck, channelInit}}},
		{"connection OPEN, TRYOPEN", view{clients: both, connection: ends(opened, tried)}, transfer, step{1, []act{connectionConfirm, channelInit}}},
		{"connection TRYOPEN, OPEN", view{clients: both, connection: ends(tried, opened)}, transfer, step{0, []act{connectionConfirm, channelInit}}},
		{
			"connection OPEN, TRYOPEN with a channel INIT",
			view{clients: both, connection: ends(opened, tried), channel: ends(initial, absent)},
			transfer,
			step{1, []act{connectionConfirm, channelTry}},
		},
		{
			"connection TRYOPEN, OPEN with a channel INIT",
			view{clients: both, connection: ends(tried, opened), channel: ends(absent, initial)},
			transfer,
			step{0, []act{connectionConfirm, channelTry}},
		},
		{
			"connection INIT, TRYOPEN with a channel INIT there",
			view{clients: both, connection: ends(initial, tried), channel: ends(initial, absent)},
			transfer,
			step{0, []act{connectionAck}},
		},
		{
			"cautious: the connection alone",
			view{clients: both, connection: ends(initial, tried), cautious: true},
			transfer,
			step{0, []act{connectionAck}},
		},
		{"connection alone is wanted", view{clients: both, connection: ends(initial, tried)}, Spec{}, step{0, []act{connectionAck}}},
		{"connection alone is there", view{clients: both, connection: open}, Spec{}, step{}},

		{"channel none", view{clients: both, connection: open}, transfer, step{0, []act{channelInit}}},
		{"channel INIT, –", view{clients: both, connection: open, channel: ends(initial, absent)}, transfer, step{1, []act{channelTry}}},
		{"channel –, INIT", view{clients: both, connection: open, channel: ends(absent, initial)}, transfer, step{0, []act{channelTry}}},
		{"channel INIT, TRYOPEN", view{clients: both, connection: open, channel: ends(initial, tried)}, transfer, step{0, []act{channelAck}}},
		{"channel TRYOPEN, INIT", view{clients: both, connection: open, channel: ends(tried, initial)}, transfer, step{1, []act{channelAck}}},
		{"channel OPEN, TRYOPEN", view{clients: both, connection: open, channel: ends(opened, tried)}, transfer, step{1, []act{channelConfirm}}},
		{"channel TRYOPEN, OPEN", view{clients: both, connection: open, channel: ends(tried, opened)}, transfer, step{0, []act{channelConfirm}}},
		{"channel OPEN, OPEN", view{clients: both, connection: open, channel: open}, transfer, step{}},

		{"interchain account, connection not open", view{clients: both, connection: ends(initial, tried)}, accounts, step{0, []act{connectionAck}}},
		{"interchain account, registered", view{clients: both, connection: open, channel: ends(initial, absent)}, accounts, step{1, []act{channelTry}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := next(test.view, test.spec)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestAnInterchainAccountIsOpenedByItsOwner(t *testing.T) {
	_, err := next(view{clients: both, connection: ends(opened, opened), channel: none}, accounts)
	require.ErrorContains(t, err, "MsgRegisterInterchainAccount")
	other := Spec{Ports: [2]string{"icahost", "icacontroller-bob"}, Ordered: true}
	_, err = next(view{clients: both, connection: ends(opened, opened)}, other)
	require.ErrorContains(t, err, "icacontroller-bob")
}

func TestWhatClosesAChannel(t *testing.T) {
	for _, test := range []struct {
		name string
		pair pair
		want step
	}{
		{"open on both", ends(opened, opened), step{0, []act{closeInit}}},
		{"closed on the first", ends(closed, opened), step{1, []act{closeConfirm}}},
		{"closed on the second", ends(opened, closed), step{0, []act{closeConfirm}}},
		{"closed on both", ends(closed, closed), step{}},
		{"half open", ends(opened, tried), step{0, []act{closeInit}}},
		{"closed while the second had tried", ends(closed, tried), step{}},
		{"never answered", ends(initial, absent), step{0, []act{closeInit}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := nextOfClosing(test.pair)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
	_, err := nextOfClosing(none)
	require.Error(t, err)
}

func TestAStepSaysWhetherItNeedsAProof(t *testing.T) {
	require.False(t, step{0, []act{createClient, connectionInit}}.proves())
	require.Equal(t, []string{"create client", "connection init"}, step{0, []act{createClient, connectionInit}}.words())
	require.True(t, step{0, []act{connectionAck, channelInit}}.proves())
	require.Equal(t, []string{"update client", "connection ack", "channel init"}, step{0, []act{connectionAck, channelInit}}.words())
}

func TestAVersionIsAsWantedWhereWhatWasAskedForIsInIt(t *testing.T) {
	for _, test := range []struct {
		version, wanted string
		same            bool
	}{
		{"ics20-1", "ics20-1", true},
		{"ics20-1", "", true},
		{"ics20-2", "ics20-1", false},
		{`{"version":"ics27-1","address":"cosmos1x"}`, `{"version":"ics27-1","address":""}`, true},
		{`{"version":"ics27-1","address":"cosmos1x"}`, `{"version":"ics27-2"}`, false},
		{"ics20-1", `{"version":"ics20-1"}`, false},
	} {
		require.Equal(t, test.same, speaks(test.version, test.wanted), "%s for %s", test.version, test.wanted)
	}
}

func TestAnEndIsTakenIfItIsAsTheSpecSays(t *testing.T) {
	spec := Spec{Ports: [2]string{"transfer", "hub"}, Version: "v", Delay: time.Minute}
	require.True(t, spec.takesConnection(connectiontypes.ConnectionEnd{DelayPeriod: uint64(time.Minute)}))
	require.False(t, spec.takesConnection(connectiontypes.ConnectionEnd{}), "another delay")
	end := channeltypes.Channel{Ordering: channeltypes.UNORDERED, Counterparty: channeltypes.Counterparty{PortId: "hub"}, Version: "v"}
	require.True(t, spec.takesChannel(0, "transfer", end))
	require.False(t, spec.takesChannel(1, "transfer", end), "the other side's port")
	require.False(t, spec.takesChannel(0, "mock", end), "another port")
	ordered, version := end, end
	ordered.Ordering, version.Version = channeltypes.ORDERED, "w"
	require.False(t, spec.takesChannel(0, "transfer", ordered), "another order")
	require.False(t, spec.takesChannel(0, "transfer", version), "another version")
	require.Equal(t, opened, stageOf(channeltypes.FLUSHING), "an upgrade under way does not make it another channel")
}

func TestARefusalSaysWhatToDo(t *testing.T) {
	refusal := &ibcpath.Refusal{Chain: "chain-b", Message: 1, Log: "could not retrieve module from port-id: nowhere"}
	err := explain(step{1, []act{channelTry}}, Spec{Ports: [2]string{"transfer", "nowhere"}}, refusal)
	require.ErrorIs(t, err, error(refusal))
	require.EqualError(t, err, "update client, channel try (port nowhere): chain-b refused: could not retrieve module from port-id: nowhere; "+
		"no application of the chain is bound to that port: check its name, or ask the chain's operators")
	plain := explain(step{0, []act{connectionInit}}, Spec{}, &ibcpath.Refusal{Chain: "chain-a", Log: "out of luck"})
	require.EqualError(t, plain, "connection init: chain-a refused: out of luck")
}
