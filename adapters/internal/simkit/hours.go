package simkit

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zone is the ledger's own, whatever the machine has installed
)

// Hours is when the ledger takes new holds. The zero value is always. Post, void and look-up work at
// any time: what is held can always be ended.
type Hours struct {
	Zone  string   `yaml:"zone"`  // IANA name; default UTC
	Days  []string `yaml:"days"`  // mon tue wed thu fri sat sun; default all
	Open  string   `yaml:"open"`  // HH:MM, included
	Close string   `yaml:"close"` // HH:MM, excluded; earlier than open: the window runs over midnight
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

const clockLayout = "15:04"

func (h Hours) always() bool { return h.Open == "" && h.Close == "" && len(h.Days) == 0 }

// Validate checks the hours as they stand in a configuration file, under opening_hours.
func (h Hours) Validate() error {
	if _, err := time.LoadLocation(h.Zone); err != nil {
		return fmt.Errorf("opening_hours.zone: %q is no time zone; write an IANA name such as Asia/Shanghai", h.Zone)
	}
	for _, d := range h.Days {
		if !slices.Contains(weekdays, d) {
			return fmt.Errorf("opening_hours.days: %q is none of %s", d, strings.Join(weekdays, " "))
		}
	}
	if (h.Open == "") != (h.Close == "") {
		return fmt.Errorf("opening_hours: open and close come together; leave both out for the whole day")
	}
	if h.Open == "" {
		return nil
	}
	open, err := time.Parse(clockLayout, h.Open)
	if err != nil {
		return fmt.Errorf("opening_hours.open: %q is no time of day; write it as 09:00", h.Open)
	}
	end, err := time.Parse(clockLayout, h.Close)
	if err != nil {
		return fmt.Errorf("opening_hours.close: %q is no time of day; write it as 17:00", h.Close)
	}
	if open.Equal(end) {
		return fmt.Errorf("opening_hours: open and close are both %s; leave both out for the whole day", h.Open)
	}
	return nil
}

// Contains tells whether now is within the hours. A window over midnight belongs to the day it opens on.
func (h Hours) Contains(now time.Time) bool {
	if h.always() {
		return true
	}
	zone, err := time.LoadLocation(h.Zone)
	if err != nil {
		return false
	}
	local := now.In(zone)
	clock, day := local.Format(clockLayout), local.Weekday()
	within := h.Open == "" || h.Open <= clock && clock < h.Close
	if h.Open > h.Close {
		within = clock >= h.Open || clock < h.Close
		if clock < h.Close {
			day = (day + 6) % 7
		}
	}
	return within && (len(h.Days) == 0 || slices.Contains(h.Days, weekdays[day]))
}

// String says the hours to a person.
func (h Hours) String() string {
	if h.always() {
		return "always open"
	}
	days, zone, clock := "every day", h.Zone, "all day"
	if len(h.Days) > 0 {
		days = strings.Join(h.Days, " ")
	}
	if zone == "" {
		zone = "UTC"
	}
	if h.Open != "" {
		clock = h.Open + " to " + h.Close
	}
	return fmt.Sprintf("open %s, %s, %s", days, clock, zone)
}
