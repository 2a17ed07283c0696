package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/gorilla/websocket"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// How blocks are followed.
const (
	longestSilence   = time.Minute // of a subscription, before it is taken for dead
	firstReconnect   = 200 * time.Millisecond
	longestReconnect = 10 * time.Second
	largestHint      = 1 << 20 // bytes
	knownTimes       = 256     // blocks whose time is remembered
)

// heads is the newest block, told to everybody who follows. A websocket event is a hint that makes it quick; a timer makes it sure.
type heads struct {
	mu       sync.Mutex
	newest   ibcpath.Head
	times    map[int64]time.Time
	interval time.Duration // between blocks, as far as was seen; 0 at first
	readers  map[chan ibcpath.Head]struct{}
}

func newHeads() *heads {
	return &heads{times: map[int64]time.Time{}, readers: map[chan ibcpath.Head]struct{}{}}
}

// Follow gives new heads until ctx ends, first the newest that is known.
func (c *Chain) Follow(ctx context.Context) <-chan ibcpath.Head {
	out := make(chan ibcpath.Head, 1)
	c.heads.join(out)
	go func() {
		select {
		case <-ctx.Done():
		case <-c.ctx.Done():
		}
		c.heads.leave(out)
	}()
	return out
}

func (h *heads) join(out chan ibcpath.Head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.readers[out] = struct{}{}
	if h.newest.Height > 0 {
		out <- h.newest
	}
}

func (h *heads) leave(out chan ibcpath.Head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.readers, out)
	close(out)
}

// push tells everybody of a head, unless it is known.
func (h *heads) push(head ibcpath.Head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.times[head.Height] = head.Time
	delete(h.times, head.Height-knownTimes)
	if head.Height <= h.newest.Height {
		return
	}
	if h.newest.Height > 0 {
		since := head.Time.Sub(h.newest.Time) / time.Duration(head.Height-h.newest.Height)
		if h.interval == 0 {
			h.interval = since
		}
		h.interval = (3*h.interval + since) / 4
	}
	h.newest = head
	for out := range h.readers {
		select {
		case <-out: // the older one that nobody took
		default:
		}
		out <- head // only this goroutine writes while it has the lock
	}
}

// latest is the newest head that is known.
func (h *heads) latest() ibcpath.Head {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.newest
}

// pace is the time between blocks; 0 while it is not known.
func (h *heads) pace() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.interval
}

func (h *heads) timeOf(height int64) (time.Time, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, known := h.times[height]
	return at, known
}

// poll asks for the newest block, again and again: of an application that has executed it, so that its state can be asked for.
func (c *Chain) poll(ctx context.Context) {
	tick := time.NewTicker(c.config.Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := c.pollOnce(ctx); err != nil && ctx.Err() == nil {
				c.log.Warn("no endpoint tells the newest block; asking again", "error", err)
			}
		}
	}
}

func (c *Chain) pollOnce(ctx context.Context) error {
	var answer infoAnswer
	err := c.pool.do(ctx, "abci_info", 0, func(e *endpoint) error {
		err := e.ask(ctx, request{method: "abci_info", result: &answer, limit: smallAnswer})
		if err == nil {
			c.pool.saw(e, int64(answer.Response.Height))
		}
		return err
	})
	height := int64(answer.Response.Height)
	if err != nil || height <= c.heads.latest().Height {
		return err
	}
	header, err := c.signedHeader(ctx, height)
	if err != nil {
		return err
	}
	c.heads.push(ibcpath.Head{Height: height, Time: header.Time})
	return nil
}

// listen keeps a subscription to the first endpoint that is well, and waits longer each time that none came about.
func (c *Chain) listen(ctx context.Context) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = firstReconnect, longestReconnect
	for ctx.Err() == nil {
		connected, err := c.subscribe(ctx)
		if connected {
			wait.Reset()
		}
		if ctx.Err() == nil {
			c.log.Debug("the block subscription broke; connecting again", "error", err)
		}
		timer := time.NewTimer(wait.NextBackOff())
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
}

// subscribe forwards block events until they end; its error says why. connected tells whether an event came.
func (c *Chain) subscribe(ctx context.Context) (connected bool, err error) {
	order, err := c.pool.order(0)
	if err != nil {
		return false, err
	}
	e := order[0]
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := e.dial(ctx)
	if err != nil {
		return false, fmt.Errorf("%s at %s: websocket: %w", c.config.Name, e.name, err)
	}
	defer conn.Close()
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	conn.SetReadLimit(largestHint)
	ask := wireRequest{Version: "2.0", Method: "subscribe", Params: map[string]any{"query": "tm.event='NewBlockHeader'"}}
	if err := conn.WriteJSON(ask); err != nil {
		return false, err
	}
	for {
		if err := conn.SetReadDeadline(time.Now().Add(longestSilence)); err != nil {
			return connected, err
		}
		_, raw, err := conn.ReadMessage()
		if err != nil {
			c.pool.doubt(e)
			return connected, err
		}
		head, err := headOf(raw)
		if err != nil {
			return connected, fmt.Errorf("%s at %s: subscription: %w", c.config.Name, e.name, err)
		}
		if head.Height > 0 {
			connected = true
			c.pool.saw(e, head.Height)
			c.hint(e, head)
		}
		if !c.pool.isFirst(e) {
			return connected, errors.New("another endpoint is better")
		}
	}
}

// dial opens the endpoint's websocket. A name and password in its address go into a header, as they do with other requests.
func (e *endpoint) dial(ctx context.Context) (*websocket.Conn, error) {
	address, err := url.Parse(e.url)
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	if user := address.User; user != nil {
		password, _ := user.Password()
		r := http.Request{Header: header}
		r.SetBasicAuth(user.Username(), password)
		address.User = nil
	}
	address.Scheme = strings.Replace(address.Scheme, "http", "ws", 1)
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: requestTimeout}
	conn, res, err := dialer.DialContext(ctx, address.JoinPath("websocket").String(), header)
	if err != nil {
		return nil, withoutURL(err)
	}
	_ = res.Body.Close()
	return conn, nil
}

// hint takes a head from an endpoint that is believed. One on another chain, or in conflict, tells nothing.
func (c *Chain) hint(e *endpoint, head ibcpath.Head) {
	if c.pool.isUsed(e) {
		c.heads.push(head)
	}
}

// headOf reads an event. The answer to the subscription itself has no head.
func headOf(raw []byte) (ibcpath.Head, error) {
	var answer struct {
		Error  *nodeError `json:"error"`
		Result struct {
			Data struct {
				Value struct {
					Header struct {
						Height number    `json:"height"`
						Time   time.Time `json:"time"`
					} `json:"header"`
				} `json:"value"`
			} `json:"data"`
		} `json:"result"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return ibcpath.Head{}, err
	}
	if answer.Error != nil {
		return ibcpath.Head{}, answer.Error
	}
	header := answer.Result.Data.Value.Header
	return ibcpath.Head{Height: int64(header.Height), Time: header.Time}, nil
}
