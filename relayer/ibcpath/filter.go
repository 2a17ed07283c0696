package ibcpath

import (
	"encoding/json"
	"strings"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
)

// transferPort is the port whose packets have a sender and a denom: ICS-20's.
const transferPort = "transfer"

// Rule matches packets. Each field that is set must match; * stands for any text. Chain, Port and Channel are of one end of the
// channel, either end if Chain is not set. A rule with Sender or Denom matches nothing but ICS-20 packets.
type Rule struct {
	Chain   string
	Port    string
	Channel string
	Sender  string
	Denom   string
}

// Filter says which packets are relayed: those that a rule of Allow matches, or all where there is none, less those that a rule
// of Deny matches.
type Filter struct {
	Allow []Rule
	Deny  []Rule
}

// route is a channel as rules see it.
type route struct {
	chains [2]string
	ends   [2]ChannelEnd
}

// channel tells whether any packet of a channel may pass.
func (f Filter) channel(r route) bool {
	for _, rule := range f.Deny {
		if rule.Sender == "" && rule.Denom == "" && rule.onRoute(r) {
			return false
		}
	}
	for _, rule := range f.Allow {
		if rule.onRoute(r) {
			return true
		}
	}
	return len(f.Allow) == 0
}

// packet tells whether a packet of a channel passes.
func (f Filter) packet(r route, p channeltypes.Packet) bool {
	if len(f.Allow)+len(f.Deny) == 0 {
		return true
	}
	transfer := transferOf(p)
	for _, rule := range f.Deny {
		if rule.matches(r, transfer) {
			return false
		}
	}
	for _, rule := range f.Allow {
		if rule.matches(r, transfer) {
			return true
		}
	}
	return len(f.Allow) == 0
}

// transfer is what a rule looks at in an ICS-20 packet.
type transfer struct {
	Sender string `json:"sender"`
	Denom  string `json:"denom"`
}

// transferOf is nil for a packet of another application, or one that is not as ICS-20 has it.
func transferOf(p channeltypes.Packet) *transfer {
	if p.SourcePort != transferPort {
		return nil
	}
	var t transfer
	if json.Unmarshal(p.Data, &t) != nil {
		return nil
	}
	return &t
}

func (r Rule) matches(on route, t *transfer) bool {
	if !r.onRoute(on) {
		return false
	}
	if r.Sender == "" && r.Denom == "" {
		return true
	}
	return t != nil && matchesText(r.Sender, t.Sender) && matchesText(r.Denom, t.Denom)
}

// onRoute tells whether the rule is about that channel.
func (r Rule) onRoute(on route) bool {
	for end := range on.ends {
		if matchesText(r.Chain, on.chains[end]) && matchesText(r.Port, on.ends[end].Port) && matchesText(r.Channel, on.ends[end].Channel) {
			return true
		}
	}
	return false
}

// matchesText compares with a pattern in which * stands for any text; the empty pattern matches all.
func matchesText(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	rest, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, last)
}

// valid tells whether a channel end is named as IBC names them; anything else in an event is none of ours.
func (e ChannelEnd) valid() bool {
	return host.PortIdentifierValidator(e.Port) == nil && host.ChannelIdentifierValidator(e.Channel) == nil
}
