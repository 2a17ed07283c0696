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

// judge compares what the endpoints name at one height. agreed, the newest block that several named alike, decides between camps
// of one size: only one that its validators signed is believed. It is for one goroutine.
type judge struct {
	pool   *endpoints
	agreed *cmttypes.SignedHeader
}

// compare asks all endpoints that are not down for one block, and puts those aside that name another than is to be believed.
func (j *judge) compare(ctx context.Context) {
	near, rest := j.summon()
	j.hearing(ctx, near)
	j.hearing(ctx, rest)
}

// hearing compares what witnesses name at the newest height that all of them have.
func (j *judge) hearing(ctx context.Context, heard []*endpoint) {
	if len(heard) < 2 {
		return
	}
	height := j.common(heard)
	camps := campsOf(j.hear(ctx, height, heard))
	switch len(camps) {
	case 0:
		return
	case 1:
		if header := camps[0][0].header; len(camps[0]) > 1 {
			if j.agreed == nil || header.Height > j.agreed.Height {
				j.agreed = header
			}
			j.settle(camps[0], nil)
		}
		return
	}
	believed := j.believe(ctx, camps)
	var right, aside []witness
	for i, camp := range camps {
		if i == believed {
			right = camp
		} else {
			aside = append(aside, camp...)
		}
	}
	j.pool.observer.conflict(j.pool.chain, height)
	if j.settle(right, aside) {
		j.pool.log.Error(ErrConflict.Error(), "height", height, "camps", describe(camps), "put aside", names(aside))
	}
}

// summon names the endpoints that are to be compared at their newest height, those in conflict among them; and all there are, if some
// have far fewer blocks: those are compared at theirs. What an endpoint claims to have must not keep it from being compared.
func (j *judge) summon() (near, rest []*endpoint) {
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	best := int64(0)
	for _, e := range j.pool.list {
		if e.refused == nil && !e.down {
			best, rest = max(best, e.height), append(rest, e)
		}
	}
	for _, e := range rest {
		if best-e.height <= j.pool.maxLag {
			near = append(near, e)
		}
	}
	if len(near) == len(rest) {
		return near, nil
	}
	return near, rest
}

// common is the newest height that all have.
func (j *judge) common(heard []*endpoint) int64 {
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	height := heard[0].height
	for _, e := range heard {
		height = min(height, e.height)
	}
	return height
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

// believe is the camp that is believed, or -1: the one that still names the block that all agreed on; of several, the one whose block is
// signed by validators that this block knows; if none does, or nothing was ever agreed, the largest.
func (j *judge) believe(ctx context.Context, camps [][]witness) int {
	var loyal, signed []int
	for i, camp := range camps {
		if !j.remembers(ctx, camp[0]) {
			continue
		}
		loyal = append(loyal, i)
		if j.follows(ctx, camp[0]) {
			signed = append(signed, i)
		}
	}
	switch {
	case len(signed) == 1:
		return signed[0]
	case len(signed) > 1:
		return -1 // the validators signed two blocks: the chain itself has forked
	case len(loyal) == 1:
		return loyal[0]
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

// remembers tells whether a witness names the agreed block, as it or another did before. One whose blocks come from a fork that began
// earlier does not, though the same validators may have signed them.
func (j *judge) remembers(ctx context.Context, w witness) bool {
	if j.agreed == nil {
		return false
	}
	asking, cancel := context.WithTimeout(ctx, visitTimeout)
	defer cancel()
	again, err := w.endpoint.signedHeader(asking, j.agreed.Height)
	return err == nil && bytes.Equal(again.Hash(), j.agreed.Hash())
}

// follows tells whether a light client that trusts the agreed block takes the witness's.
func (j *judge) follows(ctx context.Context, w witness) bool {
	if w.header.Height <= j.agreed.Height {
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

// settle uses those in the right again, and no longer those put aside. It tells whether that is new.
func (j *judge) settle(right, aside []witness) bool {
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	changed := false
	for _, w := range right {
		w.endpoint.conflicted, w.endpoint.proven = false, true
	}
	for _, w := range aside {
		changed = changed || !w.endpoint.conflicted
		w.endpoint.conflicted, w.endpoint.proven = true, false
	}
	return changed
}

// names are those of the witnesses' endpoints.
func names(of []witness) string {
	var all []string
	for _, w := range of {
		all = append(all, w.endpoint.name)
	}
	return strings.Join(all, ", ")
}

func describe(camps [][]witness) string {
	var words []string
	for _, camp := range camps {
		words = append(words, names(camp)+": "+camp[0].header.Hash().String())
	}
	return strings.Join(words, "; ")
}
