package link

// stage is how far one end is. Connections and channels go through the same ones.
type stage int

const (
	absent stage = iota
	initial
	tried
	opened
	closed
)

// half is one end of a connection or channel: its id, that of the end that it knows on the other chain, and how far it is.
type half struct {
	id, far string
	stage   stage
}

// pair is what both chains have of one handshake; absent ends have no id.
type pair [2]half

// rank is how far a pair is; 0 if it can lead to nothing.
func (p pair) rank() int {
	a, b := p[0], p[1]
	switch {
	case a.stage == initial && b.stage == absent:
		return 2
	case a.stage == absent && b.stage == initial:
		return 1
	case a.stage == initial && b.stage == tried && b.far == a.id, a.stage == tried && b.stage == initial && a.far == b.id:
		return 3
	case a.far != b.id || b.far != a.id:
		return 0
	case a.stage == opened && b.stage == tried, a.stage == tried && b.stage == opened:
		return 4
	case a.stage == opened && b.stage == opened:
		return 5
	}
	return 0
}

// furthest is the pair to go on with; its ends are absent if there is none. Each side's halves come in the order of their numbers.
func furthest(a, b []half) pair {
	var best pair
	consider := func(p pair) {
		if p.rank() > best.rank() {
			best = p
		}
	}
	for _, one := range a {
		answered := false
		for _, other := range b {
			consider(pair{one, other})
			answered = answered || other.far == one.id
		}
		if !answered {
			consider(pair{one, half{}})
		}
	}
	for _, other := range b {
		if !answers(a, other) {
			consider(pair{half{}, other})
		}
	}
	return best
}

// answers says whether one of the ends was made for that one.
func answers(ends []half, to half) bool {
	for _, end := range ends {
		if end.far == to.id {
			return true
		}
	}
	return false
}
