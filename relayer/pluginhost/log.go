package pluginhost

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"

	"github.com/hashicorp/go-hclog"
)

// pluginLogger gives go-plugin a logger whose lines end up in ours. What the adapter writes on standard
// error comes through it too.
func pluginLogger(to *slog.Logger) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Debug, JSONFormat: true, DisableTime: true, Output: lines{to}})
}

// lines turns hclog's JSON lines into records.
type lines struct{ to *slog.Logger }

func (l lines) Write(b []byte) (int, error) {
	record := map[string]any{}
	if err := json.Unmarshal(b, &record); err != nil {
		l.to.Info("adapter", "said", strings.TrimSpace(string(b)))
		return len(b), nil
	}
	level, message := levels[str(record["@level"])], str(record["@message"])
	attrs := make([]any, 0, 2*len(record)+2)
	attrs = append(attrs, "said", message)
	for k, v := range record {
		if !strings.HasPrefix(k, "@") {
			attrs = append(attrs, k, v)
		}
	}
	l.to.Log(context.Background(), level, "adapter", attrs...)
	return len(b), nil
}

var levels = map[string]slog.Level{
	"trace": slog.LevelDebug, "debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

func str(v any) string { s, _ := v.(string); return s }
