package keeper_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/bridge/keeper"
)

// witness is an owner that checks, at the moment it is told an outcome, that k notaries in force stand by it, and
// that it was not told before.
type witness struct {
	journal
	query bridge.QueryServer
	fails int // so many of the next calls fail
	wrong string
}

func (w *witness) HandleOutcome(ctx context.Context, r bridge.Result) error {
	ledger, err := w.query.Ledger(ctx, &bridge.QueryLedgerRequest{Id: r.Instruction.Ledger})
	if err != nil {
		return err
	}
	i, err := w.query.Instruction(ctx, &bridge.QueryInstructionRequest{Ledger: r.Instruction.Ledger, Number: r.Number})
	if err != nil {
		return err
	}
	stand := uint32(0)
	for _, id := range ledger.Ledger.ActiveNotaries() {
		for _, v := range i.Votes {
			if v.Notary == id && order.Outcome(v.Outcome) == r.Outcome {
				stand++
			}
		}
	}
	if stand < ledger.Ledger.Threshold {
		w.wrong = fmt.Sprintf("instruction %d: told %s by the word of %d, %d needed", r.Number, r.Outcome, stand, ledger.Ledger.Threshold)
	}
	if told, err := w.lines.Has(ctx, r.Number); err != nil {
		return err
	} else if told {
		w.wrong = fmt.Sprintf("instruction %d: told twice", r.Number)
	}
	if err := w.lines.Set(ctx, r.Number, r.Outcome.String()); err != nil {
		return err
	}
	if w.fails > 0 {
		w.fails--
		return errBroken
	}
	return nil
}

// Whatever notaries say in whatever order, whoever is suspended or replaced, and however often the owner fails: it
// is told each outcome at most once, and only what k notaries in force stand by at that moment.
func TestNoSequenceOfWordsSuspensionsAndFailuresAppliesWhatKDoNotStandBy(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := uncheckedWorld(t)
		told := &witness{journal: journal{k: w.k, lines: w.journal.lines}, query: w.query}
		w.k.RegisterHandler("witness", told)
		const instructions = 4
		for i := range instructions {
			_, err := w.k.Append(w.ctx, "witness", instruction(order.Hold, "cny", fmt.Sprintf("ref-%d", i)))
			require.NoError(t, err)
		}
		members := []string{"n1", "n2", "n3", "n4", "n5", "n6", "n7"} // those who leave never come back
		for range rapid.IntRange(5, 40).Draw(r, "steps") {
			switch rapid.IntRange(0, 9).Draw(r, "step") {
			case 0, 1, 2, 3, 4:
				who := rapid.SampledFrom(members).Draw(r, "notary")
				said := rapid.SampledFrom([]order.Outcome{order.Held, order.Held, order.Held, order.Refused}).Draw(r, "said")
				n := rapid.Uint64Range(1, instructions).Draw(r, "about")
				_, _ = w.msg.Attest(w.ctx, w.signed(who, w.words(said, n))) // refused where it is not in force
			case 5:
				told.fails = rapid.IntRange(1, 3).Draw(r, "fails")
			case 6:
				who := rapid.SampledFrom(members).Draw(r, "suspended")
				_, _ = w.msg.SuspendNotary(w.ctx, &bridge.MsgSuspendNotary{Authority: w.gov, Ledger: "cny", Notary: who, Reason: "audit"})
			case 7:
				n := rapid.IntRange(1, 5).Draw(r, "members")
				ids := rapid.Permutation(members).Draw(r, "set")[:n]
				k := uint32(rapid.IntRange(n/2+1, n).Draw(r, "k"))
				_, _ = w.msg.SetNotaries(w.ctx, &bridge.MsgSetNotaries{Authority: w.gov, Ledger: "cny", Notaries: set(ids...), Threshold: k})
			case 8:
				n := rapid.Uint64Range(1, instructions).Draw(r, "retried")
				_, _ = keeper.NewMsgServer(w.k).RetryOutcome(w.ctx, &bridge.MsgRetryOutcome{Ledger: "cny", Number: n})
			case 9:
				w.endBlock(rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(r, "later"))
			}
			if told.wrong != "" {
				r.Fatal(told.wrong)
			}
		}
		if err := w.export().Validate(); err != nil {
			r.Fatal(err)
		}
	})
}
