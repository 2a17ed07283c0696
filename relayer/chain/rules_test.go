package chain

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	sdkmath "cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

func TestRefusalsAreRead(t *testing.T) {
	sequence := sdkerrors.ErrWrongSequence
	for _, test := range []struct {
		name, codespace, words string
		code                   uint32
		expected               uint64 // sequence; 0: it is a refusal
		message                int
		log                    string
	}{
		{
			name: "a message's", codespace: "channel", code: 22, words: "failed to execute message; message index: 12: packet messages are redundant",
			message: 12, log: "failed to execute message; message index: 12: packet messages are redundant",
		},
		{
			name: "no message's", codespace: "sdk", code: 5, words: "1stake is smaller than 2stake: insufficient funds",
			message: -1, log: "1stake is smaller than 2stake: insufficient funds",
		},
		{
			name: "a trial's", codespace: "sdk", code: 18, message: 0,
			words: "failed to execute message; message index: 0: client is expired [a/b@v1/c.go:77] with gas used: '12345'",
			log:   "failed to execute message; message index: 0: client is expired",
		},
		{
			name: "a sequence", codespace: sequence.Codespace(), code: sequence.ABCICode(),
			words: "account sequence mismatch, expected 17, got 15: incorrect account sequence", expected: 17,
		},
		{name: "a trial's sequence", words: "account sequence mismatch, expected 18, got 15: incorrect account sequence: unknown request", expected: 18},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := refusal("a", test.codespace, test.code, test.words)
			other, said := (*errSequence)(nil), (*ibcpath.Refusal)(nil)
			if test.expected > 0 {
				require.ErrorAs(t, err, &other)
				require.Equal(t, test.expected, other.expected)
				return
			}
			require.ErrorAs(t, err, &said)
			require.Equal(t, &ibcpath.Refusal{Chain: "a", Codespace: test.codespace, Code: test.code, Message: test.message, Log: test.log}, said)
		})
	}
}

func TestATrialsWordsTellWhichErrorItIs(t *testing.T) {
	codespace, code := trialCode("channel: packet messages are redundant with gas used: '1'")
	require.Equal(t, channeltypes.ErrRedundantTx.Codespace(), codespace)
	require.Equal(t, channeltypes.ErrRedundantTx.ABCICode(), code)
	codespace, _ = trialCode("something new")
	require.Equal(t, "simulation", codespace)
}

func TestTheFeeIsWhatTheChainAsksForWithinTheCap(t *testing.T) {
	for _, test := range []struct {
		name, price, cap, words string
		fee                     string // of 1000 gas afterwards
		says                    string
	}{
		{name: "as configured", price: "0.5stake", fee: "500stake"},
		{name: "rounded up", price: "0.0001stake", fee: "1stake"},
		{name: "free", price: "0stake"},
		{name: "nothing configured"},
		{name: "raised", price: "0.5stake", words: "insufficient fees; got: 500stake required: 600stake: insufficient fee", fee: "630stake"},
		{name: "one of several", price: "0.5stake", words: "got: 500stake required: 9atom,600stake: insufficient fee", fee: "630stake"},
		{name: "up to the cap", price: "0.5stake", cap: "0.61stake", words: "required: 600stake: insufficient fee", fee: "610stake"},
		{name: "a denomination with a path", price: "0.5ibc/AB12", words: "required: 600ibc/AB12: insufficient fee", fee: "630ibc/AB12"},
		{name: "above the cap", price: "0.5stake", cap: "0.55stake", words: "required: 600stake: insufficient fee", fee: "500stake", says: "above the highest configured one"},
		{name: "another denomination", price: "0.5stake", words: "required: 6atom: insufficient fee", fee: "500stake", says: "set a gas price that it takes"},
		{name: "not configured", words: "required: 6atom: insufficient fee", says: "no gas price is configured"},
		{name: "not understood", price: "0.5stake", words: "pay more", fee: "500stake", says: "set a higher gas price"},
	} {
		t.Run(test.name, func(t *testing.T) {
			parsed, err := parsePrices(Config{GasPrice: test.price, MaxGasPrice: test.cap})
			require.NoError(t, err)
			p := newGasPrice(parsed)
			if test.words != "" {
				err = p.raise(test.words, 1000)
			}
			if test.says == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.says)
			}
			require.Equal(t, test.fee, p.fee(1000).String())
		})
	}
}

