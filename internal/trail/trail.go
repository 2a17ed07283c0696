package trail

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// Instruction is one instruction for a leg, and what the hub knows of it.
type Instruction struct {
	Leg      int
	Kind     order.Kind
	Record   bridge.Record
	Tracking bridge.Tracking
	Votes    []bridge.Vote
	Dispatch *bridge.Dispatch // of a ledger behind a channel alone
}

// ordered is which kind of instruction a step of the timeline wrote.
var ordered = map[string]order.Kind{
	string(settlement.LegHoldOrdered): order.Hold, string(settlement.LegPostOrdered): order.Post,
	string(settlement.LegVoidOrdered): order.Void, string(settlement.LegPayOrdered): order.Pay,
}

// Orders tells which kind of instruction a step of a timeline wrote, if it wrote one.
func Orders(step settlement.Step) (order.Kind, bool) {
	kind, wrote := ordered[step.Name]
	return kind, wrote && step.Leg > 0
}

// Outbox answers what is asked of the ledgers' outboxes; bridge.QueryClient is one.
type Outbox interface {
	Head(context.Context, *bridge.QueryHeadRequest, ...grpc.CallOption) (*bridge.QueryHeadResponse, error)
	Instruction(context.Context, *bridge.QueryInstructionRequest, ...grpc.CallOption) (*bridge.QueryInstructionResponse, error)
}

// Follow finds every instruction of a settlement, in the order of its timeline.
func Follow(ctx context.Context, outbox Outbox, s settlement.Settlement) ([]Instruction, error) {
	body, err := order.DecodeBody(s.Body)
	if err != nil {
		return nil, fmt.Errorf("body of settlement %x: %w", s.Id, err)
	}
	var all []Instruction
	for _, step := range s.Timeline {
		kind, orders := Orders(step)
		leg := int(step.Leg) - 1
		if !orders || leg >= len(body.Legs) {
			continue
		}
		raw := order.NewInstruction(kind, body, leg).Encode()
		found, err := find(ctx, outbox, wanted{body.Legs[leg].Ledger, step.Height, raw})
		if err != nil {
			return nil, fmt.Errorf("%s of leg %d: %w", kind, leg, err)
		}
		all = append(all, Instruction{
			Leg: leg, Kind: kind, Record: found.Record, Tracking: found.Tracking, Votes: found.Votes, Dispatch: found.Dispatch,
		})
	}
	return all, nil
}

// wanted is an instruction and the block that wrote it.
type wanted struct {
	ledger string
	height int64
	raw    []byte
}

// find searches for the first record that is not older than the block, and goes on to the one that is wanted.
func find(ctx context.Context, outbox Outbox, w wanted) (*bridge.QueryInstructionResponse, error) {
	head, err := outbox.Head(ctx, &bridge.QueryHeadRequest{Ledger: w.ledger})
	if err != nil {
		return nil, err
	}
	at := func(n uint64) (*bridge.QueryInstructionResponse, error) {
		return outbox.Instruction(ctx, &bridge.QueryInstructionRequest{Ledger: w.ledger, Number: n})
	}
	low, high := uint64(1), head.Number+1
	for low < high {
		middle := low + (high-low)/2
		found, err := at(middle)
		if err != nil {
			return nil, err
		}
		if found.Record.Height < w.height {
			low = middle + 1
		} else {
			high = middle
		}
	}
	for n := low; n <= head.Number; n++ {
		found, err := at(n)
		if err != nil {
			return nil, err
		}
		if found.Record.Height > w.height {
			break
		}
		if string(found.Record.Instruction) == string(w.raw) {
			return found, nil
		}
	}
	return nil, fmt.Errorf("the outbox of %s has no such instruction of block %d, though the settlement's timeline says so: ask another node",
		w.ledger, w.height)
}
