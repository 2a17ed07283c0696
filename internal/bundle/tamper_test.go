package bundle_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"cosmossdk.io/log"
	"cosmossdk.io/store/metrics"
	"cosmossdk.io/store/rootmulti"
	storetypes "cosmossdk.io/store/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/internal/bundle"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// refusals are all errors that a bundle can be refused with; each message begins with the part.
var refusals = []error{
	bundle.ErrMalformed, bundle.ErrHeader, bundle.ErrState, bundle.ErrSettlement, bundle.ErrForeign, bundle.ErrAttestation, bundle.ErrTooFew,
	bundle.ErrContradiction,
}

// read is what a reader does with a file.
func read(raw []byte, root orderproof.Root) error {
	b, err := bundle.Decode(raw)
	if err == nil {
		_, err = b.Verify(root)
	}
	return err
}

func TestEveryByteThatIsFlippedIsSeen(t *testing.T) {
	s := newStage(t)
	believed := s.header(2)
	body := s.settled("r-1", 1)
	b, root := s.export(body)
	raw := encode(t, b)
	flipEach(t, raw, root, len(raw))

	longer, _, err := s.exporter().Export(context.Background(), bundle.Request{Settlement: s.view(body), Trust: &believed})
	require.NoError(t, err)
	require.Len(t, longer.Path.Steps, 1)
	path, err := orderproof.EncodePath(longer.Path)
	require.NoError(t, err)
	flipEach(t, encode(t, longer), believed, len(path)+32) // signatures of headers come before everything else

	for _, cut := range []int{0, 3, 100, len(raw) / 2, len(raw) - 1} {
		require.ErrorIs(t, read(raw[:cut], root), bundle.ErrMalformed, cut)
	}
	require.ErrorIs(t, read(append(slices.Clone(raw), 0), root), bundle.ErrMalformed)
}

// flipEach flips a bit of every one of the first bytes; each time the refusal names a part. In short, every fifth.
func flipEach(t *testing.T, raw []byte, root orderproof.Root, first int) {
	require.NoError(t, read(raw, root))
	const shares = 4
	step := 1
	if testing.Short() {
		step = 5
	}
	var all sync.WaitGroup
	for share := range shares {
		all.Go(func() {
			mine := slices.Clone(raw)
			for i := share * step; i < first; i += shares * step {
				mine[i] ^= 1 << (i % 8)
				err := read(mine, root)
				mine[i] ^= 1 << (i % 8)
				if !slices.ContainsFunc(refusals, func(refusal error) bool { return isAfterAPart(err, refusal) }) {
					t.Errorf("byte %d of %d: %v", i, len(raw), err)
				}
			}
		})
	}
	all.Wait()
}

// isAfterAPart tells whether an error is a refusal that something stands before.
func isAfterAPart(err, refusal error) bool {
	return errors.Is(err, refusal) && !strings.HasPrefix(err.Error(), refusal.Error())
}

