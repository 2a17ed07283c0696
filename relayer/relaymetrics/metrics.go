package relaymetrics

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
)

// prefix starts the name of every metric.
const prefix = "corridor_relay_"

// stageBuckets go from a fast block to a chain that stood still for an hour.
var stageBuckets = []float64{.05, .1, .2, .35, .5, .75, 1, 1.5, 2, 3, 5, 8, 13, 30, 60, 300, 3600}

// Metrics are a relayer's. Make them with New.
type Metrics struct {
	stages       *prometheus.HistogramVec // path, stage, message
	packets      *prometheus.HistogramVec // path, end
	arrived      *prometheus.CounterVec   // path, stage
	aside        *prometheus.CounterVec   // path
	transactions *prometheus.CounterVec   // path, chain, result
	messages     *prometheus.CounterVec   // path, chain
	gas          *prometheus.CounterVec   // path, chain
	included     *prometheus.HistogramVec // path, chain
	trouble      *prometheus.GaugeVec     // path, chain
	backlog      *prometheus.GaugeVec     // path, chain
	oldest       *prometheus.GaugeVec     // path, chain
	expires      *prometheus.GaugeVec     // path, chain, client
	refresh      *prometheus.GaugeVec     // path, chain, client
	clientErrors *prometheus.CounterVec   // path, chain, client
	misbehaviour *prometheus.CounterVec   // path, chain, client
	balance      *prometheus.GaugeVec     // chain, address, denom
	rpcErrors    *prometheus.CounterVec   // chain, endpoint
	rpcUp        *prometheus.GaugeVec     // chain, endpoint
	rpcLag       *prometheus.GaugeVec     // chain, endpoint
	conflicts    *prometheus.CounterVec   // chain
	ready        prometheus.Gauge
	reloadFailed prometheus.Gauge
}

// New makes the metrics and registers them. Counters that alerts look at are there, at 0, before anything happens: a counter that begins
// with 1 has not increased.
func New(registry prometheus.Registerer) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
		registry.MustRegister(v)
		return v
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + name, Help: help}, labels)
		registry.MustRegister(v)
		return v
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: stageBuckets}, labels)
		registry.MustRegister(v)
		return v
	}
	return &Metrics{
		stages:       histogram("stage_seconds", "From a packet's stage before to this one: proved, sent, committed, acknowledged, timed-out.", "path", "stage", "message"),
		packets:      histogram("packet_seconds", "From a packet's being seen to its end: acknowledged or timed-out.", "path", "end"),
		arrived:      counter("packets_total", "Packets that came to a stage.", "path", "stage"),
		aside:        counter("set_aside_total", "Times that a packet was set aside because a chain refuses it.", "path"),
		transactions: counter("transactions_total", "Transactions by what became of them: included, refused, unknown.", "path", "chain", "result"),
		messages:     counter("messages_total", "Packet messages in included transactions.", "path", "chain"),
		gas:          counter("gas_total", "Gas that included transactions used.", "path", "chain"),
		included:     histogram("transaction_seconds", "From building a transaction to the block that holds it.", "path", "chain"),
		trouble:      gauge("chain_trouble", "1 while a chain or its nodes do not do their part on a path.", "path", "chain"),
		backlog:      gauge("backlog_packets", "Packets that a chain sent and that have not ended.", "path", "chain"),
		oldest:       gauge("backlog_oldest_seconds", "How long the oldest of them has been known; 0 where there is none.", "path", "chain"),
		expires:      gauge("client_expires_timestamp_seconds", "When the client on this chain expires if nobody updates it.", "path", "chain", "client"),
		refresh:      gauge("client_refresh_timestamp_seconds", "When the client is due for a refresh.", "path", "chain", "client"),
		clientErrors: counter("client_errors_total", "Looks at a client, or refreshes of it, that failed.", "path", "chain", "client"),
		misbehaviour: counter("misbehaviour_total", "Forks of the counterparty that were found.", "path", "chain", "client"),
		balance:      gauge("balance", "What a signer's account holds of the denomination that fees are paid in.", "chain", "address", "denom"),
		rpcErrors:    counter("rpc_errors_total", "Requests that a node failed.", "chain", "endpoint"),
		rpcUp:        gauge("endpoint_up", "1 while a node answers and keeps up.", "chain", "endpoint"),
		rpcLag:       gauge("endpoint_lag_blocks", "How many blocks a node is behind the best one.", "chain", "endpoint"),
		conflicts:    counter("endpoint_conflicts_total", "Times that two nodes of a chain showed different blocks of one height.", "chain"),
		ready:        gauge("ready", "1 while every path can do its work, as /readyz.").WithLabelValues(),
		reloadFailed: gauge("configuration_error", "1 while the file on disk is not what runs, because it is wrong.").WithLabelValues(),
	}
}

