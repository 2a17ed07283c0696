package chain

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	cmtmath "github.com/cometbft/cometbft/libs/math"
	"github.com/cometbft/cometbft/light"
	cmttypes "github.com/cometbft/cometbft/types"
)

// How a disagreement is judged: by a light client that trusts the block that all agreed on.
const (
	judgeTrusting = 24 * time.Hour // how old that block may be
	judgeDrift    = 10 * time.Second
)

// witness is what one endpoint says of a block.
type witness struct {
	endpoint *endpoint
	header   *cmttypes.SignedHeader
}

// judge compares what the endpoints name at one height. agreed, the last block that all named alike, decides between two camps
// of one size: only one that its validators signed is believed. It is for one goroutine.
type judge struct {
	pool   *endpoints
	agreed *cmttypes.SignedHeader
}

// compare asks all endpoints that are well for one block, and puts those aside that name another than is to be believed.
func (j *judge) compare(ctx context.Context) {
	height, heard := j.summon()
	if len(heard) < 2 {
		return
	}
	witnesses := j.hear(ctx, height, heard)
	camps := campsOf(witnesses)
	if len(camps) == 0 {
		return
	}
	if len(camps) == 1 {
		if len(camps[0]) > 1 {
			j.agreed = camps[0][0].header
		}
		j.settle(camps[0], nil)
		return
	}
	believed := j.believe(ctx, camps)
	var aside []witness
	for i, camp := range camps {
		if i != believed {
			aside = append(aside, camp...)
		}
	}
	j.pool.observer.conflict(j.pool.chain, height)
	j.pool.log.Error(ErrConflict.Error(), "height", height, "camps", describe(camps), "believed", believed >= 0)
	var right []witness
	if believed >= 0 {
		right = camps[believed]
	}
	j.settle(right, aside)
}

// summon names a height that all endpoints have that are well, those in conflict among them.
func (j *judge) summon() (int64, []*endpoint) {
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	best := int64(0)
	for _, e := range j.pool.list {
		best = max(best, e.height)
	}
	height := best
	var heard []*endpoint
	for _, e := range j.pool.list {
		if e.refused == nil && !e.down && best-e.height <= j.pool.maxLag {
			heard, height = append(heard, e), min(height, e.height)
		}
	}
	return height, heard
}

// hear asks for the block, all at once. Who does not answer, or not with a block, is no witness.
func (j *judge) hear(ctx context.Context, height int64, heard []*endpoint) []witness {
	answers := make([]witness, len(heard))
	var all sync.WaitGroup
	for i, e := range heard {
		all.Go(func() {
			asking, cancel := context.WithTimeout(ctx, visitTimeout)
			defer cancel()
			header, err := e.signedHeader(asking, height)
			switch {
			case err == nil:
				answers[i] = witness{endpoint: e, header: header}
			case ctx.Err() == nil && !isNodeError(err):
				j.pool.failed(e, err)
			}
		})
	}
	all.Wait()
	var given []witness
	for _, each := range answers {
		if each.header != nil {
			given = append(given, each)
		}
	}
	return given
}

// campsOf groups witnesses by the block they name.
func campsOf(witnesses []witness) [][]witness {
	var camps [][]witness
next:
	for _, each := range witnesses {
		for i, camp := range camps {
			if bytes.Equal(camp[0].header.Hash(), each.header.Hash()) {
				camps[i] = append(camp, each)
				continue next
			}
		}
		camps = append(camps, []witness{each})
	}
	return camps
}

// believe is the camp that is believed, or -1: the one whose block is signed by validators that the agreed block knows; if several
// are, or nothing was ever agreed, the largest.
func (j *judge) believe(ctx context.Context, camps [][]witness) int {
	signed := -1
	for i, camp := range camps {
		if !j.follows(ctx, camp[0]) {
			continue
		}
		if signed >= 0 {
			return -1 // the validators signed two blocks: the chain itself has forked
		}
		signed = i
	}
	if signed >= 0 {
		return signed
	}
	largest, tie := 0, false
	for i := 1; i < len(camps); i++ {
		switch {
		case len(camps[i]) > len(camps[largest]):
			largest, tie = i, false
		case len(camps[i]) == len(camps[largest]):
			tie = true
		}
	}
	if tie {
		return -1
	}
	return largest
}

// follows tells whether a light client that trusts the agreed block takes the witness's.
func (j *judge) follows(ctx context.Context, w witness) bool {
	if j.agreed == nil || w.header.Height <= j.agreed.Height {
		return false
	}
	known, err := w.endpoint.validators(ctx, j.agreed.Height+1)
	if err != nil || !bytes.Equal(known.Hash(), j.agreed.NextValidatorsHash) {
		return false
	}
	signers, err := w.endpoint.validators(ctx, w.header.Height)
	if err != nil {
		return false
	}
	level := cmtmath.Fraction{Numerator: light.DefaultTrustLevel.Numerator, Denominator: light.DefaultTrustLevel.Denominator}
	return light.Verify(j.agreed, known, w.header, signers, judgeTrusting, time.Now(), judgeDrift, level) == nil
}

// settle uses those in the right again, and no longer those put aside.
func (j *judge) settle(right, aside []witness) {
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	for _, w := range right {
		w.endpoint.conflicted = false
	}
	for _, w := range aside {
		w.endpoint.conflicted = true
	}
}

func describe(camps [][]witness) string {
	var words []string
	for _, camp := range camps {
		var names []string
		for _, w := range camp {
			names = append(names, w.endpoint.name)
		}
		words = append(words, strings.Join(names, ", ")+": "+camp[0].header.Hash().String())
	}
	return strings.Join(words, "; ")
}
