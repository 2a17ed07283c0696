package module_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	gogoproto "github.com/cosmos/gogoproto/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/compliance/keeper"
	"github.com/corridor-network/corridor/x/compliance/module"
)

func TestTheDefaultGenesisIsValidAndNonsenseIsNot(t *testing.T) {
	m, cdc := module.New(keeper.Keeper{}, compliancetest.Addresses()), codectestutil.CodecOptions{AccAddressPrefix: compliancetest.Bech32Prefix}.NewCodec()
	require.NoError(t, m.ValidateGenesis(cdc, nil, m.DefaultGenesis(cdc)))
	require.ErrorContains(t, m.ValidateGenesis(cdc, nil, json.RawMessage(`{"what":1}`)), compliance.ModuleName)
}

// A method that is neither offered nor left out on purpose would get a command line that nobody thought about, and an
// argument that the message does not have would stop the daemon when it starts.
func TestTheCommandLineKnowsEveryMethodAndItsArguments(t *testing.T) {
	options := module.New(keeper.Keeper{}, compliancetest.Addresses()).AutoCLIOptions()
	for _, service := range []struct {
		name    string
		methods map[string][]string
	}{{options.Query.Service, map[string][]string{}}, {options.Tx.Service, map[string][]string{}}} {
		for _, o := range append(options.Query.RpcCommandOptions, options.Tx.RpcCommandOptions...) {
			for _, arg := range o.PositionalArgs {
				service.methods[o.RpcMethod] = append(service.methods[o.RpcMethod], arg.ProtoField)
			}
			if _, there := service.methods[o.RpcMethod]; !there {
				service.methods[o.RpcMethod] = nil
			}
		}
		descriptor, err := gogoproto.HybridResolver.FindDescriptorByName(protoreflect.FullName(service.name))
		require.NoError(t, err)
		methods := descriptor.(protoreflect.ServiceDescriptor).Methods()
		for i := range methods.Len() {
			method := methods.Get(i)
			args, known := service.methods[string(method.Name())]
			require.True(t, known, method.Name())
			for _, arg := range args {
				require.NotNil(t, method.Input().Fields().ByName(protoreflect.Name(arg)), "%s has no %s", method.Name(), arg)
			}
		}
	}
}
