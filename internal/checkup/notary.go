package checkup

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// behindHub is how many blocks a notary may be behind the hub: reading and proving takes a few.
const behindHub = 50

// Notary is one notary, as its file, its status server and its disk show it.
type Notary struct {
	File    string // its link file
	FileErr error  // it can't be read: only File is known then
	Ledger  string
	Name    string
	Local   bool // part of a localnet: keys of the test keyring are as they should be

	DownErr  error // the status server did not answer
	ReadyErr error // what it says is missing
	State    NotaryState
	Failed   int // calls since its start that the ledger did not answer

	Light  bool // as its file says
	Period time.Duration
	Key    Key
	Trust  Trust
	Plugin Plugin
}

// NotaryState is the part of a notary's /status that is judged.
type NotaryState struct {
	Height     int64     `json:"height"`
	Open       int       `json:"open"`
	OldestAge  float64   `json:"oldest_age_seconds"`
	Alarms     int       `json:"alarms"`
	AdapterPID int       `json:"adapter_pid"`
	Verify     string    `json:"verify"`
	Hub        *HubState `json:"hub"`
}

// HubState is what a notary that verifies says of the hub.
type HubState struct {
	Height    int64       `json:"height"`
	TrustLeft float64     `json:"trust_seconds_left"`
	Problem   string      `json:"problem"`
	Nodes     []NodeState `json:"nodes"`
}

// NodeState is what it says of one node.
type NodeState struct {
	Name  string `json:"name"`
	State string `json:"state"`
	Why   string `json:"why"`
}

// Key is the notary's key: in the keyring, and as the hub has it.
type Key struct {
	Backend    string
	Unseen     bool   // the keyring was not opened
	Err        error  // it was opened, and the key is not in it
	Own        []byte // public key in the keyring
	Asked      bool   // the hub was asked for the ledger's notaries
	Registered []byte // public key that the hub has; empty: it knows no such notary
}

// Trust is the notary's trust file.
type Trust struct {
	Err  error
	Time time.Time // hub time of the believed header
}

// Plugin is the notary's adapter file.
type Plugin struct {
	Path         string
	Err          error
	Want, SHA256 string
	Writable     string // what others can write: the file or its folder; empty if neither
}

// Limits are what a run of the doctor judges by.
type Limits struct {
	Now   time.Time     // this machine's time
	Stuck time.Duration // how long an instruction may be open
	Hub   int64         // newest block that was seen; 0 if none
}

// Findings judges a notary.
func (n Notary) Findings(l Limits) []Finding {
	where := fmt.Sprintf("notary %s of %s", n.Name, n.Ledger)
	if n.FileErr != nil {
		return []Finding{n.found("notary.file", n.File, n.FileErr.Error())}
	}
	all := append(n.running(where, l), n.key(where)...)
	all = append(append(all, n.trust(where, l)...), n.plugin(where)...)
	if Worst(all) == OK {
		all = append(all, n.found("notary.well", where, fmt.Sprintf("works, has read block %d; %d instructions wait for its word", n.State.Height, n.State.Open)))
	}
	return all
}

func (n Notary) found(kind, where, what string) Finding {
	return found(kind, where, what, "FILE", n.File)
}

func (n Notary) running(where string, l Limits) (all []Finding) {
	if n.DownErr != nil {
		return []Finding{n.found("notary.down", where, n.DownErr.Error())}
	}
	s := n.State
	if s.AdapterPID == 0 {
		all = append(all, n.found("notary.adapter-down", where, "the adapter does not run"))
	} else if n.ReadyErr != nil {
		all = append(all, n.found("notary.not-ready", where, n.ReadyErr.Error()))
	}
	if s.Alarms > 0 {
		all = append(all, n.found("notary.alarm", where, fmt.Sprintf("%d alarms since it started", s.Alarms)))
	}
	if l.Hub-s.Height > behindHub && s.Height > 0 {
		all = append(all, n.found("notary.behind", where, fmt.Sprintf("it has read block %d, the newest is %d", s.Height, l.Hub)))
	}
	if waits := time.Duration(s.OldestAge * float64(time.Second)); s.Open > 0 && waits > l.Stuck {
		all = append(all, n.found("notary.waits", where, fmt.Sprintf("%d instructions wait for its word", s.Open)).since(l.Now.Add(-waits)))
	}
	if n.Failed > 0 && s.Open > 0 {
		all = append(all, n.found("notary.ledger-unreachable", where, fmt.Sprintf("%d calls since its start got no answer from the ledger, and %d instructions wait", n.Failed, s.Open)))
	}
	return append(all, n.believes(where)...)
}

