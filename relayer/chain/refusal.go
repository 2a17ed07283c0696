package chain

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// ErrNotIncluded says that no block held the transaction up to the last one that may: nothing happened.
var ErrNotIncluded = errors.New("no block held the transaction in time, and none can any more")

// errSequence says that the account is at another sequence. Nothing happened.
type errSequence struct {
	expected uint64
	known    bool // the node said which sequence it expects
}

// Error says what it is.
func (e *errSequence) Error() string { return "the account's sequence was another" }

var (
	messageIndex     = regexp.MustCompile(`message index: (\d+)`)
	expectedSequence = regexp.MustCompile(`account sequence mismatch, expected (\d+), got \d+`)
	// trialWords are the node's own about where in its code, and after how much gas, a trial ended.
	trialWords = regexp.MustCompile(`( \[[^\]]*\.go:\d+\])? with gas used: '\d+'`)
)

// refusal makes an error of a chain's words about a transaction.
func refusal(chain, codespace string, code uint32, words string) error {
	if isCode(codespace, code, sdkerrors.ErrWrongSequence) || strings.Contains(words, "account sequence mismatch") {
		return sequenceError(words)
	}
	r := &ibcpath.Refusal{Chain: chain, Codespace: codespace, Code: code, Message: -1, Log: trialWords.ReplaceAllString(words, "")}
	if found := messageIndex.FindStringSubmatch(words); found != nil {
		if n, err := strconv.Atoi(found[1]); err == nil {
			r.Message = n
		}
	}
	return r
}

func sequenceError(words string) error {
	found := expectedSequence.FindStringSubmatch(words)
	if found == nil {
		return &errSequence{}
	}
	n, err := strconv.ParseUint(found[1], 10, 64)
	return &errSequence{expected: n, known: err == nil}
}

// coded is an error of the SDK's registry.
type coded interface {
	ABCICode() uint32
	Codespace() string
}

func isCode(codespace string, code uint32, of coded) bool {
	return code == of.ABCICode() && codespace == of.Codespace()
}

// isRefused tells a refusal of that kind.
func isRefused(err error, of coded) bool {
	var r *ibcpath.Refusal
	return errors.As(err, &r) && isCode(r.Codespace, r.Code, of)
}

// isAnswered tells an application's refusal of a query from a chain that could not be asked.
func isAnswered(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.Canceled, codes.DeadlineExceeded, codes.OutOfRange:
		return false
	}
	return true
}
