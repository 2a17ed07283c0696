package sdk_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	wire "github.com/corridor-network/corridor/adapters/sdk/adapterv1"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

// wrong is a ledger that answers everything with what a test puts in it.
type wrong struct {
	description sdk.Description
	key         sdk.PublicKey
	entry       sdk.Entry
	balance     sdk.Balance
	book        sdk.Book
	err         error
	panics      bool
}

func (w *wrong) Describe(context.Context) (sdk.Description, error) { return w.description, nil }

func (w *wrong) ConsentKey(context.Context, sdk.Account) (sdk.PublicKey, error) { return w.key, w.err }

func (w *wrong) Hold(context.Context, sdk.HoldOrder) (sdk.Entry, error) {
	if w.panics {
		panic("a bug in the adapter")
	}
	return w.entry, w.err
}

func (w *wrong) Refuse(context.Context, sdk.HoldOrder) (sdk.Entry, error) { return w.entry, w.err }

func (w *wrong) Post(context.Context, sdk.PostOrder) (sdk.Entry, error) { return w.entry, w.err }

func (w *wrong) Void(context.Context, sdk.VoidOrder) (sdk.Entry, error) { return w.entry, w.err }

func (w *wrong) Lookup(context.Context, order.EntryID) (sdk.Entry, error) { return w.entry, w.err }

func (w *wrong) Balance(context.Context, sdk.Account) (sdk.Balance, error) { return w.balance, w.err }

func (w *wrong) Book(context.Context) (sdk.Book, error) { return w.book, w.err }

func (w *wrong) Take(context.Context, []byte) (sdk.Book, error) {
	if w.panics {
		panic("a bug in the adapter")
	}
	return w.book, w.err
}

func described() sdk.Description {
	return sdk.Description{
		Name: "wrong 1", Ledger: "cbdc", Currencies: []string{"CNY"}, Cell: sdk.CellHolds,
		OrderCheck: sdk.OrderCheckNone, Optional: []string{sdk.OptionalBalances},
	}
}

// bothWays runs f against the ledger in process and over gRPC: what is refused must be refused in both.
func bothWays(t *testing.T, l sdk.Ledger, f func(t *testing.T, l sdk.Ledger)) {
	t.Run("in process", func(t *testing.T) {
		checked, err := sdk.Check(t.Context(), l)
		require.NoError(t, err)
		f(t, checked)
	})
	t.Run("over gRPC", func(t *testing.T) {
		client, err := sdk.NewClient(t.Context(), dial(t, func(s *grpc.Server) { require.NoError(t, sdk.Register(t.Context(), s, l)) }))
		require.NoError(t, err)
		f(t, client)
	})
}

func dial(t *testing.T, register func(*grpc.Server)) *grpc.ClientConn {
	listener := bufconn.Listen(1 << 20)
	server := sdk.NewServer()
	register(server)
	go server.Serve(listener) // it ends with Stop
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///bufconn", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // a test may have closed it
	return conn
}

func entryOf(o sdk.HoldOrder, s order.EntryState) sdk.Entry {
	i := o.Instruction
	return sdk.Entry{
		ID: i.Entry, State: s, Payer: sdk.Account(i.Payer), Payee: sdk.Account(i.Payee),
		Currency: i.Currency, AmountMinor: i.AmountMinor, LedgerReference: "ref", Reason: "why",
	}
}

