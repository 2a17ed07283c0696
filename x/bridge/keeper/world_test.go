package keeper_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"time"

	"cosmossdk.io/collections"
	storetypes "cosmossdk.io/store/types"
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/bridge/keeper"
)

const (
	chainID = "corridor-test-1"
	owner   = "journal"
)

// world is a bridge on a real store, with an owner of instructions and a local ledger that keep what they did in a
// store of their own, so that what is rolled back is seen to be.
type world struct {
	t       *testing.T
	ctx     sdk.Context
	k       *keeper.Keeper
	msg     bridge.MsgServer
	query   bridge.QueryServer
	gov     string
	journal *journal
	local   *localLedger
	test    testutil.TestContext
	key     storetypes.StoreKey
}

// newWorld has the ledgers hub and cny (n1, n2, n3; two count), and nothing written yet.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := uncheckedWorld(t)
	t.Cleanup(w.checkInvariants)
	return w
}

func uncheckedWorld(t *testing.T) *world {
	t.Helper()
	w := emptyWorld(t)
	g := bridge.DefaultGenesis()
	g.Ledgers = append(g.Ledgers, cny())
	require.NoError(t, w.k.InitGenesis(w.ctx, g))
	return w
}

// checkInvariants demands that what is exported is valid, and that importing it gives the same store, byte for byte:
// so heads and queues hold exactly what records and trackings say.
func (w *world) checkInvariants() {
	g := w.export()
	require.NoError(w.t, g.Validate())
	again := emptyWorld(w.t)
	require.NoError(w.t, again.k.InitGenesis(again.ctx, g))
	require.Equal(w.t, w.raw(), again.raw())
}

// raw is the module's whole store.
func (w *world) raw() map[string]string {
	all := map[string]string{}
	it := w.ctx.KVStore(w.key).Iterator(nil, nil)
	defer it.Close()
	for ; it.Valid(); it.Next() {
		all[hex.EncodeToString(it.Key())] = hex.EncodeToString(it.Value())
	}
	return all
}

func emptyWorld(t *testing.T) *world {
	t.Helper()
	key := storetypes.NewKVStoreKey(bridge.StoreKey)
	test := testutil.DefaultContextWithDB(t, key, storetypes.NewTransientStoreKey("transient"))
	journalKey := storetypes.NewKVStoreKey("journal")
	test.CMS.MountStoreWithDB(journalKey, storetypes.StoreTypeIAVL, nil)
	require.NoError(t, test.CMS.LoadLatestVersion())
	codecs := address.NewBech32Codec("corridor")
	gov, err := codecs.BytesToString([]byte("governance__________"))
	require.NoError(t, err)
	cdc := codec.NewProtoCodec(codectypes.NewInterfaceRegistry())
	w := &world{t: t, gov: gov, test: test, key: key, k: keeper.New(cdc, runtime.NewKVStoreService(key), codecs, gov)}
	sb := collections.NewSchemaBuilder(runtime.NewKVStoreService(journalKey))
	w.journal = &journal{k: w.k, lines: collections.NewMap(sb, collections.NewPrefix(1), "lines", collections.Uint64Key, collections.StringValue)}
	w.local = &localLedger{entries: collections.NewMap(sb, collections.NewPrefix(2), "entries", collections.StringKey, collections.StringValue)}
	_, err = sb.Build()
	require.NoError(t, err)
	w.k.RegisterHandler(owner, w.journal)
	w.k.RegisterLocalLedger(w.local)
	w.msg, w.query = keeper.NewMsgServer(w.k), keeper.NewQueryServer(w.k)
	w.ctx = test.Ctx.WithMultiStore(test.CMS).WithChainID(chainID).WithBlockHeight(10).WithBlockTime(time.Unix(1_700_000_000, 0).UTC())
	return w
}

// journal is an owner: it writes down each outcome, and can be told to fail.
type journal struct {
	k       *keeper.Keeper
	lines   collections.Map[uint64, string]
	fail    error
	panics  any
	follow  func(bridge.Result) *order.Instruction // what it orders next
	resumed []string
}

