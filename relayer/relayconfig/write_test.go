package relayconfig

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALinkedPathIsWrittenAndAPersonsCommentsStay(t *testing.T) {
	const remark = "    prefix: osmo # theirs, since March\n"
	file := filepath.Join(t.TempDir(), "r.yaml")
	text := strings.Replace(good, "    prefix: osmo\n", remark, 1)
	text = strings.Replace(text, "\npaths:", "\n\n# what is relayed\npaths:", 1)
	require.NoError(t, os.WriteFile(file, []byte("# our relayer\n"+text), 0o600))
	c, err := Load(file)
	require.NoError(t, err)
	p := c.Paths[0]
	p.B.Client, p.B.Connection = "07-tendermint-9", "connection-9"
	require.NoError(t, SetPath(file, p))
	other := Path{Name: "second", A: End{"b", "07-tendermint-5", "connection-5"}, B: End{"a", "07-tendermint-6", "connection-6"}}
	require.NoError(t, SetPath(file, other))

	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(written), "# our relayer\n")
	require.Contains(t, string(written), "\n\n# what is relayed\npaths:")
	require.Contains(t, string(written), strings.TrimSpace(remark))
	again, err := Load(file)
	require.NoError(t, err)
	require.Equal(t, []Path{p, other}, again.Paths, "what linking does not know of stays: filter, share")
	require.Equal(t, c.Chains, again.Chains)
	require.NoError(t, SetPath(file, other))
	same, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotEmpty(t, same)
	twice, err := Load(file)
	require.NoError(t, err)
	require.Equal(t, again.Paths, twice.Paths)
}

func TestANewFileReadsAsItWasMeantAndIsNotOverwritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "r.yaml")
	c, err := load(t, good)
	require.NoError(t, err)
	c.File, c.Paths = "", []Path{{Name: "a-b", A: End{Chain: "a"}, B: End{Chain: "b"}}}
	c.Chains[0].GasPriceCap, c.Chains[1].FeeGranter, c.Chains[1].GasPrice = "1stake", "osmo1x", "0uosmo"
	require.NoError(t, Create(file, c, false))
	read, err := Load(file)
	require.NoError(t, err)
	c.File = file
	require.Equal(t, c, read)
	require.ErrorIs(t, Create(file, c, false), os.ErrExist)
	require.NoError(t, Create(file, c, true))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(fileMode), info.Mode().Perm())
}

func TestAChainIsAddedAndTheRestStays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.yaml")
	require.NoError(t, os.WriteFile(file, []byte("# our relayer\n"+good), 0o600))
	before, err := Load(file)
	require.NoError(t, err)
	added := Chain{Name: "c", ChainID: "chain-c", RPC: []string{"http://127.0.0.1:9"}, Prefix: "far", GasPrice: "1ufar", Keys: []string{"relay-0"}}
	require.NoError(t, AddChain(file, added))
	after, err := Load(file)
	require.NoError(t, err)
	require.Equal(t, append(before.Chains, added), after.Chains)
	require.Equal(t, before.Paths, after.Paths)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "# our relayer\n")
}

func TestWithoutPathsAFileCanBeLinkedToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.yaml")
	c, err := load(t, good)
	require.NoError(t, err)
	p := c.Paths[0]
	p.Filter, p.Share, p.ClearEvery = Filter{}, Share{}, 0
	c.Paths = nil
	require.NoError(t, Create(file, c, false))
	require.NoError(t, SetPath(file, p))
	read, err := Load(file)
	require.NoError(t, err)
	require.Equal(t, []Path{p}, read.Paths)
}

const registry = `{"$schema": "../chain.schema.json", "chain_name": "faraway", "chain_id": "faraway-1", "bech32_prefix": "far", "slip44": 118,
"fees": {"fee_tokens": [{"denom": "ufar", "fixed_min_gas_price": 0.005, "low_gas_price": 0.01, "average_gas_price": 2.5e-3}]},
"apis": {"rpc": [{"address": "https://rpc.faraway.example/", "provider": "x"}, {"address": "not an address"}], "rest": []}}`

func TestWhatAPersonGivesOfAChain(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct {
		file, text string
		want       Given
		wrong      string
	}{
		{"near.yaml", "rpc: http://127.0.0.1:1\n", Given{Name: "near", RPC: []string{"http://127.0.0.1:1"}}, ""},
		{"n.yaml", "name: near\nchain_id: n-1\nrpc: [http://127.0.0.1:1]\nkeys: [x]\n", Given{Name: "near", ChainID: "n-1", RPC: []string{"http://127.0.0.1:1"}, Keys: []string{"x"}}, ""},
		{"none.yaml", "chain_id: n-1\n", Given{}, "none.yaml: rpc: is missing"},
		{"odd.yaml", "rpc: http://127.0.0.1:1\nchain-id: x\n", Given{}, "odd.yaml:2: chain-id: there is no such field"},
		{"chain.json", registry, Given{Name: "faraway", ChainID: "faraway-1", Prefix: "far", GasPrice: "0.0025ufar", RPC: []string{"https://rpc.faraway.example"}}, ""},
		{"eth.json", `{"key_algos": ["ethsecp256k1"]}`, Given{}, "only secp256k1 is known"},
		{"silent.json", `{"apis": {"rpc": []}}`, Given{}, "apis.rpc names no address"},
		{"broken.json", `{`, Given{}, "broken.json: unexpected EOF"},
	} {
		t.Run(row.file, func(t *testing.T) {
			file := filepath.Join(dir, row.file)
			require.NoError(t, os.WriteFile(file, []byte(row.text), 0o600))
			g, err := ReadGiven(file)
			if row.wrong != "" {
				require.ErrorContains(t, err, row.wrong)
				return
			}
			require.NoError(t, err)
			require.Equal(t, row.want, g)
		})
	}
}

func TestKeysAreMadeOnceAndComeBackFromTheirMnemonic(t *testing.T) {
	c := Config{Keyring: Keyring{Backend: "test", Dir: t.TempDir()}}
	ring, err := c.Keyring.Open(nil)
	require.NoError(t, err)
	made, words, err := AddKeys(ring, KeyNames(2), "")
	require.NoError(t, err)
	require.Equal(t, []string{"relay-0", "relay-1"}, made)
	made, _, err = AddKeys(ring, KeyNames(3), words)
	require.NoError(t, err)
	require.Equal(t, []string{"relay-2"}, made)

	restored, err := Keyring{Backend: "test", Dir: t.TempDir()}.Open(nil)
	require.NoError(t, err)
	read, err := ReadMnemonic(bytes.NewBufferString(" " + strings.ReplaceAll(words, " ", "\n") + "\n"))
	require.NoError(t, err)
	_, _, err = AddKeys(restored, KeyNames(3), read)
	require.NoError(t, err)
	a, b := Chain{Prefix: "cosmos"}, Chain{Prefix: "osmo"}
	for _, name := range KeyNames(3) {
		before, err := a.Address(ring, name)
		require.NoError(t, err)
		after, err := a.Address(restored, name)
		require.NoError(t, err)
		require.Equal(t, before, after)
		elsewhere, err := b.Address(ring, name)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(elsewhere, "osmo1"))
	}
	_, err = a.Address(ring, "nobody")
	require.ErrorContains(t, err, "corridor relay keys add nobody")
	_, err = ReadMnemonic(bytes.NewBufferString("not a mnemonic"))
	require.ErrorContains(t, err, "no valid mnemonic")
}
