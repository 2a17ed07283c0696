package swap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

// Status is what became of a line.
type Status string

// The closed set of results.
const (
	Settled     Status = "settled"      // all legs happened
	AlreadyDone Status = "already-done" // it was settled before; nothing was submitted
	Unwound     Status = "unwound"      // no leg happened
	Refused     Status = "refused"      // nothing was submitted, or the hub refused it
	Conflicting Status = "conflict"     // the reference is another payment's
	Waiting     Status = "waiting"      // proposed; a consent is missing, or it is not final yet
)

// Result is what became of one line.
type Result struct {
	Line       Line                       `json:"line"`
	Status     Status                     `json:"status"`
	Message    string                     `json:"message,omitempty"` // what is wrong and what to do
	Settlement *settlement.SettlementView `json:"settlement,omitempty"`
}

// Final tells whether nothing more will happen to a settlement.
func Final(s settlement.State) bool {
	return s == settlement.STATE_SETTLED || s == settlement.STATE_UNWOUND
}

// Runner carries lines out.
type Runner struct {
	Hub      *Hub
	Prepare  time.Duration // how long the legs may take to be held
	Wait     time.Duration // how long to watch a settlement
	Progress func(line Line, v settlement.SettlementView)

	senders map[string]*hubclient.Sender
}

// Run carries one line out and watches it until it is final. An error is one of the hub node, not of the line.
func (r *Runner) Run(ctx context.Context, l Line) (Result, error) {
	payer, err := r.Hub.Participant(ctx, l.Payer)
	if err != nil {
		return refused(l, fmt.Errorf("payer: %w", err))
	}
	if res, known, err := r.known(ctx, l, payer); known || err != nil {
		return res, err
	}
	p, err := r.Hub.Resolve(ctx, l, r.Prepare)
	if err != nil {
		return refused(l, err)
	}
	sender, err := r.sender(payer)
	if err != nil {
		return refused(l, err)
	}
	if err := r.propose(ctx, sender, p); err != nil {
		if !errors.As(err, new(*hubclient.Refusal)) {
			return Result{}, err
		}
		// Another program may have proposed the same line since.
		if res, known, err := r.known(ctx, l, payer); known || err != nil {
			return res, err
		}
		return refused(l, err)
	}
	v, err := r.watch(ctx, l, p.Body.ID().String())
	if err != nil {
		return Result{}, err
	}
	return conclude(l, v), nil
}

// refused is a line that comes to nothing. A node that did not answer is no reason to refuse it.
func refused(l Line, err error) (Result, error) {
	if nodeFailed(err) {
		return Result{}, err
	}
	return Result{Line: l, Status: Refused, Message: err.Error()}, nil
}

// known is a line whose reference the hub has already.
func (r *Runner) known(ctx context.Context, l Line, payer compliance.Participant) (res Result, known bool, err error) {
	v, known, err := r.Hub.ByReference(ctx, payer.Address, l.Reference)
	if err != nil || !known {
		return Result{}, false, err
	}
	res, err = r.again(ctx, l, v)
	return res, true, err
}

// again is a line whose reference is known: shown if it is the same payment, a Conflict if not.
func (r *Runner) again(ctx context.Context, l Line, v settlement.SettlementView) (Result, error) {
	if err := r.Hub.Same(ctx, l, v); err != nil {
		if errors.Is(err, ErrConflict) {
			return Result{Line: l, Status: Conflicting, Message: err.Error(), Settlement: &v}, nil
		}
		return refused(l, err)
	}
	if !Final(v.Settlement.State) {
		var err error
		if v, err = r.watch(ctx, l, v.SettlementId); err != nil {
			return Result{}, err
		}
		return conclude(l, v), nil
	}
	res := conclude(l, v)
	if res.Status == Settled {
		res.Status, res.Message = AlreadyDone, "settled before; nothing was submitted"
	} else {
		res.Message = "unwound before (" + v.Settlement.AbortReason + "); to try again use a new reference"
	}
	return res, nil
}

