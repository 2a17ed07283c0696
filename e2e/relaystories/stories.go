package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// story is one thing that happens to a relayer. What it says on its stage becomes its line.
type story struct {
	name string // as --only knows it
	what string // in a sentence
	tell func(context.Context, *stage) error
}

// stories are all, in the order they are played.
func stories() []story { return slices.Concat(faults, peers) }

// choose picks stories by their names.
func choose(all []story, names string) ([]story, error) {
	if names == "" {
		return all, nil
	}
	var chosen []story
	for _, name := range strings.Split(names, ",") {
		i := slices.IndexFunc(all, func(s story) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no story is called %q; --list names them", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}
