package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	wire "github.com/corridor-network/corridor/adapters/sdk/adapterv1"
)

// answering is an adapter that describes itself soundly once, and then answers with bytes of somebody's.
type answering struct {
	described bool
	answer    []byte
}

func (p *answering) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	message, ok := reply.(proto.Message)
	if !ok {
		return fmt.Errorf("a reply of type %T", reply)
	}
	if p.described {
		return proto.Unmarshal(p.answer, message)
	}
	p.described = true
	proto.Merge(message, &wire.DescribeResponse{Result: &wire.DescribeResponse_Description{Description: &wire.Description{
		Name: "somebody's 1", Ledger: "cbdc", Currencies: []string{"CNY"}, Cell: wire.Cell_CELL_HOLDS,
		OrderCheck: wire.OrderCheck_ORDER_CHECK_LEDGER, Optional: []string{sdk.OptionalBalances, sdk.OptionalOrders},
	}}})
	return nil
}

func (p *answering) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errors.New("this contract has no streams")
}

// Whatever a plugin answers: the host does not panic, and what it passes on keeps the contract's limits.
func FuzzReply(f *testing.F) {
	b, _ := swap()
	o := own(b)
	id := o.Instruction.Entry
	entry := &wire.Entry{
		Id: id[:], State: wire.EntryState_ENTRY_STATE_HELD, Payer: o.Instruction.Payer, Payee: o.Instruction.Payee,
		Currency: o.Instruction.Currency, AmountMinor: o.Instruction.AmountMinor, Reason: "why\u202e\n",
	}
	for call, m := range []proto.Message{
		&wire.DescribeResponse{Result: &wire.DescribeResponse_Description{Description: &wire.Description{Name: "n", Ledger: "l", Currencies: []string{"CNY"}, Cell: 1, OrderCheck: 1}}},
		&wire.ConsentKeyResponse{Result: &wire.ConsentKeyResponse_Key{Key: &wire.PublicKey{Type: 1, Key: []byte{2}}}},
		&wire.EntryResponse{Result: &wire.EntryResponse_Entry{Entry: entry}},
		&wire.EntryResponse{Result: &wire.EntryResponse_Error{Error: &wire.Error{Code: 9, Message: "\x00"}}},
		&wire.EntryResponse{}, &wire.EntryResponse{},
		&wire.BalanceResponse{Result: &wire.BalanceResponse_Balance{Balance: &wire.Balance{Account: "a"}}},
		&wire.BookResponse{Result: &wire.BookResponse_Book{Book: &wire.Book{ChainId: "c", Height: 1, Hash: make([]byte, 32)}}},
		&wire.BookResponse{Result: &wire.BookResponse_Error{Error: &wire.Error{Code: 4}}},
	} {
		raw, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(call), raw)
	}
	f.Fuzz(func(t *testing.T, call uint8, raw []byte) {
		l, err := sdk.NewClient(t.Context(), &answering{answer: raw})
		if err != nil {
			t.Fatal(err)
		}
		if err := soundCall(t.Context(), l, call%9, o); err != nil {
			t.Fatal(err)
		}
	})
}

// soundCall makes one call and says what is wrong with its answer.
func soundCall(ctx context.Context, l sdk.Ledger, call uint8, o sdk.HoldOrder) error {
	i := o.Instruction
	kind := func(k order.Kind) order.Instruction { i.Kind = k; return i }
	switch call {
	case 0:
		d, err := l.Describe(ctx)
		return sound(err, d.Validate)
	case 1:
		k, err := l.ConsentKey(ctx, "a")
		return sound(err, k.Validate)
	case 2:
		return soundEntry(i)(l.Hold(ctx, o))
	case 3:
		return soundEntry(i)(l.Post(ctx, sdk.PostOrder{Instruction: kind(order.Post)}))
	case 4:
		return soundEntry(i)(l.Void(ctx, sdk.VoidOrder{Instruction: kind(order.Void)}))
	case 5:
		e, err := l.Lookup(ctx, i.Entry)
		return sound(err, func() error { return clean(e) })
	case 6:
		b, err := l.(sdk.BalanceReader).Balance(ctx, "a")
		return sound(err, func() error {
			if b.Account != "a" {
				return fmt.Errorf("the balance of %q", b.Account)
			}
			return nil
		})
	case 7:
		b, err := l.(sdk.OrderBook).Book(ctx)
		return sound(err, b.Validate)
	}
	b, err := l.(sdk.OrderBook).Take(ctx, []byte{1})
	return sound(err, b.Validate)
}

