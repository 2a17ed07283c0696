package demo

import (
	"context"
	"fmt"
	"strconv"

	"github.com/cosmos/cosmos-sdk/types/query"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/token"
)

// farClient asks the second chain itself, not the hub what it knows of it.
type farClient struct {
	client  *hubclient.Client
	holders []compliance.Participant // who has an account there
}

func openFar(ctx context.Context, f *localnet.Far) (*farClient, error) {
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: f.Node.GRPC}, f.ChainID)
	if err != nil {
		return nil, err
	}
	all, err := compliance.NewQueryClient(client.Conn()).Participants(ctx, &compliance.QueryParticipantsRequest{})
	if err != nil {
		client.Close()
		return nil, err
	}
	far := &farClient{client: client}
	for _, p := range all.Participants {
		if len(p.Accounts) > 0 {
			far.holders = append(far.holders, p)
		}
	}
	return far, nil
}

// address is a participant's account on that chain.
func (f *farClient) address(id string) string {
	for _, p := range f.holders {
		if p.Id == id {
			return p.Address
		}
	}
	return ""
}

// accounts are what the holders can spend, by account.
func (f *farClient) accounts(ctx context.Context) (map[string]Account, error) {
	all := map[string]Account{}
	for _, p := range f.holders {
		res, err := banktypes.NewQueryClient(f.client.Conn()).Balance(ctx,
			&banktypes.QueryBalanceRequest{Address: p.Address, Denom: token.Denom(world.FarCurrency)})
		if err != nil {
			return nil, err
		}
		all[p.Address] = Account{Account: p.Address, Currency: world.FarCurrency, AvailableMinor: res.Balance.Amount.Uint64()}
	}
	return all, nil
}

// entry is the state of an entry, found only if the chain ever heard of it.
func (f *farClient) entry(ctx context.Context, id string) (state token.HoldState, found bool, err error) {
	res, err := token.NewQueryClient(f.client.Conn()).Hold(ctx, &token.QueryHoldRequest{EntryId: id})
	if status.Code(err) == codes.NotFound {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	return res.Hold.State, true, nil
}

// check is the chain's own account of where its money is.
func (f *farClient) check(ctx context.Context) (check, error) {
	res, err := token.NewQueryClient(f.client.Conn()).Supply(ctx, &token.QuerySupplyRequest{Currency: world.FarCurrency})
	if err != nil {
		return check{}, err
	}
	var c check
	for _, v := range []struct {
		minor string
		to    *uint64
	}{
		{res.Supply.SupplyMinor, &c.IssuedMinor},
		{res.Supply.AvailableMinor, &c.WalletsMinor},
		{res.Supply.HeldMinor, &c.HeldMinor},
		{res.Supply.SuspenseMinor, &c.SuspenseMinor},
	} {
		if *v.to, err = strconv.ParseUint(v.minor, 10, 64); err != nil {
			return check{}, fmt.Errorf("supply of %s: %w", world.FarCurrency, err)
		}
	}
	c.OK = c.WalletsMinor+c.HeldMinor+c.SuspenseMinor == c.IssuedMinor
	return c, nil
}

// openPackets counts the hub's packets to the second chain that are neither acknowledged nor timed out.
func (s *Story) openPackets(ctx context.Context) (int, error) {
	far, err := bridge.NewQueryClient(s.Hub.Client.Conn()).Ledger(ctx, &bridge.QueryLedgerRequest{Id: world.Far})
	if err != nil {
		return 0, err
	}
	res, err := channeltypes.NewQueryClient(s.Hub.Client.Conn()).PacketCommitments(ctx, &channeltypes.QueryPacketCommitmentsRequest{
		PortId: bridge.LegPort, ChannelId: far.Ledger.Channel.ChannelId, Pagination: &query.PageRequest{Limit: 100},
	})
	if err != nil {
		return 0, err
	}
	return len(res.Commitments), nil
}

// packetsEnded waits until no packet is open: a settlement can be final while the answer to a VOID of what never was held travels.
func (s *Story) packetsEnded(ctx context.Context) error {
	return s.until(ctx, "every packet to "+world.Far+" to be acknowledged or timed out", func() (bool, error) {
		open, err := s.openPackets(ctx)
		return open == 0, err
	})
}

// auditFar checks the second chain's own books, and that no packet is left open.
func (s *Story) auditFar(ctx context.Context) error {
	c, err := s.far.check(ctx)
	if err != nil {
		return err
	}
	accounts, err := s.far.accounts(ctx)
	if err != nil {
		return err
	}
	var sum uint64
	for _, a := range accounts {
		sum += a.AvailableMinor
	}
	if !c.OK || c.IssuedMinor != s.opening[world.Far] || sum != c.IssuedMinor || c.HeldMinor != 0 || c.SuspenseMinor != 0 {
		return fmt.Errorf("%s: %+v with %d minor units on accounts; it opened with %d, all of which must be there", world.Far, c, sum, s.opening[world.Far])
	}
	if err := s.packetsEnded(ctx); err != nil {
		return err
	}
	s.say("   %s: %s issued, all of it on accounts, nothing held, nothing in suspense; no packet is open", world.Far, money(c.IssuedMinor))
	return nil
}
