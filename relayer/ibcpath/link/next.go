package link

import (
	"fmt"
	"strings"
)

// act is one message of a handshake.
type act string

const (
	createClient      act = "create client"
	connectionInit    act = "connection init"
	connectionTry     act = "connection try"
	connectionAck     act = "connection ack"
	connectionConfirm act = "connection confirm"
	channelInit       act = "channel init"
	channelTry        act = "channel try"
	channelAck        act = "channel ack"
	channelConfirm    act = "channel confirm"
	closeInit         act = "channel close init"
	closeConfirm      act = "channel close confirm"
)

// step is one transaction on one side. Nothing to do is the end.
type step struct {
	side int
	acts []act
}

// done says that nothing is left to do.
func (s step) done() bool { return len(s.acts) == 0 }

// proves says whether the acts need a proof of the other chain.
func (s step) proves() bool {
	for _, each := range s.acts {
		switch each {
		case createClient, connectionInit, channelInit, closeInit:
		default:
			return true
		}
	}
	return false
}

// words names the acts for a person.
func (s step) words() []string {
	words := make([]string, 0, len(s.acts)+1)
	if s.proves() {
		words = append(words, "update client")
	}
	for _, each := range s.acts {
		words = append(words, string(each))
	}
	return words
}

// view is what the two chains say, as far as it decides what is next.
type view struct {
	clients    [2]string // ids; empty if there is none yet
	connection pair
	channel    pair // of that connection
	cautious   bool // one handshake a transaction: together they were refused
}

// ownInit means that a channel's first step is its application's.
type ownInit struct{ port string }

// Error says what to do.
func (o *ownInit) Error() string {
	return fmt.Sprintf("port %s is an interchain account's: its owner opens the channel by MsgRegisterInterchainAccount over this "+
		"connection; do that, then link again to finish it", o.port)
}

// next is what to do now.
func next(v view, spec Spec) (step, error) {
	switch {
	case v.clients[0] == "" && v.clients[1] == "":
		return step{1, []act{createClient}}, nil
	case v.clients[0] == "":
		return step{0, []act{createClient, connectionInit}}, nil
	case v.clients[1] == "":
		return step{1, []act{createClient, connectionInit}}, nil
	}
	for side := range 2 {
		own, far := v.connection[side].stage, v.connection[1-side].stage
		switch {
		case own == absent && far == initial:
			return step{side, []act{connectionTry}}, nil
		case own == initial && far == tried:
			return v.withChannel(side, connectionAck, spec), nil
		case own == tried && far == opened:
			return v.withChannel(side, connectionConfirm, spec), nil
		}
	}
	if v.connection.rank() == 0 {
		return step{0, []act{connectionInit}}, nil
	}
	if !spec.wantsChannel() {
		return step{}, nil
	}
	return nextOfChannel(v.channel, spec)
}

// withChannel adds to the act that opens the connection on the side what can be done of the channel there by then.
func (v view) withChannel(side int, opening act, spec Spec) step {
	acts := []act{opening}
	if spec.wantsChannel() && !v.cautious {
		switch own, far := v.channel[side].stage, v.channel[1-side].stage; {
		case own == absent && far == initial:
			acts = append(acts, channelTry)
		case own == absent && far == absent && spec.opens(side) && spec.opens(1-side):
			acts = append(acts, channelInit)
		}
	}
	return step{side, acts}
}

// nextOfChannel is what to do on an open connection.
func nextOfChannel(channel pair, spec Spec) (step, error) {
	for side := range 2 {
		own, far := channel[side].stage, channel[1-side].stage
		switch {
		case own == absent && far == initial:
			return step{side, []act{channelTry}}, nil
		case own == initial && far == tried:
			return step{side, []act{channelAck}}, nil
		case own == tried && far == opened:
			return step{side, []act{channelConfirm}}, nil
		}
	}
	if channel.rank() > 0 {
		return step{}, nil
	}
	for side := range 2 {
		if !spec.opens(side) {
			return step{}, &ownInit{port: spec.Ports[side]}
		}
	}
	return step{0, []act{channelInit}}, nil
}

// nextOfClosing is what to do to close a channel, begun on the first chain where neither has.
func nextOfClosing(channel pair) (step, error) {
	if channel[0].stage == absent {
		return step{}, fmt.Errorf("there is no such channel")
	}
	for side := range 2 {
		if own, far := channel[side].stage, channel[1-side].stage; own == opened && far == closed {
			return step{side, []act{closeConfirm}}, nil
		}
	}
	if channel[0].stage == closed {
		return step{}, nil
	}
	return step{0, []act{closeInit}}, nil
}

// name is how a step is told apart from others.
func (s step) name() string { return fmt.Sprint(s.side, " ", strings.Join(s.words(), ", ")) }
