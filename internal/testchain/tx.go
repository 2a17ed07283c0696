package testchain

import (
	"context"
	"fmt"
	"sync"
	"time"

	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	clienttx "github.com/cosmos/cosmos-sdk/client/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// How a test's own transactions are paid and waited for.
const (
	gasOfMessage = 500_000
	includedIn   = 20 * time.Second
)

// sequences are the next sequence of each key that Submit used.
type sequences struct {
	mu   sync.Mutex
	next map[string]uint64
}

// Height is the newest committed block's.
func (n *Node) Height() int64 { return n.running.comet.BlockStore().Height() }

// Reach waits until the state after block height can be asked for.
func (n *Node) Reach(ctx context.Context, height int64) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		executed, err := n.executed(ctx)
		if err != nil {
			return err
		}
		if executed >= height {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is at height %d, not yet at %d: %w", n.ChainID, executed, height, ctx.Err())
		case <-tick.C:
		}
	}
}

// executed is the newest block that the application has executed. It is asked the way the node asks it: not while it commits.
func (n *Node) executed(ctx context.Context) (int64, error) {
	res, err := n.running.local.ABCIInfo(ctx)
	if err != nil {
		return 0, err
	}
	return res.Response.LastBlockHeight, nil
}

// Submit sends the messages as one transaction of the named key, and returns its hash without waiting for a block. Several
// transactions of one key go into one block. The key is for this only as long as nobody else signs with it.
func (n *Node) Submit(key string, msgs ...sdk.Msg) []byte {
	n.t.Helper()
	n.counts.mu.Lock()
	defer n.counts.mu.Unlock()
	number, sequence := n.account(key)
	if next, known := n.counts.next[key]; known {
		sequence = max(sequence, next)
	}
	raw := n.Sign(key, number, sequence, msgs...)
	res, err := n.running.local.BroadcastTxSync(n.t.Context(), raw)
	require.NoError(n.t, err)
	require.Zero(n.t, res.Code, res.Log)
	if n.counts.next == nil {
		n.counts.next = map[string]uint64{}
	}
	n.counts.next[key] = sequence + 1
	return res.Hash
}

// Send submits and waits for the block, in which the transaction must succeed.
func (n *Node) Send(key string, msgs ...sdk.Msg) *coretypes.ResultTx {
	n.t.Helper()
	hash := n.Submit(key, msgs...)
	var res *coretypes.ResultTx
	require.Eventually(n.t, func() bool {
		var err error
		res, err = n.running.local.Tx(n.t.Context(), hash, false)
		return err == nil
	}, includedIn, 5*time.Millisecond, "no block of %s holds %X", n.ChainID, hash)
	require.Zero(n.t, res.TxResult.Code, res.TxResult.Log)
	return res
}

// Sign makes a transaction's bytes, with gas for each message and a fee that any gas price of a test is below.
func (n *Node) Sign(key string, number, sequence uint64, msgs ...sdk.Msg) []byte {
	n.t.Helper()
	txs := n.App.TxConfig()
	builder := txs.NewTxBuilder()
	require.NoError(n.t, builder.SetMsgs(msgs...))
	gas := uint64(gasOfMessage * (1 + len(msgs)))
	builder.SetGasLimit(gas)
	if n.settings.gasPrice != "" {
		builder.SetFeeAmount(sdk.NewCoins(sdk.NewInt64Coin(Denom, int64(gas))))
	}
	private := PrivKey(key)
	mode := signing.SignMode_SIGN_MODE_DIRECT
	empty := signing.SignatureV2{PubKey: private.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode}, Sequence: sequence}
	require.NoError(n.t, builder.SetSignatures(empty))
	signed, err := clienttx.SignWithPrivKey(n.t.Context(), mode, authsigning.SignerData{
		Address: Address(key), ChainID: n.ChainID, AccountNumber: number, Sequence: sequence, PubKey: private.PubKey(),
	}, builder, private, txs, sequence)
	require.NoError(n.t, err)
	require.NoError(n.t, builder.SetSignatures(signed))
	raw, err := txs.TxEncoder()(builder.GetTx())
	require.NoError(n.t, err)
	return raw
}

// account asks the application for a key's number and sequence.
func (n *Node) account(key string) (number, sequence uint64) {
	n.t.Helper()
	var answer authtypes.QueryAccountInfoResponse
	n.query("/cosmos.auth.v1beta1.Query/AccountInfo", &authtypes.QueryAccountInfoRequest{Address: Address(key)}, &answer)
	return answer.Info.AccountNumber, answer.Info.Sequence
}

// message is what the application's queries are made of.
type message interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

func (n *Node) query(path string, ask, answer message) {
	n.t.Helper()
	raw, err := ask.Marshal()
	require.NoError(n.t, err)
	res, err := n.running.local.ABCIQuery(n.t.Context(), path, raw)
	require.NoError(n.t, err)
	require.Zero(n.t, res.Response.Code, res.Response.Log)
	require.NoError(n.t, answer.Unmarshal(res.Response.Value))
}

// Hash is the name by which a node knows a transaction.
func Hash(raw []byte) []byte { return cmttypes.Tx(raw).Hash() }
