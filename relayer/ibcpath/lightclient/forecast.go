package lightclient

import "time"

// defaultRefreshAfter is the part of the trusting period after which a client is refreshed: a third is left for trouble.
const defaultRefreshAfter = 2.0 / 3

// Forecast is how long a client lasts that nobody updates.
type Forecast struct {
	ExpiresAt time.Time
	RefreshAt time.Time
	DaysLeft  float64 // until ExpiresAt; negative afterwards
}

// Foresee tells how long a client lasts whose newest consensus state has that time. It is to be refreshed when the given part of
// the trusting period has passed; two thirds if the part is not between 0 and 1.
func Foresee(newest time.Time, trustingPeriod time.Duration, part float64, now time.Time) Forecast {
	if part <= 0 || part >= 1 {
		part = defaultRefreshAfter
	}
	expires := newest.Add(trustingPeriod)
	return Forecast{
		ExpiresAt: expires,
		RefreshAt: newest.Add(time.Duration(part * float64(trustingPeriod))),
		DaysLeft:  expires.Sub(now).Hours() / 24,
	}
}

// Due says whether the client should be refreshed now.
func (f Forecast) Due(now time.Time) bool { return !now.Before(f.RefreshAt) }
