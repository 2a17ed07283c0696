package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cometbft/cometbft/light"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/testhub"
)

// Package orderproof does not import CometBFT's light package, which would bring an RPC client, p2p and four databases
// into every ledger that checks. Here is what it must do all the same: of many steps, right and wrong, it takes exactly
// those which the light package's own rules take and of which every signature is valid.
func TestLedgersThatCheckFollowTheRulesOfCometBFTsLightClient(t *testing.T) {
	const period, drift = time.Hour, 10 * time.Second
	random := rand.New(rand.NewPCG(38, 26))
	taken, refused := 0, 0
	for range 300 {
		hub := randomHub(random)
		for range 10 {
			from := 1 + random.Int64N(hub.Height()-1)
			anchor, step := hub.Block(from), spoiled(random, hub)
			now := anchor.Time.Add(time.Duration(random.Int64N(int64(20 * time.Second)))) // around the drift
			if random.IntN(10) == 0 {
				now = anchor.Time.Add(period + time.Duration(random.IntN(3)-1))
			}
			want := light.Verify(anchor.SignedHeader, anchor.ValidatorSet, step.SignedHeader, step.ValidatorSet, period, now, drift, light.DefaultTrustLevel)
			if want == nil {
				want = step.ValidatorSet.VerifyCommit(hub.ChainID, step.Commit.BlockID, step.Height, step.Commit)
			}
			path := orderproof.Path{Anchor: orderproof.Anchor{Header: *anchor.Header, Validators: anchor.ValidatorSet}, Steps: []*cmttypes.LightBlock{step}}
			_, got := path.Verify(orderproof.Params{ChainID: hub.ChainID, TrustingPeriod: period, MaxClockDrift: drift}, hub.Root(from), now)
			require.Equal(t, want == nil, got == nil, "from %d to %d: the light client says %v, orderproof %v", from, step.Height, want, got)
			if got == nil {
				taken++
			} else {
				refused++
			}
		}
	}
	t.Logf("%d steps taken, %d refused", taken, refused)
	require.Greater(t, taken, 300)
	require.Greater(t, refused, 300)
}

// randomHub has a few blocks whose signers change and of whom some do not commit.
func randomHub(random *rand.Rand) *testhub.Hub {
	names := func() []string {
		all := []string{"v0", "v1", "v2", "v3", "v4", "v5", "v6"}
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all[:1+random.IntN(len(all))]
	}
	hub := testhub.New("corridor-1", names()...)
	for range 2 + random.IntN(12) {
		if random.IntN(4) == 0 {
			hub.SetValidators(names()...)
		}
		lazy := random.IntN(12)
		hub.Vote = func(i int) cmttypes.BlockIDFlag {
			if i == lazy {
				return cmttypes.BlockIDFlag(1 + random.IntN(3))
			}
			return cmttypes.BlockIDFlagCommit
		}
		hub.Commit()
	}
	return hub
}

// spoiled is a block of the hub, as it is or with one thing altered.
func spoiled(random *rand.Rand, hub *testhub.Hub) *cmttypes.LightBlock {
	any := func() *cmttypes.LightBlock { return hub.Block(1 + random.Int64N(hub.Height())) }
	block := any()
	header, commit := *block.Header, *block.Commit
	commit.Signatures = slices.Clone(commit.Signatures)
	step := &cmttypes.LightBlock{SignedHeader: &cmttypes.SignedHeader{Header: &header, Commit: &commit}, ValidatorSet: block.ValidatorSet}
	signature := &commit.Signatures[random.IntN(len(commit.Signatures))]
	switch random.IntN(20) {
	case 0:
		header.AppHash = slices.Repeat([]byte{1}, 32)
	case 1:
		header.AppHash = slices.Repeat([]byte{1}, 32)
		commit.BlockID.Hash = header.Hash()
	case 2:
		header.AppHash = slices.Repeat([]byte{1}, 32)
		step = hub.Sign(&header, step.ValidatorSet) // the validators themselves fork: nobody can tell
	case 3:
		*signature = cmttypes.NewCommitSigAbsent()
	case 4:
		signature.Timestamp = signature.Timestamp.Add(time.Nanosecond)
	case 5:
		signature.ValidatorAddress = slices.Repeat([]byte{1}, 20)
	case 6:
		step.ValidatorSet = any().ValidatorSet
	case 7:
		commit.Round++
	case 8:
		header.ChainID = fmt.Sprint(header.ChainID, "x")
		step = hub.Sign(&header, step.ValidatorSet)
	case 9:
		commit.Signatures = commit.Signatures[1:]
	}
	return step
}
