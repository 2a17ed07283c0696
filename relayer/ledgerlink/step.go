package ledgerlink

import (
	"context"
	"log/slog"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// step does what Plan says and is not under way, and sets the timer for what is to be done later.
func (l *Link) step(ctx context.Context) {
	now := time.Now()
	wake := now.Add(longestPoll)
	var words []order.Word
	for _, a := range Plan(l.hub, l.answers) {
		e := l.entries[a.Instruction.Order.Entry]
		switch a.Do {
		case Attest:
			if e.refusal != "" && a.Word.Outcome == order.Refused {
				a.Word.Reason = note(e.refusal) // the ledger knows only that a notary refused it
			}
			words = append(words, a.Word)
			continue
		case Alarm:
			l.alarm(a)
			a.Do = LookUp // it may be the ledger that is behind
		}
		if e.busy {
			continue
		}
		if a.Do == Execute && !l.booked(a.Instruction.Number) {
			wake = earlier(wake, l.take(ctx, now))
			continue
		}
		if due := e.due(a.Do); now.Before(due) {
			wake = earlier(wake, due)
			continue
		}
		if l.calls < maxCalls { // else when a call ends, step comes again
			l.call(ctx, e, a)
		}
	}
	if now.Before(l.submitDue) {
		wake = earlier(wake, l.submitDue)
	} else if !l.submitting {
		l.attest(ctx, l.batch(words))
	}
	l.timer.Reset(time.Until(wake))
}

// alarm tells a person once.
func (l *Link) alarm(a Action) {
	if l.alarmed[a.Instruction.Number] == a.Reason {
		return
	}
	l.alarmed[a.Instruction.Number] = a.Reason
	l.Report.alarmed()
	l.Log.Error("ALARM: "+a.Reason, "number", a.Instruction.Number, "entry", a.Instruction.Order.Entry.String())
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// doubled is d, doubled n times, at most longest.
func doubled(d time.Duration, n int, longest time.Duration) time.Duration {
	return min(d<<min(n, 10), longest)
}

// batch chooses the words to submit now, of those that may be: the ones submitted least often, and of these as many as
// may go together.
func (l *Link) batch(words []order.Word) []order.Word {
	var chosen []order.Word
	least := -1
	for _, w := range words {
		s := l.submission(w)
		if l.height < s.again || (least >= 0 && s.times > least) {
			continue
		}
		if s.times < least {
			chosen = nil
		}
		least = s.times
		if len(chosen) < together(least) {
			chosen = append(chosen, w)
		}
	}
	return chosen
}

// together is how many words may go with one that was submitted so often in vain. The hub takes a batch whole or not at all:
// what it refuses in one word must not hold up others for ever.
func together(times int) int { return max(1, order.MaxWords>>min(4*times, 32)) }

func (l *Link) submission(w order.Word) submission {
	if s := l.sent[w.Number]; s != nil {
		return *s
	}
	return submission{}
}

// attest submits words in the background; one submission at a time, so that words gather meanwhile.
func (l *Link) attest(ctx context.Context, words []order.Word) {
	if len(words) == 0 {
		return
	}
	l.submitting = true
	for _, w := range words {
		s := l.submission(w)
		if s.times > 0 {
			l.Log.Warn("no block counted this word: its transaction was dropped, or failed; submitting it again", "number", w.Number, "submitted", s.times)
		}
		l.sent[w.Number] = &submission{times: s.times + 1, again: l.height + resubmitAfter}
	}
	l.background(ctx, func(ctx context.Context) func() {
		err := l.Hub.Attest(ctx, words)
		return func() { l.submitted(words, err) }
	})
}

// submitted keeps whether the hub took the words.
func (l *Link) submitted(words []order.Word, err error) {
	l.submitting = false
	if err == nil {
		l.Report.said(words)
		return
	}
	l.Log.Error("the hub did not take words; submitting them again", "words", len(words), "error", err)
	l.submitDue = time.Now().Add(longestPoll)
	for _, w := range words {
		if s := l.sent[w.Number]; s != nil {
			s.times, s.again = s.times-1, 0
		}
	}
}

// call looks up or executes in the background.
func (l *Link) call(ctx context.Context, e *entryState, a Action) {
	e.busy = true
	l.calls++
	i := a.Instruction.Order
	if a.Do == Execute {
		e.executeDue = time.Now().Add(doubled(firstRetry, e.executions, longestRetry))
		e.executions++
		l.background(ctx, func(ctx context.Context) func() {
			refusal, err := l.execute(ctx, i)
			return func() { l.executed(e, i, refusal, err) }
		})
		return
	}
	l.background(ctx, func(ctx context.Context) func() {
		answer, err := l.lookUp(ctx, i.Entry)
		return func() { l.answered(e, i.Entry, answer, err) }
	})
}

// executed forgets what was known of the entry: whatever the call returned, the truth is looked up.
func (l *Link) executed(e *entryState, i order.Instruction, refusal string, err error) {
	l.Report.executed(i.Kind, err)
	if refusal != "" {
		e.refusal = refusal
	}
	if err == nil {
		l.ended(e, i.Entry, Answer{}, nil)
		e.lookUpDue = time.Time{}
		return
	}
	l.Log.Warn("it is not certain that the instruction was carried out; looking it up", "kind", i.Kind.String(),
		"entry", i.Entry.String(), "code", sdk.CodeOf(err), "error", err)
	l.ended(e, i.Entry, Answer{}, err)
}

// answered keeps what the ledger said.
func (l *Link) answered(e *entryState, id order.EntryID, a Answer, err error) {
	if err != nil {
		level := slog.LevelWarn
		if e.failing {
			level = slog.LevelDebug
		}
		l.Log.Log(context.Background(), level, "the ledger does not say what it knows of an entry; asking again", "entry", id.String(),
			"code", sdk.CodeOf(err), "error", err)
	}
	l.ended(e, id, a, err)
}

func (l *Link) ended(e *entryState, id order.EntryID, a Answer, err error) {
	l.calls--
	e.busy, e.failing = false, err != nil
	if a != l.answers[id] {
		e.polls = 0
	}
	l.answers[id] = a
	e.lookUpDue = time.Now().Add(doubled(firstPoll, e.polls, longestPoll))
	e.polls++
}
