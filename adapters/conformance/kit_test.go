package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

// The variable that makes this test binary run the suite against one broken ledger.
const bugVariable = "CONFORMANCE_TEST_BUG"

// broken is the reference ledger with one bug.
type broken struct {
	*memory.Ledger
	hold   func(ctx context.Context, l *memory.Ledger, o sdk.HoldOrder) (sdk.Entry, error)
	refuse func(ctx context.Context, l *memory.Ledger, o sdk.HoldOrder) (sdk.Entry, error)
	post   func(ctx context.Context, l *memory.Ledger, o sdk.PostOrder) (sdk.Entry, error)
	void   func(ctx context.Context, l *memory.Ledger, o sdk.VoidOrder) (sdk.Entry, error)
	lookup func(ctx context.Context, l *memory.Ledger, id order.EntryID) (sdk.Entry, error)
	key    func(ctx context.Context, l *memory.Ledger, a sdk.Account) (sdk.PublicKey, error)
}

func (b broken) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	if b.hold != nil {
		return b.hold(ctx, b.Ledger, o)
	}
	return b.Ledger.Hold(ctx, o)
}

func (b broken) Refuse(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	if b.refuse != nil {
		return b.refuse(ctx, b.Ledger, o)
	}
	return b.Ledger.Refuse(ctx, o)
}

func (b broken) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	if b.post != nil {
		return b.post(ctx, b.Ledger, o)
	}
	return b.Ledger.Post(ctx, o)
}

func (b broken) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	if b.void != nil {
		return b.void(ctx, b.Ledger, o)
	}
	return b.Ledger.Void(ctx, o)
}

func (b broken) Lookup(ctx context.Context, id order.EntryID) (sdk.Entry, error) {
	if b.lookup != nil {
		return b.lookup(ctx, b.Ledger, id)
	}
	return b.Ledger.Lookup(ctx, id)
}

func (b broken) ConsentKey(ctx context.Context, a sdk.Account) (sdk.PublicKey, error) {
	if b.key != nil {
		return b.key(ctx, b.Ledger, a)
	}
	return b.Ledger.ConsentKey(ctx, a)
}

