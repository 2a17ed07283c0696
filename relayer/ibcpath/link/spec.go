package link

import (
	"encoding/json"
	"strings"
	"time"

	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
)

// controllerPrefix starts the ports of interchain accounts' controllers, whose application opens the channel itself.
const controllerPrefix = "icacontroller-"

// Spec is what a path is to be. Index 0 is the first chain, 1 the second.
type Spec struct {
	Ports   [2]string // both empty: clients and connection only
	Version string    // of the channel; empty takes what the applications agree on, and any channel that is there
	Ordered bool
	Delay   time.Duration // of the connection: how long a header has to be known before a packet is accepted by it
	Clients [2]lightclient.Options
	Fresh   bool // make clients of our own even if the chains have some that are as good
}

// Progress is one transaction that was done, and what the path is then.
type Progress struct {
	Chain string
	Did   []string // such as "update client", "connection try"
	Sent  ibcpath.Sent
	Ends  [2]ibcpath.End
}

// Result is the path. Its channel is empty where the spec names no ports.
type Result struct {
	Ends         [2]ibcpath.End
	Channel      ibcpath.Channel
	Transactions int
}

// wantsChannel says whether more than a connection is to be made.
func (s Spec) wantsChannel() bool { return s.Ports != [2]string{} }

// order is what messages call it.
func (s Spec) order() channeltypes.Order {
	if s.Ordered {
		return channeltypes.ORDERED
	}
	return channeltypes.UNORDERED
}

// opens says whether a relayer may open a channel at that end.
func (s Spec) opens(side int) bool { return !strings.HasPrefix(s.Ports[side], controllerPrefix) }

// takesConnection says whether a connection end is as wanted.
func (s Spec) takesConnection(end connectiontypes.ConnectionEnd) bool {
	return end.DelayPeriod == uint64(s.Delay)
}

// takesChannel says whether a channel end on the side is as wanted.
func (s Spec) takesChannel(side int, port string, end channeltypes.Channel) bool {
	return port == s.Ports[side] && end.Counterparty.PortId == s.Ports[1-side] && end.Ordering == s.order() && speaks(end.Version, s.Version)
}

// speaks says whether a channel's version is the wanted one. Applications that describe their version in JSON complete it while
// the channel opens: then what was asked for has to be in it.
func speaks(version, wanted string) bool {
	if wanted == "" || version == wanted {
		return true
	}
	var has, asked map[string]any
	if json.Unmarshal([]byte(version), &has) != nil || json.Unmarshal([]byte(wanted), &asked) != nil {
		return false
	}
	for key, value := range asked {
		if value != "" && has[key] != value {
			return false
		}
	}
	return true
}
