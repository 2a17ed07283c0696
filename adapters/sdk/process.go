package sdk

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// closePatience is how long an adapter has to end by itself.
const closePatience = 5 * time.Second

// Process is a running adapter. It is what a test, or a tool that asks one question, needs; a notary's
// relayer puts relayer/pluginhost around it, which verifies the binary and starts it again when it dies.
type Process struct {
	Ledger
	client *plugin.Client
	cmd    *exec.Cmd
	done   chan struct{}
}

// Start runs an adapter binary with its configuration file and waits until it serves.
func Start(binary, configPath string, logger hclog.Logger) (*Process, error) {
	return StartCommand(exec.Command(binary, "--config", configPath), logger)
}

// StartCommand runs an adapter and waits until it serves. It has no environment but cmd.Env. On Linux the
// kernel kills it when the calling thread ends, so a caller that means it to live long locks its thread.
//
// An adapter that does not come up is Unavailable, and the error carries what it last said.
func StartCommand(cmd *exec.Cmd, logger hclog.Logger) (*Process, error) {
	stderr := &tail{}
	p := &Process{client: plugin.NewClient(clientConfig(cmd, logger, stderr)), cmd: cmd, done: make(chan struct{})}
	if err := p.dispense(); err != nil {
		if cmd.Process != nil {
			_ = cmd.Process.Kill()
		}
		p.end()
		if said := stderr.String(); said != "" {
			err.Message += ", and said: " + said
		}
		return nil, err
	}
	go func() {
		defer close(p.done)
		waitForEnd(p.PID(), p.client.Exited)
	}()
	return p, nil
}

func (p *Process) dispense() *Error {
	protocol, err := p.client.Client()
	if err != nil {
		return &Error{Code: Unavailable, Message: "the adapter " + p.cmd.Path + " did not start", Err: err}
	}
	raw, err := protocol.Dispense(PluginName)
	if err != nil {
		return &Error{Code: Unavailable, Message: "the adapter " + p.cmd.Path + " serves no ledger", Err: err}
	}
	ledger, ok := raw.(Ledger)
	if !ok {
		return Errorf(Invalid, "the adapter %s serves a %T, want a ledger", p.cmd.Path, raw)
	}
	p.Ledger = ledger
	return nil
}

// Balance passes the question on; an adapter that does not read balances is Denied.
func (p *Process) Balance(ctx context.Context, a Account) (Balance, error) {
	if r, ok := p.Ledger.(BalanceReader); ok {
		return r.Balance(ctx, a)
	}
	return Balance{}, Errorf(Denied, "this adapter does not read balances")
}

// Book passes the question on; an adapter that keeps no order book is Denied.
func (p *Process) Book(ctx context.Context) (Book, error) {
	if b, ok := p.Ledger.(OrderBook); ok {
		return b.Book(ctx)
	}
	return Book{}, noOrders()
}

// Take passes the batch on; an adapter that keeps no order book is Denied.
func (p *Process) Take(ctx context.Context, batch []byte) (Book, error) {
	if b, ok := p.Ledger.(OrderBook); ok {
		return b.Take(ctx, batch)
	}
	return Book{}, noOrders()
}

// PID is the adapter's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the adapter's process has ended, however it ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Close asks the adapter to end, and kills it if it does not in time.
func (p *Process) Close() {
	timer := time.AfterFunc(closePatience, func() { _ = p.cmd.Process.Kill() }) // one that is stuck answers no request to end
	defer timer.Stop()
	p.end()
}

// Kill ends the adapter with SIGKILL, as a crash would. It is no error if it has ended already.
func (p *Process) Kill() error {
	_ = p.cmd.Process.Kill()
	p.end()
	return nil
}

// end collects the process and removes its socket.
func (p *Process) end() { p.client.Kill() }

// tail keeps the end of what an adapter wrote on standard error, for the error that its death becomes.
type tail struct {
	mu   sync.Mutex
	text string
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text += string(b)
	if extra := len(t.text) - maxMessageBytes; extra > 0 {
		t.text = t.text[extra:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(cleanText(strings.ReplaceAll(t.text, "\n", "; "), maxMessageBytes))
}
