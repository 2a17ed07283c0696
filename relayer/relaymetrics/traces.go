package relaymetrics

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// Bounds of what is kept for traces.
const (
	maxOpenTraces = 20_000 // packets on their way; more are not traced
	maxQueue      = 8_192  // spans that wait for the endpoint; more are dropped
)

// Traces makes a trace of each packet: one span from its being seen to its end, and in it one for each stage. Make them with StartTraces;
// nil traces nothing.
type Traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer

	mu   sync.Mutex
	open map[ibcpath.PacketKey]openTrace
}

// openTrace is a packet on its way.
type openTrace struct {
	ctx  context.Context //nolint:containedctx // OpenTelemetry carries a span's parent in one
	span trace.Span
}

// StartTraces sends traces to an OTLP endpoint over HTTP, such as http://127.0.0.1:4318.
func StartTraces(ctx context.Context, endpoint, version string) (*Traces, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint+"/v1/traces"))
	if err != nil {
		return nil, fmt.Errorf("traces to %s: %w", endpoint, err)
	}
	return newTraces(sdktrace.NewBatchSpanProcessor(exporter, sdktrace.WithMaxQueueSize(maxQueue)), version), nil
}

func newTraces(processor sdktrace.SpanProcessor, version string) *Traces {
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(processor), sdktrace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "corridor-relay"), attribute.String("service.version", version))))
	return &Traces{provider: provider, tracer: provider.Tracer("corridor/relay"), open: map[ibcpath.PacketKey]openTrace{}}
}

// Close sends what waits.
func (t *Traces) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Path adds traces to what hears a path.
func (t *Traces) Path(path string, o ibcpath.Observer) ibcpath.Observer {
	if t == nil {
		return o
	}
	progress, aside := o.Progress, o.Aside
	o.Progress = func(p ibcpath.Progress) {
		if progress != nil {
			progress(p)
		}
		t.progress(path, p, time.Now())
	}
	o.Aside = func(packet ibcpath.PacketKey, reason string, again time.Time) {
		if aside != nil {
			aside(packet, reason, again)
		}
		t.setAside(packet, reason)
	}
	return o
}

func (t *Traces) progress(path string, p ibcpath.Progress, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	packet, known := t.open[p.Packet]
	if !known {
		if p.Stage != ibcpath.Seen || len(t.open) >= maxOpenTraces {
			return
		}
		ctx, span := t.tracer.Start(context.Background(), "packet "+p.Packet.String(), trace.WithTimestamp(now), trace.WithAttributes(
			attribute.String("ibc.path", path), attribute.String("ibc.chain", p.Packet.Chain), attribute.String("ibc.port", p.Packet.Port),
			attribute.String("ibc.channel", p.Packet.Channel), attribute.Int64("ibc.sequence", int64(p.Packet.Sequence)))) //nolint:gosec // a chain counts from 1
		t.open[p.Packet] = openTrace{ctx, span}
		return
	}
	if p.Stage == ibcpath.Seen {
		return
	}
	_, stage := t.tracer.Start(packet.ctx, string(p.Stage), trace.WithTimestamp(now.Add(-p.Took)))
	if p.Stage == ibcpath.Proved || p.Stage == ibcpath.Submitted {
		stage.SetAttributes(attribute.String("ibc.message", p.Action.String()))
	}
	stage.End(trace.WithTimestamp(now))
	if p.Stage == ibcpath.Acknowledged || p.Stage == ibcpath.TimedOut {
		packet.span.SetStatus(codes.Ok, "")
		packet.span.End(trace.WithTimestamp(now))
		delete(t.open, p.Packet)
	}
}

// setAside notes in a packet's trace that a chain refuses it.
func (t *Traces) setAside(packet ibcpath.PacketKey, reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, known := t.open[packet]; known {
		p.span.AddEvent("set aside", trace.WithAttributes(attribute.String("reason", reason)))
	}
}
