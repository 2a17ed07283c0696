package localnet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

// readyPatience is how long the whole may take to be ready.
const readyPatience = 2 * time.Minute

// Options of a localnet.
type Options struct {
	Dir         string                   // made if missing; a localnet that is down there is started again
	Bin         string                   // folder of the binaries: corridord, corridor, corridor-sim, corridor-adapter-*
	ChainID     string                   // of a new one; default corridor-local
	Validators  int                      // of a new one; default DefaultValidators
	HubOnly     bool                     // no ledgers and notaries
	SecondChain bool                     // of a new one: a second chain as well, which is a ledger of the hub by IBC, and a relayer between both
	Verify      string                   // of a new one: how the notaries read the hub, VerifyLight (default) or VerifyNode
	Unchecked   bool                     // of a new one: no ledger checks orders itself
	New         bool                     // start none again that is down
	Extend      func(*world.World) error // admits more before the genesis is made, so for a new one alone; may be nil
	NodeFlags   []string                 // more flags of `corridord start`, the same for every node
	Progress    func(string)             // told what is being done; may be nil
}

// DefaultValidators of a localnet's hub.
const DefaultValidators = 4

func (o *Options) setDefaults() error {
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return err
	}
	if o.Bin, err = filepath.Abs(o.Bin); err != nil {
		return err
	}
	switch {
	case o.Verify != "" && o.Verify != VerifyLight && o.Verify != VerifyNode:
		return fmt.Errorf("verify: %q: want %s or %s", o.Verify, VerifyLight, VerifyNode)
	case o.Verify == VerifyLight && o.Validators == 1:
		return errors.New("verify: light needs a second node of the hub as a witness, and this one has a single validator: take more, or node")
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	binaries := []string{"corridord"}
	if !o.HubOnly || o.SecondChain {
		binaries = append(binaries, "corridor")
	}
	if !o.HubOnly {
		binaries = append(binaries, "corridor-sim", "corridor-adapter-cbdc", "corridor-adapter-bank")
	}
	for _, name := range binaries {
		if _, err := os.Stat(filepath.Join(o.Bin, name)); err != nil {
			return fmt.Errorf("%s is not in %s; run `make build` first", name, o.Bin)
		}
	}
	return nil
}

// Up makes a localnet and starts it, or starts again the one that is down in the folder, on its own keys, chain and
// ledgers. When it returns without an error everything is ready; with one, nothing is left running, and the logs stay.
func Up(ctx context.Context, o Options) (*Localnet, error) {
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	release, err := lock(o.Dir)
	if err != nil {
		return nil, err
	}
	defer release()
	if _, err := os.Stat(filepath.Join(o.Dir, stateFile)); err == nil {
		return nil, fmt.Errorf("there is a localnet in %[1]s already: `corridor localnet status --dir %[1]s` shows it, `corridor localnet down --dir %[1]s` ends it", o.Dir)
	}
	l, bring := &Localnet{Dir: o.Dir}, (*Localnet).create
	if stopped(o.Dir) {
		if l, err = o.reopen(); err != nil {
			return nil, err
		}
		bring = (*Localnet).resume
	}
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	if err := bring(l, ctx, o); err != nil {
		return nil, errors.Join(err, l.end(context.WithoutCancel(ctx)))
	}
	return l, nil
}

// create makes keys, genesis and configurations, and starts what they are for.
func (l *Localnet) create(ctx context.Context, o Options) error {
	o.Progress("keys and genesis")
	w, err := world.New(l.Dir)
	if err != nil {
		return err
	}
	if o.Extend != nil {
		if err := o.Extend(w); err != nil {
			return err
		}
	}
	if l.Unchecked = o.Unchecked; l.Unchecked {
		w.Uncheck()
	}
	l.ChainID, l.Verify = cmp.Or(o.ChainID, "corridor-local"), cmp.Or(o.Verify, o.defaultVerify())
	if o.SecondChain {
		if err := l.makeFar(ctx, w, filepath.Join(o.Bin, "corridord")); err != nil {
			return err
		}
	}
	if err := l.makeHub(ctx, w, cmp.Or(o.Validators, DefaultValidators), filepath.Join(o.Bin, "corridord")); err != nil {
		return err
	}
	if err := l.save(); err != nil {
		return err
	}
	if err := l.startChains(ctx, w, o); err != nil {
		return err
	}
	if !o.HubOnly {
		if err := l.trust(ctx, w); err != nil {
			return err
		}
	}
	return l.startRest(ctx, w, o)
}

// startChains starts the hub and the second chain, and waits until the hub makes blocks.
func (l *Localnet) startChains(ctx context.Context, w *world.World, o Options) error {
	o.Progress(fmt.Sprintf("hub: %d validators", len(l.Nodes)))
	for _, n := range l.Nodes {
		if err := l.startNode(n, "hub", o); err != nil {
			return err
		}
	}
	if l.Far != nil {
		o.Progress("second chain: 1 validator")
		if err := l.startNode(l.Far.Node, "far", o); err != nil {
			return err
		}
	}
	if err := l.chainReady(ctx, l.ChainID, l.Nodes...); err != nil {
		return err
	}
	return w.WriteClient(l.ChainID, l.Nodes[0].world())
}