// Each part is exchanged for another that is whole in itself: of another settlement, another state, signed by somebody else.
func TestPartsOfOtherOriginAreRefused(t *testing.T) {
	s := newStage(t)
	body := s.settled("r-1", 1)
	other := s.settled("r-2", 3)
	s.wait(1)
	believed := s.header(s.chain.Height())
	export := func(body order.Body) bundle.Bundle {
		b, _, err := s.exporter().Export(context.Background(), bundle.Request{Settlement: s.view(body), Trust: &believed})
		require.NoError(t, err)
		return b
	}
	foreign, early := export(other), func() bundle.Bundle { b, _ := s.export(body); return b }()
	resign := func(a bundle.Attestation, ledger, signer string) bundle.Attestation {
		signature, err := apptest.NotaryKey(ledger, signer).Sign(order.AttestationSignBytes(s.chain.ID(), ledger, a.Notary, a.Words))
		require.NoError(t, err)
		a.Signature = signature
		return a
	}
	change := func(a *bundle.Attestation, signer string, words func(*order.Word)) {
		a.Words = slices.Clone(a.Words)
		words(&a.Words[0])
		*a = resign(*a, "cny", signer)
	}
	for _, row := range []struct {
		name   string
		tamper func(*bundle.Bundle)
		want   error
		says   string
	}{
		{"another header, signed by the real validators", func(b *bundle.Bundle) { b.Path.Anchor.Header.AppHash = hash("forged") }, bundle.ErrHeader, "headers"},
		{"other validators", func(b *bundle.Bundle) { _, b.Path.Anchor.Validators = validators([]string{"x1", "x2", "x3", "x4"}) }, bundle.ErrHeader, "headers"},
		{"the settlement's record of an earlier state", func(b *bundle.Bundle) { b.Settlement = early.Settlement }, bundle.ErrState, "settlement record"},
		{"another settlement's record", func(b *bundle.Bundle) { b.Settlement = foreign.Settlement }, bundle.ErrForeign, "leg 0: HOLD: record"},
		{"a ledger's record as the settlement's", func(b *bundle.Bundle) { b.Settlement = b.Ledgers[0].Record }, bundle.ErrState, "settlement record"},
		{"another ledger's record", func(b *bundle.Bundle) { b.Ledgers[0].Record = b.Ledgers[1].Record }, bundle.ErrState, "ledger cny: record"},
		{"a ledger left out", func(b *bundle.Bundle) { b.Ledgers = b.Ledgers[:1] }, bundle.ErrForeign, "ledgers: "},
		{"another settlement's instruction", func(b *bundle.Bundle) { b.Instructions[1] = foreign.Instructions[1] }, bundle.ErrForeign, "leg 0: POST: record"},
		{"instructions in another order", func(b *bundle.Bundle) {
			b.Instructions[0], b.Instructions[1] = b.Instructions[1], b.Instructions[0]
		}, bundle.ErrForeign, "leg 0: HOLD: record"},
		{"an instruction left out", func(b *bundle.Bundle) { b.Instructions = b.Instructions[:3] }, bundle.ErrForeign, "instructions"},
		{"another instruction's tracking", func(b *bundle.Bundle) { b.Instructions[0].Tracking = b.Instructions[1].Tracking }, bundle.ErrState, "leg 0: HOLD: tracking"},
		{"an attestation signed by a stranger", func(b *bundle.Bundle) {
			b.Ledgers[0].Attestations[0] = resign(b.Ledgers[0].Attestations[0], "cny", "stranger")
		}, bundle.ErrAttestation, `ledger cny: attestation 0, of notary "cny-2": attestation refused: signature`},
		{"an attestation in another notary's name", func(b *bundle.Bundle) {
			a := b.Ledgers[0].Attestations[0]
			a.Notary = "cny-1"
			b.Ledgers[0].Attestations[0] = resign(a, "cny", "cny-2")
		}, bundle.ErrAttestation, `of notary "cny-1": attestation refused: signature`},
		{"an attestation of nobody", func(b *bundle.Bundle) { b.Ledgers[0].Attestations[0].Notary = "cny-9" }, bundle.ErrAttestation, "no notary of ledger cny"},
		{"an attestation left out", func(b *bundle.Bundle) { b.Ledgers[0].Attestations = b.Ledgers[0].Attestations[1:] }, bundle.ErrTooFew, "leg 0: HOLD"},
		{"an attestation twice", func(b *bundle.Bundle) {
			b.Ledgers[0].Attestations = append(b.Ledgers[0].Attestations[:1:1], b.Ledgers[0].Attestations...)
		}, bundle.ErrAttestation, "twice, or out of order"},
		{"one notary as two", func(b *bundle.Bundle) {
			a := b.Ledgers[0].Attestations[0]
			change(&a, "cny-2", func(w *order.Word) { w.LedgerReference += "-again" })
			b.Ledgers[0].Attestations[2] = a // in the place of what cny-3 said of the same instruction
			slices.SortFunc(b.Ledgers[0].Attestations, byNotary)
		}, bundle.ErrTooFew, "leg 0: HOLD: too few notaries: 1 signed HELD"},
		{"an attestation about another settlement", func(b *bundle.Bundle) {
			b.Ledgers[0].Attestations = append(b.Ledgers[0].Attestations, foreign.Ledgers[0].Attestations[3])
		}, bundle.ErrAttestation, "nothing that is needed here"},
		{"a notary that says now that it refused", func(b *bundle.Bundle) {
			change(&b.Ledgers[0].Attestations[0], "cny-2", func(w *order.Word) { w.Outcome = order.Refused })
		}, bundle.ErrAttestation, "nothing that is needed here"},
		{"a notary that says now another reference", func(b *bundle.Bundle) {
			change(&b.Ledgers[0].Attestations[0], "cny-2", func(w *order.Word) { w.LedgerReference = "forged" })
		}, bundle.ErrTooFew, `nobody signed the ledger's reference "cny-1-by-2"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := export(body)
			require.NoError(t, read(encode(t, b), believed))
			row.tamper(&b)
			err := read(encode(t, b), believed)
			require.ErrorIs(t, err, row.want)
			require.ErrorContains(t, err, row.says)
		})
	}
}

// A whole state is forged, down to a header that the reader believes: as if all validators lied. What notaries signed stands all
// the same, and records that contradict each other are seen.
func TestEvenABelievedForgeryNeedsTheNotaries(t *testing.T) {
	s := newStage(t)
	b, _ := s.export(s.settled("r-1", 1))
	edit := func(m *orderproof.Membership, into interface {
		Unmarshal([]byte) error
		Marshal() ([]byte, error)
	}, change func(),
	) {
		require.NoError(t, into.Unmarshal(m.Value))
		change()
		var err error
		m.Value, err = into.Marshal()
		require.NoError(t, err)
	}
	record := func(change func(*settlement.Settlement)) func(*bundle.Bundle) {
		return func(b *bundle.Bundle) {
			var v settlement.Settlement
			edit(&b.Settlement, &v, func() { change(&v) })
		}
	}
	tracking := func(change func(*bridge.Tracking)) func(*bundle.Bundle) {
		return func(b *bundle.Bundle) {
			var v bridge.Tracking
			edit(&b.Instructions[0].Tracking, &v, func() { change(&v) })
		}
	}
	for _, row := range []struct {
		name  string
		forge func(*bundle.Bundle)
		want  error
		says  string
	}{
		{"nothing is changed", func(*bundle.Bundle) {}, nil, ""},
		{
			"SETTLED with a leg in suspense that was posted", record(func(s *settlement.Settlement) { s.Legs[1].State = settlement.LEG_STATE_SUSPENSE }),
			bundle.ErrContradiction, "leg 1: the evidence says otherwise: it is SUSPENSE, which takes SUSPENSE of its POST, but the hub applied POSTED",
		},
		{
			"SETTLED with a leg that was given back", record(func(s *settlement.Settlement) { s.Legs[1].State = settlement.LEG_STATE_VOIDED }),
			bundle.ErrSettlement, "it is VOIDED while the settlement is SETTLED",
		},
		{"another id", record(func(s *settlement.Settlement) { s.Id = hash("forged") }), bundle.ErrState, "settlement record"},
		{
			"another body", record(func(s *settlement.Settlement) { s.Body = append(slices.Clone(s.Body[:len(s.Body)-4]), 0, 0, 0, 1, 7) }),
			bundle.ErrSettlement, "settlement record",
		},
		{
			"another reference of the ledger", record(func(s *settlement.Settlement) { s.Legs[0].LedgerReference = "forged" }),
			bundle.ErrContradiction, `leg 0: the evidence says otherwise: its reference "forged" is in no applied outcome`,
		},
		{
			"a step of the timeline that ordered nothing", record(func(s *settlement.Settlement) { s.Timeline = s.Timeline[:len(s.Timeline)-8] }),
			bundle.ErrForeign, "instructions",
		},
		{"an outcome that nobody signed", tracking(func(t *bridge.Tracking) { t.Outcome = uint32(order.Refused) }), bundle.ErrAttestation, "nothing that is needed here"},
		{"an outcome that a hold can't have", tracking(func(t *bridge.Tracking) { t.Outcome = uint32(order.Posted) }), bundle.ErrForeign, "leg 0: HOLD: tracking"},
		{"a reference that nobody signed", tracking(func(t *bridge.Tracking) { t.LedgerReference = "forged" }), bundle.ErrTooFew, `nobody signed the ledger's reference "forged"`},
		{"an outcome that was never applied", tracking(func(t *bridge.Tracking) { t.Progress = bridge.PROGRESS_OPEN }), bundle.ErrAttestation, "nothing that is needed here"},
		{"a higher threshold", func(b *bundle.Bundle) {
			var v bridge.Ledger
			edit(&b.Ledgers[0].Record, &v, func() { v.Threshold = 3 })
		}, bundle.ErrTooFew, "leg 0: HOLD: too few notaries: 2 signed HELD of instruction 1 of cny, 3 are needed"},
		{"a notary with another key", func(b *bundle.Bundle) {
			var v bridge.Ledger
			edit(&b.Ledgers[0].Record, &v, func() { v.Notaries[1].PublicKey = apptest.NotaryKey("cny", "stranger").PubKey().Bytes() })
		}, bundle.ErrAttestation, `of notary "cny-2": attestation refused: signature`},
		{"another instruction", func(b *bundle.Bundle) {
			var v bridge.Record
			edit(&b.Instructions[0].Record, &v, func() { v.Instruction[len(v.Instruction)-1]++ })
		}, bundle.ErrForeign, "leg 0: HOLD: record"},
	} {
		t.Run(row.name, func(t *testing.T) {
			forged, err := bundle.Decode(encode(t, b))
			require.NoError(t, err)
			row.forge(&forged)
			root := restate(t, &forged)
			err = read(encode(t, forged), root)
			require.ErrorIs(t, err, row.want)
			if row.want != nil {
				require.ErrorContains(t, err, row.says)
			}
		})
	}
}

// byNotary is the order that a bundle demands, for a set whose ids are in the order of the alphabet.
func byNotary(a, b bundle.Attestation) int {
	return cmp.Or(strings.Compare(a.Notary, b.Notary), cmp.Compare(a.Words[0].Number, b.Words[0].Number), slices.Compare(a.Signature, b.Signature))
}

// restate puts all values of a bundle into a new state, proves them there, and has the header sign that state.
func restate(t *testing.T, b *bundle.Bundle) orderproof.Root {
	stores := rootmulti.NewStore(dbm.NewMemDB(), log.NewNopLogger(), metrics.NewNoOpMetrics())
	keys := map[string]*storetypes.KVStoreKey{}
	for _, name := range []string{bridge.StoreKey, settlement.StoreKey} {
		keys[name] = storetypes.NewKVStoreKey(name)
		stores.MountStoreWithDB(keys[name], storetypes.StoreTypeIAVL, nil)
	}
	require.NoError(t, stores.LoadLatestVersion())
	parts := []*orderproof.Membership{&b.Settlement}
	for i := range b.Ledgers {
		parts = append(parts, &b.Ledgers[i].Record)
	}
	for i := range b.Instructions {
		parts = append(parts, &b.Instructions[i].Record, &b.Instructions[i].Tracking)
	}
	for _, m := range parts {
		stores.GetKVStore(keys[m.Store]).Set(m.Key, m.Value)
	}
	b.Path.Anchor.Header.AppHash = stores.Commit().Hash
	for _, m := range parts {
		res, err := stores.Query(&storetypes.RequestQuery{Path: "/" + m.Store + "/key", Data: m.Key, Height: 1, Prove: true})
		require.NoError(t, err)
		*m, err = orderproof.NewMembership(m.Store, m.Key, m.Value, res.ProofOps)
		require.NoError(t, err)
	}
	return orderproof.NewRoot(&b.Path.Anchor.Header)
}
