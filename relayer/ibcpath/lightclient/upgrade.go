package lightclient

import (
	"context"
	"fmt"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"

	upgradetypes "cosmossdk.io/x/upgrade/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// How long the header of a chain's last block is asked for once the one before is there.
const (
	lastBlockPoll    = 200 * time.Millisecond
	lastBlockTimeout = time.Minute
)

// Upgrade moves a client over its chain's planned upgrade that changes what a client must know, such as the chain id. The
// counterparty has to stand at the plan's height: its nodes keep answering there after the chain has halted. A plan of 0
// asks for the one that is under way.
func Upgrade(ctx context.Context, end ibcpath.End, counterparty ibcpath.Reader, plan int64) (ibcpath.Sent, error) {
	prover, ok := counterparty.(ibcpath.StoreProver)
	if !ok {
		return ibcpath.Sent{}, fmt.Errorf("%s cannot prove what its upgrade store holds", counterparty.ID())
	}
	if plan == 0 {
		var err error
		if plan, err = planned(ctx, counterparty); err != nil {
			return ibcpath.Sent{}, err
		}
	}
	client, err := Look(ctx, end.Chain, end.ClientID)
	if err != nil {
		return ibcpath.Sent{}, err
	}
	if known := client.State.LatestHeight; known.RevisionHeight > uint64(plan) {
		return ibcpath.Sent{}, fmt.Errorf("client %s on %s was brought to block %s of %s already, past the upgrade at %d: it can only "+
			"be replaced by governance", client.ID, client.Chain, known, counterparty.ID(), plan)
	}
	if err := awaitLast(ctx, counterparty, plan); err != nil {
		return ibcpath.Sent{}, err
	}
	forward, _, err := Updater{}.Update(ctx, end, counterparty, plan)
	if err != nil {
		return ibcpath.Sent{}, err
	}
	upgrade, err := upgradeMessage(ctx, prover, end.ClientID, plan)
	if err != nil {
		return ibcpath.Sent{}, fmt.Errorf("upgrade of %s at %d: %w", counterparty.ID(), plan, err)
	}
	return end.Chain.Send(ctx, func(signer string) []sdk.Msg {
		signed := *upgrade
		signed.Signer = signer
		return append(forward(signer), &signed)
	})
}

// awaitLast waits until the chain has agreed on its last block. The old program signs it and halts before it is executed, so the
// newest head stays one lower, and nothing but asking tells.
func awaitLast(ctx context.Context, chain ibcpath.Reader, plan int64) error {
	if _, err := ibcpath.Newest(ctx, chain, plan-1); err != nil {
		return err
	}
	tick := time.NewTicker(lastBlockPoll)
	defer tick.Stop()
	for end := time.Now().Add(lastBlockTimeout); ; {
		_, err := chain.Header(ctx, plan, clienttypes.ZeroHeight())
		if err == nil || time.Now().After(end) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// planned is the height of the upgrade that is under way.
func planned(ctx context.Context, chain ibcpath.Reader) (int64, error) {
	answer, err := upgradetypes.NewQueryClient(chain.At(0)).CurrentPlan(ctx, &upgradetypes.QueryCurrentPlanRequest{})
	if err != nil {
		return 0, fmt.Errorf("ask %s for its upgrade: %w", chain.ID(), err)
	}
	if answer.Plan == nil {
		return 0, fmt.Errorf("%s has no upgrade under way: name the height of the one that was", chain.ID())
	}
	return answer.Plan.Height, nil
}

// upgradeMessage proves what the chain committed for its clients before it halted.
func upgradeMessage(ctx context.Context, chain ibcpath.StoreProver, client string, plan int64) (*clienttypes.MsgUpgradeClient, error) {
	msg := &clienttypes.MsgUpgradeClient{ClientId: client}
	for _, part := range []struct {
		key   []byte
		value **codectypes.Any
		proof *[]byte
		name  string
	}{
		{upgradetypes.UpgradedClientKey(plan), &msg.ClientState, &msg.ProofUpgradeClient, "client"},
		{upgradetypes.UpgradedConsStateKey(plan), &msg.ConsensusState, &msg.ProofUpgradeConsensusState, "consensus state"},
	} {
		proof, err := chain.ProveStore(ctx, upgradetypes.StoreKey, part.key, plan-1)
		if err != nil {
			return nil, err
		}
		if proof.Value == nil {
			return nil, fmt.Errorf("the chain committed no upgraded %s: the plan changes nothing that clients need to know", part.name)
		}
		*part.value, *part.proof = new(codectypes.Any), proof.Bytes
		if err := (*part.value).Unmarshal(proof.Value); err != nil {
			return nil, err
		}
	}
	return msg, nil
}
