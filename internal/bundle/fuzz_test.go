package bundle_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/internal/bundle"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/settled.proof and its header anew")

// kept is a bundle that was made once: what was readable stays readable.
func kept(t testing.TB) ([]byte, orderproof.Root) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "settled.proof"))
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join("testdata", "settled.trust"))
	require.NoError(t, err)
	root, err := orderproof.ParseRoot(string(bytes.TrimSpace(text)))
	require.NoError(t, err)
	return raw, root
}

// A file that was made under this format's name is read by every later version.
func TestAnOldFileIsStillProven(t *testing.T) {
	if *rewrite {
		s := newStage(t)
		root := s.header(2)
		body := s.settled("r-1", 1)
		b, _, err := s.exporter().Export(context.Background(), bundle.Request{Settlement: s.view(body), Trust: &root})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join("testdata", "settled.proof"), encode(t, b), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join("testdata", "settled.trust"), []byte(root.String()+"\n"), 0o644))
	}
	raw, root := kept(t)
	b, err := bundle.Decode(raw)
	require.NoError(t, err)
	proven, err := b.Verify(root)
	require.NoError(t, err)
	require.Equal(t, "SETTLED", proven.State)
}

// Whatever decodes encodes to the same bytes, and verifying it never panics.
func FuzzDecode(f *testing.F) {
	raw, root := kept(f)
	f.Add(raw)
	f.Add(raw[:len(raw)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := bundle.Decode(raw)
		if err != nil {
			require.ErrorIs(t, err, bundle.ErrMalformed)
			return
		}
		again, err := b.Encode()
		require.NoError(t, err)
		require.Equal(t, raw, again)
		_, _ = b.Verify(root)
		_, _ = b.Verify(orderproof.NewRoot(&b.Path.Anchor.Header)) // past the headers too
	})
}

func BenchmarkVerify(b *testing.B) {
	raw, root := kept(b)
	for b.Loop() {
		read, err := bundle.Decode(raw)
		require.NoError(b, err)
		_, err = read.Verify(root)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(len(raw)), "bytes")
}
