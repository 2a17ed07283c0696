package pathset

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// How long a path that cannot start waits before it is tried again, and how often its backlog is measured.
const (
	firstRetry   = time.Second
	longestRetry = time.Minute
	measureEvery = 2 * time.Second
)

// wanted is all that a path is made of: it is started anew when any of it changes.
type wanted struct {
	path   relayconfig.Path
	chains [2]relayconfig.Chain
}

// runner is one path and what keeps it going.
type runner struct {
	wanted
	options Options
	log     *slog.Logger
	stop    context.CancelFunc
	ended   chan struct{}

	mu      sync.Mutex
	running *ibcpath.Path // nil while it cannot start
	failed  error         // why
	clients [2]clientState
}

// clientState is what was last heard of a light client.
type clientState struct {
	forecast lightclient.Forecast
	err      error
	forked   bool // its chain forked, and the client is frozen or should be
}

// start runs the path until stop is called; then ended is closed.
func (s *Set) start(ctx context.Context, w wanted) *runner {
	r := &runner{wanted: w, options: s.options, log: s.options.Log.With("path", w.path.Name), ended: make(chan struct{})}
	ctx, r.stop = context.WithCancel(ctx)
	go func() {
		defer close(r.ended)
		r.run(ctx, s.chains)
		if r.options.Metrics != nil {
			r.options.Metrics.Forget(w.path.Name)
		}
	}()
	return r
}

// run starts the path again and again, until ctx ends.
func (r *runner) run(ctx context.Context, shared *chains) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = firstRetry, longestRetry
	for ctx.Err() == nil {
		err := r.once(ctx, shared)
		if ctx.Err() != nil {
			return
		}
		r.mu.Lock()
		if r.running != nil {
			wait.Reset()
		}
		r.running, r.failed = nil, err
		r.mu.Unlock()
		pause := wait.NextBackOff()
		r.log.Warn("the path cannot run; trying again", "error", err, "in", pause.Round(time.Millisecond))
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
}

// once opens the chains and relays until ctx ends or the path does.
func (r *runner) once(ctx context.Context, shared *chains) error {
	var opened [2]ibcpath.Chain
	for i := range r.chains {
		c, release, err := shared.acquire(ctx, r.chains[i])
		if err != nil {
			return err
		}
		defer release()
		opened[i] = c
	}
	ends := Ends(r.path, opened[0], opened[1])
	path := ibcpath.NewPath(ends, r.pathOptions())
	r.mu.Lock()
	r.running, r.failed = path, nil
	r.mu.Unlock()
	r.log.Info("relaying", "a", r.chains[0].ChainID, "b", r.chains[1].ChainID)
	ctx, stop := context.WithCancel(ctx)
	var parts sync.WaitGroup
	defer parts.Wait()
	defer stop()
	for i := range ends {
		r.keepClient(ctx, &parts, ends, i)
	}
	parts.Go(func() { r.measure(ctx, path) })
	return path.Run(ctx)
}

// pathOptions is what the file says, and who hears of it.
func (r *runner) pathOptions() ibcpath.Options {
	o := PathOptions(r.path, r.chains, r.options)
	if r.options.Metrics != nil {
		o.Observer = r.byName(r.options.Metrics.Path(r.path.Name))
	}
	o.Observer = r.options.Traces.Path(r.path.Name, o.Observer)
	aside := o.Observer.Aside
	o.Observer.Aside = func(packet ibcpath.PacketKey, reason string, again time.Time) {
		r.log.Warn("a packet is set aside", "packet", packet.String(), "reason", reason, "again", again)
		if aside != nil {
			aside(packet, reason, again)
		}
	}
	return o
}

// byName has an observer hear the file's names of chains, as everything else in the metrics.
func (r *runner) byName(o ibcpath.Observer) ibcpath.Observer {
	name := func(id string) string {
		for _, ch := range r.chains {
			if ch.ChainID == id {
				return ch.Name
			}
		}
		return id
	}
	batch, trouble := o.Batch, o.Trouble
	o.Batch = func(b ibcpath.Batch) {
		b.Chain = name(b.Chain)
		batch(b)
	}
	o.Trouble = func(chain string, err error) { trouble(name(chain), err) }
	return o
}

// PathOptions is what the file says of a path.
func PathOptions(p relayconfig.Path, ends [2]relayconfig.Chain, o Options) ibcpath.Options {
	return ibcpath.Options{
		Updater: lightclient.Updater{}, Filter: filter(p.Filter, ends), ClearEvery: p.ClearEvery, Log: o.Log.With("name", p.Name),
		Share: ibcpath.Share{Index: p.Share.Index, Of: p.Share.Of, After: int64(p.Share.Delay)},
	}
}

// keepClient refreshes the client at one end, and looks for forks of the chain that it follows.
func (r *runner) keepClient(ctx context.Context, parts *sync.WaitGroup, ends [2]ibcpath.End, i int) {
	end, counterparty := ends[i], ends[1-i].Chain
	log := r.log.With("chain", end.Chain.ID(), "client", end.ClientID)
	foreseen, found := func(lightclient.Forecast, error) {}, func(lightclient.Finding) {}
	if m := r.options.Metrics; m != nil {
		foreseen, found = m.Client(r.path.Name, r.chains[i].Name, end.ClientID), m.Misbehaviour(r.path.Name, r.chains[i].Name, end.ClientID)
	}
	refresher := &lightclient.Refresher{End: end, Counterparty: counterparty, Observe: func(f lightclient.Forecast, err error) {
		if err != nil {
			log.Warn("the client cannot be looked after; trying again", "error", err)
		}
		r.heardOf(i, func(c *clientState) {
			if c.err = err; !f.ExpiresAt.IsZero() {
				c.forecast = f
			}
		})
		foreseen(f, err)
	}}
	guard := &lightclient.Guard{End: end, Counterparty: counterparty, Observe: func(f lightclient.Finding) {
		if f.Height.IsZero() {
			log.Debug("a block cannot be searched for forks; trying again", "error", f.Err)
		} else {
			log.Error("the chain that this client follows has forked", "of", counterparty.ID(), "height", f.Height.String(), "submitted", f.Submitted, "error", f.Err)
			r.heardOf(i, func(c *clientState) { c.forked = true })
		}
		found(f)
	}}
	parts.Go(func() { _ = refresher.Run(ctx) }) // its only error is that ctx has ended
	parts.Go(func() { _ = guard.Run(ctx) })
}

func (r *runner) heardOf(i int, change func(*clientState)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.clients[i])
}

// measure tells the metrics what waits, until ctx ends.
func (r *runner) measure(ctx context.Context, path *ibcpath.Path) {
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for r.options.Metrics != nil {
		status := path.Status()
		for i := range status.Ends {
			packets, oldest := waiting(status, i)
			age := time.Duration(0)
			if !oldest.IsZero() {
				age = time.Since(oldest)
			}
			r.options.Metrics.Backlog(r.path.Name, r.chains[i].Name, packets, age)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// waiting is how many packets of one end have not ended, and when the oldest was seen.
func waiting(s ibcpath.Status, end int) (packets int, oldest time.Time) {
	for _, ch := range s.Channels {
		sent := ch.Sent[end]
		packets += sent.Unreceived + sent.Unacknowledged
		if !sent.Oldest.IsZero() && (oldest.IsZero() || sent.Oldest.Before(oldest)) {
			oldest = sent.Oldest
		}
	}
	return packets, oldest
}
