package bridge

import (
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
)

// RegisterInterfaces makes the module's messages known to transactions and proposals.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgAttest{},
		&MsgRetryOutcome{},
		&MsgRegisterLedger{},
		&MsgSetNotaries{},
		&MsgSuspendNotary{},
		&MsgSuspendLedger{},
		&MsgResumeLedger{},
		&MsgSetChannel{},
		&MsgSendAgain{},
		&MsgSetPeer{},
		&MsgRemovePeer{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
