package pathset

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// ErrNothing means that a file has no path that can be relayed.
var ErrNothing = errors.New("no path is linked yet: make one with `corridor relay link`")

// readinessGrace is how long a chain may be in trouble before the relayer is not ready: one missed answer is not an outage.
const readinessGrace = 10 * time.Second

// longestClear bounds clearing on demand: under load something always waits.
const longestClear = 10 * time.Minute

// Set is the paths of a file, running.
type Set struct {
	options Options
	chains  *chains
	started time.Time

	mu       sync.Mutex
	ctx      context.Context //nolint:containedctx // of Run: paths that a new file brings live as long
	runners  map[string]*runner
	unlinked []relayconfig.Path
}

// New makes a set; Run starts it.
func New(o Options) *Set {
	return &Set{
		options: o, chains: &chains{options: o, all: map[string]*shared{}, balances: map[string][]Balance{}}, started: time.Now(), runners: map[string]*runner{},
	}
}

// Run relays the file's paths until ctx ends. A file without a linked path is an error.
func (s *Set) Run(ctx context.Context, c relayconfig.Config) error {
	if !slices.ContainsFunc(c.Paths, relayconfig.Path.Linked) {
		return ErrNothing
	}
	s.mu.Lock()
	s.ctx = ctx
	s.mu.Unlock()
	if err := s.Reload(c); err != nil {
		return err
	}
	if s.options.Metrics != nil {
		go s.tellReadiness(ctx)
	}
	<-ctx.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runners {
		<-r.ended
	}
	return nil
}

// Reload makes what runs what the file says: paths that it leaves as they were run on.
func (s *Set) Reload(c relayconfig.Config) error {
	want, unlinked, err := wants(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		return errors.New("the paths do not run")
	}
	s.unlinked = unlinked
	var stopped []*runner
	for name, r := range s.runners {
		if w, ok := want[name]; !ok || !reflect.DeepEqual(w, r.wanted) {
			r.stop()
			stopped = append(stopped, r)
			delete(s.runners, name)
		}
	}
	for _, r := range stopped { // all, before any starts: two must not sign with one key
		<-r.ended
		s.options.Log.Info("stopped", "path", r.path.Name)
	}
	for name, w := range want {
		if s.runners[name] == nil {
			s.runners[name] = s.start(s.ctx, w)
		}
	}
	for _, p := range unlinked {
		s.options.Log.Warn("a path is not linked yet and not relayed", "path", p.Name, "link it by", fmt.Sprintf("corridor relay link %s %s", p.A.Chain, p.B.Chain))
	}
	return nil
}

// wants is what is to run for a file, by path name, and what cannot run yet.
func wants(c relayconfig.Config) (map[string]wanted, []relayconfig.Path, error) {
	want := map[string]wanted{}
	var unlinked []relayconfig.Path
	for _, p := range c.Paths {
		if !p.Linked() {
			unlinked = append(unlinked, p)
			continue
		}
		w := wanted{path: p}
		for i, end := range []relayconfig.End{p.A, p.B} {
			ch, err := c.Chain(end.Chain)
			if err != nil {
				return nil, nil, err
			}
			w.chains[i] = ch
		}
		want[p.Name] = w
	}
	return want, unlinked, nil
}

// sorted are the running paths by name.
func (s *Set) sorted() []*runner {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*runner, 0, len(s.runners))
	for _, r := range s.runners {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *runner) int {
		return slices.Compare([]string{a.path.Name}, []string{b.path.Name})
	})
	return all
}

// Ready is nil while every path can do its work; its error names what cannot.
func (s *Set) Ready() error {
	missing := silent(s.chains.endpoints(), time.Now())
	for _, r := range s.sorted() {
		if err := r.ready(time.Now()); err != nil {
			missing = append(missing, fmt.Errorf("path %s: %w", r.path.Name, err))
		}
	}
	return errors.Join(missing...)
}

func (r *runner) ready(now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.running == nil && r.failed == nil:
		return errors.New("starting")
	case r.running == nil:
		return r.failed
	}
	for i, c := range r.clients {
		if err := c.trouble(now); err != nil {
			return fmt.Errorf("the client on %s: %w", r.chains[i].Name, err)
		}
	}
	for _, t := range r.running.Status().Trouble {
		if now.Sub(t.Since) >= readinessGrace {
			return fmt.Errorf("%s: %s since %s: %w", t.Chain, t.What, t.Since.UTC().Format(time.RFC3339), t.Err)
		}
	}
	return nil
}

// trouble is why a client is of no use, if it is.
func (c clientState) trouble(now time.Time) error {
	if unusable := new(lightclient.Unusable); errors.As(c.err, &unusable) {
		return unusable
	}
	if c.forked {
		return errors.New("the chain that it follows has forked")
	}
	if expires := c.forecast.ExpiresAt; !expires.IsZero() && !now.Before(expires) {
		return fmt.Errorf("it expired at %s", expires.UTC().Format(time.RFC3339))
	}
	return nil
}

// tellReadiness keeps the metric at what /readyz would say.
func (s *Set) tellReadiness(ctx context.Context) {
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		s.options.Metrics.Ready(s.Ready() == nil)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Routes lets whoever reaches the status server have everything that waits listed and tried anew: POST /clear, or /clear?path=NAME.
func (s *Set) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /clear", func(w http.ResponseWriter, req *http.Request) {
		if err := s.Clear(req.URL.Query().Get("path")); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
}

// Clear has a path, or every path where no name is given, list and try anew what waits. It does not wait for that.
func (s *Set) Clear(name string) error {
	s.mu.Lock()
	ctx := s.ctx
	s.mu.Unlock()
	known := false
	for _, r := range s.sorted() {
		if name != "" && r.path.Name != name {
			continue
		}
		r.mu.Lock()
		path := r.running
		r.mu.Unlock()
		if path == nil {
			continue
		}
		known = true
		go func() {
			ctx, cancel := context.WithTimeout(ctx, longestClear)
			defer cancel()
			_, err := path.Clear(ctx)
			r.log.Info("cleared", "error", err)
		}()
	}
	if !known {
		return fmt.Errorf("no such path runs here: %q", name)
	}
	return nil
}
