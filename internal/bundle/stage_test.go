package bundle_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	cmttypes "github.com/cometbft/cometbft/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/internal/bundle"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// stage is the whole hub in memory, with validators that the test plays: they sign real headers over the real state.
type stage struct {
	t      testing.TB
	chain  *apptest.Chain
	states map[int64][]byte    // AppHash after a block
	times  map[int64]time.Time // of blocks
	blocks map[int64][][]byte
	seats  func(height int64) []string // who the validators are
}

var _ bundle.Source = (*stage)(nil)

func newStage(t testing.TB) *stage {
	g := apptest.NewGenesis()
	for _, id := range []string{"cny", "usd"} {
		g.Ledger(id, 3, 2)
	}
	g.Currency("CNY", 2, "cny", bridge.HubLedger)
	g.Currency("USD", 2, "usd", bridge.HubLedger)
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	g.Participant("fxp", compliance.ROLE_PROVIDER, compliance.ROLE_BANK)
	g.Participant("issuer", compliance.ROLE_ISSUER)
	g.Account("bank-a", "cny", "wallet-a", "CNY")
	g.Account("fxp", "cny", "wallet-fxp", "CNY")
	g.Account("fxp", "usd", "acct-fxp", "USD")
	g.Account("bank-b", "usd", "acct-b", "USD")
	g.Issuer("issuer", "CNY", 1_000_000)
	g.Issuer("issuer", "USD", 1_000_000)
	s := &stage{
		t: t, chain: apptest.New(t, g), states: map[int64][]byte{}, times: map[int64]time.Time{}, blocks: map[int64][][]byte{},
		seats: func(int64) []string { return []string{"v1", "v2", "v3", "v4"} },
	}
	s.note()
	return s
}

// note remembers the newest block.
func (s *stage) note(txs ...[]byte) {
	h := s.chain.Height()
	s.states[h], s.times[h], s.blocks[h] = s.chain.Last.AppHash, s.chain.Now(), txs
}

// tx makes a block of one transaction that has to succeed.
func (s *stage) tx(signer string, msgs ...sdk.Msg) {
	s.t.Helper()
	one := apptest.Tx{Signer: signer, Msgs: msgs}
	raw := s.chain.Sign(one)
	require.NoError(s.t, apptest.TxError(s.chain.RunTxs(one)[0]))
	s.note(raw)
}

func (s *stage) wait(later time.Duration) {
	s.chain.NextBlock(later)
	s.note()
}

// attest has a notary sign words in one batch.
func (s *stage) attest(ledger, notary string, words ...order.Word) {
	s.t.Helper()
	s.tx(apptest.Governor, apptest.SignWords(apptest.Governor, s.chain.ID(), ledger, ledger+"-"+notary, words...))
}

// both has two of three notaries say it, each with a reference of its own making.
func (s *stage) both(ledger string, number uint64, outcome order.Outcome) {
	s.t.Helper()
	for _, n := range []string{"2", "3"} {
		w := s.chain.Word(ledger, number, outcome)
		w.LedgerReference = fmt.Sprintf("%s-%d-by-%s", ledger, number, n)
		s.attest(ledger, n, w)
	}
}

// body is 700.00 CNY for 100.00 USD; both payers consent by themselves.
func (s *stage) body(reference string, ledgers [2]string, accounts [4]string) order.Body {
	return order.Body{
		ChainID: s.chain.ID(), Proposer: apptest.Address("bank-a").String(), Reference: reference,
		Legs: []order.Leg{
			{Ledger: ledgers[0], Payer: accounts[0], Payee: accounts[1], Currency: "CNY", AmountMinor: 70_000, PaidBy: order.NoLeg},
			{Ledger: ledgers[1], Payer: accounts[2], Payee: accounts[3], Currency: "USD", AmountMinor: 10_000, PaidBy: order.NoLeg},
		},
		PrepareDeadlineUnixNs: uint64(s.chain.Now().Add(30 * time.Minute).UnixNano()), Pivot: order.NoLeg,
	}
}

func (s *stage) notarised(reference string) order.Body {
	return s.body(reference, [2]string{"cny", "usd"}, [4]string{"wallet-a", "wallet-fxp", "acct-fxp", "acct-b"})
}

func (s *stage) propose(body order.Body, legs ...int) {
	s.t.Helper()
	msg := &settlement.MsgPropose{Proposer: body.Proposer, Body: body.Encode()}
	for _, leg := range legs {
		msg.Consents = append(msg.Consents, apptest.SignConsent(body, leg))
	}
	s.tx("bank-a", msg)
}

// settled is a swap on two notarised ledgers that went well. Its first instructions are number first.
func (s *stage) settled(reference string, first uint64) order.Body {
	s.t.Helper()
	body := s.notarised(reference)
	s.propose(body, 0, 1)
	s.both("cny", first, order.Held)
	s.both("usd", first, order.Held)
	s.both("cny", first+1, order.Posted)
	s.both("usd", first+1, order.Posted)
	return body
}

func (s *stage) issue() {
	issuer := apptest.Address("issuer").String()
	s.tx("issuer", &token.MsgIssue{Issuer: issuer, Currency: "CNY", Recipient: apptest.Address("bank-a").String(), AmountMinor: 100_000},
		&token.MsgIssue{Issuer: issuer, Currency: "USD", Recipient: apptest.Address("fxp").String(), AmountMinor: 50_000})
}

