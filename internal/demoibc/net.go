package demoibc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// The chains' ids, which are their names for the relayer as well.
const (
	hubID   = "corridor-hub"
	stockID = "stock-simd"
)

const (
	issuedMinor = 1_000_000
	simdPause   = 200 * time.Millisecond // as the hub's
)

// Options of the demonstration.
type Options struct {
	Bin string // folder of corridor, corridord and simd
	Out io.Writer
}

// Tell runs the whole; it ends at the first thing that is not as promised, and ends every process it started. Logs stay after
// an error.
func Tell(ctx context.Context, o Options) (err error) {
	dir, err := os.MkdirTemp("", "corridor-demo-ibc-")
	if err != nil {
		return err
	}
	if o.Bin, err = filepath.Abs(o.Bin); err != nil {
		return err
	}
	s := &story{Options: o, dir: dir}
	s.relayer = ibcnet.Relayer{Program: filepath.Join(o.Bin, "corridor"), Dir: filepath.Join(dir, "relayer"), Keys: relayerKeys, Show: s.showCommand}
	err = s.tell(ctx)
	err = errors.Join(err, s.end(context.WithoutCancel(ctx)))
	if err != nil {
		return fmt.Errorf("%w\nNo process is left running; logs are in %s", err, dir)
	}
	s.say("\nEverything was as promised. No process is left running, and the folder is gone.")
	return os.RemoveAll(dir)
}

// relayerKeys is how many signers the relayer has on each chain.
const relayerKeys = 2

// begin starts both chains and gives the hub's user some money.
func (s *story) begin(ctx context.Context) error {
	s.say("starting our hub and ibc-go's stock chain, one validator each")
	var err error
	s.stock, err = ibcnet.Start(ctx, ibcnet.Spec{
		ID: stockID, Dir: filepath.Join(s.dir, "stock"), Binary: filepath.Join(s.Bin, "simd"), Pause: simdPause, Users: 1, Relayer: relayerKeys,
	})
	if err != nil {
		return err
	}
	s.hub, err = ibcnet.StartHub(ctx, ibcnet.HubSpec{
		ID: hubID, Dir: filepath.Join(s.dir, "hub"), Bin: s.Bin, Relayer: relayerKeys, MoneyMinor: issuedMinor,
	})
	return err
}

// end stops every process.
func (s *story) end(ctx context.Context) error {
	var errs []error
	if s.process.PID != 0 {
		errs = append(errs, s.process.Stop(ctx))
	}
	for _, c := range []*ibcnet.Chain{s.stock, s.hub} {
		if c != nil {
			errs = append(errs, c.Stop(ctx))
		}
	}
	return errors.Join(errs...)
}
