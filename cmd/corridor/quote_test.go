package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAQuoteEndsAtATimeOrAfterAWhile(t *testing.T) {
	for _, row := range []struct {
		name  string
		flags []string
		until time.Time
		lasts time.Duration
		group string // cobra refuses the flags together
		want  string // the value is refused
	}{
		{name: "a while", flags: []string{"--for", "10m"}, lasts: 10 * time.Minute},
		{name: "a time", flags: []string{"--until", "2030-01-31T17:00:00Z"}, until: time.Date(2030, 1, 31, 17, 0, 0, 0, time.UTC)},
		{name: "a time elsewhere", flags: []string{"--until", "2030-01-31T17:00:00+08:00"}, until: time.Date(2030, 1, 31, 9, 0, 0, 0, time.UTC)},
		{name: "both", flags: []string{"--for", "10m", "--until", "2030-01-31T17:00:00Z"}, group: "[for until]"},
		{name: "neither", group: "[for until]"},
		{name: "no time", flags: []string{"--until", "tomorrow"}, want: `--until "tomorrow": want a time such as`},
		{name: "no zone", flags: []string{"--until", "2030-01-31T17:00:00"}, want: "want a time such as"},
		{name: "before 1970", flags: []string{"--until", "1960-01-31T17:00:00Z"}, want: "want a time such as"},
		{name: "beyond 64 bits of nanoseconds", flags: []string{"--until", "2611-01-31T17:00:00Z"}, want: "want a time such as"},
	} {
		t.Run(row.name, func(t *testing.T) {
			cmd := newQuotePublishCommand()
			require.NoError(t, cmd.ParseFlags(row.flags))
			if row.group != "" {
				require.ErrorContains(t, cmd.ValidateFlagGroups(), row.group)
				return
			}
			require.NoError(t, cmd.ValidateFlagGroups())
			until, lasts, err := quoteExpiry(cmd)
			if row.want != "" {
				require.ErrorContains(t, err, row.want)
				return
			}
			require.NoError(t, err)
			require.True(t, row.until.Equal(until), until)
			require.Equal(t, row.lasts, lasts)
		})
	}
}
