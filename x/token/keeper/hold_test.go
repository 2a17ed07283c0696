package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/token"
)

func TestAHoldIsPosted(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1000)
	e.expect(leg(order.Hold, "r", "bank-a", "bank-b"), order.Held)
	require.Equal(t, [4]int64{300, 0, 700, 0}, e.where())
	e.expect(leg(order.Post, "r", "bank-a", "bank-b"), order.Posted)
	require.Equal(t, [4]int64{300, 700, 0, 0}, e.where())
}

func TestAHoldIsVoided(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1000)
	e.expect(leg(order.Hold, "r", "bank-a", "bank-b"), order.Held)
	e.expect(leg(order.Void, "r", "bank-a", "bank-b"), order.Voided)
	require.Equal(t, [4]int64{1000, 0, 0, 0}, e.where())
}

func TestTheSecondDeliveryOfAnythingChangesNothing(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 2000)
	hold, post, void := leg(order.Hold, "r", "bank-a", "bank-b"), leg(order.Post, "r", "bank-a", "bank-b"), leg(order.Void, "v", "bank-a", "bank-b")
	first := e.expect(hold, order.Held)
	require.Equal(t, first, e.expect(hold, order.Held))
	e.expect(post, order.Posted)
	before := e.where()
	e.expect(post, order.Posted)
	e.expect(hold, order.Held)
	e.expect(leg(order.Hold, "v", "bank-a", "bank-b"), order.Held)
	e.expect(void, order.Voided)
	e.expect(void, order.Voided)
	require.Equal(t, before, e.where())
}

// A definite refusal is an outcome and tombstones the entry in the same step.
func TestAHoldIsRefused(t *testing.T) {
	for _, row := range []struct {
		name    string
		prepare func(*env)
		from    string
		to      string
		says    string
	}{
		{"payer is a stranger", func(*env) {}, "stranger", "bank-b", "may not pay: it is no admitted participant"},
		{"payer is frozen", func(e *env) { e.freeze("bank-a") }, "bank-a", "bank-b", "bank-a may not pay: it is frozen"},
		{"payee is a stranger", func(*env) {}, "bank-a", "stranger", "may not receive: it is no admitted participant"},
		{"payee is frozen", func(e *env) { e.freeze("bank-b") }, "bank-a", "bank-b", "bank-b may not receive: it is frozen"},
		{"not enough money", func(*env) {}, "bank-c", "bank-b", "not enough money"},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := newEnv(t)
			e.issue("bank-a", 1000)
			row.prepare(e)
			before := e.where()
			r := e.expect(leg(order.Hold, "r", row.from, row.to), order.Refused)
			require.Contains(t, r.Reason, row.says)
			require.Equal(t, before, e.where())
			e.issue("issuer", 1) // the world goes on, the answer stays
			again := e.expect(leg(order.Hold, "r", row.from, row.to), order.Refused)
			require.Equal(t, r.Reason, again.Reason)
			e.expect(leg(order.Void, "r", row.from, row.to), order.Voided)
		})
	}
}

func TestARefusalIsForEver(t *testing.T) {
	e := newEnv(t)
	hold := leg(order.Hold, "r", "bank-a", "bank-b")
	r := e.expect(hold, order.Refused)
	require.Contains(t, r.Reason, "has 0 minor units of CNY, 700 are needed")
	e.issue("bank-a", 1000)
	e.expect(hold, order.Refused)
	require.Equal(t, [4]int64{1000, 0, 0, 0}, e.where())
}

func TestAVoidThatOvertakesItsHoldMakesItRefused(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1000)
	e.expect(leg(order.Void, "r", "bank-a", "bank-b"), order.Voided)
	e.expect(leg(order.Hold, "r", "bank-a", "bank-b"), order.Refused)
	require.Equal(t, [4]int64{1000, 0, 0, 0}, e.where())
}

