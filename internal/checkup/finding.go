package checkup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Severity is how bad a finding is.
type Severity int

// Severities, from good to bad.
const (
	OK        Severity = iota // as it should be, or worth knowing
	Attention                 // works, but not for long or not as it should
	Broken                    // something that is needed does not work, or money is at risk
)

var severityNames = [...]string{"ok", "attention", "broken"}

// String is the word that people read.
func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the word in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Finding is one thing that was found.
type Finding struct {
	Kind     string    `json:"kind"` // of Kinds
	Severity Severity  `json:"severity"`
	Where    string    `json:"where"` // which node, notary, ledger or settlement
	What     string    `json:"what"`
	Since    time.Time `json:"since,omitzero"` // where it is known
	Do       string    `json:"do,omitempty"`   // what helps next
}

// found makes a finding of a kind. A placeholder of the kind's advice is replaced by the word that follows it in words.
func found(kind, where, what string, words ...string) Finding {
	k := kindOf(kind)
	return Finding{Kind: kind, Severity: k.Severity, Where: where, What: what, Do: strings.NewReplacer(words...).Replace(k.Do)}
}

func (f Finding) since(t time.Time) Finding {
	f.Since = t
	return f
}

// Line is the finding in one line, with the time that has passed since by now.
func (f Finding) Line(now time.Time) string {
	line := fmt.Sprintf("%-9s  %s: %s", f.Severity, f.Where, oneLine(f.What))
	if !f.Since.IsZero() {
		line += fmt.Sprintf(" (since %s, %s)", f.Since.UTC().Format(time.DateTime+" MST"), age(now.Sub(f.Since)))
	}
	if f.Do != "" {
		line += " → " + f.Do
	}
	return line
}

// Sort puts the worst first, and keeps the rest as it was found.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(b.Severity, a.Severity) })
}

// Worst is the worst severity among findings.
func Worst(findings []Finding) Severity {
	worst := OK
	for _, f := range findings {
		worst = max(worst, f.Severity)
	}
	return worst
}

// Unanswered is the finding that a question got no answer, so that what it would have shown is not known.
func Unanswered(where, question string, err error) Finding {
	return found("question.unanswered", where, question+": "+err.Error())
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// age is a time span as people say it.
func age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	case d >= time.Minute:
		return d.Round(time.Second).String()
	}
	return d.Round(100 * time.Millisecond).String()
}
