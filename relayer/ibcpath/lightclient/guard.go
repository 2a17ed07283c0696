package lightclient

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// How much a guard keeps and searches.
const (
	maxWaiting   = 256  // headers whose height the counterparty has not reached
	maxAnchors   = 16   // consensus states tried as common ground of both headers
	maxConsensus = 5000 // consensus states of a client that are listed
)

// For how long, and how often, a header is judged again that could not be judged or submitted.
const (
	retryFor   = 10 * time.Minute
	retryEvery = 5 * time.Second
)

// Finding is misbehaviour that was found; without a height, only why something could not be judged. Submitted says that the
// client is frozen now.
type Finding struct {
	Client    string
	Height    clienttypes.Height
	Submitted bool
	Err       error // why it could not be submitted
}

// Guard compares each header that anybody shows to a client with the header that the client's chain has at that height. Two
// signed headers of one height mean a fork: both are shown to the client, which freezes.
type Guard struct {
	End          ibcpath.End
	Counterparty ibcpath.Reader
	From         int64         // the block of the chain that Run begins with; its newest if 0
	Observe      func(Finding) // told of each finding; may be nil

	mu      sync.Mutex
	waiting []shown // of heights that the counterparty does not have yet
}

// Run watches the chain's blocks until ctx ends. Where somebody reads the blocks anyway, Block spares reading
// them twice. A block that cannot be read is read again with the next one.
func (g *Guard) Run(ctx context.Context) error {
	next := g.From
	for head := range g.End.Chain.Follow(ctx) {
		if next == 0 {
			next = head.Height
		}
		for ; next <= head.Height; next++ {
			block, err := g.End.Chain.Block(ctx, next)
			if err == nil {
				err = g.Block(ctx, block)
			}
			if err != nil {
				g.tell(Finding{Client: g.End.ClientID, Err: fmt.Errorf("look for misbehaviour in block %d of %s: %w", next, g.End.Chain.ID(), err)})
				break
			}
		}
	}
	return ctx.Err()
}

