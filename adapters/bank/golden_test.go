package bank_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank"
	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/sim/simtest"
	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// volatile is what differs from run to run: message ids and times.
var volatile = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`<(MsgId|OrgnlMsgId|Id)>[0-9a-f]{32}</`), "<$1>00000000000000000000000000000001</"},
	{regexp.MustCompile(`<(CreDtTm|DtTm)>[^<]*</`), "<$1>2026-01-02T03:04:05.000Z</"},
	{regexp.MustCompile(`<IntrBkSttlmDt>[^<]*</`), "<IntrBkSttlmDt>2026-01-02</"},
	{regexp.MustCompile(`><`), ">\n<"},
}

// TestTheMessagesOnTheWire runs a story through adapter and network and compares every message, both ways, with
// the file in testdata. UPDATE_GOLDEN=1 writes the files.
func TestTheMessagesOnTheWire(t *testing.T) {
	s := simtest.Start(t)
	wire := &recorder{target: s.URL}
	proxy := httptest.NewServer(wire)
	t.Cleanup(proxy.Close)
	l, err := bank.Open(writeConfig(t, proxy.URL, replyTimeout))
	require.NoError(t, err)
	story(t, l, wire)
	var list []struct{ Message string }
	s.Admin(t, http.MethodGet, "/notifications?account="+simtest.Payee, nil, &list)
	require.Len(t, list, 1)
	wire.add("post-notification", []byte(list[0].Message))

	for _, m := range wire.messages {
		path := filepath.Join("testdata", m.name+".xml")
		got := m.raw
		for _, v := range volatile {
			got = v.pattern.ReplaceAll(got, []byte(v.by))
		}
		if os.Getenv("UPDATE_GOLDEN") != "" {
			require.NoError(t, os.WriteFile(path, got, 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s; UPDATE_GOLDEN=1 go test writes it anew", path)
	}
	files, err := filepath.Glob("testdata/*.xml")
	require.NoError(t, err)
	require.Len(t, files, len(wire.messages), "a file in testdata that no message is compared with")
}

// story is every verb with its kinds of answer, by orders that are the same in every run.
func story(t *testing.T, l sdk.Ledger, wire *recorder) {
	ctx := t.Context()
	run := func(name string, call func() (sdk.Entry, error), want order.EntryState) {
		wire.name = name
		e, err := call()
		if want == order.EntryUnknown {
			require.Error(t, err, name)
			return
		}
		require.NoError(t, err, name)
		require.Equal(t, want, e.State, "%s: %s", name, e.Reason)
	}
	paid, given, poor := fixedOrder("paid", simtest.Rich, 12_345), fixedOrder("given-back", simtest.Rich, 700), fixedOrder("poor", simtest.Poor, 600)
	run("hold", func() (sdk.Entry, error) { return l.Hold(ctx, paid) }, order.EntryHeld)
	run("hold-refused", func() (sdk.Entry, error) { return l.Hold(ctx, poor) }, order.EntryTombstoned)
	taken := paid
	taken.Instruction.AmountMinor++
	run("hold-conflict", func() (sdk.Entry, error) { return l.Hold(ctx, taken) }, order.EntryUnknown)
	run("lookup", func() (sdk.Entry, error) { return l.Lookup(ctx, paid.Instruction.Entry) }, order.EntryHeld)
	run("lookup-unknown", func() (sdk.Entry, error) { return l.Lookup(ctx, given.Instruction.Entry) }, order.EntryUnknown)
	run("post", func() (sdk.Entry, error) { return l.Post(ctx, sdk.PostOrder{Instruction: as(order.Post, paid)}) }, order.EntryPosted)
	run("post-unknown", func() (sdk.Entry, error) { return l.Post(ctx, sdk.PostOrder{Instruction: as(order.Post, given)}) }, order.EntryUnknown)
	run("refuse", func() (sdk.Entry, error) { return l.Refuse(ctx, fixedOrder("refused", simtest.Rich, 1)) }, order.EntryTombstoned)
	wire.name = "" // the hold before the void is like the first
	run("", func() (sdk.Entry, error) { return l.Hold(ctx, given) }, order.EntryHeld)
	run("void", func() (sdk.Entry, error) { return l.Void(ctx, sdk.VoidOrder{Instruction: as(order.Void, given)}) }, order.EntryVoided)
	run("void-posted", func() (sdk.Entry, error) { return l.Void(ctx, sdk.VoidOrder{Instruction: as(order.Void, paid)}) }, order.EntryUnknown)
	wire.name = "balance"
	b, err := l.(sdk.BalanceReader).Balance(ctx, simtest.Payee)
	require.NoError(t, err)
	require.Equal(t, sdk.Balance{Account: simtest.Payee, Currency: "USD", AvailableMinor: 12_345}, b)
}

func fixedOrder(reference string, payer sdk.Account, amountMinor uint64) sdk.HoldOrder {
	b := order.Body{
		ChainID: simtest.ChainID, Proposer: "corridor1proposer", Reference: reference, PrepareDeadlineUnixNs: 4_000_000_000_000_000_000, Pivot: order.NoLeg,
		Legs: []order.Leg{{
			Ledger: simtest.Ledger, Payer: string(payer), Payee: simtest.Payee, Currency: simtest.Currency, AmountMinor: amountMinor, PaidBy: order.NoLeg,
		}},
	}
	sign := conformance.NewKey(string(payer)).Sign(order.ConsentSignBytes(b.ChainID, b.Hash()))
	return sdk.HoldOrder{Instruction: order.NewInstruction(order.Hold, b, 0), Body: b.Encode(), Consent: sdk.Consent{Signature: sign}}
}

func as(k order.Kind, o sdk.HoldOrder) order.Instruction {
	i := o.Instruction
	i.Kind = k
	return i
}

// recorder is a network that passes everything on to another and keeps the messages.
type recorder struct {
	target   string
	name     string // of the messages that come now; empty: not kept
	mu       sync.Mutex
	messages []struct {
		name string
		raw  []byte
	}
}

func (r *recorder) add(name string, raw []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = append(r.messages, struct {
		name string
		raw  []byte
	}{name, raw})
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	out, err := http.NewRequestWithContext(in.Context(), in.Method, r.target+in.URL.EscapedPath(), bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	out.Header = in.Header.Clone()
	reply, err := http.DefaultClient.Do(out)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer reply.Body.Close()
	answer, err := io.ReadAll(reply.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if r.name != "" {
		r.add(r.name+"-request", body)
		r.add(r.name+"-reply", answer)
	}
	w.Header().Set("Content-Type", reply.Header.Get("Content-Type"))
	w.WriteHeader(reply.StatusCode)
	_, _ = w.Write(answer)
}

// TestXmllintAgrees checks every golden message with a second validator against the official schema alone, so
// that our own validator and our own supplement can't hide a mistake.
func TestXmllintAgrees(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("xmllint is missing: install Debian's libxml2-utils")
		}
		t.Skip("xmllint is missing: install Debian's libxml2-utils to run this")
	}
	files, err := filepath.Glob("testdata/*.xml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	codec := iso20022.NewCodec()
	byKind := map[iso20022.Kind][]string{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		kind, _, err := codec.Decode(raw)
		require.NoError(t, err, f)
		byKind[kind] = append(byKind[kind], f)
	}
	require.Len(t, byKind, len(iso20022.Kinds()), "every kind of message has a golden file")
	for kind, files := range byKind {
		schema := filepath.Join("iso20022", "schemas", string(kind)+".xsd")
		require.NoError(t, xmllint(t.Context(), schema, files...))

		raw, err := os.ReadFile(files[0])
		require.NoError(t, err)
		spoilt := filepath.Join(t.TempDir(), "spoilt.xml")
		bad := strings.Replace(string(raw), "<MsgId>", "<Nonsense/><MsgId>", 1)
		require.NoError(t, os.WriteFile(spoilt, []byte(bad), 0o600))
		require.Error(t, xmllint(t.Context(), schema, spoilt), "xmllint must not agree with everything")
		_, _, err = codec.Decode([]byte(bad))
		require.ErrorIs(t, err, iso20022.ErrSchema)
	}
}

func xmllint(ctx context.Context, schema string, files ...string) error {
	out, err := exec.CommandContext(ctx, "xmllint", append([]string{"--noout", "--nonet", "--schema", schema}, files...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
