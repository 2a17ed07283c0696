package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	cmtjson "github.com/cometbft/cometbft/libs/json"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
)

// validatorPage is how many validators a node gives at once, and mostValidators how many there may be.
const (
	validatorPage  = 100
	mostValidators = 1000
)

// Header is the light client's header of block height with its validators, for a client that trusts trusted.
func (c *Chain) Header(ctx context.Context, height int64, trusted clienttypes.Height) (*ibctm.Header, error) {
	signed, err := c.signedHeader(ctx, height)
	if err != nil {
		return nil, err
	}
	set, err := c.validatorSet(ctx, height, signed.ValidatorsHash)
	if err != nil {
		return nil, err
	}
	header := &ibctm.Header{SignedHeader: signed.ToProto(), ValidatorSet: set, TrustedHeight: trusted}
	if trusted.IsZero() {
		return header, nil
	}
	// The client stores who signs the block after the trusted one.
	header.TrustedValidators, err = c.validatorSet(ctx, int64(trusted.RevisionHeight)+1, nil)
	if err != nil {
		return nil, fmt.Errorf("the validators that a client trusts since height %s: %w", trusted, err)
	}
	return header, nil
}

// signedHeader is a block's header and the signatures on it.
func (c *Chain) signedHeader(ctx context.Context, height int64) (*cmttypes.SignedHeader, error) {
	return c.headers.get(ctx, height, func(ctx context.Context) (found *cmttypes.SignedHeader, err error) {
		err = c.pool.do(ctx, fmt.Sprintf("header of block %d", height), height, func(e *endpoint) (err error) {
			found, err = e.signedHeader(ctx, height)
			return err
		})
		return found, err
	})
}

// validatorSet is who signs block height. A hash, if given, is what the set must hash to.
func (c *Chain) validatorSet(ctx context.Context, height int64, hash []byte) (*cmtproto.ValidatorSet, error) {
	set, err := c.sets.get(ctx, height, func(ctx context.Context) (found *cmttypes.ValidatorSet, err error) {
		err = c.pool.do(ctx, fmt.Sprintf("validators of block %d", height), height, func(e *endpoint) (err error) {
			found, err = e.validators(ctx, height)
			if err == nil && hash != nil && !bytes.Equal(found.Hash(), hash) {
				return errors.New("the validators are not those that the header names")
			}
			return err
		})
		return found, err
	})
	if err != nil {
		return nil, err
	}
	encoded, err := set.ToProto()
	if err != nil {
		return nil, fmt.Errorf("%s: validators of block %d: %w", c.config.Name, height, err)
	}
	return encoded, nil
}

// signedHeader asks this endpoint, and checks that the answer belongs together.
func (e *endpoint) signedHeader(ctx context.Context, height int64) (*cmttypes.SignedHeader, error) {
	var answer coretypes.ResultCommit
	if err := e.askTyped(ctx, "commit", map[string]any{"height": strconv.FormatInt(height, 10)}, &answer); err != nil {
		return nil, err
	}
	signed := &answer.SignedHeader
	switch {
	case signed.Header == nil || signed.Commit == nil:
		return nil, errors.New("the answer has no header or no signatures")
	case signed.Header.Height != height:
		return nil, fmt.Errorf("the header is of block %d", signed.Header.Height)
	case !bytes.Equal(signed.Header.Hash(), signed.Commit.BlockID.Hash):
		return nil, errors.New("the signatures are on another block than the header's")
	}
	return signed, nil
}

// validators asks this endpoint for who signs a block, page by page.
func (e *endpoint) validators(ctx context.Context, height int64) (*cmttypes.ValidatorSet, error) {
	var all []*cmttypes.Validator
	for page := 1; ; page++ {
		var answer coretypes.ResultValidators
		err := e.askTyped(ctx, "validators", map[string]any{
			"height": strconv.FormatInt(height, 10), "page": strconv.Itoa(page), "per_page": strconv.Itoa(validatorPage),
		}, &answer)
		if err != nil {
			return nil, err
		}
		all = append(all, answer.Validators...)
		if answer.Total > mostValidators {
			return nil, fmt.Errorf("%d validators: more than %d are not expected", answer.Total, mostValidators)
		}
		if len(answer.Validators) == 0 || len(all) >= answer.Total {
			break
		}
	}
	return cmttypes.ValidatorSetFromExistingValidators(all)
}

// askTyped asks for what CometBFT's own JSON decoding is needed for.
func (e *endpoint) askTyped(ctx context.Context, method string, params map[string]any, result any) error {
	var raw json.RawMessage
	if err := e.ask(ctx, request{method: method, params: params, result: &raw, limit: smallAnswer}); err != nil {
		return err
	}
	if err := cmtjson.Unmarshal(raw, result); err != nil {
		return fmt.Errorf("%s: the answer is not what it should be: %w", method, err)
	}
	return nil
}
