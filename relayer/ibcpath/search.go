package ibcpath

// firstHeight is the lowest height above after, and at most upTo, for which holds is true. It must hold at upTo, which is not
// asked, and at every height above one where it does. near is where it is thought to be: the search gallops from there, so it
// asks about 2 log2(distance) times.
func firstHeight(after, upTo, near int64, holds func(int64) (bool, error)) (int64, error) {
	low, high := after, upTo // it does not hold at low, it does at high
	at, step := min(max(near, low+1), high-1), int64(1)
	up := true
	for first := true; low < at && at < high; first = false {
		yes, err := holds(at)
		if err != nil {
			return 0, err
		}
		if yes {
			high = at
		} else {
			low = at
		}
		if first {
			up = !yes
		}
		if up == yes {
			break // galloped past it
		}
		if up {
			at += step
		} else {
			at -= step
		}
		step *= 2
	}
	for high-low > 1 {
		middle := low + (high-low)/2
		yes, err := holds(middle)
		if err != nil {
			return 0, err
		}
		if yes {
			high = middle
		} else {
			low = middle
		}
	}
	return high, nil
}

// isolate finds the one item for which a transaction is refused, by sending halves: at most log2 of their number. What was in a half
// that was not refused is done; what is left over is returned to be sent again without it. A half's other error ends it.
func isolate[T any](items []T, send func([]T) (refused bool, err error)) (bad T, rest []T, err error) {
	suspects := items
	for len(suspects) > 1 {
		half := len(suspects) / 2
		refused, err := send(suspects[:half])
		switch {
		case err != nil:
			return bad, nil, err
		case refused:
			rest = append(append([]T{}, suspects[half:]...), rest...)
			suspects = suspects[:half]
		default:
			suspects = suspects[half:]
		}
	}
	return suspects[0], rest, nil
}
