package conformance_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// toyHub gives instructions and seals batches of them with a hash that the toy ledger takes for a proof: the suite knows
// nothing of how a batch proves what it does.
type toyHub struct {
	mu     sync.Mutex
	given  [][]byte
	height int64
}

type toyBatch struct {
	From  sdk.Book
	To    sdk.Book
	First uint64
	Items [][]byte
}

func toyHash(height int64) []byte {
	sum := sha256.Sum256([]byte{byte(height), byte(height >> 8)})
	return sum[:]
}

func (h *toyHub) Prove(from sdk.Book, instructions ...order.Instruction) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, i := range instructions {
		if !slices.ContainsFunc(h.given, func(raw []byte) bool { return bytes.Equal(raw, i.Encode()) }) {
			h.given = append(h.given, i.Encode())
		}
	}
	h.height++
	n := uint64(len(h.given))
	first := min(from.Number+1, n)
	to := sdk.Book{ChainID: from.ChainID, Height: h.height, Hash: toyHash(h.height), Number: n}
	raw, err := json.Marshal(toyBatch{From: from, To: to, First: first, Items: h.given[first-1:]})
	sum := sha256.Sum256(raw)
	return append(raw, sum[:]...), err
}

// toyLedger is the reference ledger with a book, and perhaps a bug.
type toyLedger struct {
	*memory.Ledger
	mu    sync.Mutex
	now   sdk.Book
	given [][]byte

	believesNotaries, takesGaps, takesAnySeal, takesAnyRoot, refusesWhatItKnows, refusesUnproven, postsOnAHold bool
}

func (l *toyLedger) Describe(ctx context.Context) (sdk.Description, error) {
	d, err := l.Ledger.Describe(ctx)
	d.OrderCheck, d.Optional = sdk.OrderCheckLedger, append(d.Optional, sdk.OptionalOrders)
	return d, err
}

func (l *toyLedger) Book(context.Context) (sdk.Book, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now, nil
}

func (l *toyLedger) Take(_ context.Context, raw []byte) (sdk.Book, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b toyBatch
	sealed := len(raw) - sha256.Size
	if sealed < 0 || json.Unmarshal(raw[:sealed], &b) != nil {
		return sdk.Book{}, sdk.Errorf(sdk.Invalid, "no batch")
	}
	if sum := sha256.Sum256(raw[:sealed]); !bytes.Equal(sum[:], raw[sealed:]) && !l.takesAnySeal {
		return sdk.Book{}, sdk.Errorf(sdk.Invalid, "broken seal")
	}
	switch last := b.First + uint64(len(b.Items)) - 1; {
	case last <= l.now.Number && !l.refusesWhatItKnows:
		return l.now, nil
	case b.First > l.now.Number+1 && !l.takesGaps:
		return sdk.Book{}, sdk.Errorf(sdk.Denied, "left out")
	case b.From.Height != l.now.Height && !l.takesAnyRoot:
		return sdk.Book{}, sdk.Errorf(sdk.Denied, "another root")
	}
	l.now, l.given = b.To, append(l.given, b.Items...)
	return l.now, nil
}

func (l *toyLedger) ordered(i order.Instruction) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, raw := range l.given {
		if bytes.Equal(raw, i.Encode()) {
			return nil
		}
	}
	if l.believesNotaries {
		return nil
	}
	return sdk.Errorf(sdk.Denied, "not proven")
}

func (l *toyLedger) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	if err := l.ordered(o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return l.Ledger.Hold(ctx, o)
}

func (l *toyLedger) Refuse(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	if err := l.ordered(o.Instruction); err != nil && !l.refusesUnproven {
		return sdk.Entry{}, err
	}
	return l.Ledger.Refuse(ctx, o)
}

func (l *toyLedger) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	i := o.Instruction
	if l.postsOnAHold {
		i.Kind = order.Hold
	}
	if err := l.ordered(i); err != nil {
		return sdk.Entry{}, err
	}
	return l.Ledger.Post(ctx, o)
}

func (l *toyLedger) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	if err := l.ordered(o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return l.Ledger.Void(ctx, o)
}

// bookBugs are mistakes in keeping a book; the topic "books" has to find each.
var bookBugs = map[string]func(*toyLedger){
	"a notary is believed without a proof":                func(l *toyLedger) { l.believesNotaries = true },
	"a refusal needs no order":                            func(l *toyLedger) { l.refusesUnproven = true },
	"the proof of a hold is taken for that of its post":   func(l *toyLedger) { l.postsOnAHold = true },
	"instructions may be left out":                        func(l *toyLedger) { l.takesGaps = true },
	"a batch may begin at any header":                     func(l *toyLedger) { l.takesAnyRoot = true },
	"an altered batch is taken":                           func(l *toyLedger) { l.takesAnySeal = true },
	"a batch that another notary brought first is denied": func(l *toyLedger) { l.refusesWhatItKnows = true },
}

// againstToy runs the suite against the toy ledger, with one bug or none.
func againstToy(t *testing.T, bug func(*toyLedger)) {
	l, err := memory.New(ledger())
	require.NoError(t, err)
	hub := &toyHub{height: 1}
	toy := &toyLedger{Ledger: l, now: sdk.Book{ChainID: "corridor-test-1", Height: 1, Hash: toyHash(1)}}
	if bug != nil {
		bug(toy)
	}
	h := harness(t, l, toy)
	h.Prove = hub.Prove
	conformance.InProcess(t, h)
}

func TestALedgerThatChecksOrdersAndHasNoBugPasses(t *testing.T) { againstToy(t, nil) }
