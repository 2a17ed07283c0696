package testchain

import (
	"encoding/json"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/cosmos-sdk/codec"
)

// settings are what options change.
type settings struct {
	blockTime time.Duration
	users     int
	gasPrice  string
	consensus func(*cmttypes.ConsensusParams)
	genesis   []func(codec.JSONCodec, map[string]json.RawMessage)
	mempool   int
}

// Option changes how a chain is made.
type Option func(*settings)

// WithBlockTime sets the pause after each block; 50 ms if not given.
func WithBlockTime(d time.Duration) Option { return func(s *settings) { s.blockTime = d } }

// WithUsers sets how many keys user-N there are; 4 if not given.
func WithUsers(n int) Option { return func(s *settings) { s.users = n } }

// WithGasPrice makes the node refuse transactions that pay less, such as "0.01stake".
func WithGasPrice(price string) Option { return func(s *settings) { s.gasPrice = price } }

// WithMempool sets how many transactions may wait for a block.
func WithMempool(size int) Option { return func(s *settings) { s.mempool = size } }

// WithConsensus changes the consensus parameters, such as a block's gas. Unchanged, gas is unlimited.
func WithConsensus(change func(*cmttypes.ConsensusParams)) Option {
	return func(s *settings) { s.consensus = change }
}

// WithGenesis changes the application's genesis by module.
func WithGenesis(change func(codec.JSONCodec, map[string]json.RawMessage)) Option {
	return func(s *settings) { s.genesis = append(s.genesis, change) }
}