// Path hears what one path does.
func (m *Metrics) Path(path string) ibcpath.Observer {
	m.aside.WithLabelValues(path)
	return ibcpath.Observer{
		Progress: func(p ibcpath.Progress) { m.progress(path, p) },
		Batch:    func(b ibcpath.Batch) { m.batch(path, b) },
		Aside:    func(ibcpath.PacketKey, string, time.Time) { m.aside.WithLabelValues(path).Inc() },
		Trouble: func(chain string, err error) {
			m.trouble.WithLabelValues(path, chain).Set(one(err != nil))
		},
	}
}

func (m *Metrics) progress(path string, p ibcpath.Progress) {
	m.arrived.WithLabelValues(path, string(p.Stage)).Inc()
	message := ""
	switch p.Stage {
	case ibcpath.Seen:
		return
	case ibcpath.Proved, ibcpath.Submitted:
		message = p.Action.String()
	case ibcpath.Acknowledged, ibcpath.TimedOut:
		m.packets.WithLabelValues(path, string(p.Stage)).Observe(p.Total.Seconds())
	case ibcpath.Committed:
	}
	m.stages.WithLabelValues(path, string(p.Stage), message).Observe(p.Took.Seconds())
}

func (m *Metrics) batch(path string, b ibcpath.Batch) {
	for _, each := range []string{"included", "refused", "unknown"} {
		m.transactions.WithLabelValues(path, b.Chain, each)
	}
	result := "included"
	if b.Err != nil {
		result = "unknown"
		if refusal := new(ibcpath.Refusal); errors.As(b.Err, &refusal) {
			result = "refused"
		}
	}
	m.transactions.WithLabelValues(path, b.Chain, result).Inc()
	if b.Err == nil {
		m.messages.WithLabelValues(path, b.Chain).Add(float64(b.Messages))
		m.gas.WithLabelValues(path, b.Chain).Add(float64(b.Gas))
		m.included.WithLabelValues(path, b.Chain).Observe(b.Took.Seconds())
	}
}

// Backlog is how many packets of a chain have not ended, and how long the oldest has been known.
func (m *Metrics) Backlog(path, chain string, packets int, oldest time.Duration) {
	m.backlog.WithLabelValues(path, chain).Set(float64(packets))
	m.oldest.WithLabelValues(path, chain).Set(oldest.Seconds())
}

// Client hears of each look at the client that a chain has.
func (m *Metrics) Client(path, chain, client string) func(lightclient.Forecast, error) {
	return func(f lightclient.Forecast, err error) {
		if !f.ExpiresAt.IsZero() {
			m.expires.WithLabelValues(path, chain, client).Set(float64(f.ExpiresAt.Unix()))
			m.refresh.WithLabelValues(path, chain, client).Set(float64(f.RefreshAt.Unix()))
		}
		if err != nil {
			m.clientErrors.WithLabelValues(path, chain, client).Inc()
		}
	}
}

// Misbehaviour hears of forks. A look that failed is an error of the client's.
func (m *Metrics) Misbehaviour(path, chain, client string) func(lightclient.Finding) {
	m.misbehaviour.WithLabelValues(path, chain, client)
	return func(f lightclient.Finding) {
		if f.Height.IsZero() {
			m.clientErrors.WithLabelValues(path, chain, client).Inc()
			return
		}
		m.misbehaviour.WithLabelValues(path, chain, client).Inc()
	}
}

// Balance is what an account holds; amount is a decimal number of any length.
func (m *Metrics) Balance(chain, address, denom, amount string) {
	if value, err := strconv.ParseFloat(amount, 64); err == nil {
		m.balance.WithLabelValues(chain, address, denom).Set(value)
	}
}

// RPCError counts a request that a node failed.
func (m *Metrics) RPCError(chain, endpoint string) {
	m.rpcErrors.WithLabelValues(chain, endpoint).Inc()
}

// Endpoint is how a node is.
func (m *Metrics) Endpoint(chain, endpoint string, healthy bool, lag int64) {
	m.rpcUp.WithLabelValues(chain, endpoint).Set(one(healthy))
	m.rpcLag.WithLabelValues(chain, endpoint).Set(float64(lag))
	m.rpcErrors.WithLabelValues(chain, endpoint)
	m.conflicts.WithLabelValues(chain)
}

// Conflict counts that two nodes of a chain contradict each other.
func (m *Metrics) Conflict(chain string) { m.conflicts.WithLabelValues(chain).Inc() }

// Ready is what /readyz says.
func (m *Metrics) Ready(ready bool) { m.ready.Set(one(ready)) }

// Configuration tells whether the file on disk could be read when it was last asked for.
func (m *Metrics) Configuration(err error) { m.reloadFailed.Set(one(err != nil)) }

// Forget drops what is said of a path that is no longer relayed.
func (m *Metrics) Forget(path string) {
	for _, v := range []interface {
		DeletePartialMatch(prometheus.Labels) int
	}{m.trouble, m.backlog, m.oldest, m.expires, m.refresh} {
		v.DeletePartialMatch(prometheus.Labels{"path": path})
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
