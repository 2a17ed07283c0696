package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

// Ready-made transactions hold so many packets, each with so much gas.
const (
	ceilingPerTx = 250
	ceilingGas   = 200_000
)

// ceiling is what the chains took to execute ready-made transactions, each step's all at once and one step after another.
type ceiling struct {
	Block   time.Duration `json:"block_nanoseconds"`
	Packets int           `json:"packets"`
	Sends   float64       `json:"sends_seconds"` // from the first committed to the last
	Recvs   float64       `json:"receipts_seconds"`
	Acks    float64       `json:"acknowledgements_seconds"`
	NodeA   float64       `json:"source_node_cpu_seconds"`
	NodeB   float64       `json:"destination_node_cpu_seconds"`
}

// PerSecond is the rate of whole packets, one step after another.
func (c ceiling) PerSecond() float64 { return float64(c.Packets) / (c.Sends + c.Recvs + c.Acks) }

// ceilings measures as often as relayers run.
func (b *bench) ceilings(ctx context.Context, block time.Duration, n int) error {
	for range b.runs {
		c, err := b.ceilingOnce(ctx, block, n)
		if err != nil {
			return err
		}
		b.say("ceiling, %d packets, blocks of %s: sends %.2f s, receipts %.2f s, acknowledgements %.2f s: %.0f packets/s", n, block, c.Sends, c.Recvs, c.Acks, c.PerSecond())
		b.ceils = append(b.ceils, c)
	}
	return nil
}

func (b *bench) ceilingOnce(ctx context.Context, block time.Duration, n int) (c ceiling, err error) {
	p, err := b.fresh(ctx, b.base, block)
	defer func() { err = errors.Join(err, b.discard(ctx, p)) }()
	if err != nil {
		return c, err
	}
	c.Block, c.Packets = block, n
	r := &replay{pair: p, perTx: b.perTxOf(live)}
	if err := r.signers(ctx); err != nil {
		return c, err
	}
	if c.Sends, err = r.send(ctx, n); err != nil {
		return c, fmt.Errorf("sends: %w", err)
	}
	if c.Recvs, err = r.relay(ctx, p.a, p.b, r.receipt); err != nil {
		return c, fmt.Errorf("receipts: %w", err)
	}
	if c.Acks, err = r.relay(ctx, p.b, p.a, r.acknowledgement); err != nil {
		return c, fmt.Errorf("acknowledgements: %w", err)
	}
	c.NodeA, c.NodeB = r.used.a.Seconds(), r.used.b.Seconds()
	return c, nil
}

// replay makes transactions beforehand and has the chains execute them.
type replay struct {
	*pair
	perTx   int
	packets []channeltypes.Packet
	who     map[*ibcnet.Chain][]*ibcnet.Signer
	used    processorTimes // of the nodes while they executed
}

func (r *replay) signers(ctx context.Context) error {
	r.who = map[*ibcnet.Chain][]*ibcnet.Signer{}
	for _, chain := range []*ibcnet.Chain{r.a, r.b} {
		for i := range relayerKeys {
			key, err := ibcnet.RelayerKey(i)
			if err != nil {
				return err
			}
			signer, err := chain.Signer(ctx, key)
			if err != nil {
				return err
			}
			r.who[chain] = append(r.who[chain], signer)
		}
	}
	return nil
}

// count does something and adds the nodes' processor time to what was used.
func (r *replay) count(do func() error) error {
	before, err := r.nodes()
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	after, err := r.nodes()
	used := after.minus(before)
	r.used.a, r.used.b = r.used.a+used.a, r.used.b+used.b
	return err
}

