package sim

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
)

const issued = 10_000

// books is the bank under test beside what must be true of it.
type books struct {
	*Bank
	states map[string]State // what was last answered for an entry
	bodies map[string]terms
	uetrs  []string
}

// Random sequences of everything that can be asked of the bank keep the sum, give no entry two effects, and
// never let a final state change.
func TestRandomSequencesKeepTheSumAndGiveNoEntryTwoEffects(t *testing.T) {
	accounts := []iso20022.Account{{BIC: "ALPHUS33"}, {BIC: "ALPHUS33", ID: "1"}, {BIC: "BETAUS33"}, {BIC: "BETAUS33", ID: "GB33BUKB20201555555555"}}
	c := Config{
		Ledger: "bank-test", DataDir: filepath.Join(t.TempDir(), "data"), TokensFile: "unused", AddrFile: "unused", Currency: "USD",
		Members: []MemberConfig{{BIC: "ALPHUS33", Name: "Alpha"}, {BIC: "BETAUS33", Name: "Beta"}},
	}
	for _, a := range accounts {
		c.Accounts = append(c.Accounts, AccountConfig{ID: a.String(), OpeningMinor: issued / 4})
	}
	c.setDefaults(t.TempDir())
	require.NoError(t, c.validate())
	bank, err := OpenBank(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, bank.Close()) })
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		b := &books{Bank: bank, states: map[string]State{}, bodies: map[string]terms{}}
		for _, a := range accounts {
			_, err := b.SetStatus(ctx, a.String(), Open)
			require.NoError(t, err)
		}
		account := rapid.SampledFrom(accounts)
		t.Repeat(map[string]func(*rapid.T){
			"hold": func(t *rapid.T) {
				b.hold(t, rapid.Bool().Draw(t, "again"), terms{
					payer: account.Draw(t, "payer"), payee: account.Draw(t, "payee"), currency: rapid.SampledFrom([]string{"USD", "USD", "USD", "EUR"}).Draw(t, "currency"),
					amountMinor: rapid.Uint64Range(1, 1_500).Draw(t, "amount"),
				})
			},
			"post": func(t *rapid.T) { b.post(t) },
			"void": func(t *rapid.T) {
				b.release(t, rapid.Bool().Draw(t, "only if unknown"), rapid.Bool().Draw(t, "with terms"))
			},
			"status": func(t *rapid.T) {
				_, err := b.SetStatus(ctx, account.Draw(t, "account").String(), rapid.SampledFrom([]Status{Open, Open, Frozen, Closed}).Draw(t, "status"))
				require.NoError(t, err)
			},
		})
		check, err := b.Check(ctx)
		require.NoError(t, err)
		require.Empty(t, check.Problems)
		require.EqualValues(t, issued, check.WalletsMinor+check.HeldMinor+check.SuspenseMinor)
	})
}

// pick is a known UETR or, where there is none or by chance, a new one.
func (b *books) pick(t *rapid.T, known bool) string {
	if known && len(b.uetrs) > 0 {
		return rapid.SampledFrom(b.uetrs).Draw(t, "uetr")
	}
	id := uuid.NewString()
	b.uetrs = append(b.uetrs, id)
	return id
}

var asked = received{id: "m", raw: []byte("<x/>"), caller: "notary-1"}

func (b *books) hold(t *rapid.T, again bool, body terms) {
	uetr := b.pick(t, again)
	e, rejected, err := b.Bank.hold(context.Background(), uetr, body, asked)
	require.NoError(t, err)
	was, known := b.states[uetr]
	taken := known && was != Tombstoned && b.bodies[uetr] != body
	require.Equal(t, taken, rejected != nil)
	if !known {
		require.Contains(t, []State{Held, Tombstoned}, e.State)
		b.bodies[uetr] = body
		b.states[uetr] = e.State
	}
	b.settled(t, uetr, e.State)
}

func (b *books) post(t *rapid.T) {
	uetr := b.pick(t, true)
	e, rejected, err := b.Bank.post(context.Background(), uetr, b.bodies[uetr], asked)
	require.NoError(t, err)
	switch was := b.states[uetr]; was {
	case Held:
		require.Nil(t, rejected, "a held entry can always be posted")
		require.Contains(t, []State{Posted, Suspense}, e.State)
		b.states[uetr] = e.State
	case Posted, Suspense:
		require.Nil(t, rejected)
	default: // unknown, voided, tombstoned
		require.NotNil(t, rejected)
	}
	if rejected == nil {
		b.settled(t, uetr, e.State)
	}
}

func (b *books) release(t *rapid.T, onlyIfUnknown, withTerms bool) {
	uetr := b.pick(t, rapid.Bool().Draw(t, "known"))
	q := releaseRequest{uetr: uetr, onlyIfUnknown: onlyIfUnknown, reason: "why not"}
	if body, ok := b.bodies[uetr]; ok && withTerms {
		q.terms = &body
	}
	e, rejected, err := b.Bank.release(context.Background(), q, asked)
	require.NoError(t, err)
	was, known := b.states[uetr]
	switch {
	case !known:
		require.Equal(t, Tombstoned, e.State)
		b.states[uetr] = Tombstoned
	case onlyIfUnknown || was == Tombstoned:
		require.Nil(t, rejected)
	case q.terms == nil || was == Posted || was == Suspense:
		require.NotNil(t, rejected)
	case was == Held:
		require.Equal(t, Voided, e.State)
		b.states[uetr] = Voided
	}
	if rejected == nil {
		b.settled(t, uetr, e.State)
	}
}

// settled checks that answer, model and a look-up say the same.
func (b *books) settled(t *rapid.T, uetr string, answered State) {
	require.Equal(t, b.states[uetr], answered)
	e, err := b.lookup(context.Background(), uetr)
	require.NoError(t, err)
	require.Equal(t, answered, e.State)
}
