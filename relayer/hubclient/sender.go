package hubclient

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cosmos/cosmos-sdk/client/tx"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// InclusionTimeout is how long Send waits for a block that holds its transaction.
const InclusionTimeout = 30 * time.Second

// inclusionPoll is how often a transaction is asked for until it is in a block.
const inclusionPoll = 20 * time.Millisecond

// ErrNotIncluded: no block held the transaction in time. It may still be included later: look before sending again.
var ErrNotIncluded = errors.New("the transaction was not included in time")

// Refusal is a transaction that the hub refused. Nothing of it happened.
type Refusal struct {
	Codespace string
	Code      uint32
	Log       string
}

// Error is the hub's own words.
func (r *Refusal) Error() string {
	if r.Codespace == trial { // its code is the protocol's, and says nothing
		return "the hub refused: " + r.Log
	}
	return fmt.Sprintf("the hub refused: %s (%s %d)", r.Log, r.Codespace, r.Code)
}

// Sender signs with one key and keeps its account's sequence. It is safe for concurrent use.
type Sender struct {
	client  *Client
	keys    keyring.Keyring
	name    string
	address sdk.AccAddress

	mu       sync.Mutex
	known    bool // number and sequence are the chain's, as far as we know
	number   uint64
	sequence uint64
}

// NewSender makes a sender for a key of the keyring.
func (c *Client) NewSender(keys keyring.Keyring, name string) (*Sender, error) {
	record, err := keys.Key(name)
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", name, err)
	}
	address, err := record.GetAddress()
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", name, err)
	}
	return &Sender{client: c, keys: keys, name: name, address: address}, nil
}

// Address is the sender's hub address.
func (s *Sender) Address() string { return sdk.MustBech32ifyAddressBytes(Bech32Prefix, s.address) }

// Send submits the messages as one transaction and waits for the block that holds it. A *Refusal means that
// nothing happened; ErrNotIncluded that it is not known.
func (s *Sender) Send(ctx context.Context, msgs ...sdk.Msg) (*sdk.TxResponse, error) {
	hash, err := s.Submit(ctx, 0, msgs...)
	if err != nil {
		return nil, err
	}
	return s.client.await(ctx, hash)
}

// Submit signs and broadcasts the messages as one transaction; the node has checked it, no block holds it yet.
// gas is the transaction's limit; 0 has the node try it out, which is wrong where a transaction does more in its block than
// now. A sequence mismatch is healed once: by what the node expects, which counts the transactions that wait there for a block.
func (s *Sender) Submit(ctx context.Context, gas uint64, msgs ...sdk.Msg) (hash string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 2 {
		if err := s.learn(ctx); err != nil {
			return "", err
		}
		hash, err = s.broadcast(ctx, gas, msgs)
		if err == nil {
			s.sequence++
			return hash, nil
		}
		s.known = false
		if !isSequenceMismatch(err) {
			return "", err
		}
		if expected, ok := expectedSequence(err); ok {
			s.sequence, s.known = expected, true
		}
	}
	return "", err
}

// learn asks the node for the account, unless it is known.
func (s *Sender) learn(ctx context.Context) error {
	if s.known {
		return nil
	}
	res, err := authtypes.NewQueryClient(s.client.conn).AccountInfo(ctx, &authtypes.QueryAccountInfoRequest{Address: s.Address()})
	if status.Code(err) == codes.NotFound {
		return fmt.Errorf("%s (key %q) is not admitted to the hub: a participant's admission creates its account", s.Address(), s.name)
	}
	if err != nil {
		return fmt.Errorf("account %s: %w", s.Address(), err)
	}
	s.number, s.sequence, s.known = res.Info.AccountNumber, res.Info.Sequence, true
	return nil
}

