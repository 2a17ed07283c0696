package bridge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/x/bridge"
)

func keyOf(id string) *secp256k1.PrivKey { return secp256k1.GenPrivKeyFromSecret([]byte(id)) }

func notary(id string) bridge.Notary {
	return bridge.Notary{Id: id, PublicKey: keyOf(id).PubKey().Bytes()}
}

func notaries(n int) []bridge.Notary {
	set := make([]bridge.Notary, n)
	for i := range set {
		set[i] = notary(fmt.Sprintf("n%d", i+1))
	}
	return set
}

// cny is a valid ledger, two of three.
func cny() bridge.Ledger {
	return bridge.Ledger{
		Id: "cny", Cell: bridge.CELL_HOLDS, Link: bridge.LINK_NOTARIES, OrderCheck: bridge.ORDER_CHECK_LEDGER,
		Notaries: notaries(3), Threshold: 2, LongestPrepare: time.Hour, TakeoverDelay: time.Second,
	}
}

func hub() bridge.Ledger { return bridge.DefaultGenesis().Ledgers[0] }

func TestWhatALedgerMustBeToBeRegistered(t *testing.T) {
	from := func(base bridge.Ledger, change func(*bridge.Ledger)) bridge.Ledger {
		change(&base)
		return base
	}
	for _, c := range []struct {
		name   string
		ledger bridge.Ledger
		err    error
		says   string
	}{
		{"two of three notaries", cny(), nil, ""},
		{"a pivot", from(cny(), func(l *bridge.Ledger) { l.Cell = bridge.CELL_PIVOT }), nil, ""},
		{"the hub", hub(), nil, ""},
		{"one of one", from(cny(), func(l *bridge.Ledger) { l.Notaries, l.Threshold = notaries(1), 1 }), nil, ""},
		{"thirty-two notaries", from(cny(), func(l *bridge.Ledger) { l.Notaries, l.Threshold = notaries(32), 17 }), nil, ""},

		{"born suspended", from(cny(), func(l *bridge.Ledger) { l.Suspended = true }), bridge.ErrInvalidLedger, "not suspended"},
		{"no id", from(cny(), func(l *bridge.Ledger) { l.Id = "" }), bridge.ErrInvalidLedger, `id ""`},
		{"id with a zero byte, which would end it in the store key", from(cny(), func(l *bridge.Ledger) { l.Id = "cn\x00y" }), bridge.ErrInvalidLedger, "id"},
		{"id in capitals", from(cny(), func(l *bridge.Ledger) { l.Id = "CNY" }), bridge.ErrInvalidLedger, "id"},
		{"id that starts with a digit", from(cny(), func(l *bridge.Ledger) { l.Id = "1cny" }), bridge.ErrInvalidLedger, "id"},
		{"id too long", from(cny(), func(l *bridge.Ledger) { l.Id = strings.Repeat("a", 65) }), bridge.ErrInvalidLedger, "id"},
		{"no cell", from(cny(), func(l *bridge.Ledger) { l.Cell = 0 }), bridge.ErrInvalidLedger, "cell"},
		{"unknown link", from(cny(), func(l *bridge.Ledger) { l.Link = 9 }), bridge.ErrInvalidLedger, "link"},
		{"no order check", from(cny(), func(l *bridge.Ledger) { l.OrderCheck = 0 }), bridge.ErrInvalidLedger, "order check"},
		{"no longest prepare time", from(cny(), func(l *bridge.Ledger) { l.LongestPrepare = 0 }), bridge.ErrInvalidLedger, "longest prepare"},
		{"a longest prepare time of months", from(cny(), func(l *bridge.Ledger) { l.LongestPrepare = 31 * 24 * time.Hour }), bridge.ErrInvalidLedger, "longest prepare"},
		{"take-over as long as preparing", from(cny(), func(l *bridge.Ledger) { l.TakeoverDelay = time.Hour }), bridge.ErrInvalidLedger, "take-over"},
		{"negative take-over", from(cny(), func(l *bridge.Ledger) { l.TakeoverDelay = -1 }), bridge.ErrInvalidLedger, "take-over"},
		{"another ledger as the hub", from(hub(), func(l *bridge.Ledger) { l.Id = "cny" }), bridge.ErrInvalidLedger, "no other"},
		{"the hub proved by notaries", from(cny(), func(l *bridge.Ledger) { l.Id = "hub" }), bridge.ErrInvalidLedger, "no other"},
		{"a channel beside notaries", from(cny(), func(l *bridge.Ledger) { l.Channel = far().Channel }), bridge.ErrInvalidLedger, "LINK_IBC, and to no other"},
		{"behind a channel", far(), nil, ""},
		{"behind a channel, a pivot", from(far(), func(l *bridge.Ledger) { l.Cell = bridge.CELL_PIVOT }), bridge.ErrInvalidLedger, "CELL_HOLDS"},
		{"behind a channel, checking nothing", from(far(), func(l *bridge.Ledger) { l.OrderCheck = bridge.ORDER_CHECK_NONE }), bridge.ErrInvalidLedger, "ORDER_CHECK_LEDGER"},
		{"behind a channel, with notaries", from(far(), func(l *bridge.Ledger) { l.Notaries = notaries(1) }), bridge.ErrInvalidLedger, "no notaries"},
		{"behind no channel", from(far(), func(l *bridge.Ledger) { l.Channel = nil }), bridge.ErrInvalidLedger, "needs a channel"},
		{"over no connection", from(far(), func(l *bridge.Ledger) { l.Channel.ConnectionId = "connection" }), bridge.ErrChannel, "connection- and a number"},
		{"behind a channel of another notation", from(far(), func(l *bridge.Ledger) { l.Channel.ChannelId = "channel-01" }), bridge.ErrChannel, "channel- and a number"},
		{"behind a channel to nowhere", from(far(), func(l *bridge.Ledger) { l.Channel.ChainId = "" }), bridge.ErrChannel, "chain id"},
		{"the hub as a pivot", from(hub(), func(l *bridge.Ledger) { l.Cell = bridge.CELL_PIVOT }), bridge.ErrInvalidLedger, "CELL_HOLDS"},
		{"the hub with notaries", from(hub(), func(l *bridge.Ledger) { l.Notaries = notaries(1) }), bridge.ErrInvalidLedger, "no notaries"},
		{"no notaries", from(cny(), func(l *bridge.Ledger) { l.Notaries = nil }), bridge.ErrInvalidNotaries, "got 0"},
		{"a notary marked as suspended", from(cny(), func(l *bridge.Ledger) { l.Notaries[0].Suspended = true }), bridge.ErrInvalidNotaries, "marked"},
	} {
		t.Run(c.name, func(t *testing.T) { requireSays(t, c.ledger.ValidateNew(), c.err, c.says) })
	}
}

