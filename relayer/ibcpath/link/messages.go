package link

import (
	"context"
	"encoding/binary"
	"fmt"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	commitmenttypes "github.com/cosmos/ibc-go/v8/modules/core/23-commitment/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
)

// storePrefix is where every SDK chain keeps IBC's state.
var storePrefix = commitmenttypes.NewMerklePrefix([]byte(exported.StoreKey))

// build makes a transaction's messages for its signer.
type build func(signer string) []sdk.Msg

// making is a step while its messages are made.
type making struct {
	side     int
	own, far ibcpath.End
	channel  pair
	spec     Spec
	proofAt  int64 // the state of the far chain that is proved
}

// messages are all of a step, the client's update first.
func (l *linker) messages(ctx context.Context, s step) (build, error) {
	m := making{side: s.side, own: l.ends[s.side], far: l.ends[1-s.side], channel: l.channel, spec: l.spec}
	var parts []build
	if s.proves() {
		// The next block's header proves the state that was read.
		proving := l.height[1-s.side] + 1
		if _, err := l.await(ctx, 1-s.side, proving); err != nil {
			return nil, err
		}
		update, at, err := lightclient.Updater{}.Update(ctx, m.own, m.far.Chain, proving)
		if err != nil {
			return nil, err
		}
		m.proofAt = int64(at.RevisionHeight) - 1
		parts = append(parts, update)
	}
	for _, each := range s.acts {
		part, err := m.message(ctx, each)
		if err != nil {
			return nil, fmt.Errorf("%s on %s: %w", each, m.own.Chain.ID(), err)
		}
		parts = append(parts, func(signer string) []sdk.Msg { return []sdk.Msg{part(signer)} })
	}
	return func(signer string) []sdk.Msg {
		var msgs []sdk.Msg
		for _, part := range parts {
			msgs = append(msgs, part(signer)...)
		}
		return msgs
	}, nil
}

// message makes one act's.
func (m *making) message(ctx context.Context, do act) (func(signer string) sdk.Msg, error) {
	switch do {
	case createClient:
		return m.createClient(ctx)
	case connectionInit:
		return m.connectionInit(), nil
	case connectionTry, connectionAck:
		return m.connectionAnswer(ctx, do)
	case connectionConfirm:
		proof, err := m.prove(ctx, host.ConnectionKey(m.far.ConnectionID))
		return func(signer string) sdk.Msg {
			return connectiontypes.NewMsgConnectionOpenConfirm(m.own.ConnectionID, proof.Bytes, proof.Height, signer)
		}, err
	case channelInit:
		return func(signer string) sdk.Msg {
			return channeltypes.NewMsgChannelOpenInit(m.port(), m.spec.Version, m.spec.order(), []string{m.own.ConnectionID},
				m.spec.Ports[1-m.side], signer)
		}, nil
	case closeInit:
		return func(signer string) sdk.Msg {
			return channeltypes.NewMsgChannelCloseInit(m.port(), m.channel[m.side].id, signer)
		}, nil
	}
	return m.channelAnswer(ctx, do)
}

// port is that of the own end.
func (m *making) port() string { return m.spec.Ports[m.side] }

// createClient makes a client of the far chain. In the same transaction the connection is opened over it; its id is foretold
// for that.
func (m *making) createClient(ctx context.Context) (func(string) sdk.Msg, error) {
	created, err := lightclient.Create(ctx, m.far.Chain, m.spec.Clients[m.side])
	if err != nil {
		return nil, err
	}
	m.own.ClientID, err = nextClient(ctx, m.own.Chain)
	return created.Message, err
}

// nextClient foretells the id of the client that the chain creates next. If somebody else creates one in between, the connection
// that was opened with ours is over theirs: it is left behind unfinished, and a new one is opened.
func nextClient(ctx context.Context, chain ibcpath.Reader) (string, error) {
	raw, err := chain.Value(ctx, []byte(clienttypes.KeyNextClientSequence), 0)
	if err != nil {
		return "", err
	}
	if len(raw) != 8 {
		return "", fmt.Errorf("%s does not say what its next client's number is", chain.ID())
	}
	return clienttypes.FormatClientIdentifier(exported.Tendermint, binary.BigEndian.Uint64(raw)), nil
}

func (m *making) connectionInit() func(string) sdk.Msg {
	own, far := m.own.ClientID, m.far.ClientID
	return func(signer string) sdk.Msg {
		// No version is named, so the chain offers all that it has.
		return connectiontypes.NewMsgConnectionOpenInit(own, far, storePrefix, nil, uint64(m.spec.Delay), signer)
	}
}

