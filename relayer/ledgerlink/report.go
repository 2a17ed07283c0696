package ledgerlink

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/relayer/hublight"
)

// staleHub is how old the last reading of the hub may be before the link is not ready any more.
const staleHub = 15 * time.Second

// Report is what a link says of itself, for relayer/status. The link writes it, anyone reads it.
type Report struct {
	AdapterPID func() int             // 0 while the adapter is down
	Hub        func() hublight.Health // with verify: light

	mu     sync.Mutex
	state  State
	read   time.Time
	failed error

	words      *prometheus.CounterVec
	executions *prometheus.CounterVec
	alarms     prometheus.Counter
	batches    *prometheus.CounterVec
	open       prometheus.Gauge
	oldest     prometheus.Gauge
}

// State is a link's state as JSON.
type State struct {
	Ledger     string  `json:"ledger"`
	Notary     string  `json:"notary"`
	Height     int64   `json:"height"`             // newest hub block that was read
	Open       int     `json:"open"`               // instructions that wait for this notary's word
	OldestAge  float64 `json:"oldest_age_seconds"` // of the oldest of them, in hub time
	Words      int     `json:"words"`              // submitted since the start
	Alarms     int     `json:"alarms"`
	AdapterPID int     `json:"adapter_pid"`

	Verify string           `json:"verify"`        // light, or node: one node is believed
	Hub    *hublight.Health `json:"hub,omitempty"` // with verify: light: what is believed, and how each node does
}

// NewReport makes a report and registers its metrics.
func NewReport(c Config, registry prometheus.Registerer) *Report {
	labels := prometheus.Labels{"ledger": c.Ledger, "notary": c.Notary}
	r := &Report{
		state: State{Ledger: c.Ledger, Notary: c.Notary, Verify: c.Hub.Verify}, failed: errors.New("the hub has not been read yet"), AdapterPID: func() int { return 0 },
		words: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "corridor_ledger_words_total", Help: "Words submitted, by outcome.", ConstLabels: labels,
		}, []string{"outcome"}),
		executions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "corridor_ledger_executions_total", Help: "Instructions carried out, by kind and result.", ConstLabels: labels,
		}, []string{"kind", "code"}),
		alarms: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "corridor_ledger_alarms_total", Help: "Contradictions between hub and ledger. Any is for a person.", ConstLabels: labels,
		}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "corridor_ledger_open_instructions", Help: "Instructions that wait for this notary's word.", ConstLabels: labels,
		}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "corridor_ledger_oldest_instruction_age_seconds", Help: "Age of the oldest of them, in hub time.", ConstLabels: labels,
		}),
	}
	r.batches = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "corridor_ledger_order_batches_total", Help: "Batches of proven orders given to a ledger that checks them, by result.", ConstLabels: labels,
	}, []string{"code"})
	registry.MustRegister(r.words, r.executions, r.alarms, r.batches, r.open, r.oldest)
	return r
}

// Ready tells whether the hub was read lately and the adapter runs.
func (r *Report) Ready() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch age := time.Since(r.read); {
	case r.failed != nil:
		return fmt.Errorf("hub: %w", r.failed)
	case age > staleHub:
		return fmt.Errorf("hub: no new block for %s", age.Round(time.Second))
	case r.AdapterPID() == 0:
		return errors.New("adapter: it does not run; it is being started again")
	}
	return nil
}

// Status is the link's State.
func (r *Report) Status() any {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state
	s.AdapterPID = r.AdapterPID()
	if r.Hub != nil {
		h := r.Hub()
		s.Hub = &h
	}
	return s
}

func (r *Report) hubRead(h Hub, height int64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed = err; err != nil {
		return
	}
	r.read, r.state.Height, r.state.Open, r.state.OldestAge = time.Now(), max(height, h.Height), len(h.Work), 0
	if len(h.Work) > 0 {
		r.state.OldestAge = h.Now.Sub(h.Work[0].Since).Seconds()
	}
	r.open.Set(float64(r.state.Open))
	r.oldest.Set(r.state.OldestAge)
}

func (r *Report) said(words []order.Word) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Words += len(words)
	for _, w := range words {
		r.words.WithLabelValues(w.Outcome.String()).Inc()
	}
}

func (r *Report) executed(k order.Kind, err error) {
	code := string(sdk.CodeOf(err))
	if err == nil {
		code = "ok"
	}
	r.executions.WithLabelValues(k.String(), code).Inc()
}

func (r *Report) took(err error) {
	code := "ok"
	if err != nil {
		code = string(sdk.CodeOf(err))
	}
	r.batches.WithLabelValues(code).Inc()
}

func (r *Report) alarmed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Alarms++
	r.alarms.Inc()
}
