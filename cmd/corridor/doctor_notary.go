package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"

	"github.com/corridor-network/corridor/internal/checkup"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/relayer/hublight"
	"github.com/corridor-network/corridor/relayer/ledgerlink"
)

// maxNotaryBytes bounds an answer of a status server.
const maxNotaryBytes = 1 << 20

// unanswered finds the calls that a ledger did not answer among a notary's metrics.
var unanswered = regexp.MustCompile(`(?m)^corridor_ledger_executions_total\{[^}]*code="(?:unavailable|unknown)"[^}]*\} ([0-9.e+]+)$`)

// lookAtNotary gathers what one notary's file, process and disk show.
func (d *doctor) lookAtNotary(ctx context.Context, link linkFile) checkup.Notary {
	c := link.config
	n := checkup.Notary{File: link.file, FileErr: link.err, Ledger: c.Ledger, Name: c.Notary, Local: d.localnetDir != ""}
	if link.err != nil {
		return n
	}
	askStatus(ctx, c.Status, &n)
	n.Key = d.lookAtKey(c)
	n.Light, n.Period = c.Hub.Verify == ledgerlink.VerifyLight, c.Hub.Trust.Period
	if n.Light {
		block, err := hublight.LoadTrust(c.Hub.Trust.File, c.Hub.ChainID)
		if n.Trust.Err = err; err == nil {
			n.Trust.Time = block.Time
		}
	}
	n.Plugin = lookAtPlugin(c.Adapter)
	return n
}

// askStatus asks a notary's status server.
func askStatus(ctx context.Context, c ledgerlink.StatusConfig, n *checkup.Notary) {
	address := c.Listen
	if c.AddrFile != "" {
		raw, err := os.ReadFile(c.AddrFile)
		if err != nil {
			n.DownErr = fmt.Errorf("it has written no status address: %w", err)
			return
		}
		address = strings.TrimSpace(string(raw))
	} else if strings.HasSuffix(address, ":0") {
		n.DownErr = errors.New("its status address is not known: with port 0 name status.addr_file, or give a fixed port")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	body, _, err := httpGet(ctx, address, "/status")
	if err == nil {
		err = json.Unmarshal(body, &n.State)
	}
	if err != nil {
		n.DownErr = err
		return
	}
	if body, code, err := httpGet(ctx, address, "/readyz"); err != nil {
		n.ReadyErr = err
	} else if code != http.StatusOK {
		n.ReadyErr = errors.New(strings.TrimSpace(string(body)))
	}
	if body, _, err := httpGet(ctx, address, "/metrics"); err == nil {
		for _, match := range unanswered.FindAllStringSubmatch(string(body), -1) {
			if count, err := strconv.ParseFloat(match[1], 64); err == nil {
				n.Failed += int(count)
			}
		}
	}
}

func httpGet(ctx context.Context, address, path string) ([]byte, int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return nil, 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxNotaryBytes))
	return body, res.StatusCode, err
}

// lookAtKey reads the public key. Of keyrings only the test one never asks for a passphrase.
func (d *doctor) lookAtKey(c ledgerlink.Config) checkup.Key {
	k := checkup.Key{Backend: c.Key.Backend}
	if c.Key.Backend != keyring.BackendTest && !d.openKeys {
		k.Unseen = true
		return k
	}
	k.Own, k.Err = publicKey(c.Key, c.Hub.ChainID)
	return k
}

func publicKey(c ledgerlink.KeyConfig, chainID string) ([]byte, error) {
	codec, err := hubclient.New(hubclient.Node{GRPC: "127.0.0.1:1"}, chainID) // never asked: it knows the kinds of keys
	if err != nil {
		return nil, err
	}
	defer codec.Close()
	// New would make the folder of a keyring that is not there; looking must change nothing.
	if _, err := os.Stat(c.Dir); err != nil {
		return nil, err
	}
	keys, err := keyring.New("corridor", c.Backend, c.Dir, os.Stdin, codec.Codec())
	if err != nil {
		return nil, fmt.Errorf("keyring %s in %s: %w", c.Backend, c.Dir, err)
	}
	record, err := keys.Key(c.Name)
	if err != nil {
		return nil, fmt.Errorf("keyring %s in %s: %w", c.Backend, c.Dir, err)
	}
	key, err := record.GetPubKey()
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", c.Name, err)
	}
	return key.Bytes(), nil
}

// lookAtPlugin hashes the adapter's file and looks who can write it.
func lookAtPlugin(c ledgerlink.AdapterConfig) checkup.Plugin {
	p := checkup.Plugin{Path: c.Path, Want: c.SHA256}
	file, err := os.Open(c.Path)
	if err != nil {
		p.Err = err
		return p
	}
	defer file.Close()
	hash := sha256.New()
	if _, p.Err = io.Copy(hash, file); p.Err != nil {
		return p
	}
	p.SHA256 = hex.EncodeToString(hash.Sum(nil))
	for _, path := range []string{filepath.Dir(c.Path), c.Path} {
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o022 != 0 && info.Mode()&os.ModeSticky == 0 {
			p.Writable = path
		}
	}
	return p
}
