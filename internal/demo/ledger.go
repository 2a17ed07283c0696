package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
)

// adminClient asks a simulated ledger itself: its own books, not the hub's and not an adapter's.
type adminClient struct {
	ledger localnet.Ledger
	token  string
}

const (
	adminTimeout = 10 * time.Second
	maxAdminBody = 4 << 20
)

func openAdmin(l localnet.Ledger) (adminClient, error) {
	raw, err := os.ReadFile(l.AdminFile)
	return adminClient{l, strings.TrimSpace(string(raw))}, err
}

// call sends one request; out may be nil.
func (a adminClient) call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, adminTimeout)
	defer cancel()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.ledger.URL+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ledger %s: %w", a.ledger.ID, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAdminBody))
	if err != nil {
		return fmt.Errorf("ledger %s: %w", a.ledger.ID, err)
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("ledger %s: %s %s: %s: %s", a.ledger.ID, method, path, res.Status, raw)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}

// Account is an account as its ledger shows it.
type Account struct {
	Account        string `json:"account"`
	Currency       string `json:"currency"`
	AvailableMinor uint64 `json:"available_minor"`
	HeldMinor      uint64 `json:"held_minor"`
	Status         string `json:"status"`
}

func (a adminClient) accounts(ctx context.Context) (all []Account, err error) {
	err = a.call(ctx, http.MethodGet, "/admin/accounts", nil, &all)
	return all, err
}

// Entry is an entry with its journal as its ledger shows it.
type Entry struct {
	EntryID string `json:"entry_id"`
	State   string `json:"state"`
	Journal []struct {
		Kind string `json:"kind"`
	} `json:"journal"`
}

// entries are those with an id: one, or none if the ledger never heard of it.
func (a adminClient) entries(ctx context.Context, id string) (found []Entry, err error) {
	err = a.call(ctx, http.MethodGet, "/admin/entries?entry="+id, nil, &found)
	return found, err
}

func (a adminClient) entry(ctx context.Context, id string) (Entry, error) {
	found, err := a.entries(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	if len(found) != 1 {
		return Entry{}, fmt.Errorf("ledger %s shows %d entries under %s, want 1", a.ledger.ID, len(found), id)
	}
	return found[0], nil
}

// check is the ledger's own audit.
type check struct {
	OK            bool     `json:"ok"`
	IssuedMinor   uint64   `json:"issued_minor"`
	WalletsMinor  uint64   `json:"wallets_minor"`
	HeldMinor     uint64   `json:"held_minor"`
	SuspenseMinor uint64   `json:"suspense_minor"`
	Problems      []string `json:"problems"`
}

func (a adminClient) check(ctx context.Context) (c check, err error) {
	err = a.call(ctx, http.MethodGet, "/admin/check", nil, &c)
	return c, err
}

// withholdNextHold has the ledger execute the next hold and never reply.
func (a adminClient) withholdNextHold(ctx context.Context) error {
	return a.call(ctx, http.MethodPost, "/admin/faults", map[string]any{"operation": "hold", "mode": "withhold", "count": 1}, nil)
}

func (a adminClient) clearFaults(ctx context.Context) error {
	return a.call(ctx, http.MethodDelete, "/admin/faults", nil, nil)
}

// withheld lists the entries that were executed and whose reply was withheld.
func (a adminClient) withheld(ctx context.Context) (ids []string, err error) {
	var all []struct {
		EntryID string `json:"entry_id"`
	}
	if err := a.call(ctx, http.MethodGet, "/admin/withheld", nil, &all); err != nil {
		return nil, err
	}
	for _, w := range all {
		ids = append(ids, w.EntryID)
	}
	return ids, nil
}
