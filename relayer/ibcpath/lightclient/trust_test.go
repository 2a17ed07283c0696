package lightclient

import (
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/tmhash"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	tmtypes "github.com/cometbft/cometbft/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
	"github.com/stretchr/testify/require"
)

// ledgerOfHeaders is a chain of which only headers exist: each height has its validators, who sign it.
type ledgerOfHeaders struct {
	t    *testing.T
	sets []set // by height
}

// set is a validator set with its keys, in its order.
type set struct {
	validators *tmtypes.ValidatorSet
	keys       []tmtypes.PrivValidator
}

const chainName = "changing-1"

// turnover makes a chain of that many heights with nine validators, of which one is replaced every so many heights.
func turnover(t *testing.T, heights, every int) *ledgerOfHeaders {
	var keys []tmtypes.PrivValidator
	for range 9 {
		keys = append(keys, tmtypes.NewMockPV())
	}
	chain := &ledgerOfHeaders{t: t}
	for height := range heights + 2 {
		if every > 0 && height%every == 0 {
			keys = append(keys[1:len(keys):len(keys)], tmtypes.NewMockPV())
		}
		chain.sets = append(chain.sets, newSet(t, keys))
	}
	return chain
}

func newSet(t *testing.T, keys []tmtypes.PrivValidator) set {
	byAddress := map[string]tmtypes.PrivValidator{}
	var validators []*tmtypes.Validator
	for _, key := range keys {
		public, err := key.GetPubKey()
		require.NoError(t, err)
		validator := tmtypes.NewValidator(public, 10)
		byAddress[validator.Address.String()] = key
		validators = append(validators, validator)
	}
	made := set{validators: tmtypes.NewValidatorSet(validators)}
	for _, validator := range made.validators.Validators {
		made.keys = append(made.keys, byAddress[validator.Address.String()])
	}
	return made
}

// header is what a node would give of that height for a client that trusts trusted.
func (c *ledgerOfHeaders) header(height int64, trusted clienttypes.Height) (*ibctm.Header, error) {
	return c.forged(height, trusted, "state"), nil
}

// forged is a header with an application state of one's choice, signed by the validators all the same.
func (c *ledgerOfHeaders) forged(height int64, trusted clienttypes.Height, state string) *ibctm.Header {
	own := c.sets[height]
	header := tmtypes.Header{
		Version: cmtversion.Consensus{Block: 11}, ChainID: chainName, Height: height, Time: noon.Add(time.Duration(height) * time.Second),
		ValidatorsHash: own.validators.Hash(), NextValidatorsHash: c.sets[height+1].validators.Hash(), AppHash: tmhash.Sum([]byte(state)),
		ConsensusHash: tmhash.Sum(nil), LastResultsHash: tmhash.Sum(nil), DataHash: tmhash.Sum(nil), EvidenceHash: tmhash.Sum(nil),
		LastCommitHash: tmhash.Sum(nil), ProposerAddress: own.validators.Proposer.Address,
	}
	id := tmtypes.BlockID{Hash: header.Hash(), PartSetHeader: tmtypes.PartSetHeader{Total: 1, Hash: tmhash.Sum([]byte("part"))}}
	votes := tmtypes.NewVoteSet(chainName, height, 1, 2, own.validators)
	extended, err := tmtypes.MakeExtCommit(id, height, 1, votes, own.keys, header.Time, false)
	require.NoError(c.t, err)
	validators, err := own.validators.ToProto()
	require.NoError(c.t, err)
	trustedSet, err := c.sets[trusted.RevisionHeight+1].validators.ToProto()
	require.NoError(c.t, err)
	signed := tmtypes.SignedHeader{Header: &header, Commit: extended.ToCommit()}
	return &ibctm.Header{SignedHeader: signed.ToProto(), ValidatorSet: validators, TrustedHeight: trusted, TrustedValidators: trustedSet}
}

func clientOf(chainID string) *ibctm.ClientState {
	return stateOf(chainID, 1, Options{UnbondingPeriod: 21 * 24 * time.Hour})
}

func TestAClientClimbsInAsFewHeadersAsItsTrustAllows(t *testing.T) {
	for _, test := range []struct {
		every, steps int
	}{
		{0, 1},  // nobody changed: one header over any distance
		{20, 1}, // three of nine changed over 60 heights: more than a third of those trusted still signs
		{10, 1}, // six of nine: three are exactly a third, and more is needed only beyond it
		{8, 2},
		{2, 5},
		{1, 10},
	} {
		t.Run(fmt.Sprintf("one of nine replaced every %d heights", test.every), func(t *testing.T) {
			chain := turnover(t, 61, test.every)
			first, err := chain.header(2, clienttypes.NewHeight(1, 1))
			require.NoError(t, err)
			steps, err := climb(clientOf(chainName), then(first), 60, noon.Add(time.Minute), chain.header)
			require.NoError(t, err)
			require.EqualValues(t, 60, steps[len(steps)-1].Header.Height)
			trusted := uint64(2)
			for _, each := range steps {
				require.Equal(t, trusted, each.TrustedHeight.RevisionHeight, "each step trusts the one before")
				trusted = uint64(each.Header.Height)
			}
			t.Logf("%d steps", len(steps))
			require.LessOrEqual(t, len(steps), 2*test.steps+1)
			if test.steps == 1 && test.every != 10 {
				require.Len(t, steps, 1)
			}
		})
	}
}

