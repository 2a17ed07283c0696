package hublight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

// Bounds of one conversation with a node.
const (
	askTimeout      = 3 * time.Second // of one question: a node that hangs must not use up a reading's time
	maxAnswer       = 16 << 20        // bytes
	validatorsAPage = 100
	mostValidators  = 200
)

// peer is one node and what is known of it. What follows the client is guarded by the Client's lock.
type peer struct {
	Node
	rpc    *rpchttp.HTTP
	client *http.Client

	height   int64     // newest header of this node that was verified
	at       time.Time // that header's time
	named    bool      // it was named as one that is behind
	lied     error     // the last lie
	lieUntil time.Time // not asked before
	failed   error     // since it last answered
	failures int
	downTill time.Time // asked after the others before
}

func newPeer(n Node) (*peer, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.IdleConnTimeout = 8, 5*time.Second
	client := &http.Client{
		Transport:     bounded{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	rpc, err := rpchttp.NewWithClient(n.RPC, "/websocket", client)
	if err != nil {
		return nil, fmt.Errorf("hub node %s: rpc %s: %w", n.Name, n.RPC, err)
	}
	return &peer{Node: n, rpc: rpc, client: client}, nil
}

// bounded cuts off answers that are too long.
type bounded struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.Transport.RoundTrip(r)
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, maxAnswer)
	}
	return res, err
}

// signedHeader asks for the header of a height with its commit; 0 is the newest.
func (p *peer) signedHeader(ctx context.Context, height int64) (*cmttypes.SignedHeader, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var asked *int64
	if height > 0 {
		asked = &height
	}
	res, err := p.rpc.Commit(ctx, asked)
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if res.Header == nil || res.Commit == nil {
		return nil, Lief("it gave no header")
	}
	if height > 0 && res.Height != height {
		return nil, Lief("asked for header %d, it gave %d", height, res.Height)
	}
	return &res.SignedHeader, nil
}

// validators asks for the validators of a height.
func (p *peer) validators(ctx context.Context, height int64) (*cmttypes.ValidatorSet, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var all []*cmttypes.Validator
	for page, perPage := 1, validatorsAPage; ; page++ {
		res, err := p.rpc.Validators(ctx, &height, &page, &perPage)
		if err != nil {
			return nil, fmt.Errorf("validators of %d: %w", height, err)
		}
		all = append(all, res.Validators...)
		if len(all) > mostValidators || len(res.Validators) == 0 {
			return nil, Lief("it gives %d validators of %d", len(all), res.Total)
		}
		if len(all) >= res.Total {
			break
		}
	}
	set, err := cmttypes.ValidatorSetFromExistingValidators(all)
	if err != nil {
		return nil, Lief("validators of %d: %w", height, err)
	}
	return set, nil
}

// query asks the application about its state of a height. Its own refusal is an answer, and no fault of the node.
func (p *peer) query(ctx context.Context, path string, data []byte, height int64, prove bool) (*coretypes.ResultABCIQuery, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	res, err := p.rpc.ABCIQueryWithOptions(ctx, path, bytes.HexBytes(data), rpcclient.ABCIQueryOptions{Height: height, Prove: prove})
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", path, err)
	}
	if res.Response.Code != 0 {
		return nil, fmt.Errorf("query %s: %w", path, &Refusal{Code: res.Response.Code, Codespace: res.Response.Codespace, Log: res.Response.Log})
	}
	if res.Response.Height != 0 && res.Response.Height != height {
		return nil, Lief("query %s: asked for height %d, it answered for %d", path, height, res.Response.Height)
	}
	return res, nil
}

// Refusal is what a node's application answers in place of a value.
type Refusal struct {
	Code      uint32
	Codespace string
	Log       string
}

// Error is the node's own words.
func (r *Refusal) Error() string {
	return fmt.Sprintf("the node answers: %s (%s %d)", r.Log, r.Codespace, r.Code)
}

// isRefusal tells an application's answer from a node that is not well.
func isRefusal(err error) bool {
	var r *Refusal
	return errors.As(err, &r)
}

// newSubscription connects to a node's events. It is a connection of its own, which ends as soon as nobody listens.
func newSubscription(rpc string) (*rpchttp.HTTP, error) {
	ws, err := rpchttp.New(rpc, "/websocket")
	if err != nil {
		return nil, err
	}
	return ws, ws.Start()
}