func conclude(l Line, v settlement.SettlementView) Result {
	res := Result{Line: l, Status: Waiting, Settlement: &v}
	switch v.Settlement.State {
	case settlement.STATE_SETTLED:
		res.Status = Settled
	case settlement.STATE_UNWOUND:
		res.Status, res.Message = Unwound, v.Settlement.AbortReason
	case settlement.STATE_PROPOSED:
		res.Message = "proposed; consents are missing: `corridor consent show " + v.SettlementId + "` says whose"
	default:
		res.Message = "not final yet: `corridor swap status " + v.SettlementId + "` shows it"
	}
	return res
}

// propose submits the body with the payer's consent, if its key is here.
func (r *Runner) propose(ctx context.Context, sender *hubclient.Sender, p Plan) error {
	msg := &settlement.MsgPropose{Proposer: sender.Address(), Body: p.Body.Encode()}
	signature, found, err := SignWith(r.Hub.Keys, p.PayAccount, order.ConsentSignBytes(p.Body.ChainID, p.Body.Hash()))
	if err != nil {
		return err
	}
	if found {
		msg.Consents = []settlement.LegConsent{{Leg: payLeg, Signature: signature}}
	}
	_, err = sender.Send(ctx, msg)
	return err
}

// sender signs for a participant, with its key in the keyring.
func (r *Runner) sender(p compliance.Participant) (*hubclient.Sender, error) {
	if s, ok := r.senders[p.Id]; ok {
		return s, nil
	}
	s, err := r.Hub.Sender(p)
	if err != nil {
		return nil, err
	}
	if r.senders == nil {
		r.senders = map[string]*hubclient.Sender{}
	}
	r.senders[p.Id] = s
	return s, nil
}

// Sender signs transactions for a participant, with the key of its hub address.
func (h *Hub) Sender(p compliance.Participant) (*hubclient.Sender, error) {
	address, err := sdk.GetFromBech32(p.Address, hubclient.Bech32Prefix)
	if err != nil {
		return nil, fmt.Errorf("address of %s: %w", p.Id, err)
	}
	record, err := h.Keys.KeyByAddress(sdk.AccAddress(address))
	if err != nil {
		return nil, fmt.Errorf("the keyring has no key of %s (%s): import it with `corridord keys`, or let %s submit this itself", p.Id, p.Address, p.Id)
	}
	return h.Client.NewSender(h.Keys, record.Name)
}

// ConsentKeyName is the name of the account's consent key in the keyring; found is false where it is not there.
func ConsentKeyName(keys keyring.Keyring, a compliance.Account) (name string, found bool, err error) {
	records, err := keys.List()
	if err != nil {
		return "", false, fmt.Errorf("keyring: %w", err)
	}
	for _, record := range records {
		if pub, err := record.GetPubKey(); err == nil && bytes.Equal(pub.Bytes(), a.ConsentKey) {
			return record.Name, true, nil
		}
	}
	return "", false, nil
}

// SignWith signs with the account's consent key; found is false where the keyring does not have it.
func SignWith(keys keyring.Keyring, a compliance.Account, signBytes []byte) (signature []byte, found bool, err error) {
	name, found, err := ConsentKeyName(keys, a)
	if err != nil || !found {
		return nil, false, err
	}
	signature, _, err = keys.Sign(name, signBytes, signing.SignMode_SIGN_MODE_DIRECT)
	return signature, true, err
}

// watch follows a settlement until it is final, or waits for a consent that nobody here can give.
func (r *Runner) watch(ctx context.Context, l Line, id string) (settlement.SettlementView, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Wait)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var last settlement.SettlementView
	for steps := 0; ; {
		v, err := r.Hub.Settlement(ctx, id)
		if err == nil {
			last = v
			if n := len(v.Settlement.Timeline); n != steps && r.Progress != nil {
				steps = n
				r.Progress(l, v)
			}
			if Final(v.Settlement.State) || v.Settlement.State == settlement.STATE_PROPOSED {
				return v, nil
			}
		}
		select {
		case <-ctx.Done():
			if last.SettlementId == "" {
				return last, fmt.Errorf("settlement %s could not be read: %w", id, errors.Join(ctx.Err(), err))
			}
			return last, nil
		case <-tick.C:
		}
	}
}
