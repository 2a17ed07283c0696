package ledgerlink

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

// Bounds of the shell. Times are this machine's; nothing that is decided depends on them.
const (
	maxCalls        = 32                    // calls to the ledger at once
	firstPoll       = 20 * time.Millisecond // between two look-ups of one entry, doubled each time
	longestPoll     = time.Second
	firstRetry      = 100 * time.Millisecond // between two executions for one entry, doubled each time
	longestRetry    = 5 * time.Second
	blocksUntilSent = 10 // a word that no block held by then is submitted again
)

// Link is one notary's link between the hub and a ledger. Make one, Run it once.
type Link struct {
	Hub         HubNode
	Ledger      sdk.Ledger
	CallTimeout time.Duration // of one call to the ledger
	Log         *slog.Logger
	Report      *Report

	hub      Hub
	answers  Ledger
	entries  map[order.EntryID]*entryState
	sent     map[uint64]int64 // word submitted at this height, by instruction number
	alarmed  map[uint64]string
	known    map[uint64]bool // instructions seen in the last reading
	height   int64
	sending  bool
	done     chan result
	calls    *semaphore.Weighted
	timer    *time.Timer
	nextPoll time.Time
}

// entryState is what the shell knows of one entry beside the ledger's answer.
type entryState struct {
	busy       bool
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

// result is what a call answered.
type result struct {
	entry    order.EntryID
	answer   Answer
	executed bool
	refusal  string
	words    []order.Word // set when an attestation ended
	err      error
}

// Run carries until ctx ends. Errors of the hub and of the ledger are logged and tried again: they do not end it.
func (l *Link) Run(ctx context.Context, blocks <-chan hubclient.Block) error {
	l.answers, l.entries = Ledger{}, map[order.EntryID]*entryState{}
	l.sent, l.alarmed = map[uint64]int64{}, map[uint64]string{}
	l.done = make(chan result, maxCalls)
	l.calls = semaphore.NewWeighted(maxCalls)
	l.timer = time.NewTimer(longestPoll)
	defer l.timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case b, open := <-blocks:
			if !open {
				return nil
			}
			l.refresh(ctx, b)
		case r := <-l.done:
			l.take(r)
		case <-l.timer.C:
		}
		l.step(ctx)
	}
}

// refresh reads the hub again and forgets what it no longer asks about.
func (l *Link) refresh(ctx context.Context, b hubclient.Block) {
	hub, err := l.Hub.Read(ctx)
	l.Report.hubRead(hub, b.Height, err)
	if err != nil {
		if ctx.Err() == nil {
			l.Log.Error("the hub could not be read; trying again at the next block", "height", b.Height, "error", err)
		}
		return
	}
	l.hub, l.height = hub, b.Height
	wanted, numbers := map[order.EntryID]bool{}, map[uint64]bool{}
	for _, i := range hub.Work {
		numbers[i.Number] = true
		wanted[i.Order.Entry] = true
		if !l.known[i.Number] {
			l.meet(i)
		}
	}
	l.known = numbers
	for id, e := range l.entries {
		if !wanted[id] && !e.busy {
			delete(l.entries, id)
			delete(l.answers, id)
		}
	}
	for n := range l.sent {
		if !numbers[n] {
			delete(l.sent, n)
		}
	}
	for n := range l.alarmed {
		if !numbers[n] {
			delete(l.alarmed, n)
		}
	}
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

// take keeps what a call answered.
func (l *Link) take(r result) {
	if r.words != nil {
		l.sending = false
		if r.err == nil {
			l.Report.said(r.words)
		} else {
			for _, w := range r.words {
				delete(l.sent, w.Number)
			}
			l.Log.Error("words were not taken by the hub; submitting again", "words", len(r.words), "error", r.err)
			l.nextPoll = time.Now().Add(longestPoll)
		}
		return
	}
	e := l.entries[r.entry]
	if e == nil {
		return
	}
	e.busy = false
	if r.refusal != "" {
		e.refusal = r.refusal
	}
	if r.answer != l.answers[r.entry] {
		e.polls = 0
	}
	l.answers[r.entry] = r.answer
	if r.err != nil {
		l.Log.Warn("the ledger's answer is not known; looking it up", "entry", r.entry.String(), "code", sdk.CodeOf(r.err), "error", r.err)
	}
	if r.executed && r.err == nil {
		e.lookUpDue = time.Time{} // the truth, at once
		return
	}
	e.lookUpDue = time.Now().Add(doubled(firstPoll, e.polls, longestPoll))
	e.polls++
}

// doubled is d, doubled n times, at most longest.
func doubled(d time.Duration, n int, longest time.Duration) time.Duration {
	return min(d<<min(n, 10), longest)
}

// step does what Plan says and is not under way, and sets the timer for what is to be done later.
func (l *Link) step(ctx context.Context) {
	now := time.Now()
	wake := now.Add(longestPoll)
	var words []order.Word
	for _, a := range Plan(l.hub, l.answers) {
		e := l.entries[a.Instruction.Order.Entry]
		switch a.Do {
		case Attest:
			if at, ok := l.sent[a.Instruction.Number]; !ok || l.height-at > blocksUntilSent {
				if a.Word.Outcome == order.Refused && a.Word.Reason == "" {
					a.Word.Reason = clip(e.refusal)
				}
				words = append(words, a.Word)
			}
			continue
		case Alarm:
			if l.alarmed[a.Instruction.Number] != a.Reason {
				l.alarmed[a.Instruction.Number] = a.Reason
				l.Report.alarmed()
				l.Log.Error("ALARM: "+a.Reason, "number", a.Instruction.Number, "entry", a.Instruction.Order.Entry.String())
			}
			a.Do = LookUp // it may be the ledger that is behind
		}
		if e.busy {
			continue
		}
		if due := e.due(a.Do); now.Before(due) {
			wake = earlier(wake, due)
			continue
		}
		l.call(ctx, e, a)
	}
	if len(words) > 0 && !l.sending && !now.Before(l.nextPoll) {
		l.attest(ctx, words)
	}
	l.timer.Reset(time.Until(wake))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// attest submits words in the background; one submission at a time, so that words gather meanwhile.
func (l *Link) attest(ctx context.Context, words []order.Word) {
	words = words[:min(len(words), order.MaxWords)]
	l.sending = true
	for _, w := range words {
		l.sent[w.Number] = l.height
	}
	go func() {
		ctx, cancel := context.WithTimeout(ctx, l.CallTimeout)
		defer cancel()
		l.deliver(ctx, result{words: words, err: l.Hub.Attest(ctx, words)})
	}()
}

// call looks up or executes in the background.
func (l *Link) call(ctx context.Context, e *entryState, a Action) {
	if !l.calls.TryAcquire(1) {
		return // when a call ends, step comes again
	}
	e.busy = true
	if a.Do == Execute {
		e.executeDue = time.Now().Add(doubled(firstRetry, e.executions, longestRetry))
		e.executions++
	}
	i := a.Instruction.Order
	go func() {
		defer l.calls.Release(1)
		bounded, cancel := context.WithTimeout(ctx, l.CallTimeout)
		defer cancel()
		r := result{entry: i.Entry}
		if a.Do == Execute {
			r.executed = true
			r.refusal, r.err = l.execute(bounded, i)
			l.Report.executed(i.Kind, r.err)
		} else {
			r.answer, r.err = l.lookUp(bounded, i.Entry)
		}
		l.deliver(ctx, r)
	}()
}

func (l *Link) deliver(ctx context.Context, r result) {
	select {
	case l.done <- r:
	case <-ctx.Done():
	}
}
