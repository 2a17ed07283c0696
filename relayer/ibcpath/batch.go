package ibcpath

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
)

// How a batch that did not land is treated.
const (
	afterTrouble = time.Second // until a batch is tried again that failed for no fault of its packets
	maxRefusals  = 10          // of one batch in a row; what is left then waits for the next one
)

// message is one that a proof is at hand for.
type message struct {
	job
	build func(signer string) sdk.Msg
}

// relay proves a batch and submits it. What does not land is put off or set aside; nothing of it is left busy.
func (p *Path) relay(ctx context.Context, b *batch) {
	defer p.release(b)
	begun := time.Now()
	jobs, err := p.look(ctx, b)
	if err != nil {
		p.trouble(ctx, b.end, jobs, fmt.Errorf("look what is still to be done: %w", err))
		return
	}
	if len(jobs) == 0 {
		return
	}
	update, height, err := p.update(ctx, b)
	if err != nil {
		p.trouble(ctx, b.end, jobs, fmt.Errorf("update client %s: %w", p.ends[b.end].ClientID, err))
		return
	}
	messages, err := p.prove(ctx, b, jobs, height)
	if err != nil {
		p.trouble(ctx, 1-b.end, jobs, err)
		return
	}
	p.log.Debug("batch", "chain", p.ends[b.end].Chain.ID(), "jobs", len(jobs), "proved", len(messages), "by", height.RevisionHeight,
		"took", time.Since(begun))
	parts := p.parts(b, update, messages)
	if slices.ContainsFunc(jobs, func(j job) bool { return j.stream.channel.Ordered }) {
		for _, part := range parts {
			p.deliver(ctx, b, update, part) // one after the other: two signers' transactions may swap
		}
		return
	}
	var sending sync.WaitGroup
	for _, part := range parts {
		sending.Go(func() { p.deliver(ctx, b, update, part) })
	}
	sending.Wait()
}

// release lets a batch's packets be decided on again.
func (p *Path) release(b *batch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range b.jobs {
		j.entry.busy = false
	}
	p.batches--
}

// trouble puts jobs off for a while, for no fault of theirs.
func (p *Path) trouble(ctx context.Context, end int, jobs []job, err error) {
	p.sick(ctx, end, "send", err)
	p.putOff(jobs, time.Now().Add(afterTrouble), false)
}