func TestAnAnswerThatCannotBeTrueIsNotPassedOn(t *testing.T) {
	b, _ := swap()
	o := own(b)
	post := sdk.PostOrder{Instruction: order.NewInstruction(order.Post, b, 0)}
	void := sdk.VoidOrder{Instruction: order.NewInstruction(order.Void, b, 0)}
	held := func(change func(*sdk.Entry)) sdk.Entry {
		e := entryOf(o, order.EntryHeld)
		change(&e)
		return e
	}
	hold := func(l sdk.Ledger) error { _, err := l.Hold(context.Background(), o); return err }
	for _, c := range []struct {
		name string
		l    wrong
		call func(l sdk.Ledger) error
		want sdk.Code
	}{
		{"another id", wrong{entry: held(func(e *sdk.Entry) { e.ID[0] ^= 1 })}, hold, sdk.Unknown},
		{"no state", wrong{entry: held(func(e *sdk.Entry) { e.State = order.EntryUnknown })}, hold, sdk.Unknown},
		{"a state that is not in the set", wrong{entry: held(func(e *sdk.Entry) { e.State = 99 })}, hold, sdk.Unknown},
		{"no payer", wrong{entry: held(func(e *sdk.Entry) { e.Payer = "" })}, hold, sdk.Unknown},
		{"a payee of 129 bytes", wrong{entry: held(func(e *sdk.Entry) { e.Payee = sdk.Account(strings.Repeat("x", 129)) })}, hold, sdk.Unknown},
		{"a currency of four letters", wrong{entry: held(func(e *sdk.Entry) { e.Currency = "CNYY" })}, hold, sdk.Unknown},
		{"an amount beyond the largest", wrong{entry: held(func(e *sdk.Entry) { e.AmountMinor = order.MaxAmountMinor + 1 })}, hold, sdk.Unknown},
		{"another body", wrong{entry: held(func(e *sdk.Entry) { e.AmountMinor++ })}, hold, sdk.Conflict},
		{"a post that leaves the entry held", wrong{entry: entryOf(o, order.EntryHeld)}, func(l sdk.Ledger) error { _, err := l.Post(context.Background(), post); return err }, sdk.Unknown},
		{"a post that gives back", wrong{entry: entryOf(o, order.EntryVoided)}, func(l sdk.Ledger) error { _, err := l.Post(context.Background(), post); return err }, sdk.Unknown},
		{"a void that leaves the entry held", wrong{entry: entryOf(o, order.EntryHeld)}, func(l sdk.Ledger) error { _, err := l.Void(context.Background(), void); return err }, sdk.Unknown},
		{"a void that pays", wrong{entry: entryOf(o, order.EntryPosted)}, func(l sdk.Ledger) error { _, err := l.Void(context.Background(), void); return err }, sdk.Unknown},
		{"a panic", wrong{panics: true}, hold, sdk.Unknown},
		{"an error that is none of the set", wrong{err: errors.New("ORA-00600")}, hold, sdk.Unknown},
		{"a code that is none of the set", wrong{err: &sdk.Error{Code: "perhaps"}}, hold, sdk.Unknown},
		{"a deadline", wrong{err: context.DeadlineExceeded}, hold, sdk.Unknown},
		{"a key that is no key", wrong{key: sdk.PublicKey{Type: sdk.KeySecp256k1, Bytes: []byte{1}}}, func(l sdk.Ledger) error { _, err := l.ConsentKey(context.Background(), "a"); return err }, sdk.Unavailable},
		{"the balance of another account", wrong{balance: sdk.Balance{Account: "b"}}, func(l sdk.Ledger) error {
			_, err := l.(sdk.BalanceReader).Balance(context.Background(), "a")
			return err
		}, sdk.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.l.description = described()
			bothWays(t, &c.l, func(t *testing.T, l sdk.Ledger) {
				err := c.call(l)
				require.Equal(t, c.want, sdk.CodeOf(err), "%v", err)
			})
		})
	}
}

