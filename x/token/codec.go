package token

import (
	"github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
)

// RegisterInterfaces makes the module's messages known.
func RegisterInterfaces(registry types.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil), &MsgAdmitIssuer{}, &MsgIssue{}, &MsgBurn{}, &MsgReleaseSuspense{})
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
