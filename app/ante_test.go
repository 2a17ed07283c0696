package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	solomachine "github.com/cosmos/ibc-go/v8/modules/light-clients/06-solomachine"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/compliance"
)

// deposits sends some of what everyone has from the start.
func deposits(from, to string) sdk.Msg {
	return banktypes.NewMsgSend(apptest.Address(from), apptest.Address(to), sdk.NewCoins(sdk.NewInt64Coin(app.DepositDenom, 1)))
}

func TestWhatTheAnteHandlerRefuses(t *testing.T) {
	chain := apptest.New(t, swapGenesis())
	operator := sdk.ValAddress(apptest.Address(apptest.Governor)).String()
	seat := sdk.NewInt64Coin(app.SeatDenom, 1)
	for _, test := range []struct {
		name string
		tx   apptest.Tx
		want error
	}{
		{"a fee", apptest.Tx{Signer: "bank-a", Msgs: []sdk.Msg{deposits("bank-a", "bank-b")}, Fee: sdk.NewCoins(sdk.NewInt64Coin(app.DepositDenom, 1))}, sdkerrors.ErrInvalidRequest},
		{"a stranger", apptest.Tx{Signer: "nobody", Msgs: []sdk.Msg{deposits("nobody", "bank-b")}}, sdkerrors.ErrUnknownAddress},
		{"too little gas", apptest.Tx{Signer: "bank-a", Msgs: []sdk.Msg{deposits("bank-a", "bank-b")}, Gas: 10}, sdkerrors.ErrOutOfGas},
		{"more gas than a block", apptest.Tx{Signer: "bank-a", Msgs: []sdk.Msg{deposits("bank-a", "bank-b")}, Gas: app.MaxBlockGas + 1}, sdkerrors.ErrInvalidGasLimit},
		{"a used sequence", apptest.Tx{Signer: "bank-a", Msgs: []sdk.Msg{deposits("bank-a", "bank-b")}, Ahead: 1}, sdkerrors.ErrWrongSequence},
		{"another's signature", apptest.Tx{Signer: "bank-b", Msgs: []sdk.Msg{deposits("bank-a", "bank-b")}}, sdkerrors.ErrInvalidPubKey},
		{"a delegation", apptest.Tx{Signer: apptest.Governor, Msgs: []sdk.Msg{
			stakingtypes.NewMsgDelegate(apptest.Address(apptest.Governor).String(), operator, seat),
		}}, compliance.ErrSeatsClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := chain.RunTxs(test.tx)[0]
			require.ErrorIs(t, apptest.TxError(result), test.want)
		})
	}
	chain.MustRunTx("bank-a", deposits("bank-a", "bank-b"))
}

func TestASeatCannotBeSent(t *testing.T) {
	g := apptest.NewGenesis()
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Balance(apptest.Governor, app.SeatDenom, 1) // one that is not bonded
	chain := apptest.New(t, g)
	_, err := chain.RunTx(apptest.Governor, banktypes.NewMsgSend(apptest.Address(apptest.Governor), apptest.Address("bank-a"),
		sdk.NewCoins(sdk.NewInt64Coin(app.SeatDenom, 1))))
	require.ErrorIs(t, err, banktypes.ErrSendDisabled)
}

func TestOnlyCometBFTsLightClientIsAllowed(t *testing.T) {
	chain := apptest.New(t, apptest.NewGenesis())
	require.Equal(t, []string{"07-tendermint"}, app.KeepersOf(chain.App).IBC.ClientKeeper.GetParams(chain.Context()).AllowedClients)

	msg, err := clienttypes.NewMsgCreateClient(&solomachine.ClientState{}, &solomachine.ConsensusState{}, apptest.Address(apptest.Governor).String())
	require.NoError(t, err)
	_, err = chain.RunTx(apptest.Governor, msg)
	require.ErrorIs(t, err, sdkerrors.ErrTxDecode, "a light client that is not built in is not even understood")
}

func TestAProposalsDepositComesBack(t *testing.T) {
	chain := apptest.New(t, swapGenesis())
	before := app.KeepersOf(chain.App).Bank.GetBalance(chain.Context(), apptest.Address(apptest.Governor), app.DepositDenom)
	params := app.KeepersOf(chain.App).Gov
	current, err := params.Params.Get(chain.Context())
	require.NoError(t, err)
	shorter := 30 * time.Second
	current.VotingPeriod, current.ExpeditedVotingPeriod = &shorter, new(time.Duration)
	*current.ExpeditedVotingPeriod = shorter / 2
	require.NoError(t, chain.Govern(&govv1.MsgUpdateParams{Authority: app.Authority(), Params: current}))

	changed, err := params.Params.Get(chain.Context())
	require.NoError(t, err)
	require.Equal(t, shorter, *changed.VotingPeriod)
	require.Equal(t, before, app.KeepersOf(chain.App).Bank.GetBalance(chain.Context(), apptest.Address(apptest.Governor), app.DepositDenom))
}