func TestARaisedPriceGoesBack(t *testing.T) {
	parsed, err := parsePrices(Config{GasPrice: "1stake"})
	require.NoError(t, err)
	p := newGasPrice(parsed)
	require.NoError(t, p.set(sdkmath.LegacyNewDec(2)))
	for range 2000 {
		p.relax()
	}
	require.Equal(t, "1000stake", p.fee(1000).String())
}

func TestTheFeeMarketsAnswerIsRead(t *testing.T) {
	coin := sdk.NewDecCoinFromDec("stake", sdkmath.LegacyMustNewDecFromStr("0.025"))
	raw, err := coin.Marshal()
	require.NoError(t, err)
	answer := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), raw)
	price, ok := marketPrice(answer)
	require.True(t, ok)
	require.Equal(t, coin.Amount, price)
	for _, broken := range [][]byte{nil, answer[:5], raw, protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 1)} {
		_, ok := marketPrice(broken)
		require.False(t, ok, "%X", broken)
	}
}

// messages makes payments of one kind and of another.
func messages(pays, manies int) []sdk.Msg {
	var msgs []sdk.Msg
	for range manies {
		msgs = append(msgs, &banktypes.MsgMultiSend{Inputs: []banktypes.Input{{Address: "a long address"}}})
	}
	for range pays {
		msgs = append(msgs, &banktypes.MsgSend{FromAddress: "a"})
	}
	return msgs
}

func TestGasIsPredictedOnlyForWhatIsKnown(t *testing.T) {
	pay, many := sdk.MsgTypeURL(messages(1, 0)[0]), sdk.MsgTypeURL(messages(0, 1)[0])
	for _, test := range []struct {
		name         string
		before       func(*gasBook)
		pays, manies int
		gas          float64 // 0: it is not known
	}{
		{"nothing is known", func(*gasBook) {}, 1, 0, 0},
		{"one type is new", func(b *gasBook) { b.teach(pay, 30_000, true) }, 1, 1, 0},
		{"both are known", func(b *gasBook) { b.teach(pay, 30_000, true); b.teach(many, 90_000, false) }, 20, 1, gasOfTransaction + 690_000},
		{"one of what was not told apart", func(b *gasBook) { b.teach(pay, 30_000, false) }, 1, 0, gasOfTransaction + 30_000},
		{"many of what was not told apart", func(b *gasBook) { b.teach(pay, 30_000, false) }, 2, 0, 0},
		{"in doubt", func(b *gasBook) { b.teach(pay, 30_000, true); b.doubt(loads(messages(1, 0))) }, 1, 0, 0},
		{"many tell what one uses", func(b *gasBook) { b.learn(loads(messages(8, 1)), gasOfTransaction+8*30_000+40_000) }, 100, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newGasBook()
			test.before(b)
			gas, known := b.predict(loads(messages(test.pays, test.manies)))
			if test.name == "many tell what one uses" {
				require.True(t, known)
				require.InEpsilon(t, gasOfTransaction+100*30_000, gas, 0.2)
				return
			}
			require.Equal(t, test.gas > 0, known)
			require.InDelta(t, test.gas, gas, 1)
		})
	}
}

func TestAFigureRisesAtOnceAndFallsSlowly(t *testing.T) {
	b, one := newGasBook(), loads(messages(1, 0))
	b.teach(sdk.MsgTypeURL(messages(1, 0)[0]), 100_000, true)
	b.learn(one, gasOfTransaction+200_000)
	require.InDelta(t, 200_000, b.of(messages(1, 0)[0]), 1)
	b.learn(one, gasOfTransaction+100_000)
	require.InDelta(t, 175_000, b.of(messages(1, 0)[0]), 1)
}