// startRest starts what needs the hub, and waits until all is ready.
func (l *Localnet) startRest(ctx context.Context, w *world.World, o Options) error {
	if !o.HubOnly {
		o.Progress("ledgers: " + world.CBDC + " and " + world.Bank)
		if err := l.startLedgers(ctx, w, o); err != nil {
			return err
		}
		o.Progress(fmt.Sprintf("notaries: %d for each ledger, any %d count", world.NotariesPerLedger, world.Threshold))
		if err := l.startNotaries(ctx, w, o); err != nil {
			return err
		}
	}
	if l.Far != nil {
		if err := l.startFar(ctx, o); err != nil {
			return err
		}
	}
	l.Ready = true
	return l.save()
}

func (l *Localnet) startNode(n Node, kind string, o Options) error {
	argv := append([]string{filepath.Join(o.Bin, "corridord"), "start", "--home", n.Home, "--log_no_color"}, o.NodeFlags...)
	return l.run(command{n.Name, kind, argv, filepath.Join(l.Dir, "logs", n.Name+".log")})
}

// chainReady waits until a chain has made a block since, above its first, and every node has it.
func (l *Localnet) chainReady(ctx context.Context, chainID string, nodes ...Node) error {
	var want int64
	for _, n := range nodes {
		err := until(ctx, n.Name+" to make blocks", func() (bool, error) {
			if err := l.died(n.Name); err != nil {
				return false, err
			}
			client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: n.GRPC}, chainID)
			if err != nil {
				return false, nil //nolint:nilerr // not yet
			}
			defer client.Close()
			b, err := client.Latest(ctx)
			if err != nil {
				return false, nil //nolint:nilerr // not yet
			}
			if want == 0 {
				want = max(2, b.Height+1)
			}
			return b.Height >= want, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// died tells that a process has ended, with the end of its log.
func (l *Localnet) died(name string) error {
	p, err := l.Process(name)
	if err != nil {
		return err
	}
	if p.Alive() {
		return nil
	}
	return fmt.Errorf("%s has ended; the end of its log %s:\n%s", name, p.Log, lastLines(p.Log))
}

func (l *Localnet) startLedgers(ctx context.Context, w *world.World, o Options) error {
	sims := w.Simulators()
	for _, s := range sims {
		if err := forget(s.AddrFile); err != nil {
			return err
		}
		if err := l.run(command{s.Ledger, "ledger", []string{filepath.Join(o.Bin, "corridor-sim"), s.Kind, "--config", s.Config}, filepath.Join(l.Dir, "logs", s.Ledger+".log")}); err != nil {
			return err
		}
	}
	var ledgers []Ledger
	for _, s := range sims {
		address, err := l.answers(ctx, s.Ledger, s.AddrFile, "/healthz")
		if err != nil {
			return err
		}
		ledgers = append(ledgers, Ledger{ID: s.Ledger, URL: "http://" + address, AdminFile: s.AdminFile})
	}
	l.Ledgers = ledgers
	return l.save()
}

// forget removes the file in which a process of before wrote its address.
func forget(addrFile string) error {
	if err := os.Remove(addrFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// answers waits until a process has written its address and answers 200 on a path.
func (l *Localnet) answers(ctx context.Context, name, addrFile, path string) (address string, err error) {
	err = until(ctx, name+" to be ready", func() (bool, error) {
		if err := l.died(name); err != nil {
			return false, err
		}
		raw, err := os.ReadFile(addrFile)
		if err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		address = strings.TrimSpace(string(raw))
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			return false, err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK, nil
	})
	return address, err
}

func (l *Localnet) startNotaries(ctx context.Context, w *world.World, o Options) error {
	for i, n := range w.Notaries {
		ledger, err := l.Ledger(n.Ledger)
		if err != nil {
			return err
		}
		kind, currency := "cbdc", "CNY"
		if n.Ledger == world.Bank {
			kind, currency = "bank", "USD"
		}
		adapter := world.Adapter{Binary: filepath.Join(o.Bin, "corridor-adapter-"+kind), LedgerURL: ledger.URL, Currency: currency, OrderCheck: l.orderCheck(n.Ledger)}
		if err := w.WriteNotary(n, l.hubOf(i), adapter); err != nil {
			return err
		}
		if err := l.startNotary(n, o.Bin); err != nil {
			return err
		}
	}
	for _, n := range w.Notaries {
		if _, err := l.answers(ctx, n.ID, n.StatusFile(), "/readyz"); err != nil {
			return err
		}
	}
	return nil
}

func (l *Localnet) startNotary(n world.Notary, bin string) error {
	if err := forget(n.StatusFile()); err != nil {
		return err
	}
	return l.run(command{n.ID, "notary", []string{filepath.Join(bin, "corridor"), "ledger", "run", n.ConfigFile()}, filepath.Join(l.Dir, "logs", n.ID+".log")})
}
