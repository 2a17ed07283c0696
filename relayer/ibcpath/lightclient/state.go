package lightclient

import (
	"context"
	"errors"
	"fmt"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// Type URLs under which chains store what a client is.
const (
	clientStateURL    = "/ibc.lightclients.tendermint.v1.ClientState"
	consensusStateURL = "/ibc.lightclients.tendermint.v1.ConsensusState"
	headerURL         = "/ibc.lightclients.tendermint.v1.Header"
)

// ErrNoClient means that the chain has no client of that id.
var ErrNoClient = errors.New("no such client")

// errNoKey means that nothing can be sent.
var errNoKey = errors.New("no key is configured to sign with: corridor relay keys add")

// Client is what a chain says about one of its clients.
type Client struct {
	Chain  string // the chain that has it
	ID     string
	State  *ibctm.ClientState
	Newest *ibctm.ConsensusState // at State.LatestHeight; nil if the chain has pruned it, and then the client has expired
}

// Unusable is a client that takes no update any more.
type Unusable struct {
	Chain, Client, Of string
	Status            exported.Status
	At                time.Time // when it expired; zero if frozen
}

// Error says what can be done.
func (u *Unusable) Error() string {
	what := "is frozen, because misbehaviour of " + u.Of + " was shown to it"
	if u.Status == exported.Expired {
		what = "has expired"
		if !u.At.IsZero() {
			what += " at " + u.At.UTC().Format(time.RFC3339)
		}
	}
	return fmt.Sprintf("client %s of %s on %s %s: create another client there and let governance of %s put it in its place "+
		"(corridor relay client substitute), or link anew", u.Client, u.Of, u.Chain, what, u.Chain)
}

// Look reads a client of the chain.
func Look(ctx context.Context, chain ibcpath.Reader, id string) (Client, error) {
	raw, err := chain.Value(ctx, host.FullClientStateKey(id), 0)
	if err != nil {
		return Client{}, err
	}
	if raw == nil {
		return Client{}, fmt.Errorf("client %q on %s: %w; corridor relay link makes one", id, chain.ID(), ErrNoClient)
	}
	state, err := DecodeState(raw)
	if err != nil {
		return Client{}, fmt.Errorf("client %s on %s: %w", id, chain.ID(), err)
	}
	newest, err := consensusState(ctx, chain, id, state.LatestHeight)
	return Client{Chain: chain.ID(), ID: id, State: state, Newest: newest}, err
}

// Status is what the chain itself would say at that time.
func (c Client) Status(now time.Time) exported.Status {
	switch {
	case !c.State.FrozenHeight.IsZero():
		return exported.Frozen
	case c.Newest == nil || c.State.IsExpired(c.Newest.Timestamp, now):
		return exported.Expired
	}
	return exported.Active
}

// Usable is nil for an active client, and an *Unusable otherwise.
func (c Client) Usable(now time.Time) error {
	status := c.Status(now)
	if status == exported.Active {
		return nil
	}
	unusable := &Unusable{Chain: c.Chain, Client: c.ID, Of: c.State.ChainId, Status: status}
	if status == exported.Expired && c.Newest != nil {
		unusable.At = c.Newest.Timestamp.Add(c.State.TrustingPeriod)
	}
	return unusable
}

// DecodeState reads a client state as the IBC store holds it.
func DecodeState(raw []byte) (*ibctm.ClientState, error) {
	var state ibctm.ClientState
	if err := unpack(raw, clientStateURL, &state); err != nil {
		return nil, err
	}
	return &state, nil
}

// consensusState reads what the client knows at a height; nil if nothing.
func consensusState(ctx context.Context, chain ibcpath.Reader, id string, height clienttypes.Height) (*ibctm.ConsensusState, error) {
	raw, err := chain.Value(ctx, host.FullConsensusStateKey(id, height), 0)
	if err != nil || raw == nil {
		return nil, err
	}
	var state ibctm.ConsensusState
	if err := unpack(raw, consensusStateURL, &state); err != nil {
		return nil, fmt.Errorf("consensus state %s of client %s on %s: %w", height, id, chain.ID(), err)
	}
	return &state, nil
}

// packedURL is the type of an encoded Any; empty if it is none.
func packedURL(raw []byte) string {
	var packed codectypes.Any
	if packed.Unmarshal(raw) != nil {
		return ""
	}
	return packed.TypeUrl
}

// unpack reads what an encoded Any of that type holds.
func unpack(raw []byte, url string, into interface{ Unmarshal([]byte) error }) error {
	var packed codectypes.Any
	if err := packed.Unmarshal(raw); err != nil {
		return err
	}
	if packed.TypeUrl != url {
		return fmt.Errorf("it holds %s, and only 07-tendermint (%s) is known here", packed.TypeUrl, url)
	}
	return into.Unmarshal(packed.Value)
}