func TestEveryStateCodeAndNoteComesThrough(t *testing.T) {
	b, _ := swap()
	o := own(b)
	for _, s := range []order.EntryState{order.EntryHeld, order.EntryPosted, order.EntrySuspense, order.EntryVoided, order.EntryTombstoned} {
		want := entryOf(o, s)
		bothWays(t, &wrong{description: described(), entry: want}, func(t *testing.T, l sdk.Ledger) {
			got, err := l.Lookup(t.Context(), want.ID)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
	for _, code := range sdk.Codes {
		bothWays(t, &wrong{description: described(), err: sdk.Errorf(code, "in words")}, func(t *testing.T, l sdk.Ledger) {
			_, err := l.Lookup(t.Context(), o.Instruction.Entry)
			require.Equal(t, code, sdk.CodeOf(err))
			require.ErrorContains(t, err, "in words")
		})
	}
	bare := sdk.Entry{ID: o.Instruction.Entry, State: order.EntryTombstoned}
	bothWays(t, &wrong{description: described(), entry: bare}, func(t *testing.T, l sdk.Ledger) {
		got, err := l.Hold(t.Context(), o)
		require.NoError(t, err, "a tombstone needs no body")
		require.Equal(t, bare, got)
	})
}

func TestNotesAreCutToWhatTheHubTakes(t *testing.T) {
	b, _ := swap()
	e := entryOf(own(b), order.EntryHeld)
	e.Reason, e.LedgerReference = strings.Repeat("é", 200), "two\nlines\x00 \xff\u202eback\u200b"
	bothWays(t, &wrong{description: described(), entry: e}, func(t *testing.T, l sdk.Ledger) {
		got, err := l.Lookup(t.Context(), e.ID)
		require.NoError(t, err)
		require.LessOrEqual(t, len(got.Reason), order.MaxNoteBytes)
		require.True(t, utf8.ValidString(got.Reason))
		require.Equal(t, "two lines    back ", got.LedgerReference)
	})
}

func TestAnAdapterWithABadDescriptionDoesNotStart(t *testing.T) {
	for name, spoil := range map[string]func(*sdk.Description){
		"no name":                  func(d *sdk.Description) { d.Name = "" },
		"no ledger":                func(d *sdk.Description) { d.Ledger = "" },
		"a ledger of 129 bytes":    func(d *sdk.Description) { d.Ledger = strings.Repeat("x", 129) },
		"no currency":              func(d *sdk.Description) { d.Currencies = nil },
		"a currency of no code":    func(d *sdk.Description) { d.Currencies = []string{"Yuan"} },
		"a currency twice":         func(d *sdk.Description) { d.Currencies = []string{"CNY", "CNY"} },
		"no cell":                  func(d *sdk.Description) { d.Cell = "" },
		"an unknown order check":   func(d *sdk.Description) { d.OrderCheck = "some" },
		"a largest amount too big": func(d *sdk.Description) { d.MaxAmountMinor = order.MaxAmountMinor + 1 },
		"an optional part too many": func(d *sdk.Description) {
			d.Optional = strings.Split(strings.Repeat("x,", 17), ",")
		},
		"an optional part without a name": func(d *sdk.Description) { d.Optional = []string{""} },
	} {
		t.Run(name, func(t *testing.T) {
			d := described()
			spoil(&d)
			_, err := sdk.Check(t.Context(), &wrong{description: d})
			require.Equal(t, sdk.Invalid, sdk.CodeOf(err))
			require.ErrorContains(t, err, "description: ")
		})
	}
	t.Run("a part that is advertised and not there", func(t *testing.T) {
		_, err := sdk.Check(t.Context(), struct{ sdk.Ledger }{&wrong{description: described()}})
		require.Equal(t, sdk.Invalid, sdk.CodeOf(err))
	})
}

func TestAMalformedRequestIsAnsweredInvalidAndChangesNothing(t *testing.T) {
	l, err := memory.New(memory.Config{Ledger: "cbdc", Accounts: []memory.AccountConfig{{ID: "bank-a", Currency: "CNY", BalanceMinor: 10}}})
	require.NoError(t, err)
	rpc := wire.NewLedgerClient(dial(t, func(s *grpc.Server) { require.NoError(t, sdk.Register(t.Context(), s, l)) }))
	b, _ := swap()
	good := order.NewInstruction(order.Hold, b, 0).Encode()
	invalid := func(name string, r *wire.EntryResponse, err error) {
		require.NoError(t, err, name)
		require.Equal(t, wire.ErrorCode_ERROR_CODE_INVALID, r.GetError().GetCode(), name)
	}
	r, err := rpc.Hold(t.Context(), &wire.HoldRequest{})
	invalid("nothing", r, err)
	r, err = rpc.Hold(t.Context(), &wire.HoldRequest{Instruction: good[:50], Body: []byte{1}})
	invalid("an instruction cut short", r, err)
	r, err = rpc.Hold(t.Context(), &wire.HoldRequest{Instruction: good})
	invalid("no body", r, err)
	r, err = rpc.Hold(t.Context(), &wire.HoldRequest{Instruction: good, Body: []byte{1}, Consent: &wire.Consent{Signature: make([]byte, 257)}})
	invalid("a signature too long", r, err)
	r, err = rpc.Refuse(t.Context(), &wire.RefuseRequest{Instruction: append(good, 0), Body: []byte{1}})
	invalid("a byte left over", r, err)
	r, err = rpc.Post(t.Context(), &wire.PostRequest{Instruction: good})
	invalid("a hold to post", r, err)
	r, err = rpc.Void(t.Context(), &wire.VoidRequest{})
	invalid("nothing to void", r, err)
	r, err = rpc.Lookup(t.Context(), &wire.LookupRequest{Id: make([]byte, 15)})
	invalid("an id of fifteen bytes", r, err)
	_, err = rpc.Hold(t.Context(), &wire.HoldRequest{Body: make([]byte, 2<<20)})
	require.Error(t, err, "a message beyond the limit is not even read")
	_, err = l.Lookup(t.Context(), b.EntryID(0))
	require.Equal(t, sdk.NotFound, sdk.CodeOf(err))
}

func TestACallThatFailsOnTheWayIsUnknownOnlyIfItCouldMoveMoney(t *testing.T) {
	b, _ := swap()
	o := own(b)
	l := &wrong{description: described(), entry: entryOf(o, order.EntryHeld)}
	conn := dial(t, func(s *grpc.Server) { require.NoError(t, sdk.Register(t.Context(), s, l)) })
	client, err := sdk.NewClient(t.Context(), conn)
	require.NoError(t, err)

	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client.Hold(over, o)
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err), "it was never sent")

	require.NoError(t, conn.Close())
	_, err = client.Hold(t.Context(), o)
	require.Equal(t, sdk.Unknown, sdk.CodeOf(err))
	_, err = client.Lookup(t.Context(), o.Instruction.Entry)
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
	_, err = client.ConsentKey(t.Context(), "a")
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
}