func (j *journal) HandleOutcome(ctx context.Context, r bridge.Result) error {
	n, err := j.count(ctx)
	if err != nil {
		return err
	}
	if err := j.lines.Set(ctx, n, fmt.Sprintf("%s %d %s %s %s", r.Instruction.Ledger, r.Number, r.Instruction.Kind, r.Outcome, r.LedgerReference)); err != nil {
		return err
	}
	if j.follow != nil {
		if next := j.follow(r); next != nil {
			if _, err := j.k.Append(ctx, owner, *next); err != nil {
				return err
			}
		}
	}
	if j.panics != nil {
		panic(j.panics) // after the write, so that the write must be taken back
	}
	return j.fail
}

func (j *journal) LedgerResumed(_ context.Context, ledger string) error {
	if j.fail != nil {
		return j.fail
	}
	j.resumed = append(j.resumed, ledger)
	return nil
}

func (j *journal) count(ctx context.Context) (n uint64, err error) {
	err = j.lines.Walk(ctx, nil, func(uint64, string) (bool, error) { n++; return false, nil })
	return n, err
}

// localLedger executes the hub's own instructions in its store. Account "poor" has nothing.
type localLedger struct {
	entries collections.Map[string, string]
	fail    error
	answer  order.Outcome // if set, what it answers whatever it was asked
}

func (l *localLedger) Execute(ctx context.Context, i order.Instruction) (bridge.Result, error) {
	outcome := map[order.Kind]order.Outcome{order.Hold: order.Held, order.Post: order.Posted, order.Void: order.Voided}[i.Kind]
	if i.Payer == "poor" {
		return bridge.Result{Outcome: order.Refused, Reason: "no money"}, nil
	}
	if l.answer != 0 {
		outcome = l.answer
	}
	if err := l.entries.Set(ctx, i.Entry.String(), outcome.String()); err != nil {
		return bridge.Result{}, err
	}
	return bridge.Result{Outcome: outcome, LedgerReference: "hub-entry"}, l.fail
}

func keyOf(id string) *secp256k1.PrivKey { return secp256k1.GenPrivKeyFromSecret([]byte(id)) }

func set(ids ...string) []bridge.Notary {
	var s []bridge.Notary
	for _, id := range ids {
		s = append(s, bridge.Notary{Id: id, PublicKey: keyOf(id).PubKey().Bytes()})
	}
	return s
}

func cny() bridge.Ledger {
	return bridge.Ledger{
		Id: "cny", Cell: bridge.CELL_HOLDS, Link: bridge.LINK_NOTARIES, OrderCheck: bridge.ORDER_CHECK_LEDGER,
		Notaries: set("n1", "n2", "n3"), Threshold: 2, LongestPrepare: time.Hour, TakeoverDelay: time.Second,
	}
}

// instruction is leg 0 of the settlement of that reference.
func instruction(k order.Kind, ledger, reference string) order.Instruction {
	settlement := order.SettlementID(chainID, "bank-a", reference)
	return order.Instruction{
		Kind: k, ChainID: chainID, Ledger: ledger, Entry: order.NewEntryID(chainID, settlement, 0, ledger),
		Settlement: settlement, Payer: "payer", Payee: "payee", Currency: "CNY", AmountMinor: 100,
	}
}

// append writes n more HOLDs for a ledger.
func (w *world) append(ledger string, n int) {
	w.t.Helper()
	head, err := w.query.Head(w.ctx, &bridge.QueryHeadRequest{Ledger: ledger})
	require.NoError(w.t, err)
	for i := range uint64(n) {
		_, err := w.k.Append(w.ctx, owner, instruction(order.Hold, ledger, fmt.Sprintf("ref-%s-%d", ledger, head.Number+i)))
		require.NoError(w.t, err)
	}
}

