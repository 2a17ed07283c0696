package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/checkup"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/relayer/ledgerlink"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// maxPages bounds how much of a long list is looked at.
const maxPages = 20

// watchNode looks at a node until it has a newer block than at the first look, or for watchTimeout.
func watchNode(ctx context.Context, n ledgerlink.NodeConfig, chainID string) checkup.Node {
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	node := checkup.Node{Name: n.Name}
	client, err := rpchttp.NewWithTimeout(n.RPC, "/websocket", uint(askTimeout/time.Second))
	if err != nil {
		node.Err = err
		return node
	}
	status, err := client.Status(ctx)
	if err != nil {
		node.Err = fmt.Errorf("%s: %w", n.RPC, err)
		return node
	}
	node.Seen = time.Now()
	node.ChainID, node.CatchingUp = status.NodeInfo.Network, status.SyncInfo.CatchingUp
	node.Height, node.Time, node.Later = status.SyncInfo.LatestBlockHeight, status.SyncInfo.LatestBlockTime, status.SyncInfo.LatestBlockHeight
	node.GRPCErr = askGRPC(ctx, n, chainID)
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for node.Later <= node.Height && ctx.Err() == nil {
		if status, err := client.Status(ctx); err == nil {
			node.Later = status.SyncInfo.LatestBlockHeight
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	node.Watched = time.Since(node.Seen)
	return node
}

func askGRPC(ctx context.Context, n ledgerlink.NodeConfig, chainID string) error {
	client, err := hubclient.New(hubclient.Node{GRPC: n.GRPC}, chainID)
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.Latest(ctx)
	return err
}

// compareNodes asks every node that answers for the same block: the newest that all of them have but those far behind.
func compareNodes(ctx context.Context, nodes []ledgerlink.NodeConfig, hub *checkup.Hub) {
	height := int64(math.MaxInt64)
	for _, n := range hub.Nodes {
		if n.Err == nil && n.ChainID == hub.ChainID {
			height = min(height, n.Later)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	for i := range hub.Nodes {
		n := &hub.Nodes[i]
		if n.Err != nil || n.ChainID != hub.ChainID {
			continue
		}
		client, err := rpchttp.NewWithTimeout(nodes[i].RPC, "/websocket", uint(askTimeout/time.Second))
		if err != nil {
			continue
		}
		if commit, err := client.Commit(ctx, &height); err == nil && commit.Header != nil { // a block that was pruned shows nothing
			n.Hashes = map[int64]string{height: commit.Hash().String()}
		}
	}
}

// hubBooks are ledgers, settlements and failing outcomes as the first node tells them whose gRPC address answers.
type hubBooks struct {
	now         time.Time // hub time
	ledgers     []checkup.Ledger
	keys        map[string]map[string][]byte // by ledger and notary
	listed      bool                         // the ledgers are known
	settlements []checkup.Settlement
	failing     []checkup.Failing
	checked     checkup.Books
	unanswered  []checkup.Finding
}

func (b *hubBooks) findings(stuck time.Duration) (all []checkup.Finding) {
	for _, l := range b.ledgers {
		all = append(all, l.Findings(b.now, stuck)...)
	}
	for _, s := range b.settlements {
		all = append(all, s.Findings(b.now, stuck)...)
	}
	for _, f := range b.failing {
		all = append(all, f.Findings()...)
	}
	return append(append(all, b.checked.Findings()...), b.unanswered...)
}

// readBooks asks one node. What can't be had is a finding, and the rest is asked all the same.
func readBooks(ctx context.Context, who patients) (b hubBooks) {
	client, now, err := firstNode(ctx, who)
	if err != nil {
		b.unanswered = append(b.unanswered, checkup.Unanswered(who.chainID, "the hub's books", err))
		return b
	}
	defer client.Close()
	b.now = now
	reader := &bookReader{bridge: bridge.NewQueryClient(client.Conn()), settlement: settlement.NewQueryClient(client.Conn()), to: &b}
	for _, ask := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"ledgers", reader.ledgers}, {"outcomes that fail", reader.failing}, {"open settlements", reader.settlements}, {"the check of its books", reader.check},
	} {
		asking, cancel := context.WithTimeout(ctx, askTimeout)
		if err := ask.do(asking); err != nil {
			b.unanswered = append(b.unanswered, checkup.Unanswered(who.chainID, ask.what, err))
		}
		cancel()
	}
	return b
}

// firstNode is the first node of the chain whose gRPC address answers, and its hub time.
func firstNode(ctx context.Context, who patients) (*hubclient.Client, time.Time, error) {
	var errs []error
	for _, n := range who.nodes {
		client, err := hubclient.New(hubclient.Node{GRPC: n.GRPC, RPC: n.RPC}, who.chainID)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		now, err := hubTime(ctx, client, who.chainID)
		if err == nil {
			return client, now, nil
		}
		errs = append(errs, fmt.Errorf("hub node %s: %w", n.GRPC, err), client.Close())
	}
	return nil, time.Time{}, errors.Join(errs...)
}

// hubTime is the time of a node's newest block, if it is on that chain. Unlike hubclient.Dial it does not wait for a node that is down.
func hubTime(ctx context.Context, client *hubclient.Client, chainID string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	info, err := cmtservice.NewServiceClient(client.Conn()).GetNodeInfo(ctx, &cmtservice.GetNodeInfoRequest{})
	if err != nil {
		return time.Time{}, err
	}
	if on := info.DefaultNodeInfo.Network; on != chainID {
		return time.Time{}, fmt.Errorf("it is on chain %s, not %s", on, chainID)
	}
	block, err := client.Latest(ctx)
	return block.Time, err
}

// bookReader asks the hub's modules.
type bookReader struct {
	bridge     bridge.QueryClient
	settlement settlement.QueryClient
	to         *hubBooks
}

// pages asks for page after page until there is none, or for maxPages.
func pages(limit uint64, ask func(*query.PageRequest) (*query.PageResponse, error)) error {
	page := &query.PageRequest{Limit: limit}
	for range maxPages {
		res, err := ask(page)
		if err != nil || res == nil || len(res.NextKey) == 0 {
			return err
		}
		page = &query.PageRequest{Limit: limit, Key: res.NextKey}
	}
	return fmt.Errorf("there are more than %d; only those were looked at", limit*maxPages)
}

func (r *bookReader) ledgers(ctx context.Context) error {
	var found []bridge.Ledger
	if err := pages(bridge.MaxPageSize, func(p *query.PageRequest) (*query.PageResponse, error) {
		res, err := r.bridge.Ledgers(ctx, &bridge.QueryLedgersRequest{Pagination: p})
		if err != nil {
			return nil, err
		}
		found = append(found, res.Ledgers...)
		return res.Pagination, nil
	}); err != nil {
		return err
	}
	r.to.listed, r.to.keys = true, map[string]map[string][]byte{}
	var errs []error
	for _, l := range found {
		r.to.keys[l.Id] = map[string][]byte{}
		for _, n := range l.Notaries {
			r.to.keys[l.Id][n.Id] = n.PublicKey
		}
		errs = append(errs, r.ledger(ctx, l))
	}
	return errors.Join(errs...)
}

func (r *bookReader) ledger(ctx context.Context, l bridge.Ledger) error {
	ledger := checkup.Ledger{
		ID: l.Id, Attested: l.Link == bridge.LINK_NOTARIES, Checks: l.OrderCheck == bridge.ORDER_CHECK_LEDGER, Threshold: int(l.Threshold),
		Suspended: reason(l.Suspended, l.SuspendedReason),
	}
	whole, err1 := r.bridge.Ledger(ctx, &bridge.QueryLedgerRequest{Id: l.Id})
	if err1 == nil && whole.Stall != nil {
		ledger.Stall, ledger.StallHeight = reason(true, whole.Stall.Reason), whole.Stall.Height
	}
	if err1 == nil && whole.Pending != nil {
		ledger.ChangeEffective = whole.Pending.Effective
	}
	evidence, err2 := r.evidence(ctx, l.Id)
	for _, n := range l.Notaries {
		ledger.Notaries = append(ledger.Notaries, checkup.Member{ID: n.Id, Suspended: reason(n.Suspended, n.SuspendedReason), Evidence: evidence[n.Id]})
	}
	work, err3 := r.bridge.Work(ctx, &bridge.QueryWorkRequest{Ledger: l.Id, Pagination: &query.PageRequest{Limit: bridge.MaxPageSize}})
	if err3 == nil && len(work.Records) > 0 {
		ledger.Open, ledger.Oldest = len(work.Records), work.Records[0].Time
		ledger.OpenMore = work.Pagination != nil && len(work.Pagination.NextKey) > 0
	}
	r.to.ledgers = append(r.to.ledgers, ledger)
	if err := errors.Join(err1, err2, err3); err != nil {
		return fmt.Errorf("ledger %s: %w", l.Id, err)
	}
	return nil
}

// reason is why something is suspended; empty if it is not.
func reason(suspended bool, why string) string {
	if suspended && why == "" {
		return "no reason is given"
	}
	if !suspended {
		return ""
	}
	return why
}

// evidence are the two words for which each notary was suspended, if it gave two.
func (r *bookReader) evidence(ctx context.Context, ledger string) (map[string]string, error) {
	res, err := r.bridge.Suspensions(ctx, &bridge.QuerySuspensionsRequest{Ledger: ledger, Pagination: &query.PageRequest{Limit: bridge.MaxPageSize}})
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	for _, s := range res.Suspensions {
		if s.First != nil && s.Second != nil {
			words[s.Notary] = fmt.Sprintf("of instruction %d it said %s in block %d and %s in block %d", s.First.Number,
				word(s.First), s.First.Height, word(s.Second), s.Second.Height)
		}
	}
	return words, nil
}

func word(v *bridge.Vote) string {
	said := order.Outcome(v.Outcome).String()
	if v.LedgerReference != "" {
		said += " (" + v.LedgerReference + ")"
	}
	return said
}

func (r *bookReader) failing(ctx context.Context) error {
	return pages(bridge.MaxPageSize, func(p *query.PageRequest) (*query.PageResponse, error) {
		res, err := r.bridge.Failing(ctx, &bridge.QueryFailingRequest{Pagination: p})
		if err != nil {
			return nil, err
		}
		for _, t := range res.Trackings {
			r.to.failing = append(r.to.failing, checkup.Failing{Ledger: t.Ledger, Number: t.Number, Attempts: t.Attempts, Reason: reason(true, t.Reason), Retry: t.RetryHeight})
		}
		return res.Pagination, nil
	})
}

func (r *bookReader) settlements(ctx context.Context) error {
	return pages(settlement.MaxPage, func(p *query.PageRequest) (*query.PageResponse, error) {
		res, err := r.settlement.Settlements(ctx, &settlement.QuerySettlementsRequest{OpenOnly: true, Pagination: p})
		if err != nil {
			return nil, err
		}
		for _, v := range res.Settlements {
			r.to.settlements = append(r.to.settlements, openSettlement(v))
		}
		return res.Pagination, nil
	})
}

func openSettlement(v settlement.SettlementView) checkup.Settlement {
	s := checkup.Settlement{
		ID: v.SettlementId, State: strings.ToLower(strings.TrimPrefix(v.Settlement.State.String(), "STATE_")), Waiting: v.Settlement.Waiting,
		Deadline: time.Unix(0, int64(min(v.PrepareDeadlineUnixNs, math.MaxInt64))), //nolint:gosec // bounded on the line itself
	}
	if s.ID == "" {
		s.ID = hex.EncodeToString(v.Settlement.Id)
	}
	if len(v.Settlement.Timeline) > 0 {
		s.Proposed = v.Settlement.Timeline[0].Time
	}
	for i, leg := range v.Settlement.Legs {
		if leg.Defaulted && i < len(v.Legs) {
			s.Defaulted = append(s.Defaulted, v.Legs[i].Ledger)
		}
	}
	return s
}

func (r *bookReader) check(ctx context.Context) error {
	r.to.checked.Asked = true
	err := pages(settlement.MaxCheckPage, func(p *query.PageRequest) (*query.PageResponse, error) {
		res, err := r.settlement.Check(ctx, &settlement.QueryCheckRequest{Pagination: p})
		if err != nil {
			return nil, err
		}
		r.to.checked.Checked += res.Checked
		r.to.checked.Problems = append(r.to.checked.Problems, res.Problems...)
		return res.Pagination, nil
	})
	r.to.checked.Err = err
	return err
}