// bugs are mistakes that an author can make, each with the topic of the suite that has to find it.
var bugs = map[string]struct {
	topic string
	make  func() broken
}{
	"a lost reply becomes a refusal": {"faults", func() broken {
		return broken{hold: func(ctx context.Context, l *memory.Ledger, o sdk.HoldOrder) (sdk.Entry, error) {
			e, err := l.Hold(ctx, o)
			if sdk.CodeOf(err) == sdk.Unknown {
				return sdk.Entry{ID: o.Instruction.Entry, State: order.EntryTombstoned, Reason: "time-out"}, nil
			}
			return e, err
		}}
	}},
	"a lost reply becomes Unavailable": {"faults", func() broken {
		return broken{post: func(ctx context.Context, l *memory.Ledger, o sdk.PostOrder) (sdk.Entry, error) {
			e, err := l.Post(ctx, o)
			if sdk.CodeOf(err) == sdk.Unknown {
				err = sdk.Errorf(sdk.Unavailable, "connection reset")
			}
			return e, err
		}}
	}},
	"a refusal is an error and leaves no tombstone": {"refusals", func() broken {
		return broken{hold: func(ctx context.Context, l *memory.Ledger, o sdk.HoldOrder) (sdk.Entry, error) {
			if b, err := l.Balance(ctx, sdk.Account(o.Instruction.Payer)); err == nil && b.AvailableMinor < o.Instruction.AmountMinor {
				return sdk.Entry{}, sdk.Errorf(sdk.Insufficient, "not enough money")
			}
			return l.Hold(ctx, o)
		}}
	}},
	"a refusal gives no reason": {"refusals", func() broken {
		return broken{hold: func(ctx context.Context, l *memory.Ledger, o sdk.HoldOrder) (sdk.Entry, error) {
			e, err := l.Hold(ctx, o)
			e.Reason = ""
			return e, err
		}}
	}},
	"a refusal tells what the payer has": {"refusals", func() broken {
		return broken{hold: func(ctx context.Context, l *memory.Ledger, o sdk.HoldOrder) (sdk.Entry, error) {
			e, err := l.Hold(ctx, o)
			if b, balanceErr := l.Balance(ctx, sdk.Account(o.Instruction.Payer)); balanceErr == nil && e.Reason != "" {
				e.Reason = fmt.Sprintf("%d are available, %d are needed", b.AvailableMinor, o.Instruction.AmountMinor)
			}
			return e, err
		}}
	}},
	"a lookup that cannot be had is NotFound": {"faults", func() broken {
		return broken{lookup: func(ctx context.Context, l *memory.Ledger, id order.EntryID) (sdk.Entry, error) {
			e, err := l.Lookup(ctx, id)
			if err != nil {
				err = sdk.Errorf(sdk.NotFound, "no such entry")
			}
			return e, err
		}}
	}},
	"a lookup has no body": {"lookups", func() broken {
		return broken{lookup: func(ctx context.Context, l *memory.Ledger, id order.EntryID) (sdk.Entry, error) {
			e, err := l.Lookup(ctx, id)
			e.AmountMinor = 1
			return e, err
		}}
	}},
	"a void of an unknown id is NotFound": {"voids", func() broken {
		return broken{void: func(ctx context.Context, l *memory.Ledger, o sdk.VoidOrder) (sdk.Entry, error) {
			if _, err := l.Lookup(ctx, o.Instruction.Entry); err != nil {
				return sdk.Entry{}, err
			}
			return l.Void(ctx, o)
		}}
	}},
	"a second post is a conflict": {"idempotency", func() broken {
		return broken{post: func(ctx context.Context, l *memory.Ledger, o sdk.PostOrder) (sdk.Entry, error) {
			if e, err := l.Lookup(ctx, o.Instruction.Entry); err == nil && e.State == order.EntryPosted {
				return sdk.Entry{}, sdk.Errorf(sdk.Conflict, "posted already")
			}
			return l.Post(ctx, o)
		}}
	}},
	"a refusal by the notary takes a held entry's money back": {"tombstones", func() broken {
		return broken{refuse: func(ctx context.Context, l *memory.Ledger, o sdk.HoldOrder) (sdk.Entry, error) {
			i := o.Instruction
			i.Kind = order.Void
			return l.Void(ctx, sdk.VoidOrder{Instruction: i})
		}}
	}},
	"a key that cannot be had is missing": {"consent_keys", func() broken {
		return broken{key: func(context.Context, *memory.Ledger, sdk.Account) (sdk.PublicKey, error) {
			return sdk.PublicKey{}, sdk.Errorf(sdk.NotFound, "no key")
		}}
	}},
	"a time-out is taken for nothing done": {"faults", func() broken {
		return broken{void: func(ctx context.Context, l *memory.Ledger, o sdk.VoidOrder) (sdk.Entry, error) {
			e, err := l.Void(ctx, o)
			if errors.Is(err, context.DeadlineExceeded) {
				err = sdk.Errorf(sdk.Unavailable, "time-out")
			}
			return e, err
		}}
	}},
	"an entry of another body is taken for one's own": {"conflicts", func() broken {
		return broken{hold: func(ctx context.Context, l *memory.Ledger, o sdk.HoldOrder) (sdk.Entry, error) {
			if e, err := l.Lookup(ctx, o.Instruction.Entry); err == nil {
				e.Payer, e.Payee, e.AmountMinor = sdk.Account(o.Instruction.Payer), sdk.Account(o.Instruction.Payee), o.Instruction.AmountMinor
				return e, nil
			}
			return l.Hold(ctx, o)
		}}
	}},
}

