package homes

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/gogoproto/proto"

	"github.com/corridor-network/corridor/app/genesis"
)

// Spec is the input, as JSON.
type Spec struct {
	ChainID string    `json:"chain_id"`
	Time    time.Time `json:"time"`
	// VotingPeriod of governance and TimeoutCommit, CometBFT's pause after a block, are Go durations: "20s".
	VotingPeriod  string `json:"voting_period"`
	TimeoutCommit string `json:"timeout_commit"`
	// Nodes are the validators.
	Nodes []Node `json:"nodes"`
	// Modules are the states of Corridor's own modules, by name. One that is missing starts empty.
	Modules map[string]json.RawMessage `json:"modules"`
}

// Node is one validator. Addresses are host:port.
type Node struct {
	Name string `json:"name"`
	// Home is made, and must hold no genesis yet.
	Home string `json:"home"`
	// Operator is the private key, in hex, of the hub account that holds the seat.
	Operator string `json:"operator"`
	P2P      string `json:"p2p"`
	RPC      string `json:"rpc"`
	GRPC     string `json:"grpc"`
	// REST is not served if empty.
	REST string `json:"rest"`
}

func (n Node) operatorKey() (*secp256k1.PrivKey, error) {
	raw, err := hex.DecodeString(n.Operator)
	if err != nil || len(raw) != secp256k1.PrivKeySize {
		return nil, fmt.Errorf("operator: want the %d bytes of a secp256k1 key in hex", secp256k1.PrivKeySize)
	}
	return &secp256k1.PrivKey{Key: raw}, nil
}

// genesis is the part of the spec that is the same for all nodes.
func (s Spec) genesis(cdc codec.JSONCodec) (genesis.Spec, error) {
	out := genesis.Spec{ChainID: s.ChainID, Time: s.Time}
	if s.VotingPeriod != "" {
		var err error
		if out.VotingPeriod, err = time.ParseDuration(s.VotingPeriod); err != nil {
			return out, fmt.Errorf("voting_period: %w", err)
		}
	}
	known := map[string]proto.Message{
		"bridge": &out.Bridge, "compliance": &out.Compliance, "currency": &out.Currency,
		"token": &out.Token, "settlement": &out.Settlement,
	}
	for name, raw := range s.Modules {
		state, ok := known[name]
		if !ok {
			return out, fmt.Errorf("modules: %q is none of bridge, compliance, currency, token, settlement", name)
		}
		if err := cdc.UnmarshalJSON(raw, state); err != nil {
			return out, fmt.Errorf("modules: %s: %w", name, err)
		}
	}
	return out, nil
}
