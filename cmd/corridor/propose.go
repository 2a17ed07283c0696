package main

import (
	"fmt"
	"io"
	"os"

	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	"github.com/cosmos/gogoproto/jsonpb"
	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

// maxProposalFile bounds a file that a proposal is made of.
const maxProposalFile = 1 << 20

// authority is the address that governance's messages come from.
func authority() string {
	return sdk.MustBech32ifyAddressBytes(hubclient.Bech32Prefix, authtypes.NewModuleAddress(govtypes.ModuleName))
}

// readProto reads one protobuf message in its JSON form from a file; unknown fields are refused.
func readProto(file string, into proto.Message) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := jsonpb.Unmarshal(io.LimitReader(f, maxProposalFile), into); err != nil {
		return fmt.Errorf("%s: %w (the fields are those that `show -o json` prints)", file, err)
	}
	return nil
}

// propose submits a governance proposal of one message in the name of --as, with the deposit that the hub asks for.
func propose(cmd *cobra.Command, hub *swap.Hub, msg sdk.Msg, title string) error {
	sender, err := senderFor(cmd, hub)
	if err != nil {
		return err
	}
	params, err := govv1.NewQueryClient(hub.Client.Conn()).Params(cmd.Context(), &govv1.QueryParamsRequest{})
	if err != nil {
		return err
	}
	proposal, err := govv1.NewMsgSubmitProposal([]sdk.Msg{msg}, sdk.NewCoins(params.Params.MinDeposit...), sender.Address(), "", title, title, false)
	if err != nil {
		return err
	}
	res, err := sender.Send(cmd.Context(), proposal)
	if err != nil {
		return err
	}
	for _, e := range res.Events {
		for _, a := range e.Attributes {
			if e.Type == govtypes.EventTypeSubmitProposal && a.Key == govtypes.AttributeKeyProposalID {
				return answer(cmd, map[string]string{"proposal_id": a.Value, "title": title},
					"proposal %s: %s\nThe validators vote with: corridord tx gov vote %s yes --from SEAT", a.Value, title, a.Value)
			}
		}
	}
	return fmt.Errorf("transaction %s holds no proposal", res.TxHash)
}