func (s *Sender) broadcast(ctx context.Context, gas uint64, msgs []sdk.Msg) (string, error) {
	factory := tx.Factory{}.WithTxConfig(s.client.txs).WithKeybase(s.keys).WithChainID(s.client.chainID).
		WithAccountNumber(s.number).WithSequence(s.sequence).WithFromName(s.name).
		WithSignMode(signing.SignMode_SIGN_MODE_DIRECT).WithGasAdjustment(1.5).WithSimulateAndExecute(true)
	if gas == 0 {
		var err error
		if _, gas, err = tx.CalculateGas(s.client.conn, factory, msgs...); err != nil {
			return "", simulationRefusal(err)
		}
	}
	builder, err := factory.WithGas(gas).BuildUnsignedTx(msgs...)
	if err != nil {
		return "", err
	}
	if err := tx.Sign(ctx, factory, s.name, builder, true); err != nil {
		return "", err
	}
	raw, err := s.client.txs.TxEncoder()(builder.GetTx())
	if err != nil {
		return "", err
	}
	res, err := txtypes.NewServiceClient(s.client.conn).BroadcastTx(ctx,
		&txtypes.BroadcastTxRequest{TxBytes: raw, Mode: txtypes.BroadcastMode_BROADCAST_MODE_SYNC})
	if err != nil {
		return "", fmt.Errorf("broadcast: %w", err)
	}
	if r := res.TxResponse; r.Code != 0 && !isKnownTx(r) {
		return "", &Refusal{Codespace: r.Codespace, Code: r.Code, Log: r.RawLog}
	}
	return res.TxResponse.TxHash, nil
}

// trial is the codespace of a refusal before anything was sent.
const trial = "simulation"

// simulationRefusal makes a Refusal of what the node says when it tries a transaction out.
func simulationRefusal(err error) error {
	if st, ok := status.FromError(err); ok && st.Code() != codes.Unavailable && st.Code() != codes.DeadlineExceeded {
		return &Refusal{Codespace: trial, Code: uint32(st.Code()), Log: simulationWords.ReplaceAllString(st.Message(), "")}
	}
	return err
}

// simulationWords are the node's own about where in its code, and after how much gas, a try ended.
var simulationWords = regexp.MustCompile(`( \[[^\]]*\.go:\d+\])? with gas used: '\d+'$|^failed to execute message; message index: \d+: `)

func isSequenceMismatch(err error) bool {
	var r *Refusal
	if !errors.As(err, &r) {
		return false
	}
	return r.Codespace == sdkerrors.ErrWrongSequence.Codespace() && r.Code == sdkerrors.ErrWrongSequence.ABCICode() ||
		strings.Contains(r.Log, sdkerrors.ErrWrongSequence.Error())
}

// expectedSequence is the sequence that the node says it expects.
func expectedSequence(err error) (uint64, bool) {
	found := expects.FindStringSubmatch(err.Error())
	if found == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(found[1], 10, 64)
	if err != nil {
		return 0, false
	}
	return n, true
}

var expects = regexp.MustCompile(`account sequence mismatch, expected (\d+), got \d+`)

// isKnownTx tells whether the node has this very transaction already: it was broadcast before, and the answer lost.
func isKnownTx(r *sdk.TxResponse) bool {
	return r.Codespace == sdkerrors.ErrTxInMempoolCache.Codespace() && r.Code == sdkerrors.ErrTxInMempoolCache.ABCICode()
}

// await asks for a transaction until a block holds it.
func (c *Client) await(ctx context.Context, hash string) (*sdk.TxResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, InclusionTimeout)
	defer cancel()
	tick := time.NewTicker(inclusionPoll)
	defer tick.Stop()
	for {
		res, err := txtypes.NewServiceClient(c.conn).GetTx(ctx, &txtypes.GetTxRequest{Hash: hash})
		if err == nil {
			if r := res.TxResponse; r.Code != 0 {
				return r, &Refusal{Codespace: r.Codespace, Code: r.Code, Log: r.RawLog}
			}
			return res.TxResponse, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %s: look it up by its hash before sending it again (the node said: %w)", ErrNotIncluded, hash, err)
		case <-tick.C:
		}
	}
}
