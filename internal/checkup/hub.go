package checkup

import (
	"fmt"
	"time"
)

// Limits of what is well.
const (
	behindBlocks = 10               // a node that is more blocks behind the best is behind
	clockBehind  = 10 * time.Second // what a light client allows by default
	clockAhead   = 30 * time.Second // of the newest block, while blocks come
)

// Node is what one look or two at a node of the hub showed.
type Node struct {
	Name       string
	Err        error // it did not answer; nothing else is known then
	GRPCErr    error // its gRPC address did not answer
	ChainID    string
	CatchingUp bool
	Height     int64     // newest block at the first look
	Time       time.Time // hub time of that block
	Seen       time.Time // this machine's time at the first look
	Later      int64     // newest block at the last look
	Watched    time.Duration
	Hashes     map[int64]string // of blocks at heights where several nodes were asked
}

// Hub is what the nodes that were asked have shown.
type Hub struct {
	ChainID string // as configured
	Nodes   []Node
}

// Findings judges the hub.
func (h Hub) Findings() (all []Finding) {
	best, answering := Node{}, 0
	for _, n := range h.Nodes {
		if n.Err == nil && n.ChainID == h.ChainID {
			answering++
			if n.Later >= best.Later {
				best = n
			}
		}
	}
	for _, n := range h.Nodes {
		all = append(all, h.node(n, best)...)
	}
	if answering == 0 {
		return append(all, found("hub.unreachable", h.ChainID, fmt.Sprintf("none of %d nodes answers", len(h.Nodes))))
	}
	if best.Later <= best.Height {
		all = append(all, found("hub.still", h.ChainID, fmt.Sprintf("block %d stayed the newest for %s", best.Height, age(best.Watched))).since(best.Time))
	} else {
		all = append(all, found("hub.well", h.ChainID, fmt.Sprintf("makes blocks, the newest is %d; %d of %d nodes answer", best.Later, answering, len(h.Nodes))))
		all = append(all, clock(best)...)
	}
	return append(all, h.split()...)
}

func (h Hub) node(n, best Node) (all []Finding) {
	where := "node " + n.Name
	switch {
	case n.Err != nil:
		return []Finding{found("node.unreachable", where, n.Err.Error())}
	case n.ChainID != h.ChainID:
		return []Finding{found("node.other-chain", where, fmt.Sprintf("it is on chain %s, not %s", n.ChainID, h.ChainID))}
	case n.CatchingUp:
		all = append(all, found("node.catching-up", where, fmt.Sprintf("it has block %d and fetches more", n.Later)))
	case best.Later-n.Later > behindBlocks:
		all = append(all, found("node.behind", where, fmt.Sprintf("it has block %d, %d behind %s", n.Later, best.Later-n.Later, best.Name)).since(n.Time))
	}
	if n.GRPCErr != nil {
		all = append(all, found("node.grpc", where, n.GRPCErr.Error()))
	}
	return all
}

// clock compares hub time with this machine's. Both ways need a hub that makes blocks: one that stands still has an old time.
func clock(n Node) []Finding {
	switch ahead := n.Time.Sub(n.Seen); {
	case ahead > clockBehind:
		return []Finding{found("clock.behind", "this machine", fmt.Sprintf("its clock is %s behind hub time", age(ahead)))}
	case -ahead > clockAhead:
		return []Finding{found("clock.ahead", "this machine", fmt.Sprintf("its clock is %s ahead of hub time", age(-ahead)))}
	}
	return nil
}

// split finds the first node that shows another block than one before it at the same height.
func (h Hub) split() []Finding {
	first := map[int64]Node{}
	for _, n := range h.Nodes {
		for height, hash := range n.Hashes {
			other, known := first[height]
			if !known {
				first[height] = n
			} else if other.Hashes[height] != hash {
				return []Finding{found("hub.split", h.ChainID, fmt.Sprintf("block %d is %s at %s and %s at %s", height, other.Hashes[height], other.Name, hash, n.Name))}
			}
		}
	}
	return nil
}
