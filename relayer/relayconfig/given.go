package relayconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/corridor-network/corridor/internal/config"
)

// maxChainFileBytes bounds a chain registry's file.
const maxChainFileBytes = 1 << 20

// maxEndpoints is how many of a chain registry's addresses are taken.
const maxEndpoints = 4

// Given is what a person says of a chain; the nodes are asked for the rest. RPC is all that is needed.
type Given struct {
	Name       string   `mapstructure:"name" validate:"max=64"`
	ChainID    string   `mapstructure:"chain_id" validate:"max=64"`
	RPC        []string `mapstructure:"rpc" validate:"required,min=1,max=16,dive,http_url"`
	Prefix     string   `mapstructure:"prefix" validate:"max=32"`
	GasPrice   string   `mapstructure:"gas_price"`
	GasCap     string   `mapstructure:"gas_price_cap"`
	Keys       []string `mapstructure:"keys" validate:"max=64,dive,required"` // of the keyring, which must hold them; none: new ones are made
	FeeGranter string   `mapstructure:"fee_granter"`
}

// ReadGiven reads a small YAML file, or a chain registry's chain.json.
func ReadGiven(file string) (Given, error) {
	var g Given
	var err error
	if strings.EqualFold(filepath.Ext(file), ".json") {
		g, err = readRegistry(file)
	} else {
		err = config.Load(file, "CORRIDOR_RELAY_CHAIN", &g)
	}
	if err != nil {
		return g, err
	}
	if g.Name == "" {
		g.Name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	}
	return g, nil
}

// registryChain is the part of a chain.json that a relayer needs.
type registryChain struct {
	ChainName    string   `json:"chain_name"`
	ChainID      string   `json:"chain_id"`
	Bech32Prefix string   `json:"bech32_prefix"`
	KeyAlgos     []string `json:"key_algos"`
	Fees         struct {
		FeeTokens []struct {
			Denom            string      `json:"denom"`
			FixedMinGasPrice json.Number `json:"fixed_min_gas_price"`
			AverageGasPrice  json.Number `json:"average_gas_price"`
		} `json:"fee_tokens"`
	} `json:"fees"`
	APIs struct {
		RPC []struct {
			Address string `json:"address"`
		} `json:"rpc"`
	} `json:"apis"`
}

func readRegistry(file string) (Given, error) {
	f, err := os.Open(file)
	if err != nil {
		return Given{}, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxChainFileBytes+1))
	if err != nil {
		return Given{}, err
	}
	if len(raw) > maxChainFileBytes {
		return Given{}, fmt.Errorf("%s: more than %d bytes; a chain.json is smaller", file, maxChainFileBytes)
	}
	var r registryChain
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&r); err != nil {
		return Given{}, fmt.Errorf("%s: %w", file, err)
	}
	g, err := r.given()
	if err != nil {
		return Given{}, fmt.Errorf("%s: %w", file, err)
	}
	return g, nil
}

func (r registryChain) given() (Given, error) {
	g := Given{Name: r.ChainName, ChainID: r.ChainID, Prefix: r.Bech32Prefix}
	for _, algo := range r.KeyAlgos {
		if algo != "secp256k1" {
			return g, fmt.Errorf("key_algos: the chain's keys are %s; only secp256k1 is known here", algo)
		}
	}
	for _, api := range r.APIs.RPC {
		if at, err := url.Parse(api.Address); err == nil && at.Host != "" && len(g.RPC) < maxEndpoints {
			g.RPC = append(g.RPC, strings.TrimSuffix(api.Address, "/"))
		}
	}
	if len(g.RPC) == 0 {
		return g, errors.New("apis.rpc names no address; add one, best of your own node")
	}
	for _, token := range r.Fees.FeeTokens {
		for _, price := range []json.Number{token.AverageGasPrice, token.FixedMinGasPrice} {
			if price != "" && g.GasPrice == "" {
				plain, err := decimal(price)
				if err != nil {
					return g, fmt.Errorf("fees.fee_tokens: %w", err)
				}
				g.GasPrice = plain + token.Denom
			}
		}
	}
	return g, nil
}

// decimal writes a JSON number without an exponent.
func decimal(n json.Number) (string, error) {
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || f < 0 {
		return "", fmt.Errorf("%s is not a price", n)
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}
