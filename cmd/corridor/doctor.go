package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/checkup"
	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/relayer/ledgerlink"
)

// Bounds of the doctor's questions.
const (
	askTimeout   = 5 * time.Second        // one question
	watchTimeout = 8 * time.Second        // for a new block
	lookAgain    = 200 * time.Millisecond // while waiting for it
	sayAfter     = 2 * time.Second        // that it is still at work
)

// Exit codes of the doctor.
const (
	exitBroken    = 2
	exitAttention = 3
)

func newDoctorCommand() *cobra.Command {
	d := &doctor{}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is wrong with the hub, its ledgers and the notaries, and what to do",
		Long: `Looks at the hub's nodes, this machine's clock, ledgers, open settlements, and, of every notary whose file is given, at its
process, its key, its trust file and its adapter. It changes nothing. One line a finding, the worst first, each with what helps next;
docs/doctor.md lists them all.

What the hub's nodes say is shown as they say it; that a node lies is found by the notaries, who verify, and shown as theirs.
A keyring that asks for a passphrase is opened with --keys alone.

Exit codes: 0 all is well, 1 wrong usage or configuration, 2 something is broken, 3 something wants attention, nothing is broken.`,
		Example: `  corridor doctor
  corridor doctor --notary /etc/corridor/n1.yaml --notary /etc/corridor/n2.yaml
  corridor doctor --localnet .localnet -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&d.notaryFiles, "notary", nil, "link file of a notary on this machine; may be given more than once")
	flags.StringVar(&d.localnetDir, "localnet", "", "folder of a localnet: look at all its nodes and notaries")
	flags.DurationVar(&d.stuck, "stuck", 2*time.Minute, "how long an instruction or a settlement past its deadline may be open")
	flags.BoolVar(&d.openKeys, "keys", false, "open keyrings that ask for a passphrase")
	return cmd
}

// doctor are the flags, and what is found.
type doctor struct {
	notaryFiles []string
	localnetDir string
	stuck       time.Duration
	openKeys    bool
}

// patients are what is looked at.
type patients struct {
	chainID  string
	nodes    []ledgerlink.NodeConfig
	notaries []linkFile
}

// linkFile is a notary's file, read.
type linkFile struct {
	file   string
	config ledgerlink.Config
	err    error
}

func (d *doctor) run(cmd *cobra.Command) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	who, err := d.patients(cmd)
	if err != nil {
		return err
	}
	slow := time.AfterFunc(sayAfter, func() {
		fmt.Fprintf(cmd.ErrOrStderr(), "Looking at %d nodes and %d notaries …\n", len(who.nodes), len(who.notaries))
	})
	findings := d.examine(cmd.Context(), who)
	slow.Stop()
	checkup.Sort(findings)
	worst := checkup.Worst(findings)
	if asJSON {
		err = writeJSON(cmd.OutOrStdout(), map[string]any{"chain_id": who.chainID, "worst": worst, "findings": findings})
	} else {
		now := time.Now()
		for _, f := range findings {
			if _, err = fmt.Fprintln(cmd.OutOrStdout(), f.Line(now)); err != nil {
				break
			}
		}
	}
	return errors.Join(err, verdict(worst))
}

// verdict ends the program with a code that a script can tell from.
func verdict(worst checkup.Severity) error {
	switch worst {
	case checkup.Broken:
		return exitError{code: exitBroken}
	case checkup.Attention:
		return exitError{code: exitAttention}
	}
	return nil
}

// patients reads who is to be looked at. Nodes come from the client's file, the localnet, and the notaries' files; each once.
func (d *doctor) patients(cmd *cobra.Command) (who patients, err error) {
	if d.localnetDir != "" {
		if err := d.addLocalnet(cmd, &who); err != nil {
			return who, err
		}
	}
	for _, file := range d.notaryFiles {
		link := linkFile{file: file}
		link.config, link.err = ledgerlink.LoadConfig(file)
		who.notaries = append(who.notaries, link)
	}
	// Of those who only have notaries' files the hub is known all the same.
	client, err := loadClientConfig(cmd)
	if err == nil {
		who.chainID = client.Hub.ChainID
		who.add(ledgerlink.NodeConfig{Name: client.Hub.GRPC, GRPC: client.Hub.GRPC, RPC: client.Hub.RPC})
	}
	for _, link := range who.notaries {
		hub := link.config.Hub
		if who.chainID == "" {
			who.chainID = hub.ChainID
		}
		if link.err != nil || hub.ChainID != who.chainID {
			continue
		}
		for _, n := range hub.Nodes {
			who.add(n)
		}
		if hub.Verify == ledgerlink.VerifyNode {
			who.add(ledgerlink.NodeConfig{Name: hub.GRPC, GRPC: hub.GRPC, RPC: hub.RPC})
		}
	}
	if len(who.nodes) == 0 {
		return who, errors.Join(err, errors.New("no node of a hub is known"))
	}
	if err != nil && (cmd.Flags().Changed("config") || !errors.Is(err, os.ErrNotExist) && len(who.notaries) == 0) {
		return who, err
	}
	return who, nil
}

// addLocalnet has all of a localnet looked at, and its client file read unless another is named.
func (d *doctor) addLocalnet(cmd *cobra.Command, who *patients) error {
	l, err := localnet.Open(d.localnetDir)
	if err != nil {
		return err
	}
	for _, n := range l.Nodes {
		who.add(ledgerlink.NodeConfig{Name: n.Name, GRPC: n.GRPC, RPC: "http://" + n.RPC})
	}
	files, err := filepath.Glob(filepath.Join(d.localnetDir, "notaries", "*", "link.yaml"))
	if err != nil {
		return err
	}
	d.notaryFiles = append(d.notaryFiles, files...)
	if !cmd.Flags().Changed("config") {
		return cmd.Flags().Set("config", l.ClientFile())
	}
	return nil
}

// add takes a node that is not there yet, by its RPC address.
func (p *patients) add(n ledgerlink.NodeConfig) {
	for _, known := range p.nodes {
		if known.RPC == n.RPC {
			return
		}
	}
	p.nodes = append(p.nodes, n)
}

// examine looks at everything, the hub's ledgers and the notaries while the nodes are watched.
func (d *doctor) examine(ctx context.Context, who patients) []checkup.Finding {
	hub := checkup.Hub{ChainID: who.chainID, Nodes: make([]checkup.Node, len(who.nodes))}
	notaries := make([]checkup.Notary, len(who.notaries))
	var books hubBooks
	var wait sync.WaitGroup
	for i, n := range who.nodes {
		wait.Go(func() { hub.Nodes[i] = watchNode(ctx, n, who.chainID) })
	}
	wait.Go(func() { books = readBooks(ctx, who) })
	for i, link := range who.notaries {
		wait.Go(func() { notaries[i] = d.lookAtNotary(ctx, link) })
	}
	wait.Wait()
	compareNodes(ctx, who.nodes, &hub)
	findings := hub.Findings()
	limits := checkup.Limits{Now: time.Now(), Stuck: d.stuck, Hub: newest(hub, who.chainID)}
	for i, n := range notaries {
		registered(&n, books, who.chainID, who.notaries[i].config.Hub.ChainID)
		findings = append(findings, n.Findings(limits)...)
	}
	return append(findings, books.findings(d.stuck)...)
}

// registered adds the key that the hub has for a notary, if the hub could be asked and is the notary's.
func registered(n *checkup.Notary, books hubBooks, chainID, ownChainID string) {
	if !books.listed || chainID != ownChainID {
		return
	}
	n.Key.Asked = true
	n.Key.Registered = books.keys[n.Ledger][n.Name]
}

// newest is the newest block that a node of the chain has shown.
func newest(hub checkup.Hub, chainID string) (height int64) {
	for _, n := range hub.Nodes {
		if n.Err == nil && n.ChainID == chainID {
			height = max(height, n.Later)
		}
	}
	return height
}