func (s *stage) view(body order.Body) settlement.Settlement {
	s.t.Helper()
	res, err := settlement.NewQueryClient(s.chain.Conn()).Settlement(context.Background(), &settlement.QuerySettlementRequest{SettlementId: body.ID().String()})
	require.NoError(s.t, err)
	return res.Settlement.Settlement
}

// export makes a bundle; the reader believes the header right above the state.
func (s *stage) export(body order.Body) (bundle.Bundle, orderproof.Root) {
	s.t.Helper()
	b, root, err := s.exporter().Export(context.Background(), bundle.Request{Settlement: s.view(body)})
	require.NoError(s.t, err)
	return b, root
}

func (s *stage) exporter() bundle.Exporter {
	return bundle.Exporter{Source: s, Outbox: bridge.NewQueryClient(s.chain.Conn())}
}

// Latest is one more than the newest executed block: its header is there, and signs that block's state.
func (s *stage) Latest(context.Context) (int64, error) { return s.chain.Height() + 1, nil }

// Transactions implements bundle.Source.
func (s *stage) Transactions(_ context.Context, height int64) ([][]byte, error) {
	return s.blocks[height], nil
}

// Prove implements bundle.Source.
func (s *stage) Prove(ctx context.Context, height int64, store string, key []byte) (orderproof.Membership, error) {
	res, err := s.chain.App.Query(ctx, &abci.RequestQuery{Path: "/store/" + store + "/key", Data: key, Height: height, Prove: true})
	if err != nil {
		return orderproof.Membership{}, err
	}
	if res.Code != 0 || len(res.Value) == 0 {
		return orderproof.Membership{}, fmt.Errorf("nothing under %X of %s: %s", key, store, res.Log)
	}
	return orderproof.NewMembership(store, key, res.Value, res.ProofOps)
}

// Header implements bundle.Source: all validators of that height sign.
func (s *stage) Header(_ context.Context, height int64) (*cmttypes.LightBlock, error) {
	keys, set := validators(s.seats(height))
	_, next := validators(s.seats(height + 1))
	at, known := s.times[height]
	if !known {
		at = s.chain.Now().Add(time.Second)
	}
	state, known := s.states[height-1]
	if !known { // the test has not seen that block: the state is not what is asked about
		state = hash("unseen")
	}
	return sign(cmttypes.Header{
		Version: cmtversion.Consensus{Block: 11}, ChainID: s.chain.ID(), Height: height, Time: at.UTC(), AppHash: state, ConsensusHash: hash("consensus"),
		LastBlockID: blockID(hash(height - 1)), ValidatorsHash: set.Hash(), NextValidatorsHash: next.Hash(), ProposerAddress: set.Validators[0].Address,
	}, keys, set)
}

// sign has all validators commit to a header.
func sign(header cmttypes.Header, keys []ed25519.PrivKey, set *cmttypes.ValidatorSet) (*cmttypes.LightBlock, error) {
	commit := &cmttypes.Commit{Height: header.Height, BlockID: blockID(header.Hash())}
	for i, key := range keys {
		vote := &cmtproto.Vote{
			Type: cmtproto.PrecommitType, Height: header.Height, BlockID: commit.BlockID.ToProto(), Timestamp: header.Time,
			ValidatorAddress: set.Validators[i].Address, ValidatorIndex: int32(i),
		}
		signature, err := key.Sign(cmttypes.VoteSignBytes(header.ChainID, vote))
		if err != nil {
			return nil, err
		}
		commit.Signatures = append(commit.Signatures, cmttypes.CommitSig{
			BlockIDFlag: cmttypes.BlockIDFlagCommit, ValidatorAddress: set.Validators[i].Address, Timestamp: header.Time, Signature: signature,
		})
	}
	return &cmttypes.LightBlock{SignedHeader: &cmttypes.SignedHeader{Header: &header, Commit: commit}, ValidatorSet: set}, nil
}

// validators are the keys and the set, in the set's order.
func validators(names []string) ([]ed25519.PrivKey, *cmttypes.ValidatorSet) {
	var all []*cmttypes.Validator
	byAddress := map[string]ed25519.PrivKey{}
	for _, name := range names {
		key := ed25519.GenPrivKeyFromSecret([]byte("bundle/" + name))
		all = append(all, cmttypes.NewValidator(key.PubKey(), 10))
		byAddress[string(key.PubKey().Address())] = key
	}
	set := cmttypes.NewValidatorSet(all)
	var keys []ed25519.PrivKey
	for _, v := range set.Validators {
		keys = append(keys, byAddress[string(v.Address)])
	}
	return keys, set
}

func hash(v any) []byte {
	sum := sha256.Sum256(fmt.Append(nil, v))
	return sum[:]
}

func blockID(h []byte) cmttypes.BlockID {
	return cmttypes.BlockID{Hash: h, PartSetHeader: cmttypes.PartSetHeader{Total: 1, Hash: bytes.Repeat([]byte{1}, 32)}}
}

func encode(t testing.TB, b bundle.Bundle) []byte {
	raw, err := b.Encode()
	require.NoError(t, err)
	return raw
}
