package localnet

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// Ports are taken from below the range that Linux gives to outgoing connections (32768 and up), so that none is
// taken by chance between its choice and its use, or while its process is down.
const (
	firstPort = 15000
	lastPort  = 32000
	portTries = 1000
)

// freePorts finds addresses on loopback, host:port, that nobody listens on.
func freePorts(n int) ([]string, error) {
	addresses := make([]string, 0, n)
	for range portTries {
		if len(addresses) == n {
			return addresses, nil
		}
		address := fmt.Sprintf("127.0.0.1:%d", firstPort+rand.IntN(lastPort-firstPort))
		listener, err := net.Listen("tcp", address)
		if err != nil {
			continue // taken
		}
		defer listener.Close() // all at the end, so that no port comes twice
		addresses = append(addresses, address)
	}
	return nil, fmt.Errorf("no %d free ports on loopback between %d and %d", n, firstPort, lastPort)
}
