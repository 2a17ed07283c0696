package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// check reads every block of both chains: each packet ended once, and what the relayer did in vain is told.
func (s *soak) check(ctx context.Context) error {
	var txs [2][]ibcnet.Tx
	for i, c := range s.chains {
		height, err := c.Height(ctx)
		if err != nil {
			return err
		}
		if txs[i], err = c.Txs(ctx, 0, height); err != nil {
			return err
		}
	}
	var errs []error
	for i, c := range s.chains {
		tally, err := ibcnet.Count(ibcnet.Fates(txs[i], txs[1-i], port, channel))
		if err == nil && tally.Packets == 0 {
			err = errors.New("no packet was sent: this shows nothing")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("from %s: %w", c.ID, err))
		}
		fmt.Printf("packets from %s: %s\n", c.ID, tally)
	}
	all, failed := 0, 0
	for _, chain := range txs {
		for _, tx := range chain {
			if tx.Messages["/ibc.applications.transfer.v1.MsgTransfer"] > 0 {
				continue
			}
			all++
			if tx.Failed {
				failed++
			}
		}
	}
	fmt.Printf("the relayer's transactions: %d, of which %d failed\n", all, failed)
	return errors.Join(errs...)
}