// look leaves out what others have done by now, where that may be.
func (p *Path) look(ctx context.Context, b *batch) ([]job, error) {
	if !slices.ContainsFunc(b.jobs, func(j job) bool { return j.doubt }) {
		return b.jobs, nil
	}
	type question struct {
		stream *stream
		recv   bool
	}
	asked := map[question][]uint64{}
	for _, j := range b.jobs {
		q := question{j.stream, j.do == Recv}
		asked[q] = append(asked[q], j.entry.sequence)
	}
	left := map[question]map[uint64]bool{}
	for q, sequences := range asked {
		var err error
		if q.recv {
			left[q], err = unreceivedOf(ctx, p.ends[b.end].Chain, q.stream.destination(), sequences, 0)
		} else {
			left[q], err = committedOf(ctx, p.ends[b.end].Chain, q.stream.source(), sequences, 0)
		}
		if err != nil {
			return b.jobs, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var jobs []job
	unseen := false
	for _, j := range b.jobs {
		if left[question{j.stream, j.do == Recv}][j.entry.sequence] {
			j.entry.doubt = false
			jobs = append(jobs, j)
			continue
		}
		unseen = unseen || j.entry.done
		j.entry.done, j.entry.after = true, p.book.heads[b.end].Height+1 // the block that did it is about to be read
		if j.do != Recv && j.entry.doubt {
			p.ended(j.stream, j.entry.sequence, acknowledged, time.Now())
		}
		j.entry.doubt = true
	}
	if unseen { // that block was read and did not show it: it was read from a node on a fork
		p.asked++
		poke(p.list)
	}
	return jobs, nil
}

// parts splits messages into what one transaction holds each.
func (p *Path) parts(b *batch, update func(string) []sdk.Msg, messages []message) [][]message {
	chain := p.ends[b.end].Chain
	signer := chain.Addresses()[0]
	first := update(signer)
	var parts [][]message
	for len(messages) > 0 {
		all := slices.Clone(first)
		for _, m := range messages {
			all = append(all, m.build(signer))
		}
		n := min(max(chain.Fits(all)-len(first), 1), len(messages), p.bounded(b.end))
		parts = append(parts, messages[:n:n])
		messages = messages[n:]
	}
	return parts
}

// deliver submits one transaction's messages until they landed, were set aside, or put off.
func (p *Path) deliver(ctx context.Context, b *batch, update func(string) []sdk.Msg, part []message) {
	for range maxRefusals {
		refusal, err := p.submit(ctx, b, update, part)
		switch {
		case err != nil:
			p.sick(ctx, b.end, "send", err)
			p.putOff(jobsOf(part), time.Now().Add(afterTrouble), true)
			return
		case refusal == nil:
			return
		case isTooBig(refusal) && len(part) > 1:
			half := len(part) / 2
			p.bound(b.end, half)
			p.deliver(ctx, b, update, part[:half:half])
			part = part[half:]
			continue
		}
		if part, err = p.refused(ctx, b, update, part, refusal); err != nil {
			p.sick(ctx, b.end, "send", err)
			p.putOff(jobsOf(part), time.Now().Add(afterTrouble), true)
			return
		}
		if len(part) == 0 {
			return
		}
	}
	p.putOff(jobsOf(part), time.Now().Add(afterTrouble), true)
}

// submit makes one transaction, and waits for its block. A refusal is no error here.
func (p *Path) submit(ctx context.Context, b *batch, update func(string) []sdk.Msg, part []message) (*Refusal, error) {
	p.stage(part, Submitted)
	begun := time.Now()
	sent, err := p.ends[b.end].Chain.Send(ctx, func(signer string) []sdk.Msg {
		msgs := update(signer)
		for _, m := range part {
			msgs = append(msgs, m.build(signer))
		}
		return msgs
	})
	p.opts.Observer.batch(Batch{
		Chain: p.ends[b.end].Chain.ID(), Messages: len(part), Gas: sent.GasUsed, Took: time.Since(begun), Err: err,
	})
	p.log.Debug("transaction", "chain", p.ends[b.end].Chain.ID(), "packets", len(part), "height", sent.Height, "gas", sent.GasUsed,
		"took", time.Since(begun), "error", err)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal, nil
	}
	if err != nil {
		return nil, err
	}
	p.healthy(b.end, "send")
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range part {
		m.entry.after, m.entry.reason = sent.Height, ""
		m.entry.doubt = true // if the block does not show it, somebody else was first, or the book is wrong
	}
	return nil, nil
}

// refused treats a refusal and returns what is to be sent again at once.
func (p *Path) refused(ctx context.Context, b *batch, update func(string) []sdk.Msg, part []message, why *Refusal) ([]message, error) {
	updates := len(update(p.ends[b.end].Chain.Addresses()[0]))
	bad := why.Message - updates
	switch {
	case isRedundant(why): // others have relayed all of it
		p.mu.Lock()
		for _, m := range part {
			m.entry.after, m.entry.doubt = p.book.heads[b.end].Height+1, true
		}
		p.mu.Unlock()
		return nil, nil
	case blamesChain(why), why.Message >= 0 && bad < 0:
		return part, why
	case why.Message >= 0 && bad < len(part):
		p.setAside(part[bad].job, why.Log)
		return p.without(part, bad), nil
	}
	last := why
	found, rest, err := isolate(part, func(half []message) (bool, error) {
		refusal, err := p.submit(ctx, b, update, half)
		if refusal != nil {
			last = refusal
		}
		return refusal != nil, err
	})
	if err != nil {
		return part, err
	}
	p.setAside(found.job, last.Log)
	return p.behind(rest, found), nil
}

// without is part less the message at i, and less what is behind it on an ordered channel.
func (p *Path) without(part []message, i int) []message {
	return append(slices.Clone(part[:i]), p.behind(part[i+1:], part[i])...)
}

// behind is rest less what can't go before a message of an ordered channel that was set aside.
func (p *Path) behind(rest []message, aside message) []message {
	if !aside.stream.channel.Ordered {
		return rest
	}
	return slices.DeleteFunc(slices.Clone(rest), func(m message) bool { return m.stream == aside.stream && m.do == aside.do })
}

// isRedundant tells that a chain takes no transaction whose packets were all relayed before.
func isRedundant(r *Refusal) bool {
	return r.Codespace == channeltypes.ErrRedundantTx.Codespace() && r.Code == channeltypes.ErrRedundantTx.ABCICode()
}

// isTooBig tells that a refusal is about how much is in the transaction.
func isTooBig(r *Refusal) bool {
	return r.Codespace == sdkerrors.RootCodespace && r.Message < 0 &&
		(r.Code == sdkerrors.ErrTxTooLarge.ABCICode() || r.Code == sdkerrors.ErrOutOfGas.ABCICode())
}

// bound notes that a transaction of more messages was refused for its size.
func (p *Path) bound(end, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.most[end] = max(most, 1)
}

// bounded is how many messages a transaction may have. The bound is forgotten little by little: what a transaction costs changes.
func (p *Path) bounded(end int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.most[end] == 0 || p.most[end] > maxBatch {
		return maxBatch
	}
	p.most[end] += 1 + p.most[end]/20
	return p.most[end]
}

// blamesChain tells that a refusal is not about any message: money for fees, the signer, the mempool.
func blamesChain(r *Refusal) bool {
	if r.Codespace != sdkerrors.RootCodespace || r.Message >= 0 {
		return false
	}
	for _, e := range []interface{ ABCICode() uint32 }{
		sdkerrors.ErrInsufficientFunds, sdkerrors.ErrInsufficientFee, sdkerrors.ErrUnauthorized, sdkerrors.ErrUnknownAddress,
		sdkerrors.ErrWrongSequence, sdkerrors.ErrMempoolIsFull, sdkerrors.ErrInvalidPubKey, sdkerrors.ErrTxTimeoutHeight,
		sdkerrors.ErrInvalidChainID,
	} {
		if r.Code == e.ABCICode() {
			return true
		}
	}
	return false
}

// jobsOf are the jobs that messages are for.
func jobsOf(part []message) []job {
	jobs := make([]job, len(part))
	for i, m := range part {
		jobs[i] = m.job
	}
	return jobs
}

// stage tells the observer how far messages are.
func (p *Path) stage(part []message, stage Stage) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range part {
		p.progress(m.stream, m.entry, stage, m.do, now)
	}
}
