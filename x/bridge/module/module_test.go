package module_test

import (
	"testing"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/corridor-network/corridor/x/bridge/module"
)

// AutoCLI finds out only when a user types the command.
func TestEveryMethodHasACommandOrIsLeftOutOnPurpose(t *testing.T) {
	options := module.AppModule{}.AutoCLIOptions()
	for _, service := range []*autocliv1.ServiceCommandDescriptor{options.Query, options.Tx} {
		found, err := proto.HybridResolver.FindDescriptorByName(protoreflect.FullName(service.Service))
		require.NoError(t, err)
		methods := found.(protoreflect.ServiceDescriptor).Methods()
		require.Len(t, service.RpcCommandOptions, methods.Len(), service.Service)
		for _, c := range service.RpcCommandOptions {
			method := methods.ByName(protoreflect.Name(c.RpcMethod))
			require.NotNil(t, method, c.RpcMethod)
			for _, arg := range c.PositionalArgs {
				require.NotNil(t, method.Input().Fields().ByName(protoreflect.Name(arg.ProtoField)), "%s %s", c.RpcMethod, arg.ProtoField)
			}
		}
	}
}

func TestAGenesisFileIsCheckedBeforeTheChainStarts(t *testing.T) {
	m := module.AppModule{}
	cdc := codec.NewProtoCodec(codectypes.NewInterfaceRegistry())
	require.NoError(t, m.ValidateGenesis(cdc, nil, m.DefaultGenesis(cdc)))
	require.ErrorContains(t, m.ValidateGenesis(cdc, nil, []byte(`{"ledgers": [{"id": "CNY"}]}`)), "invalid ledger")
	require.ErrorContains(t, m.ValidateGenesis(cdc, nil, []byte(`{"ledger": []}`)), "bridge genesis")
}
