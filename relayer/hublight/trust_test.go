package hublight

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
)

func TestATrustFileIsOverwrittenOnlyIfToldTo(t *testing.T) {
	s := newStand(t, testchain.Start(t, "hub-1"))
	block, err := Offered(t.Context(), Node{RPC: s.chain.RPC}, "hub-1", 0)
	require.NoError(t, err)
	require.ErrorIs(t, InitTrust(s.file, block, false), ErrTrusted)
	require.NoError(t, InitTrust(s.file, block, true))
	loaded, err := LoadTrust(s.file, "hub-1")
	require.NoError(t, err)
	require.Equal(t, block.Hash(), loaded.Hash())
	_, err = LoadTrust(s.file, "hub-2")
	require.ErrorContains(t, err, `it is of chain "hub-1", not "hub-2"`)
	raw, err := os.ReadFile(s.file)
	require.NoError(t, err)
	for _, bad := range []string{"", "{}", strings.Replace(string(raw), `"height": `, `"height": 1`, 1), strings.Replace(string(raw), "Q", "R", 1)} {
		require.NoError(t, os.WriteFile(s.file, []byte(bad), 0o600))
		_, err = LoadTrust(s.file, "hub-1")
		require.ErrorContains(t, err, s.file)
	}
	entries, err := os.ReadDir(filepath.Dir(s.file))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it")
}
