package apptest

import (
	"context"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client/tx"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"

	"github.com/corridor-network/corridor/app"
)

// TxGas is the gas limit of a test's transactions.
const TxGas = 50_000_000

// Tx is a transaction to be signed.
type Tx struct {
	Signer string // a participant's id; or any name, whose account then is HubKey's
	Msgs   []sdk.Msg
	Gas    uint64    // 0 means TxGas
	Fee    sdk.Coins // the hub refuses any
	// Ahead is how many transactions of the same signer come before this one in the block.
	Ahead uint64
}

// RunTx makes a block with one transaction of a participant's. The error is the transaction's own: it compares
// equal to the module's registered error by errors.Is.
func (c *Chain) RunTx(signer string, msgs ...sdk.Msg) (*abci.ExecTxResult, error) {
	c.t.Helper()
	result := c.RunTxs(Tx{Signer: signer, Msgs: msgs})[0]
	return result, TxError(result)
}

// MustRunTx is RunTx for a transaction that has to succeed.
func (c *Chain) MustRunTx(signer string, msgs ...sdk.Msg) *abci.ExecTxResult {
	c.t.Helper()
	result, err := c.RunTx(signer, msgs...)
	if err != nil {
		c.t.Fatalf("transaction of %s: %s", signer, err)
	}
	return result
}

// RunTxs makes one block with all these transactions.
func (c *Chain) RunTxs(txs ...Tx) []*abci.ExecTxResult {
	c.t.Helper()
	raw := make([][]byte, len(txs))
	for i, t := range txs {
		raw[i] = c.Sign(t)
	}
	return c.finalize(BlockTime, raw...).TxResults
}

// CheckTx asks the ante handler as a node's mempool does.
func (c *Chain) CheckTx(t Tx) error {
	c.t.Helper()
	response, err := c.App.CheckTx(&abci.RequestCheckTx{Tx: c.Sign(t), Type: abci.CheckTxType_New})
	if err != nil {
		return err
	}
	if response.Code == 0 {
		return nil
	}
	return errorsmod.ABCIError(response.Codespace, response.Code, response.Log)
}

// TxError turns a result's code back into the registered error.
func TxError(result *abci.ExecTxResult) error {
	if result.Code == 0 {
		return nil
	}
	return errorsmod.ABCIError(result.Codespace, result.Code, result.Log)
}

// Response reads the i-th message's response of a successful transaction.
func (c *Chain) Response(result *abci.ExecTxResult, i int, response interface{ Unmarshal([]byte) error }) {
	c.t.Helper()
	var data sdk.TxMsgData
	if err := data.Unmarshal(result.Data); err != nil {
		c.t.Fatal(err)
	}
	if i >= len(data.MsgResponses) {
		c.t.Fatalf("the transaction has %d responses, not %d", len(data.MsgResponses), i+1)
	}
	if err := response.Unmarshal(data.MsgResponses[i].Value); err != nil {
		c.t.Fatal(err)
	}
}

// Sign gives the bytes of a transaction, signed by its signer.
func (c *Chain) Sign(t Tx) []byte {
	c.t.Helper()
	raw, err := c.sign(t, HubKey(t.Signer))
	if err != nil {
		c.t.Fatalf("sign for %s: %s", t.Signer, err)
	}
	return raw
}

func (c *Chain) sign(t Tx, key cryptotypes.PrivKey) ([]byte, error) {
	builder := c.App.TxConfig.NewTxBuilder()
	if err := builder.SetMsgs(t.Msgs...); err != nil {
		return nil, err
	}
	if t.Gas == 0 {
		t.Gas = TxGas
	}
	builder.SetGasLimit(t.Gas)
	builder.SetFeeAmount(t.Fee)

	address := sdk.AccAddress(key.PubKey().Address())
	signer := authsigning.SignerData{ChainID: c.chainID, Address: address.String(), PubKey: key.PubKey(), Sequence: t.Ahead}
	account, err := authtypes.NewQueryClient(c.queries()).AccountInfo(c.Context(), &authtypes.QueryAccountInfoRequest{Address: signer.Address})
	switch {
	case err == nil:
		signer.AccountNumber = account.Info.AccountNumber
		signer.Sequence += account.Info.Sequence
	case status.Code(err) != codes.NotFound: // a key without an account signs as the first that it would have
		return nil, err
	}
	const mode = signing.SignMode_SIGN_MODE_DIRECT
	unsigned := signing.SignatureV2{PubKey: key.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode}, Sequence: signer.Sequence}
	if err := builder.SetSignatures(unsigned); err != nil {
		return nil, err
	}
	signature, err := tx.SignWithPrivKey(context.Background(), mode, signer, builder, key, c.App.TxConfig, signer.Sequence)
	if err != nil {
		return nil, err
	}
	if err := builder.SetSignatures(signature); err != nil {
		return nil, err
	}
	return c.App.TxConfig.TxEncoder()(builder.GetTx())
}

// Govern has the messages, whose signer is the authority, decided by a governance proposal that Governor makes and
// votes for. It takes three blocks and the voting period. An error is why the proposal was not carried out.
func (c *Chain) Govern(msgs ...sdk.Msg) error {
	c.t.Helper()
	propose, err := govv1.NewMsgSubmitProposal(msgs, sdk.NewCoins(sdk.NewInt64Coin(app.DepositDenom, 1)),
		Address(Governor).String(), "", "test", "test", false)
	if err != nil {
		return err
	}
	result, err := c.RunTx(Governor, propose)
	if err != nil {
		return err
	}
	var proposed govv1.MsgSubmitProposalResponse
	c.Response(result, 0, &proposed)
	vote := govv1.NewMsgVote(Address(Governor), proposed.ProposalId, govv1.OptionYes, "")
	if _, err := c.RunTx(Governor, vote); err != nil {
		return err
	}
	ask := &govv1.QueryProposalRequest{ProposalId: proposed.ProposalId}
	found, err := govv1.NewQueryClient(c.queries()).Proposal(c.Context(), ask)
	if err != nil {
		return err
	}
	c.AdvanceTo(found.Proposal.VotingEndTime.Add(time.Nanosecond))
	if found, err = govv1.NewQueryClient(c.queries()).Proposal(c.Context(), ask); err != nil {
		return err
	}
	if found.Proposal.Status != govv1.StatusPassed {
		return errorsmod.Wrapf(errProposal, "%s: %s", found.Proposal.Status, found.Proposal.FailedReason)
	}
	return nil
}

// queries asks the modules as a client does. The keepers would do; but then every test of this package's users would compile all
// of their collections.
func (c *Chain) queries() *baseapp.QueryServiceTestHelper {
	return &baseapp.QueryServiceTestHelper{GRPCQueryRouter: c.App.GRPCQueryRouter(), Ctx: c.Context()}
}

var errProposal = errorsmod.Register("apptest", 2, "the proposal was not carried out")
