package checkup

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// node is one at which nothing is wrong.
func node(change func(*Node)) Node {
	n := Node{Name: "a", ChainID: "hub-1", Height: 100, Later: 101, Time: now, Seen: now.Add(time.Second), Hashes: map[int64]string{100: "AA"}}
	change(&n)
	return n
}

func hub(changes ...func(*Node)) []Finding {
	h := Hub{ChainID: "hub-1"}
	for _, change := range changes {
		h.Nodes = append(h.Nodes, node(change))
	}
	return h.Findings()
}

// notary is one at which nothing is wrong.
func notary(change func(*Notary)) []Finding {
	n := Notary{
		File: "n1.yaml", Ledger: "usd", Name: "n1", Light: true, Period: 100 * time.Hour,
		State:  NotaryState{Height: 100, AdapterPID: 7, Verify: "light", Hub: &HubState{Height: 100, TrustLeft: 99 * 3600}},
		Key:    Key{Backend: "os", Own: []byte{1}, Asked: true, Registered: []byte{1}},
		Trust:  Trust{Time: now.Add(-time.Hour)},
		Plugin: Plugin{Path: "bank", Want: "AB", SHA256: "ab"},
	}
	change(&n)
	return n.Findings(Limits{Now: now, Stuck: time.Minute, Hub: 102})
}

// ledger is one at which nothing is wrong.
func ledger(change func(*Ledger)) []Finding {
	l := Ledger{ID: "usd", Attested: true, Checks: true, Threshold: 2, Notaries: []Member{{ID: "n1"}, {ID: "n2"}, {ID: "n3"}}}
	change(&l)
	return l.Findings(now, time.Minute)
}

func settlement(change func(*Settlement)) []Finding {
	s := Settlement{ID: "5e77", State: "preparing", Deadline: now.Add(time.Hour), Proposed: now.Add(-time.Second)}
	change(&s)
	return s.Findings(now, time.Minute)
}

var errGone = errors.New("connection refused")

func well(*Node) {}

// rows are for each kind of finding the facts that it is found of, and what the finding says besides.
var rows = []struct {
	kind, says string
	found      []Finding
}{
	{"hub.well", "the newest is 101; 2 of 2", hub(well, well)},
	{"hub.unreachable", "none of 1", hub(func(n *Node) { n.Err = errGone })},
	{"hub.still", "block 100 stayed the newest for 8s", hub(func(n *Node) { n.Later, n.Watched = 100, 8*time.Second })},
	{"hub.split", "block 100 is AA at a and BB at b", hub(well, func(n *Node) { n.Name, n.Hashes = "b", map[int64]string{100: "BB"} })},
	{"node.unreachable", "connection refused", hub(well, func(n *Node) { n.Err = errGone })},
	{"node.other-chain", "on chain x, not hub-1", hub(well, func(n *Node) { n.ChainID = "x" })},
	{"node.catching-up", "block 7", hub(well, func(n *Node) { n.CatchingUp, n.Later = true, 7 })},
	{"node.behind", "11 behind a", hub(well, func(n *Node) { n.Name, n.Later = "b", 90 })},
	{"node.grpc", "connection refused", hub(func(n *Node) { n.GRPCErr = errGone })},
	{"clock.behind", "11s behind hub time", hub(func(n *Node) { n.Seen = now.Add(-11 * time.Second) })},
	{"clock.ahead", "31s ahead of hub time", hub(func(n *Node) { n.Seen = now.Add(31 * time.Second) })},
	{"question.unanswered", "ledgers: connection refused", []Finding{Unanswered("hub-1", "ledgers", errGone)}},

	{"notary.well", "has read block 100", notary(func(*Notary) {})},
	{"notary.file", "connection refused", notary(func(n *Notary) { n.FileErr = errGone })},
	{"notary.down", "connection refused", notary(func(n *Notary) { n.DownErr = errGone })},
	{"notary.not-ready", "connection refused", notary(func(n *Notary) { n.ReadyErr = errGone })},
	{"notary.adapter-down", "adapter does not run", notary(func(n *Notary) { n.State.AdapterPID = 0 })},
	{"notary.no-belief", "forked", notary(func(n *Notary) { n.State.Hub.Problem = "forked" })},
	{"notary.believes-one-node", "one node", notary(func(n *Notary) { n.State.Verify, n.State.Hub, n.Light = "node", nil, false })},
	{"notary.behind", "block 51, the newest is 102", notary(func(n *Notary) { n.State.Height = 51 })},
	{"notary.node-distrusted", "node b is distrusted: forged", notary(func(n *Notary) { n.State.Hub.Nodes = []NodeState{{"b", "distrusted", "forged"}} })},
	{"notary.node-failing", "node b is failing: away", notary(func(n *Notary) { n.State.Hub.Nodes = []NodeState{{"b", "failing", "away"}} })},
	{"notary.node-failing", "node b is behind: old", notary(func(n *Notary) { n.State.Hub.Nodes = []NodeState{{"b", "behind", "old"}} })},
	{"notary.alarm", "1 alarms", notary(func(n *Notary) { n.State.Alarms = 1 })},
	{"notary.waits", "3 instructions", notary(func(n *Notary) { n.State.Open, n.State.OldestAge = 3, 61 })},
	{"notary.ledger-unreachable", "4 calls", notary(func(n *Notary) { n.State.Open, n.Failed = 1, 4 })},
	{"notary.unregistered", "no such notary on ledger usd", notary(func(n *Notary) { n.Key.Registered = nil })},
	{"trust.unusable", "connection refused", notary(func(n *Notary) { n.Trust.Err = errGone })},
	{"trust.short", "24h0m0s of 4 days", notary(func(n *Notary) { n.State.Hub.TrustLeft = 24 * 3600 })},
	{"trust.over", "older than 4 days", notary(func(n *Notary) { n.DownErr, n.Trust.Time = errGone, now.Add(-101*time.Hour) })},
	{"key.missing", "connection refused", notary(func(n *Notary) { n.Key.Err = errGone })},
	{"key.other", "its key is 02, the hub has 01", notary(func(n *Notary) { n.Key.Own = []byte{2} })},
	{"key.unprotected", "for tests", notary(func(n *Notary) { n.Key.Backend = "test" })},
	{"key.unseen", "keyring os", notary(func(n *Notary) { n.Key.Unseen = true })},
	{"plugin.missing", "connection refused", notary(func(n *Notary) { n.Plugin.Err = errGone })},
	{"plugin.changed", "sha256 cd, the configuration says AB", notary(func(n *Notary) { n.Plugin.SHA256 = "cd" })},
	{"plugin.writable", "write bank", notary(func(n *Notary) { n.Plugin.Writable = "bank" })},

	{"ledger.well", "0 instructions are under way", ledger(func(*Ledger) {})},
	{"ledger.checks", "every order", ledger(func(*Ledger) {})},
	{"ledger.unchecked", "any one notary", ledger(func(l *Ledger) { l.Checks = false })},
	{"ledger.change", "2026-03-01 12:00:00 UTC", ledger(func(l *Ledger) { l.ChangeEffective = now })},
	{"ledger.suspended", "audit", ledger(func(l *Ledger) { l.Suspended = "audit" })},
	{"ledger.too-few", "1 of 3 notaries are left, and 2", ledger(func(l *Ledger) { l.Notaries[0].Suspended, l.Notaries[1].Suspended = "x", "y" })},
	{"ledger.notary-suspended", "n2 is suspended: two words; evidence: yes and no", ledger(func(l *Ledger) { l.Notaries[1] = Member{"n2", "two words", "yes and no"} })},
	{"ledger.stalled", "since block 9: client expired", ledger(func(l *Ledger) { l.Stall, l.StallHeight = "client expired", 9 })},
	{"ledger.stuck", "200 or more", ledger(func(l *Ledger) { l.Open, l.OpenMore, l.Oldest = 200, true, now.Add(-2*time.Minute) })},
	{"outcome.failing", "3 times (no account); tried again from block 9 on", Failing{"usd", 4, 3, "no account", 9}.Findings()},
	{"settlement.overdue", "still preparing", settlement(func(s *Settlement) { s.Deadline = now.Add(-2 * time.Minute) })},
	{"settlement.waiting", "usd is suspended", settlement(func(s *Settlement) { s.Waiting = "usd is suspended" })},
	{"settlement.defaulted", "ledger usd", settlement(func(s *Settlement) { s.Defaulted = []string{"usd"} })},
	{"books.wrong", "leg 1 twice", Books{Asked: true, Problems: []string{"leg 1 twice"}}.Findings()},
	{"books.well", "5 settlements", Books{Asked: true, Checked: 5}.Findings()},
}