// prove proves one key of the far chain, which has to hold something.
func (m *making) prove(ctx context.Context, key []byte) (ibcpath.Proof, error) {
	proofs, err := m.proveAll(ctx, key)
	if err != nil {
		return ibcpath.Proof{}, err
	}
	return proofs[0], nil
}

func (m *making) proveAll(ctx context.Context, keys ...[]byte) ([]ibcpath.Proof, error) {
	proofs, err := m.far.Chain.Prove(ctx, keys, m.proofAt)
	if err != nil {
		return nil, err
	}
	for _, each := range proofs {
		if each.Value == nil {
			return nil, fmt.Errorf("%s holds nothing under %s at height %d any more: link again", m.far.Chain.ID(), each.Key, m.proofAt)
		}
	}
	return proofs, nil
}

// connectionAnswer is the try or the ack. Both carry what the far chain's client knows of the own chain: chains with ibc-go
// before v8.5 check it, later ones ignore it.
func (m *making) connectionAnswer(ctx context.Context, do act) (func(string) sdk.Msg, error) {
	proofs, err := m.proveAll(ctx, host.ConnectionKey(m.far.ConnectionID), host.FullClientStateKey(m.far.ClientID))
	if err != nil {
		return nil, err
	}
	connection, client := proofs[0], proofs[1]
	var end connectiontypes.ConnectionEnd
	if err := end.Unmarshal(connection.Value); err != nil {
		return nil, err
	}
	state, err := lightclient.DecodeState(client.Value)
	if err != nil {
		return nil, err
	}
	consensus, err := m.prove(ctx, host.FullConsensusStateKey(m.far.ClientID, state.LatestHeight))
	if err != nil {
		return nil, err
	}
	packed, err := codectypes.NewAnyWithValue(state)
	if err != nil {
		return nil, err
	}
	if do == connectionTry {
		return func(signer string) sdk.Msg {
			return &connectiontypes.MsgConnectionOpenTry{
				ClientId: m.own.ClientID, ClientState: packed, DelayPeriod: end.DelayPeriod, CounterpartyVersions: end.Versions,
				Counterparty: connectiontypes.NewCounterparty(m.far.ClientID, m.far.ConnectionID, storePrefix),
				ProofInit:    connection.Bytes, ProofClient: client.Bytes, ProofConsensus: consensus.Bytes,
				ProofHeight: connection.Height, ConsensusHeight: state.LatestHeight, Signer: signer,
			}
		}, nil
	}
	if len(end.Versions) == 0 {
		return nil, fmt.Errorf("connection %s on %s has no version", m.far.ConnectionID, m.far.Chain.ID())
	}
	return func(signer string) sdk.Msg {
		return &connectiontypes.MsgConnectionOpenAck{
			ConnectionId: m.own.ConnectionID, CounterpartyConnectionId: m.far.ConnectionID, Version: end.Versions[0], ClientState: packed,
			ProofTry: connection.Bytes, ProofClient: client.Bytes, ProofConsensus: consensus.Bytes,
			ProofHeight: connection.Height, ConsensusHeight: state.LatestHeight, Signer: signer,
		}
	}, nil
}

// channelAnswer is what follows from the far end of the channel.
func (m *making) channelAnswer(ctx context.Context, do act) (func(string) sdk.Msg, error) {
	farPort, far, own := m.spec.Ports[1-m.side], m.channel[1-m.side].id, m.channel[m.side].id
	proof, err := m.prove(ctx, host.ChannelKey(farPort, far))
	if err != nil {
		return nil, err
	}
	var end channeltypes.Channel
	if err := end.Unmarshal(proof.Value); err != nil {
		return nil, err
	}
	return func(signer string) sdk.Msg {
		switch do {
		case channelTry:
			return channeltypes.NewMsgChannelOpenTry(m.port(), end.Version, end.Ordering, []string{m.own.ConnectionID}, farPort, far,
				end.Version, proof.Bytes, proof.Height, signer)
		case channelAck:
			return channeltypes.NewMsgChannelOpenAck(m.port(), own, far, end.Version, proof.Bytes, proof.Height, signer)
		case channelConfirm:
			return channeltypes.NewMsgChannelOpenConfirm(m.port(), own, proof.Bytes, proof.Height, signer)
		default:
			return &channeltypes.MsgChannelCloseConfirm{
				PortId: m.port(), ChannelId: own, ProofInit: proof.Bytes, ProofHeight: proof.Height, Signer: signer,
				CounterpartyUpgradeSequence: end.UpgradeSequence,
			}
		}
	}, nil
}
