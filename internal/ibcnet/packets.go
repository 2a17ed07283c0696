package ibcnet

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"

	rpcclient "github.com/cometbft/cometbft/rpc/client"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	commitmenttypes "github.com/cosmos/ibc-go/v8/modules/core/23-commitment/types"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
	"golang.org/x/sync/errgroup"
)

// Sent are the packets that the transactions sent, in their order.
func Sent(txs []Tx) ([]channeltypes.Packet, error) {
	var packets []channeltypes.Packet
	for _, tx := range txs {
		for _, event := range tx.Events {
			if event.Type != channeltypes.EventTypeSendPacket {
				continue
			}
			fields := map[string]string{}
			for _, a := range event.Attributes {
				fields[a.Key] = a.Value
			}
			packet, err := packetOf(fields)
			if err != nil {
				return nil, fmt.Errorf("send_packet at height %d: %w", tx.Height, err)
			}
			packets = append(packets, packet)
		}
	}
	return packets, nil
}

func packetOf(fields map[string]string) (p channeltypes.Packet, err error) {
	if p.Sequence, err = strconv.ParseUint(fields[channeltypes.AttributeKeySequence], 10, 64); err != nil {
		return p, err
	}
	if p.TimeoutTimestamp, err = strconv.ParseUint(fields[channeltypes.AttributeKeyTimeoutTimestamp], 10, 64); err != nil {
		return p, err
	}
	if p.TimeoutHeight, err = clienttypes.ParseHeight(fields[channeltypes.AttributeKeyTimeoutHeight]); err != nil {
		return p, err
	}
	p.SourcePort, p.SourceChannel = fields[channeltypes.AttributeKeySrcPort], fields[channeltypes.AttributeKeySrcChannel]
	p.DestinationPort, p.DestinationChannel = fields[channeltypes.AttributeKeyDstPort], fields[channeltypes.AttributeKeyDstChannel]
	p.Data, err = hex.DecodeString(fields[channeltypes.AttributeKeyDataHex])
	return p, err
}

// proofsAtOnce is how many proofs are asked for at a time.
const proofsAtOnce = 8

// Prove proves each key in the state after a block, as messages carry it. A client checks it against the header of height+1.
func (c *Chain) Prove(ctx context.Context, keys [][]byte, height int64) ([][]byte, error) {
	proofs := make([][]byte, len(keys))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(proofsAtOnce)
	for i, key := range keys {
		group.Go(func() error {
			res, err := c.client.ABCIQueryWithOptions(ctx, "store/ibc/key", key, rpcclient.ABCIQueryOptions{Height: height, Prove: true})
			if err != nil {
				return err
			}
			if len(res.Response.Value) == 0 {
				return fmt.Errorf("%s has nothing under %s at height %d", c.ID, key, height)
			}
			proof, err := commitmenttypes.ConvertProofs(res.Response.ProofOps)
			if err != nil {
				return err
			}
			proofs[i], err = proof.Marshal()
			return err
		})
	}
	return proofs, group.Wait()
}

// UpdateClient is the message that brings a client of this chain, which another one has, to a height.
func (c *Chain) UpdateClient(ctx context.Context, on *Chain, client string, height int64, signer string) (*clienttypes.MsgUpdateClient, error) {
	var known clienttypes.QueryConsensusStateHeightsResponse
	err := on.query(ctx, "/ibc.core.client.v1.Query/ConsensusStateHeights", &clienttypes.QueryConsensusStateHeightsRequest{
		ClientId: client, Pagination: &query.PageRequest{Limit: 1, Reverse: true},
	}, &known)
	if err != nil {
		return nil, err
	}
	if len(known.ConsensusStateHeights) == 0 {
		return nil, fmt.Errorf("%s has no client %s", on.ID, client)
	}
	trusted := known.ConsensusStateHeights[0]
	commit, err := c.client.Commit(ctx, &height)
	if err != nil {
		return nil, err
	}
	header := &ibctm.Header{SignedHeader: commit.SignedHeader.ToProto(), TrustedHeight: trusted}
	validators, err := c.validators(ctx, height)
	if err != nil {
		return nil, err
	}
	if header.ValidatorSet, err = validators.ToProto(); err != nil {
		return nil, err
	}
	header.TrustedValidators = header.ValidatorSet // the chain's one validator never changes
	return clienttypes.NewMsgUpdateClient(client, header, signer)
}

func (c *Chain) validators(ctx context.Context, height int64) (*cmttypes.ValidatorSet, error) {
	res, err := c.client.Validators(ctx, &height, nil, nil)
	if err != nil {
		return nil, err
	}
	set := cmttypes.NewValidatorSet(res.Validators)
	set.GetProposer()
	return set, nil
}
