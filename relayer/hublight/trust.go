package hublight

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

// maxTrustFileBytes bounds what is read: a header, its commit and the largest validator set are far smaller.
const maxTrustFileBytes = 1 << 20

// trustFile is the file as JSON. Height, hash and time are for people; the block is what counts, and must agree with them.
type trustFile struct {
	ChainID    string    `json:"chain_id"`
	Height     int64     `json:"height"`
	Hash       string    `json:"hash"`
	Time       time.Time `json:"time"`
	LightBlock []byte    `json:"light_block"` // tendermint.types.LightBlock
}

// LoadTrust reads a trust file, of any chain where chainID is empty. ErrNotTrusted says that there is none.
func LoadTrust(file, chainID string) (*cmttypes.LightBlock, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("trust file %s: %w", file, ErrNotTrusted)
	}
	if err != nil {
		return nil, fmt.Errorf("trust file: %w", err)
	}
	if info.Size() > maxTrustFileBytes {
		return nil, fmt.Errorf("trust file %s has %d bytes; it is none", file, info.Size())
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("trust file: %w", err)
	}
	block, err := readTrust(raw, chainID)
	if err != nil {
		return nil, fmt.Errorf("trust file %s: %w; if you did not change it, make it anew with `corridor trust init --force`", file, err)
	}
	return block, nil
}

func readTrust(raw []byte, chainID string) (*cmttypes.LightBlock, error) {
	var f trustFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	var message cmtproto.LightBlock
	if err := message.Unmarshal(f.LightBlock); err != nil {
		return nil, fmt.Errorf("light_block: %w", err)
	}
	block, err := cmttypes.LightBlockFromProto(&message)
	if err != nil {
		return nil, fmt.Errorf("light_block: %w", err)
	}
	if chainID == "" {
		chainID = f.ChainID
	}
	if f.ChainID != chainID {
		return nil, fmt.Errorf("it is of chain %q, not %q", f.ChainID, chainID)
	}
	if err := block.ValidateBasic(chainID); err != nil {
		return nil, fmt.Errorf("light_block: %w", err)
	}
	if f.Height != block.Height || f.Hash != block.Hash().String() {
		return nil, fmt.Errorf("it names header %d:%s, and holds %d:%s", f.Height, f.Hash, block.Height, block.Hash())
	}
	return block, nil
}

// SaveTrust replaces a trust file, whole or not at all.
func SaveTrust(file string, block *cmttypes.LightBlock) error {
	message, err := block.ToProto()
	if err != nil {
		return fmt.Errorf("trust file: %w", err)
	}
	raw, err := message.Marshal()
	if err != nil {
		return fmt.Errorf("trust file: %w", err)
	}
	text, err := json.MarshalIndent(trustFile{
		ChainID: block.ChainID, Height: block.Height, Hash: block.Hash().String(), Time: block.Time, LightBlock: raw,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("trust file: %w", err)
	}
	if err := replaceFile(file, append(text, '\n')); err != nil {
		return fmt.Errorf("trust file %s: %w", file, err)
	}
	return nil
}

// replaceFile writes beside the file, syncs, and renames; then it syncs the folder, without which the rename may be lost.
func replaceFile(file string, content []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	next, err := os.CreateTemp(dir, filepath.Base(file)+".*.new")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(next.Name()) }() // it is gone if all went well
	_, err = next.Write(content)
	if err == nil {
		err = next.Sync()
	}
	if closed := next.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := os.Rename(next.Name(), file); err != nil {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
