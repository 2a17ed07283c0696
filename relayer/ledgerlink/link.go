package ledgerlink

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

// Bounds of the shell. Times are this machine's; nothing that is decided depends on them.
const (
	maxCalls      = 32                    // calls to the ledger at once
	firstPoll     = 20 * time.Millisecond // between two look-ups of one entry, doubled each time
	longestPoll   = time.Second
	firstRetry    = 100 * time.Millisecond // between two executions for one entry, doubled each time
	longestRetry  = 5 * time.Second
	resubmitAfter = 10 // blocks; a word that none of them counted is submitted again
)

// Link is one notary's link between the hub and a ledger. Make one, Run it once.
type Link struct {
	Hub         HubNode
	Ledger      sdk.Ledger
	Orders      sdk.OrderBook // of a ledger that checks orders; nil: it acts on a notary's word
	Prover      Prover        // needed with Orders
	CallTimeout time.Duration // of one call to the ledger or to the hub
	Log         *slog.Logger
	Report      *Report

	hub     Hub // as last read
	book    bookState
	answers Ledger
	entries map[order.EntryID]*entryState
	sent    map[uint64]*submission // by instruction number
	alarmed map[uint64]string
	known   map[uint64]bool // instructions seen in the last reading

	height     int64 // of the newest block when the hub was last read
	newest     int64 // block heard of
	asked      int64 // block after which the hub was last asked
	reading    bool
	submitting bool
	submitDue  time.Time // no attestation before, after one that failed
	calls      int       // to the ledger, under way

	done    chan func() // what a call under way found, to be done by the loop
	running sync.WaitGroup
	timer   *time.Timer
}

// entryState is what the shell knows of one entry beside the ledger's answer.
type entryState struct {
	busy       bool
	failing    bool      // the last call failed; told once
	polls      int       // look-ups since something changed
	lookUpDue  time.Time // not looked up before
	executions int       // since the newest instruction
	executeDue time.Time // not executed before
	refusal    string    // why this notary refused it
}

// due tells when an action on the entry may be done.
func (e *entryState) due(d Do) time.Time {
	if d == Execute {
		return e.executeDue
	}
	return e.lookUpDue
}

// submission is what became of a word that waits to be counted.
type submission struct {
	times int   // submitted
	again int64 // height from which it may be submitted again
}

// Run carries until ctx ends. Errors of the hub and of the ledger are logged and tried again: they do not end it.
// When it returns, none of its calls is under way.
func (l *Link) Run(ctx context.Context, blocks <-chan hubclient.Block) error {
	l.answers, l.entries = Ledger{}, map[order.EntryID]*entryState{}
	l.sent, l.alarmed = map[uint64]*submission{}, map[uint64]string{}
	l.done = make(chan func(), maxCalls+3) // with one reading, one submission and one batch: nobody waits to be heard
	l.timer = time.NewTimer(longestPoll)
	defer l.timer.Stop()
	defer l.running.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case b, open := <-blocks:
			if !open {
				return nil
			}
			l.newest = max(l.newest, b.Height)
		case finish := <-l.done:
			finish()
		case <-l.timer.C:
		}
		l.read(ctx)
		l.step(ctx)
	}
}

// background makes a call under CallTimeout. What it returns is done by the loop, which alone touches the link.
func (l *Link) background(ctx context.Context, call func(context.Context) (finish func())) {
	l.running.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, l.CallTimeout)
		defer cancel()
		l.done <- call(ctx)
	})
}

// read asks the hub after a new block what there is to do. A hub that hangs holds up nothing else.
func (l *Link) read(ctx context.Context) {
	if l.reading || l.newest <= l.asked {
		return
	}
	height := l.newest
	l.reading, l.asked = true, height
	l.background(ctx, func(ctx context.Context) func() {
		hub, err := l.Hub.Read(ctx)
		return func() {
			l.reading = false
			l.Report.hubRead(hub, height, err)
			if err != nil {
				l.Log.Error("the hub could not be read; trying again at the next block", "height", height, "error", err)
				return
			}
			l.hub, l.height = hub, max(height, hub.Height)
			l.learn()
		}
	})
}

// learn meets what is new in the hub's work and forgets what the hub no longer asks about.
func (l *Link) learn() {
	wanted, numbers := map[order.EntryID]bool{}, map[uint64]bool{}
	for _, i := range l.hub.Work {
		numbers[i.Number], wanted[i.Order.Entry] = true, true
		if !l.known[i.Number] {
			l.meet(i)
		}
	}
	l.known = numbers
	maps.DeleteFunc(l.entries, func(id order.EntryID, e *entryState) bool { return !wanted[id] && !e.busy })
	maps.DeleteFunc(l.answers, func(id order.EntryID, _ Answer) bool { return l.entries[id] == nil })
	maps.DeleteFunc(l.sent, func(n uint64, _ *submission) bool { return !numbers[n] })
	maps.DeleteFunc(l.alarmed, func(n uint64, _ string) bool { return !numbers[n] })
}

// meet makes a new instruction's entry due at once.
func (l *Link) meet(i Instruction) {
	l.Log.Info("instruction", "number", i.Number, "kind", i.Order.Kind.String(), "entry", i.Order.Entry.String())
	e := l.entries[i.Order.Entry]
	if e == nil {
		e = &entryState{}
		l.entries[i.Order.Entry] = e
	}
	e.polls, e.executions, e.lookUpDue, e.executeDue = 0, 0, time.Time{}, time.Time{}
}