func TestAPayeeFrozenAfterTheDecisionGetsItsMoneyIntoSuspense(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1000)
	e.expect(leg(order.Hold, "r", "bank-a", "bank-b"), order.Held)
	e.freeze("bank-b")
	r := e.expect(leg(order.Post, "r", "bank-a", "bank-b"), order.Suspense)
	require.Contains(t, r.Reason, "bank-b may not receive: it is frozen")
	require.Equal(t, [4]int64{300, 0, 0, 700}, e.where())
	e.expect(leg(order.Post, "r", "bank-a", "bank-b"), order.Suspense)
	require.Equal(t, [4]int64{300, 0, 0, 700}, e.where())
}

func TestAFreezeOfThePayerStopsNothingThatWasDecided(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1400)
	e.expect(leg(order.Hold, "r", "bank-a", "bank-b"), order.Held)
	e.expect(leg(order.Hold, "v", "bank-a", "bank-b"), order.Held)
	e.freeze("bank-a")
	e.expect(leg(order.Post, "r", "bank-a", "bank-b"), order.Posted)
	e.expect(leg(order.Void, "v", "bank-a", "bank-b"), order.Voided)
	require.Equal(t, [4]int64{700, 700, 0, 0}, e.where(), "a refund goes to the frozen balance")
}

// What the hub can only order by having decided two things is an error and no outcome.
func TestWhatContradictsAnEntryIsNoOutcome(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 10_000)
	e.expect(leg(order.Hold, "posted", "bank-a", "bank-b"), order.Held)
	e.expect(leg(order.Post, "posted", "bank-a", "bank-b"), order.Posted)
	e.expect(leg(order.Hold, "voided", "bank-a", "bank-b"), order.Held)
	e.expect(leg(order.Void, "voided", "bank-a", "bank-b"), order.Voided)
	e.expect(leg(order.Void, "tombstoned", "bank-a", "bank-b"), order.Voided)
	before := e.where()
	for _, i := range []order.Instruction{
		leg(order.Post, "unknown", "bank-a", "bank-b"), leg(order.Void, "posted", "bank-a", "bank-b"),
		leg(order.Post, "voided", "bank-a", "bank-b"), leg(order.Post, "tombstoned", "bank-a", "bank-b"),
	} {
		_, err := e.execute(i)
		require.ErrorIs(t, err, token.ErrConflict, i.Kind)
	}
	require.Equal(t, before, e.where())
}

func TestAnotherBodyUnderAnEntryIdIsRefused(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1000)
	e.expect(leg(order.Hold, "r", "bank-a", "bank-b"), order.Held)
	other := leg(order.Hold, "r", "bank-a", "bank-b")
	other.AmountMinor = 1
	r := e.expect(other, order.Refused)
	require.Contains(t, r.Reason, "another body")
	other.Kind = order.Void
	e.expect(other, order.Voided)
	other.Kind = order.Post
	_, err := e.execute(other)
	require.ErrorIs(t, err, token.ErrConflict)
	require.Equal(t, [4]int64{300, 0, 700, 0}, e.where(), "the entry that is there is untouched")
	e.expect(leg(order.Post, "r", "bank-a", "bank-b"), order.Posted)
}

func TestWhatIsNotForThisLedgerIsRefused(t *testing.T) {
	e := newEnv(t)
	for name, spoil := range map[string]func(*order.Instruction){
		"another ledger": func(i *order.Instruction) {
			i.Ledger = "cbdc"
			i.Entry = order.NewEntryID(i.ChainID, i.Settlement, i.Leg, i.Ledger)
		},
		"another chain": func(i *order.Instruction) {
			i.ChainID = "corridor-2"
			i.Entry = order.NewEntryID(i.ChainID, i.Settlement, i.Leg, i.Ledger)
		},
		"an entry id of its own": func(i *order.Instruction) { i.Entry[0]++ },
		"no amount":              func(i *order.Instruction) { i.AmountMinor = 0 },
		"no kind":                func(i *order.Instruction) { i.Kind = 0 },
	} {
		i := leg(order.Hold, "r", "bank-a", "bank-b")
		spoil(&i)
		_, err := e.execute(i)
		require.ErrorIs(t, err, token.ErrInstruction, name)
	}
	_, err := e.execute(leg(order.Pay, "r", "bank-a", "bank-b"))
	require.ErrorIs(t, err, token.ErrUnsupported, "the hub holds, it is no pivot")
}