func TestEveryKindOfFindingIsFound(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range rows {
		seen[row.kind] = true
		t.Run(row.kind+" "+row.says, func(t *testing.T) {
			for _, f := range row.found {
				if f.Kind == row.kind && strings.Contains(f.What, row.says) {
					require.Equal(t, kindOf(row.kind).Severity, f.Severity)
					require.NotRegexp(t, `\b(FILE|LEDGER|NODE|ID)\b`, f.Do, "a placeholder was not replaced")
					return
				}
			}
			require.Fail(t, "not found", "%+v", row.found)
		})
	}
	for _, k := range Kinds {
		require.True(t, seen[k.Name], "no row for %s", k.Name)
		require.Equal(t, k.Severity == OK && k.Name != "key.unseen", k.Do == "", "%s: what is wrong has advice, and nothing else", k.Name)
	}
}

func TestWhatIsWellIsNotFoundWrong(t *testing.T) {
	for name, findings := range map[string][]Finding{
		"hub": hub(well, well), "notary": notary(func(*Notary) {}), "ledger": ledger(func(*Ledger) {}), "settlement": settlement(func(*Settlement) {}),
		"a notary of a localnet": notary(func(n *Notary) { n.Local, n.Key.Backend = true, "test" }),
		"a hub not asked":        notary(func(n *Notary) { n.Key.Asked, n.Key.Registered = false, nil }),
	} {
		require.Equal(t, OK, Worst(findings), "%s: %+v", name, findings)
	}
}

func TestTheWorstComesFirst(t *testing.T) {
	findings := append(hub(well, func(n *Node) { n.Err = errGone }), notary(func(n *Notary) { n.State.Alarms = 1 })...)
	Sort(findings)
	require.Equal(t, "notary.alarm", findings[0].Kind)
	require.Equal(t, "node.unreachable", findings[1].Kind)
	require.Equal(t, Broken, Worst(findings))
}

func TestAFindingIsOneLine(t *testing.T) {
	f := found("trust.over", "notary n1", "too\n  old").since(now.Add(-90 * time.Second))
	require.Equal(t, "broken     notary n1: too old (since 2026-03-01 11:58:30 UTC, 1m30s) → "+f.Do, f.Line(now))
}

func TestTheDocumentListsEveryFinding(t *testing.T) {
	text, err := os.ReadFile("../../docs/doctor.md")
	require.NoError(t, err)
	require.Contains(t, string(text), Table(), "docs/doctor.md: put what Table returns in place of its table")
}
