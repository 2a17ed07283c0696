package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	"golang.org/x/sync/errgroup"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

// Ready-made transactions hold so many packets, each with so much gas.
const (
	ceilingPerTx = 250
	ceilingGas   = 200_000
)

// ceiling is what the chains took to execute N sends, N receipts and N acknowledgements, of different packets, all ready-made
// and submitted at once: what they do for each packet, without anybody who has to wait for a block.
type ceiling struct {
	Block   time.Duration `json:"block_nanoseconds"`
	Packets int           `json:"packets"`
	Seconds float64       `json:"seconds"` // until blocks hold everything
	NodeA   float64       `json:"source_node_cpu_seconds"`
	NodeB   float64       `json:"destination_node_cpu_seconds"`
}

// PerSecond is the rate of whole packets.
func (c ceiling) PerSecond() float64 { return float64(c.Packets) / c.Seconds }

// ceilings measures as often as relayers run.
func (b *bench) ceilings(ctx context.Context, block time.Duration, n int) error {
	for range b.runs {
		c, err := b.ceilingOnce(ctx, block, n)
		if err != nil {
			return err
		}
		b.say("ceiling, %d packets, blocks of %s: %.2f s, %.0f packets/s, nodes %.2f + %.2f CPU s", n, block, c.Seconds, c.PerSecond(), c.NodeA, c.NodeB)
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
	r := &replay{pair: p, perTx: b.perTxOf(live)}
	if err := r.signers(ctx); err != nil {
		return c, err
	}
	sends, receipts, acks, err := r.ready(ctx, n)
	if err != nil {
		return c, err
	}
	before, err := p.nodes()
	if err != nil {
		return c, err
	}
	began := time.Now()
	var parts errgroup.Group
	parts.Go(func() error { return p.a.Deliver(ctx, sends...) })
	parts.Go(func() error { return p.b.Deliver(ctx, receipts...) })
	parts.Go(func() error { return p.a.Deliver(ctx, acks...) })
	if err := parts.Wait(); err != nil {
		return c, err
	}
	took := time.Since(began)
	after, err := p.nodes()
	used := after.minus(before)
	return ceiling{Block: block, Packets: n, Seconds: took.Seconds(), NodeA: used.a.Seconds(), NodeB: used.b.Seconds()}, err
}

// replay makes transactions beforehand and has the chains execute them.
type replay struct {
	*pair
	perTx int
	who   map[*ibcnet.Chain][]*ibcnet.Signer
}

// ready makes one load's sends, the receipts of another that was sent, and the acknowledgements of a third that was received.
func (r *replay) ready(ctx context.Context, n int) (sends, receipts, acks [][]byte, err error) {
	received, err := r.send(ctx, n)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("first sends: %w", err)
	}
	txs, err := r.prepared(ctx, r.a, r.b, received, r.receipt)
	if err == nil {
		err = r.b.Deliver(ctx, txs...)
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("first receipts: %w", err)
	}
	sent, err := r.send(ctx, n)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("second sends: %w", err)
	}
	if receipts, err = r.prepared(ctx, r.a, r.b, sent, r.receipt); err != nil {
		return nil, nil, nil, fmt.Errorf("receipts: %w", err)
	}
	if acks, err = r.prepared(ctx, r.b, r.a, received, r.acknowledgement); err != nil {
		return nil, nil, nil, fmt.Errorf("acknowledgements: %w", err)
	}
	sends, err = r.transfers(ctx, n, r.perTx)
	return sends, receipts, acks, err
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

// send executes a load and gives its packets.
func (r *replay) send(ctx context.Context, n int) ([]channeltypes.Packet, error) {
	txs, err := r.transfers(ctx, n, r.perTx)
	if err != nil {
		return nil, err
	}
	from, err := r.a.Height(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.a.Deliver(ctx, txs...); err != nil {
		return nil, err
	}
	to, err := r.a.Height(ctx)
	if err != nil {
		return nil, err
	}
	done, err := r.a.Txs(ctx, from, to)
	if err != nil {
		return nil, err
	}
	packets, err := ibcnet.Sent(done)
	if err == nil && len(packets) != n {
		err = fmt.Errorf("the blocks show %d packets, want %d", len(packets), n)
	}
	return packets, err
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

// prepared brings the client forward and makes a step's transactions for packets, signed by the relayers' keys in turn.
func (r *replay) prepared(ctx context.Context, from, to *ibcnet.Chain, packets []channeltypes.Packet, how step) ([][]byte, error) {
	height, err := from.Height(ctx)
	if err != nil {
		return nil, err
	}
	err = localnet.Until(ctx, "one more block of "+from.ID, func() (bool, error) {
		newest, err := from.Height(ctx)
		return newest > height, err
	})
	if err != nil {
		return nil, err
	}
	if err := r.forward(ctx, from, to, height+1); err != nil {
		return nil, fmt.Errorf("client of %s: %w", from.ID, err)
	}
	keys := make([][]byte, len(packets))
	for i, packet := range packets {
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
			_, message := how(packets[i])
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

// forward has a chain's client know a header of the other chain.
func (r *replay) forward(ctx context.Context, from, to *ibcnet.Chain, height int64) error {
	signer := r.who[to][0]
	update, err := from.UpdateClient(ctx, to, client, height, signer.Address)
	if err != nil {
		return err
	}
	raw, err := signer.Sign(ceilingGas, update)
	if err != nil {
		return err
	}
	return to.Deliver(ctx, raw)
}
