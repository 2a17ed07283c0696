package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzLoad reads whatever file: no panic, and it is either refused, by errors that all name the file, or everything that the
// struct demands is so.
func FuzzLoad(f *testing.F) {
	f.Add([]byte("name: a\nhosts: [x, y]\nlabels: {any: key, is: fine}\ndeep:\n  at: 127.0.0.1:1\n"))
	f.Add([]byte("name: &n abc\nitems:\n  - id: *n\n    size: 3\n    tags: [a, b]\nwait: 10s\n"))
	f.Add([]byte("name: a\n<<: {count: 4}\n? [x]\n: 1\n---\nname: b\n"))
	f.Add([]byte("&a [*a]"))
	file := filepath.Join(f.TempDir(), "s.yaml")
	f.Fuzz(func(t *testing.T, raw []byte) {
		require.NoError(t, os.WriteFile(file, raw, 0o600))
		s := settings{Count: 3, Wait: time.Second, Deep: deep{Mode: "slow"}}
		if err := Load(file, "CORRIDOR_FUZZ", &s); err != nil {
			var p Problem
			require.True(t, errors.As(err, &p), "%v", err)
			require.Contains(t, err.Error(), file)
			return
		}
		require.NotEmpty(t, s.Name)
		require.LessOrEqual(t, len([]rune(s.Name)), 8)
		require.True(t, s.Count >= 1 && s.Count <= 9, "%d", s.Count)
		require.Contains(t, []string{"fast", "slow"}, s.Deep.Mode)
		require.True(t, s.Deep.At == "" || strings.Contains(s.Deep.At, ":"), s.Deep.At)
		for _, i := range s.Items {
			require.NotEmpty(t, i.ID)
			require.LessOrEqual(t, i.Size, 5)
		}
	})
}
