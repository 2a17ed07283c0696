package homes

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"

	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/genesis"
)

// DefaultTimeoutCommit makes a block every quarter of a second on two cores.
const DefaultTimeoutCommit = 200 * time.Millisecond

// Make writes the homes. The application lends its codecs; it is not started. Nothing is cleaned up after an
// error: a second try needs new folders.
func Make(hub *app.App, spec Spec) error {
	pause := DefaultTimeoutCommit
	if spec.TimeoutCommit != "" {
		var err error
		if pause, err = time.ParseDuration(spec.TimeoutCommit); err != nil {
			return fmt.Errorf("timeout_commit: %w", err)
		}
	}
	common, err := spec.genesis(hub.Codec)
	if err != nil {
		return err
	}
	peers := make([]string, len(spec.Nodes))
	for i, n := range spec.Nodes {
		validator, peer, err := makeNode(hub, n)
		if err != nil {
			return fmt.Errorf("node %d %s: %w", i, n.Name, err)
		}
		common.Validators, peers[i] = append(common.Validators, validator), peer
	}
	doc, err := genesis.Build(hub, common)
	if err != nil {
		return err
	}
	for i, n := range spec.Nodes {
		others := append(append([]string{}, peers[:i]...), peers[i+1:]...)
		if err := n.writeConfig(spec.ChainID, pause, others); err != nil {
			return fmt.Errorf("node %d %s: %w", i, n.Name, err)
		}
		if err := doc.SaveAs(n.file("config", "genesis.json")); err != nil {
			return fmt.Errorf("node %d %s: %w", i, n.Name, err)
		}
	}
	return nil
}

func (n Node) file(folder, name string) string { return filepath.Join(n.Home, folder, name) }

// makeNode makes a node's keys, and says how the others reach it.
func makeNode(hub *app.App, n Node) (v genesis.Validator, peer string, err error) {
	if n.Name == "" || n.Home == "" {
		return v, "", fmt.Errorf("name and home are both needed")
	}
	if _, err := os.Stat(n.file("config", "genesis.json")); err == nil {
		return v, "", fmt.Errorf("%s is a node's home already", n.Home)
	}
	operator, err := n.operatorKey()
	if err != nil {
		return v, "", err
	}
	for _, folder := range []string{"config", "data"} {
		if err := os.MkdirAll(filepath.Join(n.Home, folder), 0o700); err != nil {
			return v, "", err
		}
	}
	node, err := p2p.LoadOrGenNodeKey(n.file("config", "node_key.json"))
	if err != nil {
		return v, "", fmt.Errorf("node key: %w", err)
	}
	signer := privval.LoadOrGenFilePV(n.file("config", "priv_validator_key.json"), n.file("data", "priv_validator_state.json"))
	consensus, err := cryptocodec.FromCmtPubKeyInterface(signer.Key.PubKey)
	if err != nil {
		return v, "", fmt.Errorf("consensus key: %w", err)
	}
	keys, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, n.Home, nil, hub.Codec)
	if err != nil {
		return v, "", fmt.Errorf("keyring: %w", err)
	}
	if err := keys.ImportPrivKeyHex(n.Name, n.Operator, string(hd.Secp256k1Type)); err != nil {
		return v, "", fmt.Errorf("operator key: %w", err)
	}
	return genesis.Validator{Moniker: n.Name, Operator: operator, ConsensusKey: consensus}, string(node.ID()) + "@" + n.P2P, nil
}
