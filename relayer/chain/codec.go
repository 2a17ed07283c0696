package chain

import (
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/std"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/gogoproto/proto"
	icatypes "github.com/cosmos/ibc-go/v8/modules/apps/27-interchain-accounts/types"
	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	ibccore "github.com/cosmos/ibc-go/v8/modules/core/types"
	solomachine "github.com/cosmos/ibc-go/v8/modules/light-clients/06-solomachine"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	txsigning "cosmossdk.io/x/tx/signing"
)

// encoding knows what is packed inside the answers of a chain. It depends on the chain's prefix, and on nothing global.
type encoding struct {
	registry types.InterfaceRegistry
	codec    codec.Codec
}

func newEncoding(prefix string) (encoding, error) {
	registry, err := types.NewInterfaceRegistryWithOptions(types.InterfaceRegistryOptions{
		ProtoFiles: proto.HybridResolver,
		SigningOptions: txsigning.Options{
			AddressCodec:          address.NewBech32Codec(prefix),
			ValidatorAddressCodec: address.NewBech32Codec(prefix + "valoper"),
		},
	})
	if err != nil {
		return encoding{}, err
	}
	for _, register := range []func(types.InterfaceRegistry){
		std.RegisterInterfaces, authtypes.RegisterInterfaces, ibccore.RegisterInterfaces, ibctm.RegisterInterfaces,
		solomachine.RegisterInterfaces, transfertypes.RegisterInterfaces, icatypes.RegisterInterfaces,
	} {
		register(registry)
	}
	return encoding{registry: registry, codec: codec.NewProtoCodec(registry)}, nil
}
