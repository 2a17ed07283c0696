package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/corridor-network/corridor/internal/swap"
)

// TurnAway is step 4: what is refused before any hold, and a payment that is sent again.
func (s *Story) TurnAway(ctx context.Context) error {
	s.title(4, "Refused before any hold, each with what to do")
	expired, err := s.expiredQuote(ctx)
	if err != nil {
		return err
	}
	small, err := s.quote(ctx, "fxp", "10.00", 30*time.Minute, "demo-small")
	if err != nil {
		return err
	}
	base := s.lines[0]
	for i, c := range []struct {
		change func(*swap.Line)
		want   string
	}{
		{func(l *swap.Line) { l.Payee = "bank-z" }, "not a registered participant"},
		{func(l *swap.Line) { l.Quote, l.Provider = expired, "" }, "expired"},
		{func(l *swap.Line) { l.Quote, l.Provider = small, "" }, "left"},
		{func(l *swap.Line) { l.Amount = "700.001" }, "finer than the currency's minor unit"},
	} {
		l := base
		l.Reference = fmt.Sprintf("invoice-400%d", i+1)
		c.change(&l)
		if err := s.turnedAway(ctx, l, c.want); err != nil {
			return err
		}
	}
	return s.again(ctx)
}

// turnedAway wants a line refused, with a message, and no trace of it on the hub.
func (s *Story) turnedAway(ctx context.Context, l swap.Line, want string) error {
	r, err := s.run(ctx, l, swap.Refused)
	if err != nil {
		return err
	}
	s.say("     %s: %s", r.Status, r.Message)
	if !strings.Contains(r.Message, want) {
		return fmt.Errorf("reference %s: the message does not say %q", l.Reference, want)
	}
	payer, err := s.Hub.Participant(ctx, l.Payer)
	if err != nil {
		return err
	}
	if _, found, err := s.Hub.ByReference(ctx, payer.Address, l.Reference); err != nil || found {
		return fmt.Errorf("reference %s was refused but is on the hub (%t, %w)", l.Reference, found, err)
	}
	return nil
}

// expiredQuote publishes a quote of two seconds and waits, in hub time, until it has expired.
func (s *Story) expiredQuote(ctx context.Context) (string, error) {
	id, err := s.quote(ctx, "fxp", "1000.00", 2*time.Second, "demo-short")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		q, err := s.Hub.Quote(ctx, id)
		if err != nil {
			return "", err
		}
		if !q.Usable {
			return id, nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-tick.C:
		}
	}
}

// again sends the payments file a second time, and then a line with a used reference and another amount.
func (s *Story) again(ctx context.Context) error {
	s.say("   the same payments file a second time: $ corridor swap --file %s", s.PaymentsFile())
	payer, err := s.Hub.Participant(ctx, s.lines[0].Payer)
	if err != nil {
		return err
	}
	before, err := s.sequence(ctx, payer.Address)
	if err != nil {
		return err
	}
	for _, l := range s.lines {
		r, err := s.runner.Run(ctx, l)
		if err != nil {
			return err
		}
		if r.Status != swap.AlreadyDone {
			return fmt.Errorf("reference %s a second time: %s (%s), want %s", l.Reference, r.Status, r.Message, swap.AlreadyDone)
		}
		s.say("     line %d, %s: %s: %s (settlement %s)", l.Number, l.Reference, r.Status, r.Message, r.Settlement.SettlementId)
	}
	after, err := s.sequence(ctx, payer.Address)
	if err != nil {
		return err
	}
	if before != after {
		return fmt.Errorf("bank-a has submitted %d transactions meanwhile, want none", after-before)
	}
	other := s.lines[0]
	other.Amount = "701.00"
	r, err := s.run(ctx, other, swap.Conflicting)
	if err != nil {
		return err
	}
	s.say("     %s: %s", r.Status, r.Message)
	return nil
}

// sequence counts the transactions that an account has submitted.
func (s *Story) sequence(ctx context.Context, address string) (uint64, error) {
	res, err := authtypes.NewQueryClient(s.Hub.Client.Conn()).AccountInfo(ctx, &authtypes.QueryAccountInfoRequest{Address: address})
	if err != nil {
		return 0, err
	}
	return res.Info.Sequence, nil
}
