package sim_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/sim/simtest"
)

// FuzzRequest posts whatever bytes to a running bank: it answers a message of the network or says what is wrong with the request, never
// that something is wrong with itself; and no unit is lost by any of it, which its own audit says.
func FuzzRequest(f *testing.F) {
	files, err := filepath.Glob("../testdata/*-request.xml")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(raw))
		f.Add(underAnotherUETR(string(raw)))
	}
	s := simtest.Start(f)
	codec := iso20022.NewCodec()
	f.Fuzz(func(t *testing.T, message string) {
		status, reply := s.Message(t, simtest.NotaryToken, "application/xml", message)
		require.Less(t, status, http.StatusInternalServerError, "%s", reply)
		if status != http.StatusOK {
			return
		}
		_, _, err := codec.Decode(reply)
		require.NoError(t, err, "%s", reply)
		c := s.Check(t)
		require.EqualValues(t, simtest.Issued, c.IssuedMinor)
	})
}
