package chain

import (
	"context"
	"encoding/base64"
	"fmt"
)

// How often a transaction is asked for by its name, in blocks, because blocks' events may not show it; and after how many times in
// vain it is sent once more, because a node may have lost it.
const (
	askEvery   = 5
	offerEvery = 4
)

// await watches each new block for the transaction, up to the last one that may hold it.
func (c *Chain) await(ctx context.Context, t *signed) (int64, *ran, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	heads := c.Follow(ctx)
	next, unseen, asked, looks := t.after+1, false, t.after, 0
	for head := range heads {
		for ; next <= min(head.Height, t.until); next++ {
			did, err := c.results(ctx, next)
			if err != nil && !isNodeError(err) {
				break // once more with the next head
			}
			if err != nil {
				unseen = true
				continue
			}
			if tx := did.find(t.signature); tx != nil {
				return next, tx, nil
			}
		}
		over := next > t.until
		if !over && !unseen && head.Height-asked < askEvery {
			continue
		}
		asked, looks = head.Height, looks+1
		height, did, err := c.lookUp(ctx, t)
		if err == nil {
			return height, did, nil
		}
		switch {
		case over && !unseen:
			return 0, nil, fmt.Errorf("%s: %w (blocks %d to %d)", c.config.Name, ErrNotIncluded, t.after+1, t.until)
		case head.Height > t.until+askEvery:
			return 0, nil, fmt.Errorf("%s: it is not known whether transaction %X was included: %w", c.config.Name, t.hash, err)
		case !over && looks%offerEvery == 0:
			_, _, _ = c.offer(ctx, t)
		}
	}
	return 0, nil, fmt.Errorf("%s: it is not known whether transaction %X was included: %w", c.config.Name, t.hash, c.ended(ctx))
}

// ended says why heads ended.
func (c *Chain) ended(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return context.Cause(c.ctx)
}

// lookUp asks for the transaction by its name, which a node knows if it keeps an index.
func (c *Chain) lookUp(ctx context.Context, t *signed) (int64, *ran, error) {
	var answer txAnswer
	err := c.pool.ask(ctx, 0, request{
		method: "tx", result: &answer, limit: largeAnswer,
		params: map[string]any{"hash": base64.StdEncoding.EncodeToString(t.hash)},
	})
	if err == nil && answer.Height == 0 {
		err = fmt.Errorf("%s: transaction %X has no height", c.config.Name, t.hash)
	}
	return int64(answer.Height), &ran{txResult: answer.Result}, err
}
