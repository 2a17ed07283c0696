package lightclient

import (
	"context"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// How often a client is looked at: never less than once an hour, sooner again where a look failed, and not in a tight loop.
const (
	seldom      = time.Hour
	afterError  = 10 * time.Second
	atMostEvery = 100 * time.Millisecond
)

// Refresher keeps one client from expiring.
type Refresher struct {
	End          ibcpath.End
	Counterparty ibcpath.Reader
	After        float64               // the part of the trusting period after which it is refreshed; two thirds if 0
	Observe      func(Forecast, error) // told of each look; may be nil
	Updater      Updater
}

// Run looks at the client and refreshes it when it is due, until ctx ends. What goes wrong is told to Observe and tried again:
// an expired client may be replaced while this runs.
func (r *Refresher) Run(ctx context.Context) error {
	for {
		forecast, err := r.Once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.Observe != nil {
			r.Observe(forecast, err)
		}
		select {
		case <-time.After(pause(forecast, err, time.Now())):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pause is how long nothing needs to be looked at.
func pause(forecast Forecast, err error, now time.Time) time.Duration {
	if err != nil {
		return afterError
	}
	return min(max(forecast.RefreshAt.Sub(now), atMostEvery), seldom)
}

// Once looks at the client and refreshes it if it is due. The forecast is that after it.
func (r *Refresher) Once(ctx context.Context) (Forecast, error) {
	forecast, err := r.look(ctx)
	if err != nil || !forecast.Due(time.Now()) {
		return forecast, err
	}
	if err := r.Refresh(ctx); err != nil {
		return forecast, err
	}
	return r.look(ctx)
}

// look foresees; for a client that has expired already it gives the forecast with the error, where the chain still knows.
func (r *Refresher) look(ctx context.Context) (Forecast, error) {
	client, err := Look(ctx, r.End.Chain, r.End.ClientID)
	if err != nil {
		return Forecast{}, err
	}
	now := time.Now()
	var forecast Forecast
	if client.Newest != nil {
		forecast = Foresee(client.Newest.Timestamp, client.State.TrustingPeriod, r.After, now)
	}
	return forecast, client.Usable(now)
}

// Refresh brings the client to the counterparty's newest block, due or not.
func (r *Refresher) Refresh(ctx context.Context) error {
	head, err := ibcpath.Newest(ctx, r.Counterparty, 1)
	if err != nil {
		return err
	}
	build, _, err := r.Updater.Update(ctx, r.End, r.Counterparty, head.Height)
	if err != nil {
		return err
	}
	return submit(ctx, r.End.Chain, build)
}

// submit sends what build gives, in as many transactions as it takes; nothing if it gives nothing.
func submit(ctx context.Context, chain ibcpath.Sender, build func(string) []sdk.Msg) error {
	addresses := chain.Addresses()
	if len(addresses) == 0 {
		return errNoKey
	}
	for done, total := 0, len(build(addresses[0])); done < total; {
		fits := min(chain.Fits(build(addresses[0])[done:]), total-done)
		if _, err := chain.Send(ctx, func(signer string) []sdk.Msg { return build(signer)[done : done+fits] }); err != nil {
			return err
		}
		done += fits
	}
	return nil
}
