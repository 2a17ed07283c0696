package chain

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The answers of a node's RPC, as far as they are used. Numbers of 64 bits are strings there.

type number int64

// UnmarshalJSON takes a number with or without quotes.
func (n *number) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "null" || text == "" {
		return nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("%.40q is not a number", text)
	}
	*n = number(v)
	return nil
}

type statusAnswer struct {
	NodeInfo struct {
		Network string `json:"network"`
	} `json:"node_info"`
	SyncInfo struct {
		Height number    `json:"latest_block_height"`
		Time   time.Time `json:"latest_block_time"`
	} `json:"sync_info"`
}

type infoAnswer struct {
	Response struct {
		Height number `json:"last_block_height"`
	} `json:"response"`
}

type queryAnswer struct {
	Response struct {
		Code      uint32 `json:"code"`
		Codespace string `json:"codespace"`
		Log       string `json:"log"`
		Height    number `json:"height"`
		Key       []byte `json:"key"`
		Value     []byte `json:"value"`
		Proof     *struct {
			Ops []struct {
				Type string `json:"type"`
				Key  []byte `json:"key"`
				Data []byte `json:"data"`
			} `json:"ops"`
		} `json:"proofOps"`
	} `json:"response"`
}

type broadcastAnswer struct {
	Code      uint32 `json:"code"`
	Codespace string `json:"codespace"`
	Log       string `json:"log"`
	Hash      string `json:"hash"`
}

type txAnswer struct {
	Height number   `json:"height"`
	Result txResult `json:"tx_result"`
}

type resultsAnswer struct {
	Height   number     `json:"height"`
	Txs      []txResult `json:"txs_results"`
	Finalize []event    `json:"finalize_block_events"`
	Begin    []event    `json:"begin_block_events"` // of nodes before CometBFT 0.38
	End      []event    `json:"end_block_events"`
}

type txResult struct {
	Code      uint32          `json:"code"`
	Codespace string          `json:"codespace"`
	Log       string          `json:"log"`
	GasUsed   number          `json:"gas_used"`
	Events    json.RawMessage `json:"events"` // read when somebody needs them: they are most of a block
}

type event struct {
	Type       string      `json:"type"`
	Attributes []attribute `json:"attributes"`
}

type attribute struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type paramsAnswer struct {
	Params struct {
		Block struct {
			MaxBytes number `json:"max_bytes"`
			MaxGas   number `json:"max_gas"`
		} `json:"block"`
	} `json:"consensus_params"`
}
