package ibcpath

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
)

// update gives the messages that bring the client to the batch's header, and the header that it knows then. A connection with a delay
// was brought there before.
func (p *Path) update(ctx context.Context, b *batch) (func(string) []sdk.Msg, clienttypes.Height, error) {
	p.mu.Lock()
	delayed := p.delays[b.end] != nil
	p.mu.Unlock()
	if delayed {
		at := clienttypes.NewHeight(p.revisions[1-b.end], uint64(b.at.Height)) //nolint:gosec // a block's height
		return func(string) []sdk.Msg { return nil }, at, nil
	}
	return p.opts.Updater.Update(ctx, p.ends[b.end], p.ends[1-b.end].Chain, b.at.Height)
}

// proofs is what was proved for a batch, by key.
type proofs struct {
	of   map[string]Proof
	keys [][]byte
}

// want adds a key to what is to be proved.
func (s *proofs) want(key []byte) {
	if _, known := s.of[string(key)]; !known {
		s.of[string(key)] = Proof{}
		s.keys = append(s.keys, key)
	}
}

// prove gets the jobs' proofs by the header of that height, and makes their messages. What the state contradicts is left out: its
// packet has ended, or something happened to it that the next blocks will tell.
func (p *Path) prove(ctx context.Context, b *batch, jobs []job, at clienttypes.Height) ([]message, error) {
	chain := p.ends[1-b.end].Chain
	set := proofs{of: make(map[string]Proof, len(jobs))}
	for _, j := range jobs {
		for _, key := range j.keys() {
			set.want(key)
		}
	}
	got, err := chain.Prove(ctx, set.keys, int64(at.RevisionHeight)-1) //nolint:gosec // a block's height
	if err != nil {
		return nil, fmt.Errorf("prove %d keys of the state at %d: %w", len(set.keys), at.RevisionHeight-1, err)
	}
	p.healthy(1-b.end, "send")
	for i, proof := range got {
		set.of[string(set.keys[i])] = proof
	}
	var messages []message
	for _, j := range jobs {
		build, err := j.message(set)
		switch {
		case errors.Is(err, errMoved):
			p.moved(j)
		case err != nil:
			p.setAside(j, err.Error())
		default:
			messages = append(messages, message{job: j, build: build})
		}
	}
	p.stage(messages, Proved)
	return messages, nil
}

// errMoved is the state's answer that something happened to a packet since it was decided on.
var errMoved = errors.New("the packet has moved on")

// moved forgets a packet whose commitment is gone, and has the others looked at again.
func (p *Path) moved(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if j.do == Recv {
		delete(j.stream.packets, j.entry.sequence)
		return
	}
	j.entry.doubt = true
	j.entry.after = p.book.heads[j.stream.target(j.do)].Height + 1
}

// keys are what the job's message has to prove, on the other chain.
func (j job) keys() [][]byte {
	p := j.packet
	switch j.do {
	case Recv:
		return [][]byte{host.PacketCommitmentKey(p.SourcePort, p.SourceChannel, p.Sequence)}
	case Ack:
		return [][]byte{host.PacketAcknowledgementKey(p.DestinationPort, p.DestinationChannel, p.Sequence)}
	case TimeoutOnClose:
		return [][]byte{j.absence(), host.ChannelKey(p.DestinationPort, p.DestinationChannel)}
	default:
		return [][]byte{j.absence()}
	}
}

// absence is the key that shows that the packet was not received.
func (j job) absence() []byte {
	p := j.packet
	if j.stream.channel.Ordered {
		return host.NextSequenceRecvKey(p.DestinationPort, p.DestinationChannel)
	}
	return host.PacketReceiptKey(p.DestinationPort, p.DestinationChannel, p.Sequence)
}

// message makes the job's message of what was proved, which must be what the packet's events said.
func (j job) message(set proofs) (func(string) sdk.Msg, error) {
	keys := j.keys()
	proof, packet := set.of[string(keys[0])], *j.packet
	switch j.do {
	case Recv:
		if proof.Value == nil {
			return nil, errMoved
		}
		if !bytes.Equal(proof.Value, channeltypes.CommitPacket(nil, packet)) {
			return nil, errors.New("its event says another packet than the chain committed to: is a node lying?")
		}
		return func(signer string) sdk.Msg {
			return channeltypes.NewMsgRecvPacket(packet, proof.Bytes, proof.Height, signer)
		}, nil
	case Ack:
		if !bytes.Equal(proof.Value, channeltypes.CommitAcknowledgement(j.ack)) {
			return nil, errors.New("its event says another acknowledgement than the chain committed to: is a node lying?")
		}
		return func(signer string) sdk.Msg {
			return channeltypes.NewMsgAcknowledgement(packet, j.ack, proof.Bytes, proof.Height, signer)
		}, nil
	}
	next, err := j.unreceived(proof)
	if err != nil {
		return nil, err
	}
	if j.do == Timeout {
		return func(signer string) sdk.Msg {
			return channeltypes.NewMsgTimeout(packet, next, proof.Bytes, proof.Height, signer)
		}, nil
	}
	closed := set.of[string(keys[1])]
	var channel channeltypes.Channel
	if err := channel.Unmarshal(closed.Value); err != nil {
		return nil, fmt.Errorf("read channel %s: %w", packet.DestinationChannel, err)
	}
	return func(signer string) sdk.Msg {
		return channeltypes.NewMsgTimeoutOnCloseWithCounterpartyUpgradeSequence(
			packet, next, proof.Bytes, closed.Bytes, proof.Height, signer, channel.UpgradeSequence)
	}, nil
}

// unreceived is the next sequence that goes with a proof that the packet was not received.
func (j job) unreceived(proof Proof) (uint64, error) {
	if !j.stream.channel.Ordered {
		if proof.Value != nil {
			return 0, errMoved
		}
		return j.packet.Sequence, nil // not looked at; it must not be 0
	}
	if len(proof.Value) != 8 {
		return 0, errors.New("the channel there has no next sequence")
	}
	next := binary.BigEndian.Uint64(proof.Value)
	if next > j.packet.Sequence {
		return 0, errMoved
	}
	return next, nil
}
