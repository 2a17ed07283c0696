package simkit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

func TestOpeningHours(t *testing.T) {
	weekdays := []string{"mon", "tue", "wed", "thu", "fri"}
	for name, c := range map[string]struct {
		hours simkit.Hours
		at    string // UTC; 2026-11-23 is a Monday
		open  bool
	}{
		"always":                          {simkit.Hours{}, "2026-11-22T03:00:00Z", true},
		"within":                          {simkit.Hours{Open: "09:00", Close: "17:00"}, "2026-11-23T12:00:00Z", true},
		"at the first minute":             {simkit.Hours{Open: "09:00", Close: "17:00"}, "2026-11-23T09:00:00Z", true},
		"before":                          {simkit.Hours{Open: "09:00", Close: "17:00"}, "2026-11-23T08:59:59Z", false},
		"at the last minute":              {simkit.Hours{Open: "09:00", Close: "17:00"}, "2026-11-23T17:00:00Z", false},
		"a day off":                       {simkit.Hours{Days: weekdays}, "2026-11-22T12:00:00Z", false},
		"another zone's day":              {simkit.Hours{Zone: "Asia/Shanghai", Days: weekdays}, "2026-11-22T17:00:00Z", true},
		"another zone's hour":             {simkit.Hours{Zone: "America/New_York", Open: "09:00", Close: "17:00"}, "2026-11-23T13:00:00Z", false},
		"over midnight, late":             {simkit.Hours{Open: "22:00", Close: "04:00", Days: weekdays}, "2026-11-27T23:00:00Z", true},
		"over midnight, the next morning": {simkit.Hours{Open: "22:00", Close: "04:00", Days: weekdays}, "2026-11-28T03:00:00Z", true},
		"over midnight, of a day off":     {simkit.Hours{Open: "22:00", Close: "04:00", Days: weekdays}, "2026-11-23T03:00:00Z", false},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.hours.Validate())
			at, err := time.Parse(time.RFC3339, c.at)
			require.NoError(t, err)
			require.Equal(t, c.open, c.hours.Contains(at), c.hours.String())
		})
	}
}

func TestOpeningHoursThatAreNone(t *testing.T) {
	for want, h := range map[string]simkit.Hours{
		"no time zone":  {Zone: "Mars/Olympus"},
		"none of":       {Days: []string{"monday"}},
		"come together": {Open: "09:00"},
		"09:00":         {Open: "9am", Close: "17:00"},
		"17:00":         {Open: "09:00", Close: "25:00"},
		"are both":      {Open: "09:00", Close: "09:00"},
	} {
		require.ErrorContains(t, h.Validate(), want)
	}
}
