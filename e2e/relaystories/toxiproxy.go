package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
)

// toxiproxy is a running toxiproxy-server, which is told what to do over HTTP.
type toxiproxy struct{ api string }

// apiPatience is how long it may take to do as it is told.
const apiPatience = 10 * time.Second

// toxiproxy starts one.
func (s *stage) toxiproxy(ctx context.Context) (toxiproxy, error) {
	ports, err := localnet.FreePorts(1)
	if err != nil {
		return toxiproxy{}, err
	}
	t := toxiproxy{api: "http://" + ports[0]}
	host, number, err := net.SplitHostPort(ports[0])
	if err != nil {
		return t, err
	}
	log := filepath.Join(s.dir, "toxiproxy.log")
	p, err := localnet.Start("toxiproxy", []string{s.program("toxiproxy-server"), "-host", host, "-port", number}, log)
	if err != nil {
		return t, fmt.Errorf("%w; `make peers` builds it", err)
	}
	s.later(p.Stop)
	return t, localnet.Until(ctx, "toxiproxy to answer", func() (bool, error) {
		if !p.Alive() {
			return false, fmt.Errorf("it has ended: %s", localnet.LastLines(log))
		}
		return t.tell(ctx, http.MethodGet, "/version", nil, nil) == nil, nil
	})
}

// proxy stands before one node.
type proxy struct {
	Name     string `json:"name"`
	Listen   string `json:"listen"` // host:port
	Upstream string `json:"upstream"`
	Enabled  bool   `json:"enabled"`

	toxiproxy toxiproxy
}

// before makes a proxy before a node's RPC.
func (t toxiproxy) before(ctx context.Context, name, rpc string) (*proxy, error) {
	p := &proxy{Name: name, Listen: "127.0.0.1:0", Upstream: rpc, Enabled: true, toxiproxy: t}
	return p, t.tell(ctx, http.MethodPost, "/proxies", p, p)
}

// cut ends all connections and takes no new ones.
func (p *proxy) cut(ctx context.Context) error {
	return p.change(ctx, map[string]any{"enabled": false})
}

// mend takes connections again.
func (p *proxy) mend(ctx context.Context) error {
	return p.change(ctx, map[string]any{"enabled": true})
}

// lead has it stand before another node from now on. It ends the connections that there are.
func (p *proxy) lead(ctx context.Context, rpc string) error {
	return p.change(ctx, map[string]any{"upstream": rpc, "enabled": true})
}

func (p *proxy) change(ctx context.Context, fields map[string]any) error {
	fields["listen"] = p.Listen
	if fields["upstream"] == nil {
		fields["upstream"] = p.Upstream
	}
	return p.toxiproxy.tell(ctx, http.MethodPost, "/proxies/"+p.Name, fields, nil)
}

// toxic is what is done to the words of a node, by toxiproxy's names.
type toxic struct {
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Stream     string         `json:"stream"`
	Toxicity   float64        `json:"toxicity"`
	Attributes map[string]any `json:"attributes"`
}

// poison does something to every connection's answers.
func (p *proxy) poison(ctx context.Context, kind string, attributes map[string]any) error {
	t := toxic{Name: kind, Type: kind, Stream: "downstream", Toxicity: 1, Attributes: attributes}
	return p.toxiproxy.tell(ctx, http.MethodPost, "/proxies/"+p.Name+"/toxics", t, nil)
}

// cure ends a poison.
func (p *proxy) cure(ctx context.Context, kind string) error {
	return p.toxiproxy.tell(ctx, http.MethodDelete, "/proxies/"+p.Name+"/toxics/"+kind, nil, nil)
}

// tell sends one command; the answer goes to out, unless that is nil.
func (t toxiproxy) tell(ctx context.Context, method, path string, body, out any) error {
	ctx, cancel := context.WithTimeout(ctx, apiPatience)
	defer cancel()
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, t.api+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return err
	case res.StatusCode/100 != 2:
		return fmt.Errorf("toxiproxy: %s %s: %s: %s", method, path, res.Status, answer)
	case out == nil:
		return nil
	}
	return json.Unmarshal(answer, out)
}
