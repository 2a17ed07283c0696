package sdk

import (
	"context"

	"github.com/corridor-network/corridor/adapters/order"
	wire "github.com/corridor-network/corridor/adapters/sdk/adapterv1"
	"google.golang.org/grpc"
)

// NewClient is the ledger at the other end of a connection, wrapped by Check. Every answer is taken as
// bytes from outside.
//
// A call that fails on the way is Unknown where it may have moved money and Unavailable where it only
// reads, or was never sent because its context had already ended.
func NewClient(ctx context.Context, conn grpc.ClientConnInterface) (Ledger, error) {
	return Check(ctx, &client{wire.NewLedgerClient(conn)})
}

type client struct{ rpc wire.LedgerClient }

func (c *client) Describe(ctx context.Context) (Description, error) {
	r, err := c.rpc.Describe(ctx, &wire.DescribeRequest{}, callOptions...)
	switch {
	case err != nil:
		return Description{}, readFailed(err)
	case r.GetError() != nil:
		return Description{}, errorFromWire(r.GetError())
	}
	d, err := descriptionFromWire(r.GetDescription())
	if err != nil {
		return Description{}, badAnswer(err)
	}
	return d, nil
}

func (c *client) ConsentKey(ctx context.Context, a Account) (PublicKey, error) {
	r, err := c.rpc.ConsentKey(ctx, &wire.ConsentKeyRequest{Account: string(a)}, callOptions...)
	switch {
	case err != nil:
		return PublicKey{}, readFailed(err)
	case r.GetError() != nil:
		return PublicKey{}, errorFromWire(r.GetError())
	}
	k, err := keyFromWire(r.GetKey())
	if err != nil {
		return PublicKey{}, badAnswer(err)
	}
	return k, nil
}

func (c *client) Hold(ctx context.Context, o HoldOrder) (Entry, error) {
	if err := unsent(ctx); err != nil {
		return Entry{}, err
	}
	r, err := c.rpc.Hold(ctx, &wire.HoldRequest{
		Instruction: o.Instruction.Encode(), Body: o.Body, Consent: consentToWire(o.Consent),
	}, callOptions...)
	return writtenEntry(r, err)
}

func (c *client) Refuse(ctx context.Context, o HoldOrder) (Entry, error) {
	if err := unsent(ctx); err != nil {
		return Entry{}, err
	}
	r, err := c.rpc.Refuse(ctx, &wire.RefuseRequest{
		Instruction: o.Instruction.Encode(), Body: o.Body, Consent: consentToWire(o.Consent),
	}, callOptions...)
	return writtenEntry(r, err)
}

func (c *client) Post(ctx context.Context, o PostOrder) (Entry, error) {
	if err := unsent(ctx); err != nil {
		return Entry{}, err
	}
	r, err := c.rpc.Post(ctx, &wire.PostRequest{Instruction: o.Instruction.Encode()}, callOptions...)
	return writtenEntry(r, err)
}

func (c *client) Void(ctx context.Context, o VoidOrder) (Entry, error) {
	if err := unsent(ctx); err != nil {
		return Entry{}, err
	}
	r, err := c.rpc.Void(ctx, &wire.VoidRequest{Instruction: o.Instruction.Encode()}, callOptions...)
	return writtenEntry(r, err)
}

func (c *client) Lookup(ctx context.Context, id order.EntryID) (Entry, error) {
	r, err := c.rpc.Lookup(ctx, &wire.LookupRequest{Id: id[:]}, callOptions...)
	if err != nil {
		return Entry{}, readFailed(err)
	}
	return entryOf(r)
}

func (c *client) Balance(ctx context.Context, a Account) (Balance, error) {
	r, err := c.rpc.Balance(ctx, &wire.BalanceRequest{Account: string(a)}, callOptions...)
	switch {
	case err != nil:
		return Balance{}, readFailed(err)
	case r.GetError() != nil:
		return Balance{}, errorFromWire(r.GetError())
	}
	b := r.GetBalance()
	return Balance{
		Account: Account(b.GetAccount()), Currency: b.GetCurrency(),
		AvailableMinor: b.GetAvailableMinor(), HeldMinor: b.GetHeldMinor(),
	}, nil
}

func (c *client) Book(ctx context.Context) (Book, error) {
	r, err := c.rpc.Book(ctx, &wire.BookRequest{}, callOptions...)
	if err != nil {
		return Book{}, readFailed(err)
	}
	return bookOf(r)
}

func (c *client) Take(ctx context.Context, batch []byte) (Book, error) {
	if err := unsent(ctx); err != nil {
		return Book{}, err
	}
	r, err := c.rpc.Take(ctx, &wire.TakeRequest{Batch: batch}, callOptions...)
	if err != nil {
		return Book{}, &Error{Code: Unknown, Message: "the adapter's answer got lost: ask for its book", Err: err}
	}
	return bookOf(r)
}

func bookOf(r *wire.BookResponse) (Book, error) {
	if r.GetError() != nil {
		return Book{}, errorFromWire(r.GetError())
	}
	b := r.GetBook()
	return Book{ChainID: b.GetChainId(), Height: b.GetHeight(), Hash: b.GetHash(), Number: b.GetNumber()}, nil
}

var callOptions = []grpc.CallOption{grpc.MaxCallRecvMsgSize(maxWireBytes), grpc.MaxCallSendMsgSize(maxWireBytes)}

// unsent tells that a call's context ended before the call was made: then nothing happened for certain.
func unsent(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &Error{Code: Unavailable, Message: "the call was not sent, its time was up", Err: err}
	}
	return nil
}

func readFailed(err error) *Error {
	return &Error{Code: Unavailable, Message: "the adapter did not answer", Err: err}
}

func badAnswer(err error) *Error {
	return &Error{Code: Unknown, Message: "the adapter's answer is malformed", Err: err}
}

func writtenEntry(r *wire.EntryResponse, err error) (Entry, error) {
	if err != nil {
		return Entry{}, &Error{Code: Unknown, Message: "the adapter's answer got lost: look the entry up", Err: err}
	}
	return entryOf(r)
}

func entryOf(r *wire.EntryResponse) (Entry, error) {
	if r.GetError() != nil {
		return Entry{}, errorFromWire(r.GetError())
	}
	e, err := entryFromWire(r.GetEntry())
	if err != nil {
		return Entry{}, badAnswer(err)
	}
	return e, nil
}
