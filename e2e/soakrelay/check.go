package main

import (
	"context"
	"fmt"
)

// check reads every block of both chains: each packet ended once, and what the relayer did in vain is told.
func (s *soak) check(ctx context.Context) error {
	ended, err := s.channel.Ended(ctx)
	for i, c := range s.chains {
		fmt.Printf("packets from %s: %s\n", c.ID, ended.Tallies[i])
	}
	fmt.Printf("the relayer's transactions: %d, of which %d failed\n", ended.Relayed, ended.Failed)
	return err
}