// far is a ledger behind a channel.
func far() bridge.Ledger {
	return bridge.Ledger{
		Id: "far", Cell: bridge.CELL_HOLDS, Link: bridge.LINK_IBC, OrderCheck: bridge.ORDER_CHECK_LEDGER, LongestPrepare: time.Hour,
		Channel: &bridge.LegChannel{ConnectionId: "connection-0", ChannelId: "channel-3", ChainId: "far-1"},
	}
}

func TestWhatASetOfNotariesMustBe(t *testing.T) {
	twice := append(notaries(2), notary("n1"))
	sameKey := notaries(2)
	sameKey[1].PublicKey = sameKey[0].PublicKey
	short := notaries(1)
	short[0].PublicKey = short[0].PublicKey[:32]
	offCurve := notaries(1)
	offCurve[0].PublicKey = append([]byte{2}, make([]byte, 32)...)
	badID := notaries(1)
	badID[0].Id = "N 1"
	for _, c := range []struct {
		name      string
		set       []bridge.Notary
		threshold uint32
		err       error
		says      string
	}{
		{"three of four", notaries(4), 3, nil, ""},
		{"all", notaries(4), 4, nil, ""},
		{"too many", notaries(33), 17, bridge.ErrInvalidNotaries, "got 33"},
		{"bad id", badID, 1, bridge.ErrInvalidNotaries, "id"},
		{"an id twice", twice, 2, bridge.ErrInvalidNotaries, "twice"},
		{"key too short", short, 1, bridge.ErrInvalidNotaries, "32 bytes"},
		{"key off the curve", offCurve, 1, bridge.ErrInvalidNotaries, "not a point"},
		{"a key twice", sameKey, 2, bridge.ErrInvalidNotaries, "has the key of notary n1"},
		{"threshold of half", notaries(4), 2, bridge.ErrInvalidNotaries, "more than half"},
		{"threshold 0", notaries(1), 0, bridge.ErrInvalidNotaries, "more than half"},
		{"threshold above all", notaries(3), 4, bridge.ErrInvalidNotaries, "at most all"},
		{"threshold that overflows when doubled", notaries(3), 1<<31 + 2, bridge.ErrInvalidNotaries, "at most all"},
	} {
		t.Run(c.name, func(t *testing.T) { requireSays(t, bridge.ValidateNotaries(c.set, c.threshold), c.err, c.says) })
	}
}

func TestActiveNotariesLeaveOutTheSuspended(t *testing.T) {
	l := cny()
	l.Notaries[1].Suspended = true
	require.Equal(t, []string{"n1", "n3"}, l.ActiveNotaries())
	require.Equal(t, 1, l.NotaryIndex("n2"))
	require.Equal(t, -1, l.NotaryIndex("n9"))
}

func requireSays(t *testing.T, err, want error, says string) {
	t.Helper()
	if want == nil {
		require.NoError(t, err)
		return
	}
	require.ErrorIs(t, err, want)
	require.ErrorContains(t, err, says)
}