// send executes the load, and remembers its packets.
func (r *replay) send(ctx context.Context, n int) (float64, error) {
	txs, err := r.transfers(ctx, n, r.perTx)
	if err != nil {
		return 0, err
	}
	from, err := r.a.Height(ctx)
	if err != nil {
		return 0, err
	}
	var first, last time.Time
	err = r.count(func() error {
		if err := r.a.Submit(ctx, txs...); err != nil {
			return err
		}
		return localnet.Until(ctx, "the sends", func() (bool, error) {
			next, err := r.a.NextSequenceSend(ctx, port, channel)
			if err == nil && next > 1 && first.IsZero() {
				first = time.Now()
			}
			last = time.Now()
			return next > uint64(n), err
		})
	})
	if err != nil {
		return 0, err
	}
	to, err := r.a.Height(ctx)
	if err != nil {
		return 0, err
	}
	done, err := r.a.Txs(ctx, from, to)
	if err != nil {
		return 0, err
	}
	if r.packets, err = ibcnet.Sent(done); err == nil && len(r.packets) != n {
		err = fmt.Errorf("the blocks show %d packets, want %d", len(r.packets), n)
	}
	return last.Sub(first).Seconds(), err
}

// step is how a packet is proved and relayed in one direction.
type step func(p channeltypes.Packet) (key []byte, msg func(proof []byte, at clienttypes.Height, signer string) sdk.Msg)

func (r *replay) receipt(p channeltypes.Packet) ([]byte, func([]byte, clienttypes.Height, string) sdk.Msg) {
	return host.PacketCommitmentKey(p.SourcePort, p.SourceChannel, p.Sequence), func(proof []byte, at clienttypes.Height, signer string) sdk.Msg {
		return channeltypes.NewMsgRecvPacket(p, proof, at, signer)
	}
}

func (r *replay) acknowledgement(p channeltypes.Packet) ([]byte, func([]byte, clienttypes.Height, string) sdk.Msg) {
	success := channeltypes.NewResultAcknowledgement([]byte{1}).Acknowledgement()
	return host.PacketAcknowledgementKey(p.DestinationPort, p.DestinationChannel, p.Sequence), func(proof []byte, at clienttypes.Height, signer string) sdk.Msg {
		return channeltypes.NewMsgAcknowledgement(p, success, proof, at, signer)
	}
}

// relay brings the client forward, makes all transactions of a step, and times their execution.
func (r *replay) relay(ctx context.Context, from, to *ibcnet.Chain, how step) (float64, error) {
	height, err := from.Height(ctx)
	if err != nil {
		return 0, err
	}
	err = localnet.Until(ctx, "one more block of "+from.ID, func() (bool, error) {
		newest, err := from.Height(ctx)
		return newest > height, err
	})
	if err != nil {
		return 0, err
	}
	signers := r.who[to]
	update, err := from.UpdateClient(ctx, to, client, height+1, signers[0].Address)
	if err != nil {
		return 0, err
	}
	raw, err := signers[0].Sign(ceilingGas, update)
	if err == nil {
		err = to.Deliver(ctx, raw)
	}
	if err != nil {
		return 0, fmt.Errorf("client of %s: %w", from.ID, err)
	}
	txs, err := r.prepared(ctx, from, to, height, how)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = r.count(func() error { return to.Deliver(ctx, txs...) })
	return time.Since(began).Seconds(), err
}

// prepared are a step's transactions for all packets, signed by the relayers' keys in turn.
func (r *replay) prepared(ctx context.Context, from, to *ibcnet.Chain, height int64, how step) ([][]byte, error) {
	keys := make([][]byte, len(r.packets))
	for i, packet := range r.packets {
		keys[i], _ = how(packet)
	}
	proofs, err := from.Prove(ctx, keys, height)
	if err != nil {
		return nil, err
	}
	at := clienttypes.NewHeight(0, uint64(height)+1)
	var txs [][]byte
	for start := 0; start < len(proofs); start += ceilingPerTx {
		signer := r.who[to][len(txs)%relayerKeys]
		var msgs []sdk.Msg
		for i := start; i < min(start+ceilingPerTx, len(proofs)); i++ {
			_, message := how(r.packets[i])
			msgs = append(msgs, message(proofs[i], at, signer.Address))
		}
		raw, err := signer.Sign(uint64(len(msgs))*ceilingGas, msgs...)
		if err != nil {
			return nil, err
		}
		txs = append(txs, raw)
	}
	return txs, nil
}