// An update and one receipt, again and again, and then many receipts at once: what one receipt uses was told apart in the trial.
func TestGasOfMixturesStaysNearTheTruth(t *testing.T) {
	b := newGasBook()
	b.teach(sdk.MsgTypeURL(messages(1, 0)[0]), 80_000, true)
	b.teach(sdk.MsgTypeURL(messages(0, 1)[0]), 70_000, false)
	for round := range 60 {
		pays := 1
		if round%5 == 4 {
			pays = 450
		}
		all, used := loads(messages(pays, 1)), int64(gasOfTransaction+120_000+pays*80_000)
		gas, known := b.predict(all)
		require.True(t, known)
		if round > 0 {
			require.InEpsilon(t, used, gas, 0.05, "round %d", round)
		}
		b.learn(all, used)
	}
}

func TestATrialHoldsAFewOfEachType(t *testing.T) {
	msgs := append(messages(3, 1), messages(20, 2)...) // many pay pay pay many many pay ...
	require.Equal(t, []int{0, 1}, sample(msgs, ""))
	require.Equal(t, []int{0, 1, 4, 5}, sample(msgs, sdk.MsgTypeURL(msgs[0])))
	require.Equal(t, []int{0, 1, 2, 3, 6, 7, 8, 9, 10}, sample(msgs, sdk.MsgTypeURL(msgs[1])))
}

func pool(observer Observer, names ...string) (*endpoints, *time.Time) {
	p := newEndpoints(Config{Name: "a", ChainID: "a-1", RPC: names, MaxLag: 5, Observer: observer}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	now := time.Unix(0, 0)
	p.now = func() time.Time { return now }
	for _, e := range p.list {
		e.height = 100
	}
	return p, &now
}

func order(t *testing.T, p *endpoints, height int64) (names string) {
	t.Helper()
	found, err := p.order(height)
	require.NoError(t, err)
	for _, e := range found {
		names += e.name
	}
	return names
}

func TestTheBestEndpointIsAskedFirst(t *testing.T) {
	failure := errors.New("broken")
	for _, test := range []struct {
		name   string
		change func(p *endpoints)
		height int64
		order  string
	}{
		{"all are well", func(*endpoints) {}, 0, "xyz"},
		{"one failed", func(p *endpoints) { p.failed(p.list[0], failure) }, 0, "yzx"},
		{"it works again", func(p *endpoints) { p.failed(p.list[0], failure); p.worked(p.list[0]) }, 0, "xyz"},
		{"one lags", func(p *endpoints) { p.list[0].height = 94 }, 0, "yzx"},
		{"one lags a little", func(p *endpoints) { p.list[0].height = 95 }, 0, "xyz"},
		{"one does not have the block", func(p *endpoints) { p.list[0].height = 95 }, 96, "yzx"},
		{"none has the block yet", func(*endpoints) {}, 101, "xyz"},
		{"one is on another chain", func(p *endpoints) { p.list[0].refused = failure }, 0, "yz"},
		{"one is in conflict", func(p *endpoints) { p.list[1].conflicted = true }, 0, "xz"},
		{"one failed, one lags", func(p *endpoints) { p.failed(p.list[0], failure); p.list[1].height = 1 }, 0, "zyx"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, _ := pool(Observer{}, "http://x", "http://y", "http://z")
			test.change(p)
			require.Equal(t, test.order, order(t, p, test.height))
		})
	}
	p, _ := pool(Observer{}, "http://x")
	p.list[0].conflicted = true
	_, err := p.order(0)
	require.ErrorIs(t, err, ErrConflict)
}