// Block judges the headers in one block of the chain that has the client, and those left waiting: headers of heights that the
// counterparty does not have yet, and those that could not be judged or submitted so far. Findings go to Observe.
func (g *Guard) Block(ctx context.Context, block ibcpath.Block) error {
	fresh, err := shownIn(block.Events, g.End.ClientID)
	if err != nil {
		// Nobody can judge what cannot be read, and it stays so: it is told, and the next block is looked at.
		g.tell(Finding{Client: g.End.ClientID, Err: err})
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(fresh)+len(g.waiting) == 0 {
		return nil
	}
	head, err := ibcpath.Newest(ctx, g.Counterparty, 1)
	if err != nil {
		return err
	}
	var waiting []shown
	for _, each := range append(g.waiting, fresh...) {
		if each.height.RevisionHeight > uint64(head.Height) || time.Now().Before(each.again) || !g.settled(ctx, &each) {
			waiting = append(waiting, each)
		}
	}
	g.waiting = waiting[max(len(waiting)-maxWaiting, 0):]
	return ctx.Err()
}

// settled judges a header and says whether that is all there is to do about it. A node that is away for a while must not hide a
// fork, and one that has pruned the height must not keep the guard from what comes after.
func (g *Guard) settled(ctx context.Context, claim *shown) bool {
	err := g.judge(ctx, claim)
	if err == nil {
		return true
	}
	now := time.Now()
	if claim.failed.IsZero() {
		claim.failed = now
	}
	claim.again = now.Add(retryEvery)
	if now.Sub(claim.failed) < retryFor {
		return false
	}
	g.tell(Finding{Client: g.End.ClientID, Err: fmt.Errorf("given up on judging header %s shown to client %s on %s: %w", claim.height,
		g.End.ClientID, g.End.Chain.ID(), err)})
	return true
}

// judge compares one header with the chain's own, and shows the client both if they differ.
func (g *Guard) judge(ctx context.Context, claim *shown) error {
	if claim.header == nil {
		return g.judgeStored(ctx, claim.height)
	}
	own, err := g.Counterparty.Header(ctx, int64(claim.height.RevisionHeight), clienttypes.ZeroHeight())
	if err != nil {
		return err
	}
	if !conflict(claim.header, own) {
		return nil
	}
	err = g.accuse(ctx, claim.header)
	if err == nil || !claim.told {
		claim.told = true
		g.tell(Finding{Client: g.End.ClientID, Height: claim.height, Submitted: err == nil, Err: err})
	}
	return err
}

// judgeStored finds a fork by what the client has stored, where the chain's events carry no headers. It can be told, not proved.
func (g *Guard) judgeStored(ctx context.Context, height clienttypes.Height) error {
	known, err := consensusState(ctx, g.End.Chain, g.End.ClientID, height)
	if err != nil || known == nil {
		return err
	}
	own, err := g.Counterparty.Header(ctx, int64(height.RevisionHeight), clienttypes.ZeroHeight())
	if err != nil || agrees(known, own) {
		return err
	}
	g.tell(Finding{Client: g.End.ClientID, Height: height, Err: fmt.Errorf("client %s on %s stored another block %s of %s than its nodes "+
		"have; %s's events do not carry the header that was shown, so it cannot be proved from here: stop relaying and tell the "+
		"validators of both", g.End.ClientID, g.End.Chain.ID(), height, g.Counterparty.ID(), g.End.Chain.ID())})
	return nil
}

// accuse shows the client both headers of one height.
func (g *Guard) accuse(ctx context.Context, claimed *ibctm.Header) error {
	client, err := Look(ctx, g.End.Chain, g.End.ClientID)
	if err != nil {
		return err
	}
	if client.Status(time.Now()) == exported.Frozen {
		return nil
	}
	own, err := g.ownHeader(ctx, client, claimed)
	if err != nil {
		return err
	}
	msg, err := clienttypes.NewMsgSubmitMisbehaviour(client.ID, &ibctm.Misbehaviour{ClientId: client.ID, Header1: claimed, Header2: own}, "")
	if err != nil {
		return err
	}
	_, err = g.End.Chain.Send(ctx, func(signer string) []sdk.Msg {
		signed := *msg
		signed.Signer = signer
		return []sdk.Msg{&signed}
	})
	if refusal := (*ibcpath.Refusal)(nil); errors.As(err, &refusal) {
		// Somebody else may have been quicker.
		if again, lookErr := Look(ctx, g.End.Chain, g.End.ClientID); lookErr == nil && again.Status(time.Now()) == exported.Frozen {
			return nil
		}
	}
	return err
}

// ownHeader is the chain's own header of the claimed height, such that the client can verify it: from a height whose stored
// consensus state is the chain's own. What the claimed header trusts may be forged as well.
func (g *Guard) ownHeader(ctx context.Context, client Client, claimed *ibctm.Header) (*ibctm.Header, error) {
	height := claimed.GetHeight().(clienttypes.Height)
	heights, err := g.storedHeights(ctx)
	if err != nil {
		return nil, err
	}
	anchors := append([]clienttypes.Height{claimed.TrustedHeight}, below(height, heights)...)
	for _, anchor := range anchors[:min(len(anchors), maxAnchors)] {
		known, err := consensusState(ctx, g.End.Chain, client.ID, anchor)
		if err != nil {
			return nil, err
		}
		if known == nil {
			continue
		}
		own, err := g.Counterparty.Header(ctx, int64(height.RevisionHeight), anchor)
		if err != nil {
			return nil, err
		}
		if trustIn(anchor, known).accept(client.State, own, time.Now()) == nil {
			return own, nil
		}
	}
	return nil, fmt.Errorf("client %s on %s was shown a forged block %s of %s, and the real one cannot be verified from what it has stored",
		client.ID, client.Chain, height, g.Counterparty.ID())
}

// storedHeights are the heights that the client knows.
func (g *Guard) storedHeights(ctx context.Context) ([]clienttypes.Height, error) {
	clients := clienttypes.NewQueryClient(g.End.Chain.At(0))
	page := &query.PageRequest{Limit: pageSize}
	var heights []clienttypes.Height
	for len(heights) < maxConsensus {
		answer, err := clients.ConsensusStateHeights(ctx, &clienttypes.QueryConsensusStateHeightsRequest{ClientId: g.End.ClientID, Pagination: page})
		if err != nil {
			return nil, err
		}
		heights = append(heights, answer.ConsensusStateHeights...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			break
		}
		page = &query.PageRequest{Limit: pageSize, Key: answer.Pagination.NextKey}
	}
	return heights, nil
}

func (g *Guard) tell(finding Finding) {
	if g.Observe != nil {
		g.Observe(finding)
	}
}