// sound checks an error against the closed set, or an answer by itself.
func sound(err error, answer func() error) error {
	if err == nil {
		return answer()
	}
	if code := sdk.CodeOf(err); !slices.Contains(sdk.Codes, code) {
		return fmt.Errorf("error code %q", code)
	}
	if s := err.Error(); !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Errorf("an error that a terminal would not show: %q", s)
	}
	return nil
}

func soundEntry(i order.Instruction) func(sdk.Entry, error) error {
	return func(e sdk.Entry, err error) error {
		return sound(err, func() error {
			if !e.Matches(i) {
				return fmt.Errorf("another entry's answer: %+v", e)
			}
			return clean(e)
		})
	}
}

func clean(e sdk.Entry) error {
	switch note := e.Reason + e.LedgerReference; {
	case e.State < order.EntryHeld || e.State > order.EntryTombstoned:
		return fmt.Errorf("state %d", e.State)
	case len(e.Reason) > order.MaxNoteBytes || len(e.LedgerReference) > order.MaxNoteBytes, strings.ContainsFunc(note, unicode.IsControl):
		return fmt.Errorf("notes %q", note)
	case e.AmountMinor > order.MaxAmountMinor:
		return fmt.Errorf("an amount of %d", e.AmountMinor)
	}
	return nil
}

// Whatever a host asks: an adapter does not panic, and no money is made or lost.
func FuzzRequest(f *testing.F) {
	b, _ := swap()
	o := own(b)
	for n, m := range []proto.Message{ // in the order of the service's methods
		&wire.DescribeRequest{}, &wire.ConsentKeyRequest{Account: "bank-a"}, &wire.HoldRequest{Instruction: o.Instruction.Encode(), Body: o.Body, Consent: &wire.Consent{Signature: []byte{1}}},
		&wire.RefuseRequest{Instruction: o.Instruction.Encode(), Body: o.Body}, &wire.PostRequest{Instruction: order.NewInstruction(order.Post, b, 0).Encode()},
		&wire.VoidRequest{Instruction: order.NewInstruction(order.Void, b, 0).Encode()}, &wire.LookupRequest{Id: o.Instruction.Entry[:]},
		&wire.BalanceRequest{Account: "bank-a"}, &wire.BookRequest{}, &wire.TakeRequest{Batch: []byte{1}},
	} {
		raw, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(n), raw)
	}
	l, err := memory.New(memory.Config{Ledger: o.Instruction.Ledger, Accounts: []memory.AccountConfig{
		{ID: o.Instruction.Payer, Currency: o.Instruction.Currency, BalanceMinor: 1_000_000_000}, {ID: o.Instruction.Payee, Currency: o.Instruction.Currency},
	}})
	if err != nil {
		f.Fatal(err)
	}
	money := func(ctx context.Context) (sum uint64) {
		for _, a := range []string{o.Instruction.Payer, o.Instruction.Payee} {
			if b, err := l.Balance(ctx, sdk.Account(a)); err == nil {
				sum += b.AvailableMinor + b.HeldMinor
			}
		}
		return sum
	}
	server, err := sdk.ServerOf(f.Context(), l)
	if err != nil {
		f.Fatal(err)
	}
	methods := wire.Ledger_ServiceDesc.Methods
	f.Fuzz(func(t *testing.T, method uint8, raw []byte) {
		m := methods[int(method)%len(methods)]
		reply, err := m.Handler(server, t.Context(), func(request any) error { return proto.Unmarshal(raw, request.(proto.Message)) }, nil)
		if err != nil {
			return // bytes that are no request of this kind
		}
		if strings.Contains(fmt.Sprint(reply), "panicked") {
			t.Fatalf("%s: %v", m.MethodName, reply)
		}
		if got := money(t.Context()); got != 1_000_000_000 {
			t.Fatalf("%s: money is %d", m.MethodName, got)
		}
	})
}