func TestAnEndpointThatFailsAgainRestsLonger(t *testing.T) {
	p, now := pool(Observer{}, "http://x")
	e := p.list[0]
	for _, rest := range []time.Duration{1, 2, 4, 8} {
		p.failed(e, errors.New("broken"))
		p.failed(e, errors.New("broken")) // of the same outage
		require.Equal(t, rest*firstQuarantine, e.until.Sub(*now))
		*now = e.until.Add(time.Millisecond)
	}
	*now = now.Add(2 * longestQuarantine)
	p.worked(e)
	p.failed(e, errors.New("broken"))
	require.Equal(t, firstQuarantine, e.until.Sub(*now))
}

func TestARefusalOfANodeDoesNotCountAgainstIt(t *testing.T) {
	var failures atomic.Int32
	p, _ := pool(Observer{RPCError: func(string, string) { failures.Add(1) }}, "http://x", "http://y")
	err := p.do(t.Context(), "what", 0, func(*endpoint) error { return &nodeError{Message: "no such block"} })
	require.ErrorContains(t, err, "a at y: what: no such block")
	require.Zero(t, failures.Load())
	require.Equal(t, "xy", order(t, p, 0))
}

func TestACacheReadsOnceAndForgetsFailures(t *testing.T) {
	c := newCache[int](t.Context(), 2)
	reads := 0
	read := func(context.Context) (int, error) {
		if reads++; reads == 1 {
			return 0, errors.New("broken")
		}
		return reads, nil
	}
	_, err := c.get(t.Context(), 1, read)
	require.Error(t, err)
	for range 2 {
		v, err := c.get(t.Context(), 1, read)
		require.NoError(t, err)
		require.Equal(t, 2, v)
	}
	for h := range int64(3) {
		_, err := c.get(t.Context(), h+10, read)
		require.NoError(t, err)
	}
	v, err := c.get(t.Context(), 1, read)
	require.NoError(t, err)
	require.Equal(t, 6, v, "the oldest was dropped")
}

func TestWhoLeavesACacheLeavesTheOthersWaiting(t *testing.T) {
	c := newCache[int](t.Context(), 2)
	gone, leave := context.WithCancel(t.Context())
	started, finish := make(chan struct{}), make(chan struct{})
	go func() {
		<-started
		leave()
	}()
	_, err := c.get(gone, 1, func(context.Context) (int, error) {
		close(started)
		<-finish
		return 7, nil
	})
	require.ErrorIs(t, err, context.Canceled)
	close(finish)
	v, err := c.get(t.Context(), 1, nil)
	require.NoError(t, err)
	require.Equal(t, 7, v)
}

func TestASlowReaderMissesHeadsButNotTheNewest(t *testing.T) {
	h := newHeads()
	out := make(chan ibcpath.Head, 1)
	h.join(out)
	for i := range int64(10) {
		h.push(ibcpath.Head{Height: i + 1, Time: time.Unix(i, 0)})
	}
	h.push(ibcpath.Head{Height: 4, Time: time.Unix(4, 0)})
	require.EqualValues(t, 10, (<-out).Height)
	require.InDelta(t, time.Second, h.pace(), float64(time.Millisecond))
	late := make(chan ibcpath.Head, 1)
	h.join(late)
	require.EqualValues(t, 10, (<-late).Height)
	h.leave(out)
	_, open := <-out
	require.False(t, open)
}

func TestATransactionMayWaitAboutHalfAMinute(t *testing.T) {
	for _, test := range []struct {
		pace       time.Duration
		configured int
		blocks     int64
	}{
		{0, 0, blocksAtUnseen}, {time.Second, 0, 30}, {6 * time.Second, 0, fewestBlocks}, {time.Millisecond, 0, mostBlocks}, {time.Second, 7, 7},
	} {
		c := &Chain{config: Config{TimeoutBlocks: test.configured}, heads: newHeads()}
		c.heads.interval = test.pace
		require.Equal(t, test.blocks, c.timeoutBlocks())
	}
}

func TestAnAddressWithASecretStaysOutOfErrors(t *testing.T) {
	e := &endpoint{url: "http://127.0.0.1:1/key-of-a-provider", client: newHTTPClient(1)}
	err := e.ask(t.Context(), request{method: "status", limit: smallAnswer})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "key-of-a-provider")
}