// A suite is worth what it finds: each bug fails it, in the topic that is about it.
func TestTheSuiteFindsEveryBug(t *testing.T) {
	topics := map[string]string{}
	for name, bug := range bugs {
		topics[name] = bug.topic
	}
	for name := range bookBugs {
		topics[name] = "books"
	}
	for _, name := range slices.Sorted(maps.Keys(topics)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := "^TestTheSuiteAgainstOneBug$/^" + topics[name] + "$"
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", run, "-test.v")
			cmd.Env = append(os.Environ(), bugVariable+"="+name)
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "nothing failed:\n%s", out)
			require.Contains(t, string(out), "--- FAIL: TestTheSuiteAgainstOneBug/"+topics[name])
			require.NotContains(t, string(out), "panic:")
		})
	}
}

// TestTheSuiteAgainstOneBug is run by the test above, in a process of its own, and is expected to fail there.
func TestTheSuiteAgainstOneBug(t *testing.T) {
	name := os.Getenv(bugVariable)
	if name == "" {
		return
	}
	if bug := bookBugs[name]; bug != nil {
		againstToy(t, bug)
		return
	}
	l, err := memory.New(ledger())
	require.NoError(t, err)
	b := bugs[name].make()
	b.Ledger = l
	conformance.InProcess(t, harness(t, l, b))
}

func key(a sdk.Account) conformance.Key { return conformance.NewKey(string(a)) }

func ledger() memory.Config {
	c := memory.Config{Ledger: "mem", CheckConsents: true}
	for id, balance := range map[string]uint64{"rich": 100_000_000, "payee": 0, "poor": 10, "closed": 0, "doomed": 0} {
		c.Accounts = append(c.Accounts, memory.AccountConfig{
			ID: id, Currency: "USD", BalanceMinor: balance, Closed: id == "closed",
			ConsentKey: fmt.Sprintf("%x", key(sdk.Account(id)).Public().Bytes),
		})
	}
	return c
}

func harness(t *testing.T, l *memory.Ledger, adapter sdk.Ledger) conformance.Harness {
	return conformance.Harness{
		Open: func(testing.TB) sdk.Ledger { return adapter }, Shared: true,
		ChainID: "corridor-test-1", Currency: "USD",
		Payer: "rich", Payee: "payee", Poor: "poor", Closed: "closed", Unknown: "nobody",
		Sign:          func(_ testing.TB, a sdk.Account, b []byte) []byte { return key(a).Sign(b) },
		ChecksConsent: true,
		Balance: func(t testing.TB, a sdk.Account) sdk.Balance {
			b, err := l.Balance(t.Context(), a)
			require.NoError(t, err)
			return b
		},
		Faults: faults{l},
	}
}

type faults struct{ l *memory.Ledger }

func (f faults) inject(n int, fault memory.Fault) {
	for range n {
		f.l.Inject(fault)
	}
}

func (f faults) Withhold(_ testing.TB, op conformance.Op, n int) {
	f.inject(n, memory.Fault{Op: memory.Op(op), Kind: memory.Withhold})
}

func (f faults) Unavailable(_ testing.TB, op conformance.Op, n int) {
	f.inject(n, memory.Fault{Op: memory.Op(op), Kind: memory.TurnedAway})
}

func (f faults) Slow(_ testing.TB, op conformance.Op, n int, delay time.Duration) {
	f.inject(n, memory.Fault{Op: memory.Op(op), Kind: memory.Slow, Delay: delay})
}

func (f faults) Clear(testing.TB) { f.l.ClearFaults() }

func TestWhatALedgerDoesNotHaveIsLeftOutAndSaid(t *testing.T) {
	if os.Getenv(bugVariable) == "bare" {
		l, err := memory.New(ledger())
		require.NoError(t, err)
		h := harness(t, l, l)
		h.Faults, h.Shared, h.ChecksConsent = nil, false, false
		conformance.InProcess(t, h)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), bugVariable+"=bare")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, need := range []string{"Harness.Faults", "Harness.Shared", "Harness.ChecksConsent", "Harness.Doomed", "Harness.TooLargeMinor", "Harness.Prove"} {
		require.Contains(t, string(out), need)
	}
	require.Zero(t, strings.Count(string(out), "--- SKIP"))
}