// believes judges what the notary makes of the hub.
func (n Notary) believes(where string) (all []Finding) {
	if n.State.Verify == "node" {
		all = append(all, n.found("notary.believes-one-node", where, "it believes one node of the hub"))
	}
	if n.State.Hub == nil {
		return all
	}
	if n.State.Hub.Problem != "" {
		all = append(all, n.found("notary.no-belief", where, n.State.Hub.Problem))
	}
	for _, node := range n.State.Hub.Nodes {
		switch what := fmt.Sprintf("node %s is %s: %s", node.Name, node.State, node.Why); node.State {
		case "distrusted":
			all = append(all, n.found("notary.node-distrusted", where, what))
		case "failing", "behind":
			all = append(all, n.found("notary.node-failing", where, what))
		}
	}
	return all
}

func (n Notary) key(where string) (all []Finding) {
	k := n.Key
	if k.Backend == "test" && !n.Local {
		all = append(all, n.found("key.unprotected", where, "its keyring is of the kind for tests"))
	}
	switch {
	case k.Asked && len(k.Registered) == 0:
		all = append(all, n.found("notary.unregistered", where, "the hub knows no such notary on ledger "+n.Ledger))
	case k.Unseen:
		all = append(all, n.found("key.unseen", where, "its keyring "+k.Backend+" was not opened"))
	case k.Err != nil:
		all = append(all, n.found("key.missing", where, k.Err.Error()))
	case k.Asked && string(k.Own) != string(k.Registered):
		all = append(all, n.found("key.other", where, fmt.Sprintf("its key is %s, the hub has %s", hex.EncodeToString(k.Own), hex.EncodeToString(k.Registered))))
	}
	return all
}

// trust judges the trust file. A notary that runs knows better how long its belief lasts, and writes the file now and then only.
func (n Notary) trust(where string, l Limits) []Finding {
	if !n.Light {
		return nil
	}
	if n.Trust.Err != nil {
		return []Finding{n.found("trust.unusable", where, n.Trust.Err.Error())}
	}
	left := n.Trust.Time.Add(n.Period).Sub(l.Now)
	if n.DownErr == nil && n.State.Hub != nil {
		left = time.Duration(n.State.Hub.TrustLeft * float64(time.Second))
	}
	switch {
	case left <= 0:
		return []Finding{n.found("trust.over", where, "the header that it believes is older than "+age(n.Period)).since(n.Trust.Time)}
	case left < n.Period/4:
		return []Finding{n.found("trust.short", where, fmt.Sprintf("%s of %s are left before a person has to say again what to believe", age(left), age(n.Period)))}
	}
	return nil
}

func (n Notary) plugin(where string) (all []Finding) {
	p := n.Plugin
	switch {
	case p.Err != nil:
		return []Finding{n.found("plugin.missing", where, p.Err.Error())}
	case !strings.EqualFold(p.Want, p.SHA256):
		all = append(all, n.found("plugin.changed", where, fmt.Sprintf("%s has sha256 %s, the configuration says %s", p.Path, p.SHA256, p.Want)))
	}
	if p.Writable != "" {
		all = append(all, n.found("plugin.writable", where, "others can write "+p.Writable))
	}
	return all
}
