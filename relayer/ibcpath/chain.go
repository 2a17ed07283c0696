package ibcpath

import (
	"context"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/grpc"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
)

// Head is a chain's newest committed block.
type Head struct {
	Height int64
	Time   time.Time
}

// Block is what a block did: events of its successful transactions and of its begin and end, in order.
type Block struct {
	Height int64
	Time   time.Time
	Events []abci.Event
}

// Proof shows what the IBC store holds under Key in the state after block Height, to a client that knows the header of
// Height+1. A nil Value means that the key is absent, and the proof shows absence.
type Proof struct {
	Key, Value []byte
	Bytes      []byte             // the encoded commitment proof, as messages carry it
	Height     clienttypes.Height // Height+1 of that state: the consensus state that checks it
}

// Reader is what is read of one chain. Errors of one endpoint are hidden by another where there is one; what comes back is
// what the chain says, or an error that names the chain and the endpoint. It is safe for concurrent use.
type Reader interface {
	// ID is the chain id.
	ID() string
	// Follow gives new heads until ctx ends. The channel holds the newest only: a slow reader misses heads, never the newest.
	Follow(ctx context.Context) <-chan Head
	// Block is what block height did. Heights that the node has pruned are an error.
	Block(ctx context.Context, height int64) (Block, error)
	// At answers gRPC queries from the state after block height; 0 is the newest.
	At(height int64) grpc.ClientConn
	// Value is what the IBC store holds under key in the state after block height (0: the newest); nil if absent. It is cheap.
	Value(ctx context.Context, key []byte, height int64) ([]byte, error)
	// Prove proves each key in the state after block height, in parallel. Every proof was checked against the app hash of
	// the header of height+1. The answer has the order of keys.
	Prove(ctx context.Context, keys [][]byte, height int64) ([]Proof, error)
	// Header is the light client's header of block height with its validators, for a client that trusts trusted.
	Header(ctx context.Context, height int64, trusted clienttypes.Height) (*ibctm.Header, error)
}

// Sender submits messages to one chain, signing with a pool of keys. It is safe for concurrent use; what is submitted at once
// goes out at once, by different signers.
type Sender interface {
	// Addresses are the signers' addresses, bech32. A message names the one that Send passes to its build function.
	Addresses() []string
	// Send makes one transaction of what build returns for the signer it is given, and waits until a block holds it. The error
	// is a *Refusal when the chain refused it and nothing happened, in the trial or in the block; otherwise it is not known
	// what happened: look before sending again.
	Send(ctx context.Context, build func(signer string) []sdk.Msg) (Sent, error)
	// Fits tells how many of the messages, from the first on, one transaction may hold by bytes and gas; at least 1.
	Fits(msgs []sdk.Msg) int
}

// Chain is one chain that a path ends on.
type Chain interface {
	Reader
	Sender
}

// Sent is a transaction that a block holds.
type Sent struct {
	Hash    string
	Height  int64
	GasUsed int64
	Events  []abci.Event
}

// Refusal is a transaction that a chain refused: nothing of it happened. Message is the index of the message that failed,
// or -1 where the chain did not say.
type Refusal struct {
	Chain     string
	Codespace string
	Code      uint32
	Message   int
	Log       string
}

// Error is the chain's own words.
func (r *Refusal) Error() string { return r.Chain + " refused: " + r.Log }
