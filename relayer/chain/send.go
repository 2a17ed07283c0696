package chain

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	"github.com/corridor-network/corridor/relayer/ibcpath"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// attempts bounds how often one Send makes a transaction: for another sequence, for more gas, for a higher fee.
const attempts = 6

// Send makes one transaction of what build returns for the signer it is given, and waits until a block holds it. A *Refusal means
// that the chain refused it, ErrNotIncluded that no block held it in time, ErrCannotPay that the fee was not there: nothing
// happened. After any other error look before sending again.
func (c *Chain) Send(ctx context.Context, build func(signer string) []sdk.Msg) (ibcpath.Sent, error) {
	s, err := c.signers.take(ctx)
	if err != nil {
		return ibcpath.Sent{}, fmt.Errorf("%s: %w", c.config.Name, err)
	}
	defer c.signers.give(s)
	msgs := build(s.address)
	if len(msgs) == 0 {
		return ibcpath.Sent{}, fmt.Errorf("%s: a transaction needs a message", c.config.Name)
	}
	c.askMarket(ctx)
	boost := 1.0
	for range attempts {
		var sent ibcpath.Sent
		sent, err = c.try(ctx, s, msgs, boost)
		if err == nil {
			return sent, nil
		}
		s.heal(err)
		if isRefused(err, sdkerrors.ErrOutOfGas) {
			boost *= shortage
		}
		again, worse := c.remedy(msgs, err)
		if !again {
			if worse != nil {
				err = worse
			}
			break
		}
	}
	return ibcpath.Sent{}, c.aboutFees(s, err)
}

// heal sets the signer's sequence to what the chain expects, or has it asked for.
func (s *signer) heal(err error) {
	var other *errSequence
	if errors.As(err, &other) && other.known {
		s.sequence = other.expected
		return
	}
	s.known = false
}

// remedy tells whether to try once more after an error with which nothing happened.
func (c *Chain) remedy(msgs []sdk.Msg, err error) (again bool, worse error) {
	var other *errSequence
	var short *errFee
	switch {
	case errors.As(err, &other):
		return true, nil
	case errors.As(err, &short):
		if err := c.price.raise(short.words, short.gas); err != nil {
			return false, fmt.Errorf("%s: %w: %w", c.config.Name, ErrCannotPay, err)
		}
		return true, nil
	case isRefused(err, sdkerrors.ErrOutOfGas):
		c.gas.doubt(loads(msgs))
		return !errors.Is(err, errTrial), nil
	}
	return false, nil
}

// errFee says that the chain asked for a higher fee. Nothing happened.
type errFee struct {
	gas   uint64
	words string
}

// Error is the chain's own words.
func (e *errFee) Error() string { return e.words }

// try makes one transaction, sends it and waits for its block.
func (c *Chain) try(ctx context.Context, s *signer, msgs []sdk.Msg, boost float64) (ibcpath.Sent, error) {
	if err := c.learn(ctx, s); err != nil {
		return ibcpath.Sent{}, err
	}
	gas, err := c.gasFor(ctx, s, msgs, boost)
	if err != nil {
		return ibcpath.Sent{}, err
	}
	t, err := c.sign(s, msgs, gas, false)
	if err != nil {
		return ibcpath.Sent{}, err
	}
	if err := c.broadcast(ctx, t); err != nil {
		if isRefused(err, sdkerrors.ErrInsufficientFee) {
			return ibcpath.Sent{}, &errFee{gas: gas, words: err.Error()}
		}
		return ibcpath.Sent{}, err
	}
	c.config.Observer.submitted(c.config.Name)
	s.sequence++
	height, did, err := c.await(ctx, t)
	if err != nil {
		return ibcpath.Sent{}, err
	}
	took := time.Since(t.at)
	if did.Code != 0 {
		return ibcpath.Sent{}, refusal(c.config.Name, did.Codespace, did.Code, did.Log)
	}
	c.gas.learn(loads(msgs), int64(did.GasUsed))
	c.price.relax()
	c.config.Observer.included(c.config.Name, int64(did.GasUsed), took)
	events, err := did.events()
	if err != nil {
		c.log.Warn("a transaction's events cannot be read", "hash", fmt.Sprintf("%X", t.hash), "error", err)
	}
	return ibcpath.Sent{Hash: fmt.Sprintf("%X", t.hash), Height: height, GasUsed: int64(did.GasUsed), Events: events}, nil
}

// broadcast gives the transaction to an endpoint that takes it. A full mempool, and endpoints that fail, are tried again. Once an
// endpoint failed without a word the transaction may be with it: then a refusal by another proves nothing, and only blocks tell.
func (c *Chain) broadcast(ctx context.Context, t *signed) error {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = 50*time.Millisecond, 2*time.Second
	lost := false
	for {
		answer, failed, err := c.offer(ctx, t)
		lost = lost || failed
		if err == nil && answer.Code == 0 {
			return nil
		}
		full := err == nil && isCode(answer.Codespace, answer.Code, sdkerrors.ErrMempoolIsFull)
		switch {
		case err == nil && isCode(answer.Codespace, answer.Code, sdkerrors.ErrTxInMempoolCache):
			return nil
		case err == nil && !full && lost:
			return nil
		case err == nil && !full:
			return refusal(c.config.Name, answer.Codespace, answer.Code, answer.Log)
		case err != nil && isNodeError(err) && strings.Contains(err.Error(), "tx already exists in cache"):
			return nil
		case err != nil && isTooLarge(err) && !lost:
			return c.tooLarge(err)
		case err != nil && isNodeError(err) && !strings.Contains(err.Error(), "mempool is full") && !lost:
			return err
		}
		if c.heads.latest().Height >= t.until {
			if lost {
				return nil // await tells
			}
			return fmt.Errorf("%s: %w: the mempool was full", c.config.Name, ErrNotIncluded)
		}
		timer := time.NewTimer(wait.NextBackOff())
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%s: broadcast: %w", c.config.Name, context.Cause(ctx))
		case <-timer.C:
		}
	}
}

// offer asks the endpoints in turn to take the transaction. failed tells that one of them may have taken it without saying so.
func (c *Chain) offer(ctx context.Context, t *signed) (answer broadcastAnswer, failed bool, err error) {
	err = c.pool.do(ctx, "broadcast", 0, func(e *endpoint) error {
		answer = broadcastAnswer{}
		err := e.ask(ctx, request{
			method: "broadcast_tx_sync", result: &answer, limit: smallAnswer,
			params: map[string]any{"tx": base64.StdEncoding.EncodeToString(t.raw)},
		})
		failed = failed || err != nil && !isNodeError(err)
		return err
	})
	return answer, failed, err
}

// isTooLarge tells that a node takes no transaction, or no request, of this size.
func isTooLarge(err error) bool {
	words := strings.ToLower(err.Error())
	return strings.Contains(words, "too large") || strings.Contains(words, "too big")
}

func (c *Chain) tooLarge(err error) error {
	return &ibcpath.Refusal{
		Chain: c.config.Name, Codespace: sdkerrors.RootCodespace, Code: sdkerrors.ErrTxTooLarge.ABCICode(), Message: -1, Log: err.Error(),
	}
}
