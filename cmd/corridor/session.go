package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/gogoproto/jsonpb"
	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/config"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

// clientEnvPrefix starts the variables that override the client's file: hub.grpc is CORRIDOR_HUB_GRPC.
const clientEnvPrefix = "CORRIDOR"

// clientConfig is what a participant's commands need. Keys are in the keyring, never here.
type clientConfig struct {
	Hub     clientHub     `mapstructure:"hub"`
	Keyring clientKeyring `mapstructure:"keyring"`
}

type clientHub struct {
	ChainID string `mapstructure:"chain_id" validate:"required"`
	GRPC    string `mapstructure:"grpc" validate:"required,hostname_port"`
	RPC     string `mapstructure:"rpc" validate:"required,http_url"`
}

type clientKeyring struct {
	Backend string `mapstructure:"backend" validate:"oneof=os file test kwallet pass keyctl"`
	Dir     string `mapstructure:"dir" validate:"required"`
}

// clientConfigFile is the file that a command reads.
func clientConfigFile(cmd *cobra.Command) string {
	if file, _ := cmd.Flags().GetString("config"); file != "" {
		return file
	}
	if file := os.Getenv("CORRIDOR_CONFIG"); file != "" {
		return file
	}
	return ".localnet/client.yaml"
}

func loadClientConfig(cmd *cobra.Command) (clientConfig, error) {
	file := clientConfigFile(cmd)
	c := clientConfig{Keyring: clientKeyring{Backend: keyring.BackendOS}}
	err := config.Load(file, clientEnvPrefix, &c)
	if errors.Is(err, os.ErrNotExist) {
		return c, fmt.Errorf("no client configuration at %s: start a localnet with `corridor localnet up`, or name a file with --config or $CORRIDOR_CONFIG", file)
	}
	return c, err
}

// openHub connects to the hub that the client configuration names.
func openHub(cmd *cobra.Command) (*swap.Hub, error) {
	c, err := loadClientConfig(cmd)
	if err != nil {
		return nil, err
	}
	return c.open(cmd.Context(), cmd.InOrStdin())
}

// open connects to the hub and opens the keyring; a passphrase is asked of in.
func (c clientConfig) open(ctx context.Context, in io.Reader) (*swap.Hub, error) {
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: c.Hub.GRPC, RPC: c.Hub.RPC}, c.Hub.ChainID)
	if err != nil {
		return nil, err
	}
	keys, err := keyring.New("corridor", c.Keyring.Backend, c.Keyring.Dir, in, client.Codec())
	if err != nil {
		return nil, fmt.Errorf("keyring %s in %s: %w", c.Keyring.Backend, c.Keyring.Dir, err)
	}
	return &swap.Hub{Client: client, Keys: keys}, nil
}

// wantsJSON tells the output format, or that there is no such.
func wantsJSON(cmd *cobra.Command) (bool, error) {
	switch format, _ := cmd.Flags().GetString("output"); format {
	case "text":
		return false, nil
	case "json":
		return true, nil
	default:
		return false, fmt.Errorf("--output %s: want text or json", format)
	}
}

// protoJSON is a protobuf message in protobuf's own JSON form, fields by their proto names, defaults included.
func protoJSON(m proto.Message) ([]byte, error) {
	text, err := (&jsonpb.Marshaler{OrigName: true, EmitDefaults: true}).MarshalToString(m)
	return []byte(text), err
}

// writeJSON writes one value, indented.
func writeJSON(w io.Writer, v any) error {
	if m, ok := v.(proto.Message); ok {
		v = rawProtoObject{Message: m}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// answer writes what a command has done: the value for programs, or the words for people.
func answer(cmd *cobra.Command, v any, format string, args ...any) error {
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), v)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), format+"\n", args...)
	return err
}

// oneLine joins what an error says over several lines.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
