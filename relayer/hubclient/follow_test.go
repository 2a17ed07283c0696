package hubclient

import (
	"context"
	"errors"
	"testing"
	"time"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// source is what follow merges, one event at a time.
type source struct {
	out, hints chan Block
	tick       chan time.Time
	asked      chan answer
}

type answer struct {
	block Block
	err   error
}

func following(t *testing.T) source {
	others := goleak.IgnoreCurrent()
	s := source{make(chan Block, 1), make(chan Block), make(chan time.Time), make(chan answer)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		follow(ctx, s.out, s.hints, s.tick, func() (Block, error) { a := <-s.asked; return a.block, a.err })
	}()
	t.Cleanup(func() { cancel(); <-ended; goleak.VerifyNone(t, others) })
	return s
}

func (s source) hint(height int64) { s.hints <- Block{Height: height} }

func (s source) poll(height int64, err error) {
	s.tick <- time.Time{}
	s.asked <- answer{Block{Height: height}, err}
}

// settled makes sure that what came before has been dealt with: the loop takes a hint that changes nothing.
func (s source) settled() { s.hint(0) }

func (s source) next(t *testing.T) int64 {
	select {
	case b := <-s.out:
		return b.Height
	case <-time.After(10 * time.Second):
		t.Fatal("no block")
		return 0
	}
}

func TestFollowGivesTheNewestBlockOnce(t *testing.T) {
	s := following(t)
	s.hint(5)
	require.Equal(t, int64(5), s.next(t))
	s.poll(5, nil) // known
	s.hint(4)      // late
	s.poll(0, errors.New("the node is away"))
	s.settled()
	require.Empty(t, s.out)
	s.poll(6, nil)
	require.Equal(t, int64(6), s.next(t))
	s.hint(6) // now it is executed for certain
	require.Equal(t, int64(6), s.next(t))
}

func TestASlowReaderMissesBlocksButNeverTheNewest(t *testing.T) {
	s := following(t)
	for h := range int64(100) {
		s.hint(h + 1)
	}
	s.settled()
	require.Equal(t, int64(100), s.next(t))
	require.Empty(t, s.out)
}

func TestAConnectionIsKeptUntilTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tries := 0
	keep(ctx, func() bool {
		if tries++; tries == 3 {
			cancel()
		}
		return true // and so each wait is the shortest
	})
	require.Equal(t, 3, tries)
}

func TestSequenceMismatches(t *testing.T) {
	const log = "account sequence mismatch, expected 7, got 5: incorrect account sequence"
	for _, row := range []struct {
		name     string
		err      error
		mismatch bool
		expected uint64
	}{
		{"checked", &Refusal{sdkerrors.ErrWrongSequence.Codespace(), sdkerrors.ErrWrongSequence.ABCICode(), log}, true, 7},
		{"tried out", simulationRefusal(status.Error(codes.Unknown, log+" [sdk/ante/sigverify.go:290] with gas used: '100'")), true, 7},
		{"without numbers", &Refusal{sdkerrors.ErrWrongSequence.Codespace(), sdkerrors.ErrWrongSequence.ABCICode(), ""}, true, 0},
		{"a number beyond 64 bits", &Refusal{"sdk", 32, "account sequence mismatch, expected 99999999999999999999, got 5"}, true, 0},
		{"another refusal", &Refusal{"sdk", 5, "insufficient funds"}, false, 0},
		{"no refusal", errors.New(log), false, 7},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Equal(t, row.mismatch, isSequenceMismatch(row.err))
			expected, ok := expectedSequence(row.err)
			require.Equal(t, row.expected, expected)
			require.Equal(t, row.expected != 0, ok)
		})
	}
}

func TestWhatATrialSaysIsARefusalUnlessTheNodeIsAway(t *testing.T) {
	refusal := (*Refusal)(nil)
	require.ErrorAs(t, simulationRefusal(status.Error(codes.Unknown, "no")), &refusal)
	for _, away := range []error{status.Error(codes.Unavailable, "x"), status.Error(codes.DeadlineExceeded, "x"), errors.New("x")} {
		require.Equal(t, away, simulationRefusal(away))
	}
}
