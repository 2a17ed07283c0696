package chain

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// keyringInUse lets one signature be made at a time: keyrings are not safe for concurrent use.
var keyringInUse sync.Mutex

// signer is one key and its account. Whoever took it from the pool has it alone.
type signer struct {
	name    string
	address string
	public  *types.Any
	keys    keyring.Keyring

	known    bool // number and sequence are the chain's, as far as we know
	number   uint64
	sequence uint64
}

// signers is the pool of a chain's keys. One is taken until a block holds its transaction, so that each has at most one
// transaction waiting: several of one account arrive out of order at a proposer, and all but the first are lost.
type signers struct {
	all  []*signer
	free chan *signer
}

func newSigners(c Config, keys keyring.Keyring) (*signers, error) {
	pool := &signers{free: make(chan *signer, len(c.Keys))}
	for _, name := range c.Keys {
		s, err := newSigner(c, keys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: key %q: %w", c.Name, name, err)
		}
		pool.all = append(pool.all, s)
		pool.free <- s
	}
	return pool, nil
}

func newSigner(c Config, keys keyring.Keyring, name string) (*signer, error) {
	keyringInUse.Lock()
	defer keyringInUse.Unlock()
	record, err := keys.Key(name)
	if err != nil {
		return nil, err
	}
	public, err := record.GetPubKey()
	if err != nil {
		return nil, err
	}
	if _, ok := public.(*secp256k1.PubKey); !ok {
		return nil, fmt.Errorf("it is a %s key: only secp256k1 keys are supported", public.Type())
	}
	packed, err := types.NewAnyWithValue(public)
	if err != nil {
		return nil, err
	}
	address, err := sdk.Bech32ifyAddressBytes(c.Prefix, public.Address())
	if err != nil {
		return nil, err
	}
	return &signer{name: name, address: address, public: packed, keys: keys}, nil
}

// take waits for a signer that has no transaction waiting.
func (p *signers) take(ctx context.Context) (*signer, error) {
	if len(p.all) == 0 {
		return nil, errors.New("no key to sign with is configured")
	}
	select {
	case s := <-p.free:
		return s, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a key that has no transaction waiting: %w", context.Cause(ctx))
	}
}

func (p *signers) give(s *signer) { p.free <- s }

// sign signs bytes.
func (s *signer) sign(what []byte) ([]byte, error) {
	keyringInUse.Lock()
	defer keyringInUse.Unlock()
	signature, _, err := s.keys.Sign(s.name, what, signing.SignMode_SIGN_MODE_DIRECT)
	if err != nil {
		return nil, fmt.Errorf("sign with key %q: %w", s.name, err)
	}
	return signature, nil
}

// learn asks the chain for a signer's account, unless it is known.
func (c *Chain) learn(ctx context.Context, s *signer) error {
	if s.known {
		return nil
	}
	res, err := authtypes.NewQueryClient(c.At(0)).AccountInfo(ctx, &authtypes.QueryAccountInfoRequest{Address: s.address})
	if status.Code(err) == codes.NotFound {
		return fmt.Errorf("%s: account %s (key %q) does not exist yet: send it coins for fees; the first transfer creates it",
			c.config.Name, s.address, s.name)
	}
	if err != nil {
		return fmt.Errorf("account %s (key %q): %w", s.address, s.name, err)
	}
	s.number, s.sequence, s.known = res.Info.AccountNumber, res.Info.Sequence, true
	return nil
}