// words are one outcome about several instructions of cny.
func (w *world) words(o order.Outcome, numbers ...uint64) []bridge.Word {
	w.t.Helper()
	var words []bridge.Word
	for _, n := range numbers {
		answer, err := w.query.Instruction(w.ctx, &bridge.QueryInstructionRequest{Ledger: "cny", Number: n})
		require.NoError(w.t, err)
		hash := order.HashInstruction(answer.Record.Instruction)
		words = append(words, bridge.Word{Number: n, InstructionHash: hash[:], Outcome: uint32(o), LedgerReference: "cb-1"})
	}
	return words
}

// signed is an attestation about cny.
func (w *world) signed(notary string, words []bridge.Word) *bridge.MsgAttest {
	w.t.Helper()
	m := &bridge.MsgAttest{Submitter: w.gov, Ledger: "cny", Notary: notary, Words: words}
	ws, err := m.OrderWords()
	require.NoError(w.t, err)
	m.Signature, err = keyOf(notary).Sign(order.AttestationSignBytes(chainID, "cny", notary, ws))
	require.NoError(w.t, err)
	return m
}

// attest submits a notary's words, which must be taken, and gives how many instructions they counted.
func (w *world) attest(notary string, o order.Outcome, numbers ...uint64) uint32 {
	w.t.Helper()
	answer, err := w.msg.Attest(w.ctx, w.signed(notary, w.words(o, numbers...)))
	require.NoError(w.t, err)
	return answer.Counted
}

func (w *world) tracking(ledger string, n uint64) bridge.Tracking {
	w.t.Helper()
	answer, err := w.query.Instruction(w.ctx, &bridge.QueryInstructionRequest{Ledger: ledger, Number: n})
	require.NoError(w.t, err)
	return answer.Tracking
}

func (w *world) votes(n uint64) []bridge.Vote {
	w.t.Helper()
	answer, err := w.query.Instruction(w.ctx, &bridge.QueryInstructionRequest{Ledger: "cny", Number: n})
	require.NoError(w.t, err)
	return answer.Votes
}

func (w *world) work(notary string) []uint64 {
	w.t.Helper()
	answer, err := w.query.Work(w.ctx, &bridge.QueryWorkRequest{Ledger: "cny", Notary: notary})
	require.NoError(w.t, err)
	var numbers []uint64
	for _, r := range answer.Records {
		numbers = append(numbers, r.Number)
	}
	return numbers
}

// lines are what the owner was told, in order.
func (w *world) lines() []string {
	w.t.Helper()
	var all []string
	require.NoError(w.t, w.journal.lines.Walk(w.ctx, nil, func(_ uint64, line string) (bool, error) {
		all = append(all, line)
		return false, nil
	}))
	return all
}

// endBlock ends the block and begins the next, so much later.
func (w *world) endBlock(later time.Duration) {
	w.k.EndBlock(w.ctx)
	w.ctx = w.ctx.WithBlockHeight(w.ctx.BlockHeight() + 1).WithBlockTime(w.ctx.BlockTime().Add(later)).WithEventManager(sdk.NewEventManager())
}

// events are the types of what was emitted since the block began, without the package.
func (w *world) events() []string {
	var types []string
	for _, e := range w.ctx.EventManager().Events() {
		types = append(types, e.Type[len("corridor.bridge.v1."):])
	}
	return types
}

// unchanged runs do, which must fail, and demands that it left the store as it was, as a transaction would.
func (w *world) unchanged(do func(ctx sdk.Context) error) error {
	w.t.Helper()
	before := w.export()
	cached, _ := w.ctx.CacheContext()
	err := do(cached)
	require.Error(w.t, err)
	require.Equal(w.t, before, w.export())
	return err
}

func (w *world) export() *bridge.GenesisState {
	w.t.Helper()
	g, err := w.k.ExportGenesis(w.ctx)
	require.NoError(w.t, err)
	return g
}

var errBroken = errors.New("the owner is broken")
