package relaymetrics

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// What operators take over as it is.
const (
	rulesFile     = "../../docs/alerts/relay.yml"
	rulesTestFile = "../../docs/alerts/relay_test.yml"
	dashboardFile = "../../docs/grafana/relay.json"
)

func TestEachAlertFiresOnce(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is missing; it comes with Debian's package prometheus")
	}
	for _, args := range [][]string{{"check", "rules", rulesFile}, {"test", "rules", rulesTestFile}} {
		out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
}

func TestEachAlertHasATestThatFiresIt(t *testing.T) {
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert       string
				Annotations map[string]string
			}
		}
	}
	var tests struct {
		Tests []struct {
			Cases []struct {
				Alert    string      `yaml:"alertname"`
				Expected []yaml.Node `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	readYAML(t, rulesFile, &rules)
	readYAML(t, rulesTestFile, &tests)
	fired, quiet := map[string]bool{}, map[string]bool{}
	for _, test := range tests.Tests {
		for _, c := range test.Cases {
			if len(c.Expected) > 0 {
				fired[c.Alert] = true
			} else {
				quiet[c.Alert] = true
			}
		}
	}
	require.NotEmpty(t, rules.Groups)
	for _, rule := range rules.Groups[0].Rules {
		require.True(t, fired[rule.Alert], "%s is never fired", rule.Alert)
		require.True(t, quiet[rule.Alert], "%s is never shown to be quiet", rule.Alert)
		require.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
		require.NotEmpty(t, rule.Annotations["action"], "%s does not say what to do", rule.Alert)
	}
}

func TestRulesAndDashboardAskForWhatThereIs(t *testing.T) {
	there := map[string]bool{}
	for _, name := range metricNames(t) {
		there[name] = true
	}
	asked := map[string]bool{}
	for _, file := range []string{rulesFile, rulesTestFile, dashboardFile} {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, name := range regexp.MustCompile(prefix+`[a-z_]+`).FindAllString(string(raw), -1) {
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				name = strings.TrimSuffix(name, part)
			}
			require.True(t, there[name], "%s asks for %s, which the relayer does not have", file, name)
			asked[name] = true
		}
	}
	for name := range there {
		require.True(t, asked[name], "%s is measured, and neither a rule nor the dashboard shows it", name)
	}
	raw, err := os.ReadFile(dashboardFile)
	require.NoError(t, err)
	require.True(t, json.Valid(raw))
}

// metricNames are the names of all metrics, whether they have a value yet or not.
func metricNames(t *testing.T) []string {
	t.Helper()
	registered := &names{}
	New(registered)
	descriptions := make(chan *prometheus.Desc, 100)
	for _, c := range registered.all {
		c.Describe(descriptions)
	}
	close(descriptions)
	var found []string
	for d := range descriptions {
		_, rest, ok := strings.Cut(d.String(), `fqName: "`)
		require.True(t, ok)
		name, _, _ := strings.Cut(rest, `"`)
		found = append(found, name)
	}
	return found
}

// names is a registry that remembers what is registered.
type names struct{ all []prometheus.Collector }

func (n *names) Register(c prometheus.Collector) error { n.all = append(n.all, c); return nil }

func (n *names) MustRegister(cs ...prometheus.Collector) { n.all = append(n.all, cs...) }

func (n *names) Unregister(prometheus.Collector) bool { return false }

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(raw, into))
}
