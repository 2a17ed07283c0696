package story

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/internal/trail"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
)

// Facts are what the hub says about one settlement at one moment.
type Facts struct {
	Height       int64 // of the hub's newest block
	Now          time.Time
	View         settlement.SettlementView
	Proposer     string // a participant's id, or the address
	Instructions []trail.Instruction
	Ledgers      map[string]bridge.QueryLedgerResponse
	Holders      map[Account]Party
	Exponents    map[string]uint32
}

// Account is an account on a ledger.
type Account struct{ Ledger, Account string }

// Party is who holds an account.
type Party struct {
	ID           string
	Frozen       bool
	FrozenReason string
}

// Gather asks a hub node for the facts about a settlement, whose view the caller has.
func Gather(ctx context.Context, conn grpc.ClientConnInterface, v settlement.SettlementView) (Facts, error) {
	f := Facts{
		View: v, Proposer: v.Proposer, Ledgers: map[string]bridge.QueryLedgerResponse{}, Holders: map[Account]Party{}, Exponents: map[string]uint32{},
	}
	if len(v.Settlement.Legs) != len(v.Legs) || len(v.Settlement.Timeline) == 0 {
		return f, fmt.Errorf("the node's answer about settlement %s is not whole: ask another node", v.SettlementId)
	}
	outbox, people := bridge.NewQueryClient(conn), compliance.NewQueryClient(conn)
	res, err := people.ParticipantByAddress(ctx, &compliance.QueryParticipantByAddressRequest{Address: v.Proposer})
	if present(err) == nil && err == nil {
		f.Proposer = res.Participant.Id
	} else if present(err) != nil {
		return f, err
	}
	for _, l := range v.Legs {
		if err := f.gatherLeg(ctx, conn, l); err != nil {
			return f, err
		}
	}
	f.Instructions, err = trail.Follow(ctx, outbox, v.Settlement)
	return f, err
}

// gatherLeg asks for the ledger, the parties and the currency of a leg.
func (f *Facts) gatherLeg(ctx context.Context, conn grpc.ClientConnInterface, l settlement.Leg) error {
	if _, known := f.Ledgers[l.Ledger]; !known {
		res, err := bridge.NewQueryClient(conn).Ledger(ctx, &bridge.QueryLedgerRequest{Id: l.Ledger})
		if err != nil {
			return fmt.Errorf("ledger %s: %w", l.Ledger, err)
		}
		f.Ledgers[l.Ledger] = *res
	}
	for _, account := range []string{l.Payer, l.Payee} {
		res, err := compliance.NewQueryClient(conn).Holder(ctx, &compliance.QueryHolderRequest{Ledger: l.Ledger, Account: account})
		if present(err) != nil {
			return fmt.Errorf("holder of %s on %s: %w", account, l.Ledger, err)
		}
		if err == nil {
			p := res.Participant
			f.Holders[Account{l.Ledger, account}] = Party{ID: p.Id, Frozen: p.Frozen, FrozenReason: p.FrozenReason}
		}
	}
	if _, known := f.Exponents[l.Currency]; !known {
		res, err := currency.NewQueryClient(conn).Currency(ctx, &currency.QueryCurrencyRequest{Code: l.Currency})
		if err != nil {
			return fmt.Errorf("currency %s: %w", l.Currency, err)
		}
		f.Exponents[l.Currency] = res.Currency.Exponent
	}
	return nil
}

// present passes on every error but that there is none: who left the hub has no name here any more.
func present(err error) error {
	if status.Code(err) == codes.NotFound {
		return nil
	}
	return err
}
