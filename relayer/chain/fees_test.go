package chain_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/stretchr/testify/require"

	sdkmath "cosmossdk.io/math"
	"cosmossdk.io/x/feegrant"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
)

func TestAnAccountThatDoesNotExistSaysWhatToDo(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := open(t, n, config(n))
	conf := config(n)
	conf.Keys = []string{"stranger"}
	stranger, err := chain.Open(t.Context(), conf, testchain.Keyring(t, n.App.AppCodec(), "stranger"), quiet())
	require.NoError(t, err)
	t.Cleanup(stranger.Close)
	_, err = stranger.Send(t.Context(), pay(1))
	require.ErrorContains(t, err, "does not exist yet: send it coins for fees")
	coins := sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, 5))
	n.Send("user-0", &banktypes.MsgSend{FromAddress: testchain.Address("user-0"), ToAddress: testchain.Address("stranger"), Amount: coins})
	_, err = stranger.Send(t.Context(), pay(1))
	require.ErrorIs(t, err, chain.ErrCannotPay)
	require.ErrorContains(t, err, "send coins to "+testchain.Address("stranger"))
	_, err = c.Send(t.Context(), pay(1))
	require.NoError(t, err)
}

func TestAFeeGrantPays(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	conf := config(n)
	conf.FeeGranter = testchain.Address("user-0")
	c := open(t, n, conf)
	_, err := c.Send(t.Context(), pay(1))
	require.ErrorIs(t, err, chain.ErrCannotPay)
	require.ErrorContains(t, err, conf.FeeGranter+" must grant fees to "+testchain.Address(testchain.Relayer(0)))
	grant, err := feegrant.NewMsgGrantAllowance(&feegrant.BasicAllowance{},
		sdk.MustAccAddressFromBech32(testchain.Address("user-0")), sdk.MustAccAddressFromBech32(testchain.Address(testchain.Relayer(0))))
	require.NoError(t, err)
	n.Send("user-0", grant)
	_, err = c.Send(t.Context(), pay(1))
	require.NoError(t, err)
}

func TestTheFeeRisesToWhatTheChainAsksForUpToTheCap(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a", testchain.WithGasPrice("0.02stake"))
	p := behind(t, n.RPC)
	c := open(t, n, config(n, p.RPC))
	for range 2 {
		_, err := c.Send(t.Context(), pay(1))
		require.NoError(t, err)
	}
	require.Equal(t, 3, p.times("broadcast_tx_sync"), "one refusal teaches the price")
	conf := config(n)
	conf.MaxGasPrice, conf.Keys = "0.015stake", []string{testchain.Relayer(1)}
	_, err := open(t, n, conf).Send(t.Context(), pay(1))
	require.ErrorIs(t, err, chain.ErrCannotPay)
	require.ErrorContains(t, err, "above the highest configured one")
}

func TestThePriceFollowsTheChainsFeeMarket(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a", testchain.WithGasPrice("0.02stake"))
	p := behind(t, n.RPC)
	const market = "/feemarket.feemarket.v1.Query/GasPrice"
	p.intercept(func(method string, w http.ResponseWriter) bool {
		if method != market {
			return false
		}
		coin := sdk.NewDecCoinFromDec(testchain.Denom, sdkmath.LegacyMustNewDecFromStr("0.03"))
		raw, err := coin.Marshal()
		if err != nil {
			return false
		}
		value := append([]byte{10, byte(len(raw))}, raw...) // field 1, the coin
		_, _ = fmt.Fprintf(w, `{"jsonrpc":"2.0","id":0,"result":{"response":{"code":0,"value":"%s","height":"5"}}}`,
			base64.StdEncoding.EncodeToString(value))
		return true
	})
	_, err := open(t, n, config(n, p.RPC)).Send(t.Context(), pay(1))
	require.NoError(t, err)
	require.Equal(t, 1, p.times(market))
	require.Equal(t, 1, p.times("broadcast_tx_sync"), "no refusal had to teach the price")
}
