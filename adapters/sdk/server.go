package sdk

import (
	"context"

	"github.com/corridor-network/corridor/adapters/order"
	wire "github.com/corridor-network/corridor/adapters/sdk/adapterv1"
	"google.golang.org/grpc"
)

// maxWireBytes bounds one message on the wire: the largest batch, with room for the message around it. A hold
// order is far smaller.
const maxWireBytes = MaxBatchBytes + 64<<10

// NewServer is a gRPC server with this package's limits.
func NewServer(opts ...grpc.ServerOption) *grpc.Server {
	return grpc.NewServer(append(opts, grpc.MaxRecvMsgSize(maxWireBytes), grpc.MaxSendMsgSize(maxWireBytes))...)
}

// Register serves the ledger over gRPC. The ledger is wrapped by Check first.
func Register(ctx context.Context, s *grpc.Server, l Ledger) error {
	l, err := Check(ctx, l)
	if err != nil {
		return err
	}
	wire.RegisterLedgerServer(s, &server{ledger: l})
	return nil
}

// server turns the wire into plain types and back. Every error of the ledger is part of the answer: a
// gRPC status says only that the call failed on the way.
type server struct {
	wire.UnimplementedLedgerServer
	ledger Ledger
}

func (s *server) Describe(ctx context.Context, _ *wire.DescribeRequest) (*wire.DescribeResponse, error) {
	d, err := s.ledger.Describe(ctx)
	if err != nil {
		return &wire.DescribeResponse{Result: &wire.DescribeResponse_Error{Error: errorToWire(err)}}, nil
	}
	return &wire.DescribeResponse{Result: &wire.DescribeResponse_Description{Description: descriptionToWire(d)}}, nil
}

func (s *server) ConsentKey(ctx context.Context, r *wire.ConsentKeyRequest) (*wire.ConsentKeyResponse, error) {
	k, err := s.ledger.ConsentKey(ctx, Account(r.GetAccount()))
	if err != nil {
		return &wire.ConsentKeyResponse{Result: &wire.ConsentKeyResponse_Error{Error: errorToWire(err)}}, nil
	}
	key := &wire.PublicKey{Type: keyTypesToWire[k.Type], Key: k.Bytes}
	return &wire.ConsentKeyResponse{Result: &wire.ConsentKeyResponse_Key{Key: key}}, nil
}

func (s *server) Hold(ctx context.Context, r *wire.HoldRequest) (*wire.EntryResponse, error) {
	o, err := holdFromWire(r.GetInstruction(), r.GetBody(), r.GetConsent())
	if err != nil {
		return malformed(err), nil
	}
	return entryResponse(s.ledger.Hold(ctx, o)), nil
}

func (s *server) Refuse(ctx context.Context, r *wire.RefuseRequest) (*wire.EntryResponse, error) {
	o, err := holdFromWire(r.GetInstruction(), r.GetBody(), r.GetConsent())
	if err != nil {
		return malformed(err), nil
	}
	return entryResponse(s.ledger.Refuse(ctx, o)), nil
}

func (s *server) Post(ctx context.Context, r *wire.PostRequest) (*wire.EntryResponse, error) {
	i, err := order.DecodeInstruction(r.GetInstruction())
	if err != nil {
		return malformed(err), nil
	}
	return entryResponse(s.ledger.Post(ctx, PostOrder{Instruction: i})), nil
}

func (s *server) Void(ctx context.Context, r *wire.VoidRequest) (*wire.EntryResponse, error) {
	i, err := order.DecodeInstruction(r.GetInstruction())
	if err != nil {
		return malformed(err), nil
	}
	return entryResponse(s.ledger.Void(ctx, VoidOrder{Instruction: i})), nil
}

func (s *server) Lookup(ctx context.Context, r *wire.LookupRequest) (*wire.EntryResponse, error) {
	id, err := entryIDFromWire(r.GetId())
	if err != nil {
		return malformed(err), nil
	}
	return entryResponse(s.ledger.Lookup(ctx, id)), nil
}

func (s *server) Balance(ctx context.Context, r *wire.BalanceRequest) (*wire.BalanceResponse, error) {
	reader, ok := s.ledger.(BalanceReader)
	if !ok {
		err := Errorf(Denied, "this adapter does not read balances")
		return &wire.BalanceResponse{Result: &wire.BalanceResponse_Error{Error: errorToWire(err)}}, nil
	}
	b, err := reader.Balance(ctx, Account(r.GetAccount()))
	if err != nil {
		return &wire.BalanceResponse{Result: &wire.BalanceResponse_Error{Error: errorToWire(err)}}, nil
	}
	return &wire.BalanceResponse{Result: &wire.BalanceResponse_Balance{Balance: &wire.Balance{
		Account: string(b.Account), Currency: b.Currency, AvailableMinor: b.AvailableMinor, HeldMinor: b.HeldMinor,
	}}}, nil
}

func (s *server) Book(ctx context.Context, _ *wire.BookRequest) (*wire.BookResponse, error) {
	b, ok := s.ledger.(OrderBook)
	if !ok {
		return bookResponse(Book{}, noOrders()), nil
	}
	return bookResponse(b.Book(ctx)), nil
}

func (s *server) Take(ctx context.Context, r *wire.TakeRequest) (*wire.BookResponse, error) {
	b, ok := s.ledger.(OrderBook)
	if !ok {
		return bookResponse(Book{}, noOrders()), nil
	}
	return bookResponse(b.Take(ctx, r.GetBatch())), nil
}

func bookResponse(b Book, err error) *wire.BookResponse {
	if err != nil {
		return &wire.BookResponse{Result: &wire.BookResponse_Error{Error: errorToWire(err)}}
	}
	return &wire.BookResponse{Result: &wire.BookResponse_Book{Book: &wire.Book{
		ChainId: b.ChainID, Height: b.Height, Hash: b.Hash, Number: b.Number,
	}}}
}

func malformed(err error) *wire.EntryResponse {
	return entryResponse(Entry{}, &Error{Code: Invalid, Message: "malformed request", Err: err})
}

func entryResponse(e Entry, err error) *wire.EntryResponse {
	if err != nil {
		return &wire.EntryResponse{Result: &wire.EntryResponse_Error{Error: errorToWire(err)}}
	}
	return &wire.EntryResponse{Result: &wire.EntryResponse_Entry{Entry: entryToWire(e)}}
}
