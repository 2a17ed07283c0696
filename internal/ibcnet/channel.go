package ibcnet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
)

// Channel is an open ICS-20 channel, by its end on each of two chains.
type Channel struct {
	Chains [2]*Chain
	Port   string    // of both ends
	IDs    [2]string // of each end
}

// FirstChannel is the one that the first link between two fresh chains makes.
func FirstChannel(a, b *Chain, port string) Channel {
	return Channel{Chains: [2]*Chain{a, b}, Port: port, IDs: [2]string{"channel-0", "channel-0"}}
}

// Flow is how users send packets.
type Flow struct {
	Each    int                                 // packets of a transaction; one transaction at a time
	Every   time.Duration                       // between two transactions
	Count   int                                 // transactions; 0: until the context ends
	First   int                                 // of the users; flows at once must not share any
	Users   int                                 // who take turns; each needs a turn's time to get into a block
	Timeout func(transaction int) time.Duration // of its packets; nil: a day
}

// Day is a timeout that nobody waits for.
const Day = 24 * time.Hour

// Send has users of one end send packets to the other's until there are enough or ctx ends, which is no error.
func (ch Channel) Send(ctx context.Context, from int, f Flow) error {
	source, destination := ch.Chains[from], ch.Chains[1-from]
	tick := time.NewTicker(f.Every)
	defer tick.Stop()
	for n := 0; f.Count == 0 || n < f.Count; n++ {
		t := Transfers{
			Port: ch.Port, Channel: ch.IDs[from], Receiver: Address(destination.Prefix, Key(User(0))),
			Count: f.Each, PerTx: f.Each, FirstUser: f.First + n%f.Users, Timeout: Day,
		}
		if f.Timeout != nil {
			t.Timeout = f.Timeout(n)
		}
		txs, err := source.TransferTxs(ctx, t)
		if err == nil {
			err = source.Submit(ctx, txs...)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
	return nil
}

// SendBoth is Send at both ends.
func (ch Channel) SendBoth(ctx context.Context, f Flow) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ends := make(chan error, len(ch.Chains))
	for from := range ch.Chains {
		go func() { ends <- ch.Send(ctx, from, f) }()
	}
	var errs []error
	for range ch.Chains {
		if err := <-ends; err != nil {
			errs = append(errs, err)
			cancel()
		}
	}
	return errors.Join(errs...)
}

// Settle waits until nothing is pending at either end. The relayer must live meanwhile.
func (ch Channel) Settle(ctx context.Context, relayer localnet.Process) error {
	for from, c := range ch.Chains {
		err := localnet.Until(ctx, fmt.Sprintf("the packets of %s on %s to end", c.ID, ch.IDs[from]), func() (bool, error) {
			if !relayer.Alive() {
				return false, fmt.Errorf("the relayer ended by itself; the end of its log %s:\n%s", relayer.Log, localnet.LastLines(relayer.Log))
			}
			pending, err := c.Pending(ctx, ch.Port, ch.IDs[from])
			return !pending, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Ended is what all blocks of a channel's chains show.
type Ended struct {
	Tallies      [2]Tally            // of the packets that each end sent
	Fates        [2]map[uint64]*Fate // of each of them
	Relayed      int                 // transactions of anybody but senders: a relayer's
	Failed       int                 // of these
	Transactions [2][]Tx
}

// Ended reads every block of both chains. It is an error if a packet did not end exactly once, or if an end sent none.
func (ch Channel) Ended(ctx context.Context) (Ended, error) {
	var e Ended
	for i, c := range ch.Chains {
		height, err := c.Height(ctx)
		if err != nil {
			return e, err
		}
		if e.Transactions[i], err = c.Txs(ctx, 0, height); err != nil {
			return e, err
		}
	}
	var errs []error
	for i, c := range ch.Chains {
		var err error
		e.Fates[i] = Fates(e.Transactions[i], e.Transactions[1-i], ch.Port, ch.IDs[i])
		if e.Tallies[i], err = Count(e.Fates[i]); err == nil && e.Tallies[i].Packets == 0 {
			err = errors.New("no packet was sent: this shows nothing")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("from %s: %w", c.ID, err))
		}
	}
	for _, tx := range slices.Concat(e.Transactions[:]...) {
		if tx.Messages["/ibc.applications.transfer.v1.MsgTransfer"] > 0 {
			continue
		}
		e.Relayed++
		if tx.Failed {
			e.Failed++
		}
	}
	return e, errors.Join(errs...)
}