func TestAHeaderIsRefusedForWhatItsChainWouldRefuseItFor(t *testing.T) {
	chain := turnover(t, 10, 0)
	other := turnover(t, 10, 0)
	known, err := chain.header(2, clienttypes.NewHeight(1, 1))
	require.NoError(t, err)
	trusted := clienttypes.NewHeight(1, 2)
	for _, test := range []struct {
		name   string
		now    time.Time
		header func() *ibctm.Header
		words  string
	}{
		{"good", noon, func() *ibctm.Header { return chain.forged(5, trusted, "state") }, ""},
		{"of other validators", noon, func() *ibctm.Header { return other.forged(5, trusted, "state") }, "names other validators"},
		{"of unsigned content", noon, func() *ibctm.Header {
			header := chain.forged(5, trusted, "state")
			header.Header.AppHash = tmhash.Sum([]byte("mine"))
			return header
		}, "invalid header"},
		{"too old to trust", noon.Add(15 * 24 * time.Hour), func() *ibctm.Header { return chain.forged(5, trusted, "state") }, "expired"},
		{"of the future", noon.Add(-time.Hour), func() *ibctm.Header { return chain.forged(5, trusted, "state") }, "future"},
		{"of another revision", noon, func() *ibctm.Header {
			header := chain.forged(5, trusted, "state")
			header.Header.ChainID = "changing-2"
			return header
		}, "upgrade the client first"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := then(known).accept(clientOf(chainName), test.header(), test.now)
			if test.words == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.words)
		})
	}
}

func TestHeadersThatWereShownAreReadFromEvents(t *testing.T) {
	chain := turnover(t, 6, 0)
	trusted := clienttypes.NewHeight(1, 2)
	update := func(client string, attributes ...abci.EventAttribute) abci.Event {
		return abci.Event{Type: "update_client", Attributes: append([]abci.EventAttribute{{Key: "client_id", Value: client}}, attributes...)}
	}
	real, forged := chain.forged(5, trusted, "state"), chain.forged(5, trusted, "mine")
	events := []abci.Event{
		update("07-tendermint-0", abci.EventAttribute{Key: "header", Value: packedText(t, forged)}),
		update("07-tendermint-1", abci.EventAttribute{Key: "header", Value: packedText(t, forged)}),
		update("07-tendermint-0", abci.EventAttribute{Key: "consensus_heights", Value: "1-7,1-8"}),
		{Type: "create_client", Attributes: []abci.EventAttribute{{Key: "client_id", Value: "07-tendermint-0"}}},
	}
	found, err := shownIn(events, "07-tendermint-0")
	require.NoError(t, err)
	require.Len(t, found, 3)
	require.Equal(t, clienttypes.NewHeight(1, 5), found[0].height)
	require.True(t, conflict(found[0].header, real))
	require.False(t, conflict(real, real))
	require.False(t, conflict(chain.forged(4, trusted, "mine"), real), "another height")
	require.Equal(t, clienttypes.NewHeight(1, 8), found[2].height)
	require.Nil(t, found[2].header)

	for name, text := range map[string]string{"no hex": "zz", "no header": packedText(t, &ibctm.Header{})} {
		_, err := shownIn([]abci.Event{update("c", abci.EventAttribute{Key: "header", Value: text})}, "c")
		require.Error(t, err, name)
	}
	none, err := shownIn([]abci.Event{update("c", abci.EventAttribute{Key: "header", Value: packedText(t, &ibctm.Misbehaviour{})})}, "c")
	require.NoError(t, err)
	require.Empty(t, none, "misbehaviour that somebody showed is no header")
}

func packedText(t *testing.T, message interface{ ClientType() string }) string {
	var raw []byte
	var err error
	switch message := message.(type) {
	case *ibctm.Header:
		packed, packErr := clienttypes.PackClientMessage(message)
		require.NoError(t, packErr)
		raw, err = packed.Marshal()
	case *ibctm.Misbehaviour:
		packed, packErr := clienttypes.PackClientMessage(message)
		require.NoError(t, packErr)
		raw, err = packed.Marshal()
	}
	require.NoError(t, err)
	return hex.EncodeToString(raw)
}

func TestCommonGroundIsSoughtFromTheHighestDown(t *testing.T) {
	heights := []clienttypes.Height{{RevisionNumber: 1, RevisionHeight: 9}, {RevisionNumber: 1, RevisionHeight: 10}, {RevisionNumber: 1, RevisionHeight: 3}, {RevisionNumber: 0, RevisionHeight: 5}}
	require.Equal(t, []clienttypes.Height{{RevisionNumber: 1, RevisionHeight: 9}, {RevisionNumber: 1, RevisionHeight: 3}}, below(clienttypes.NewHeight(1, 10), heights))
}

func TestWhatGovernanceCannotReplaceIsSaidBefore(t *testing.T) {
	active := Client{Chain: "chain-a", ID: "07-tendermint-1", State: clientOf(chainName), Newest: &ibctm.ConsensusState{Timestamp: noon}}
	expired := Client{Chain: "chain-a", ID: "07-tendermint-0", State: clientOf(chainName), Newest: &ibctm.ConsensusState{Timestamp: noon.AddDate(-1, 0, 0)}}
	active.State = stateOf(chainName, 2, Options{UnbondingPeriod: 21 * 24 * time.Hour})
	other := active
	other.State = stateOf(chainName, 2, Options{UnbondingPeriod: time.Hour})
	other.Newest = &ibctm.ConsensusState{Timestamp: noon}
	require.NoError(t, replaceable(expired, active, noon))
	require.ErrorContains(t, replaceable(expired, expired, noon), "its own place")
	alike := active
	alike.ID = "07-tendermint-2"
	require.ErrorContains(t, replaceable(active, alike, noon), "is active")
	dead := expired
	dead.ID = "07-tendermint-3"
	require.ErrorContains(t, replaceable(expired, dead, noon), "Expired itself")
	require.ErrorContains(t, replaceable(expired, other, noon), "other terms")
	behind := active
	behind.State = clientOf(chainName)
	require.ErrorContains(t, replaceable(expired, behind, noon), "bring it forward first")
}
