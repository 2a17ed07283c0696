package chain

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cometbft/cometbft/proto/tendermint/crypto"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	commitmenttypes "github.com/cosmos/ibc-go/v8/modules/core/23-commitment/types"
	ibcexported "github.com/cosmos/ibc-go/v8/modules/core/exported"
	"golang.org/x/sync/errgroup"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// ErrProof says that an endpoint's proof does not prove what it answers.
var ErrProof = errors.New("the proof does not fit the chain's header")

// Value is what the IBC store holds under key in the state after block height (0: the newest); nil if absent. It is not proved.
func (c *Chain) Value(ctx context.Context, key []byte, height int64) ([]byte, error) {
	var found []byte
	err := c.pool.do(ctx, "IBC store", height, func(e *endpoint) error {
		var answer queryAnswer
		if err := e.ask(ctx, storeRequest(ibcexported.StoreKey, key, height, &answer)); err != nil {
			return err
		}
		if err := answer.check(); err != nil {
			return err
		}
		found = answer.Response.Value
		return nil
	})
	if len(found) == 0 {
		return nil, err
	}
	return found, err
}

// Prove proves each key in the state after block height, in parallel. The answer has the order of keys.
func (c *Chain) Prove(ctx context.Context, keys [][]byte, height int64) ([]ibcpath.Proof, error) {
	return c.proveIn(ctx, ibcexported.StoreKey, keys, height)
}

// ProveStore is Prove for one key of the named store.
func (c *Chain) ProveStore(ctx context.Context, store string, key []byte, height int64) (ibcpath.Proof, error) {
	proofs, err := c.proveIn(ctx, store, [][]byte{key}, height)
	if err != nil {
		return ibcpath.Proof{}, err
	}
	return proofs[0], nil
}

func (c *Chain) proveIn(ctx context.Context, store string, keys [][]byte, height int64) ([]ibcpath.Proof, error) {
	header, err := c.signedHeader(ctx, height+1)
	if err != nil {
		return nil, err
	}
	root := commitmenttypes.NewMerkleRoot(header.AppHash)
	proofs := make([]ibcpath.Proof, len(keys))
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(c.config.Provers)
	for from := 0; from < len(keys); from += batchSize {
		to := min(from+batchSize, len(keys))
		workers.Go(func() error {
			return c.pool.do(ctx, fmt.Sprintf("proofs of %s at %d", store, height), height+1, func(e *endpoint) error {
				part := proving{store: store, keys: keys[from:to], height: height, root: root, into: proofs[from:to]}
				return c.prove(ctx, e, part)
			})
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	for i := range proofs {
		proofs[i].Height = clienttypes.NewHeight(c.revision, uint64(height+1))
	}
	return proofs, nil
}

// proving is one request's worth of proofs.
type proving struct {
	store  string
	keys   [][]byte
	height int64
	root   commitmenttypes.MerkleRoot
	into   []ibcpath.Proof
}

// prove gets proofs from one endpoint and checks them.
func (c *Chain) prove(ctx context.Context, e *endpoint, p proving) error {
	answers := make([]queryAnswer, len(p.keys))
	requests := make([]request, len(p.keys))
	for i, key := range p.keys {
		requests[i] = storeRequest(p.store, key, p.height, &answers[i])
		requests[i].params["prove"] = true
	}
	if err := c.askMany(ctx, e, requests); err != nil {
		return err
	}
	for i, key := range p.keys {
		proof, err := answers[i].proof(p, key)
		if err != nil {
			return err
		}
		p.into[i] = proof
	}
	return nil
}

// askMany sends requests in one, or one by one to an endpoint that does not take that.
func (c *Chain) askMany(ctx context.Context, e *endpoint, requests []request) error {
	if len(requests) > 1 && c.pool.takesBatches(e) {
		err := e.askAll(ctx, requests)
		if !isNodeError(err) {
			return err
		}
		c.pool.refuseBatches(e)
	}
	for _, r := range requests {
		if err := e.ask(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func storeRequest(store string, key []byte, height int64, into *queryAnswer) request {
	return request{method: "abci_query", result: into, limit: smallAnswer, params: map[string]any{
		"path": "store/" + store + "/key", "data": hex.EncodeToString(key), "height": strconv.FormatInt(height, 10),
	}}
}

// check makes a nodeError of what the application refused: state that it no longer, or does not yet, have.
func (a *queryAnswer) check() error {
	if a.Response.Code == 0 && !a.stateIsMissing() {
		return nil
	}
	return &nodeError{Code: int(a.Response.Code), Message: a.Response.Log, Data: a.Response.Codespace}
}

// stateIsMissing tells an answer from a node that has pruned, or not yet made, the state that was asked for. A store says so in the
// log alone; taken for an answer it would mean that the key is absent.
func (a *queryAnswer) stateIsMissing() bool {
	return a.Response.Code == sdkerrors.ErrInvalidHeight.ABCICode() && a.Response.Codespace == sdkerrors.RootCodespace ||
		strings.Contains(a.Response.Log, "version does not exist") || strings.Contains(a.Response.Log, "failed to load state at height")
}

// proof checks an answer against the root.
func (a *queryAnswer) proof(p proving, key []byte) (ibcpath.Proof, error) {
	var none ibcpath.Proof
	if err := a.check(); err != nil {
		return none, err
	}
	r := a.Response
	if int64(r.Height) != p.height || len(r.Key) > 0 && !bytes.Equal(r.Key, key) {
		return none, fmt.Errorf("%w: it answers for another key or height", ErrProof)
	}
	if r.Proof == nil {
		return none, fmt.Errorf("%w: there is none", ErrProof)
	}
	ops := &crypto.ProofOps{}
	for _, op := range r.Proof.Ops {
		ops.Ops = append(ops.Ops, crypto.ProofOp{Type: op.Type, Key: op.Key, Data: op.Data})
	}
	merkle, err := commitmenttypes.ConvertProofs(ops)
	if err != nil {
		return none, fmt.Errorf("%w: %w", ErrProof, err)
	}
	path := commitmenttypes.NewMerklePath(p.store, string(key))
	if len(r.Value) == 0 {
		r.Value = nil
		err = merkle.VerifyNonMembership(commitmenttypes.GetSDKSpecs(), p.root, path)
	} else {
		err = merkle.VerifyMembership(commitmenttypes.GetSDKSpecs(), p.root, path, r.Value)
	}
	if err != nil {
		return none, fmt.Errorf("%w: %w", ErrProof, err)
	}
	encoded, err := merkle.Marshal()
	if err != nil {
		return none, err
	}
	return ibcpath.Proof{Key: key, Value: r.Value, Bytes: encoded}, nil
}
