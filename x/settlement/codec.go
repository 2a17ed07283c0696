package settlement

import (
	"github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
)

// RegisterInterfaces makes the module's messages known to the transaction decoder.
func RegisterInterfaces(registry types.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgPropose{}, &MsgConsent{}, &MsgWithdraw{}, &MsgVeto{}, &MsgAdvance{})
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