func TestAnAccountIsVerified(t *testing.T) {
	e := newEnv(t)
	e.expect(leg(order.VerifyAccount, "r", "bank-a", "bank-b"), order.Verified)
	r := e.expect(leg(order.VerifyAccount, "r", "bank-a", "stranger"), order.Refused)
	require.Contains(t, r.Reason, "no admitted participant")
	e.freeze("bank-b")
	e.expect(leg(order.VerifyAccount, "r", "bank-a", "bank-b"), order.Refused)
	_, err := e.queries.Hold(e.ctx, &token.QueryHoldRequest{EntryId: leg(order.Hold, "r", "bank-a", "bank-b").Entry.String()})
	require.ErrorIs(t, err, token.ErrUnknownHold, "no entry was made")
}

// A payee whom the bank itself refuses to pay is the worst case after a decision.
func TestAPayeeWhomTheBankRefusesGetsItsMoneyIntoSuspense(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1000)
	e.expect(leg(order.Hold, "r", "bank-a", "blocked"), order.Held)
	r := e.expect(leg(order.Post, "r", "bank-a", "blocked"), order.Suspense)
	require.Contains(t, r.Reason, "cannot be credited")
	require.Equal(t, [4]int64{300, 0, 0, 700}, e.where())
}

func TestNobodyIsAdmittedUnderAnAddressOfTheModule(t *testing.T) {
	e := newEnv(t)
	for name := range token.ModuleAccounts() {
		module, err := compliancetest.Addresses().BytesToString(authtypes.NewModuleAddress(name))
		require.NoError(t, err)
		p := compliancetest.Participant("thief", compliance.ROLE_BANK)
		p.Address = module
		_, err = e.compliance.Admit(e.ctx, &compliance.MsgAdmit{Authority: e.authority, Participant: p})
		require.ErrorIs(t, err, compliance.ErrModuleAccount)
	}
}

func TestWhateverIsOrderedNoMoneyIsMadeOrLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		e := newEnv(t)
		e.issue("bank-a", 3000)
		e.issue("bank-b", 1000)
		final := map[string]string{}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			if rapid.IntRange(0, 19).Draw(r, "freeze") == 0 {
				id := rapid.SampledFrom([]string{"bank-a", "bank-b"}).Draw(r, "who")
				_, _ = e.compliance.Freeze(e.ctx, &compliance.MsgFreeze{Sender: e.authority, Id: id, Reason: "x"})
			}
			pair := rapid.SampledFrom([][2]string{{"bank-a", "bank-b"}, {"bank-b", "bank-a"}}).Draw(r, "pair")
			reference := rapid.SampledFrom([]string{"1", "2", "3", "4", "5"}).Draw(r, "reference")
			i := leg(rapid.SampledFrom([]order.Kind{order.Hold, order.Post, order.Void}).Draw(r, "kind"), reference, pair[0], pair[1])
			result, err := e.execute(i)
			if err != nil {
				continue
			}
			// An answer, once given, never changes.
			key := i.Entry.String() + i.Kind.String()
			if was, known := final[key]; known && was != result.Outcome.String() {
				r.Fatalf("%s of %s was %s and is %s", i.Kind, i.Entry, was, result.Outcome)
			}
			final[key] = result.Outcome.String()
			if final[i.Entry.String()+"POST"] != "" && final[i.Entry.String()+"VOID"] != "" {
				r.Fatalf("entry %s is posted and voided", i.Entry)
			}
			w := e.where()
			if w[0]+w[1]+w[2]+w[3] != 4000 {
				r.Fatalf("4000 minor units became %v", w)
			}
		}
	})
}
