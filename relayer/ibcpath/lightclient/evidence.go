package lightclient

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
)

// maxHeaderBytes bounds a header in an event: ten thousand validators fit.
const maxHeaderBytes = 4 << 20

// shown is a header that somebody showed to a client.
type shown struct {
	height clienttypes.Height
	header *ibctm.Header // nil where the chain's events do not carry it

	failed time.Time // when judging it failed first; zero if it did not
	again  time.Time // when it is judged again
	told   bool      // that it is a fork, and why it could not be submitted
}

// shownIn gives the headers that the events say were shown to the client, in order.
func shownIn(events []abci.Event, client string) ([]shown, error) {
	var found []shown
	for _, event := range events {
		if event.Type != clienttypes.EventTypeUpdateClient || attribute(event, clienttypes.AttributeKeyClientID) != client {
			continue
		}
		text := attribute(event, clienttypes.AttributeKeyHeader)
		if text == "" {
			heights, err := heightsOf(event)
			if err != nil {
				return found, err
			}
			found = append(found, heights...)
			continue
		}
		header, err := decodeHeader(text)
		if err != nil {
			return found, fmt.Errorf("an update of client %s holds no header that can be read: %w", client, err)
		}
		if header != nil {
			found = append(found, shown{height: header.GetHeight().(clienttypes.Height), header: header})
		}
	}
	return found, nil
}

// heightsOf are the heights of an update whose event does not carry the header.
func heightsOf(event abci.Event) ([]shown, error) {
	var found []shown
	for _, text := range strings.Split(attribute(event, clienttypes.AttributeKeyConsensusHeights), ",") {
		if text == "" {
			continue
		}
		height, err := clienttypes.ParseHeight(text)
		if err != nil {
			return nil, err
		}
		found = append(found, shown{height: height})
	}
	return found, nil
}

// decodeHeader reads the header in an event; nil if the client was shown something else, such as misbehaviour.
func decodeHeader(text string) (*ibctm.Header, error) {
	if len(text) > 2*maxHeaderBytes {
		return nil, fmt.Errorf("%d hex digits, at most %d", len(text), 2*maxHeaderBytes)
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, err
	}
	var header ibctm.Header
	if url := packedURL(raw); url != headerURL {
		return nil, nil
	}
	if err := unpack(raw, headerURL, &header); err != nil {
		return nil, err
	}
	if header.SignedHeader == nil || header.SignedHeader.Header == nil || header.Commit == nil {
		return nil, fmt.Errorf("it has no signed header")
	}
	return &header, nil
}

// conflict says whether two headers of one height cannot both be the chain's.
func conflict(a, b *ibctm.Header) bool {
	return a.Header.Height == b.Header.Height && !bytes.Equal(a.Commit.BlockID.Hash, b.Commit.BlockID.Hash)
}

// below are the heights lower than height, the highest first.
func below(height clienttypes.Height, heights []clienttypes.Height) []clienttypes.Height {
	lower := slices.DeleteFunc(slices.Clone(heights), func(each clienttypes.Height) bool {
		return each.RevisionNumber != height.RevisionNumber || each.GTE(height)
	})
	slices.SortFunc(lower, func(a, b clienttypes.Height) int { return int(b.Compare(a)) })
	return lower
}
