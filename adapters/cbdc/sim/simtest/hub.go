package simtest

import (
	"sync"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/testhub"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// TrustingPeriod is how long a ledger under test believes a header.
const TrustingPeriod = time.Hour

// rootHeight is the header that a ledger under test believes first.
const rootHeight = 2

// Validators are those of every hub under test.
var Validators = []string{"v1", "v2", "v3", "v4"}

// Hub orders what a test likes and proves it. It is safe for concurrent use.
type Hub struct {
	mu    sync.Mutex
	chain *testhub.Hub
	known map[order.Hash]uint64 // the number of each instruction
}

// NewHub is a hub whose first header to believe is of this age. Its blocks are a millisecond apart.
func NewHub(chainID string, age time.Duration) *Hub {
	h := &Hub{chain: testhub.New(chainID, Validators...), known: map[order.Hash]uint64{}}
	first := time.Now().Add(-age).UTC()
	h.chain.Alter = func(header *cmttypes.Header) {
		header.Time = first.Add(time.Duration(header.Height-rootHeight) * time.Millisecond)
	}
	h.chain.Commit()
	return h
}

// Root is what a ledger under test believes first.
func (h *Hub) Root() orderproof.Root { return h.chain.Root(rootHeight) }

// Config is a ledger's configuration of this hub.
func (h *Hub) Config() *sim.HubConfig {
	return &sim.HubConfig{ChainID: h.chain.ChainID, TrustingPeriod: TrustingPeriod, Root: h.Root().String()}
}

// Checking is Config of a ledger that checks this hub's orders.
func (h *Hub) Checking(c sim.Config) sim.Config {
	c.Hub = h.Config()
	return c
}

// Order orders what was not ordered before, and signs it; it gives the number of the last.
func (h *Hub) Order(instructions ...order.Instruction) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.order(instructions)
}

func (h *Hub) order(instructions []order.Instruction) (n uint64) {
	for _, i := range instructions {
		if n = h.known[i.Hash()]; n != 0 {
			continue
		}
		h.chain.Give(i.Ledger, i.Encode())
		n = uint64(len(h.known)) + 1
		h.known[i.Hash()] = n
	}
	h.chain.Commit()
	h.chain.Commit() // this one signs the state of the one before
	return n
}

// Batch orders what was not ordered before, and proves to who has this book all that it does not know yet. Where that is
// nothing, it proves the newest instruction again.
func (h *Hub) Batch(from sdk.Book, instructions ...order.Instruction) orderproof.Batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.order(instructions)
	return h.chain.Batch(Ledger, min(from.Number+1, uint64(len(h.known))), h.chain.Path(from.Height, h.chain.Height()))
}

// Prove is Batch, encoded.
func (h *Hub) Prove(from sdk.Book, instructions ...order.Instruction) ([]byte, error) {
	return h.Batch(from, instructions...).Encode()
}

// Chain is the chain itself, for forgeries.
func (h *Hub) Chain() *testhub.Hub { return h.chain }

// Twin is another chain with the hub's validators and its headers up to the first that a ledger believes. It goes its
// own way then: what the hub's validators would have signed, had they forked.
func (h *Hub) Twin() *testhub.Hub {
	twin := testhub.New(h.chain.ChainID, Validators...)
	twin.Alter = h.chain.Alter
	twin.Commit()
	return twin
}

// ForkedHeader is a header right above the one at a height, with the state that the newest header of a twin signs.
func (h *Hub) ForkedHeader(height int64, twin *testhub.Hub) *cmttypes.Header {
	below := h.chain.Block(height)
	header := *twin.Block(twin.Height()).Header
	header.Height, header.Time, header.LastBlockID = height+1, below.Time.Add(time.Millisecond), below.Commit.BlockID
	return &header
}

// Renew makes the hub's next headers of now.
func (h *Hub) Renew() {
	h.mu.Lock()
	defer h.mu.Unlock()
	first, height := time.Now().UTC(), h.chain.Height()
	h.chain.Alter = func(header *cmttypes.Header) {
		header.Time = first.Add(time.Duration(header.Height-height) * time.Millisecond)
	}
	h.chain.Commit()
}
