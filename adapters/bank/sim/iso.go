package sim

import (
	"context"
	"encoding/base64"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt003"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt046"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt049"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt103"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs009"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

const opBalance = "balance" // only the fault of all operations meets it

// received is a message that passed its schema.
type received struct {
	kind   iso20022.Kind
	id     string // MsgId
	raw    []byte
	caller string // the notary's name
}

// request is what a message asks for: a fault's name for it, the UETR it is about, and the call, which
// gives the reply's struct.
type request struct {
	operation, uetr string
	do              func(context.Context) (any, error)
}

// serveISO takes any message of the network, told apart by its namespace.
func (a *api) serveISO(w http.ResponseWriter, r *http.Request) {
	reply, q, err := a.handleISO(r)
	if err != nil {
		a.Answer(w, nil, err)
		return
	}
	a.bank.faults.Answer(r.Context(), q.operation, q.uetr)
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(reply)
}

func (a *api) handleISO(r *http.Request) ([]byte, request, error) {
	caller, err := a.Tokens.Notary(r)
	if err != nil {
		return nil, request{}, err
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/xml" {
		return nil, request{}, simkit.Errorf(simkit.Invalid, "Content-Type: %q; send ISO 20022 messages as application/xml", r.Header.Get("Content-Type"))
	}
	raw, err := simkit.ReadBody(r, iso20022.MaxMessageBytes)
	if err != nil {
		return nil, request{}, err
	}
	kind, body, err := a.bank.codec.Decode(raw)
	switch {
	case errors.Is(err, iso20022.ErrTooLarge):
		return nil, request{}, simkit.Errorf(simkit.TooLarge, "%v", err)
	case err != nil:
		return nil, request{}, simkit.Errorf(simkit.Invalid, "%v", err)
	}
	q, err := a.bank.request(body, received{kind: kind, raw: raw, caller: caller})
	if err != nil {
		return nil, request{}, err
	}
	if err := a.bank.faults.Gate(q.operation); err != nil {
		return nil, request{}, err
	}
	reply, err := q.do(r.Context())
	if err != nil {
		return nil, request{}, err
	}
	encoded, err := a.bank.codec.Encode(reply)
	return encoded, q, err
}

// request tells what a message asks for.
func (b *Bank) request(body any, m received) (request, error) {
	switch body := body.(type) {
	case *camt103.CreateReservationV01:
		m.id = string(body.MsgHdr.MsgId)
		return b.holdRequest(body, m), nil
	case *pacs009.FinancialInstitutionCreditTransferV09:
		m.id = string(body.GrpHdr.MsgId)
		return b.postRequest(body, m), nil
	case *camt049.DeleteReservationV05:
		m.id = string(body.MsgHdr.MsgId)
		return b.releaseRequest(body, m), nil
	case *camt046.GetReservationV05:
		m.id = string(body.MsgHdr.MsgId)
		return b.lookupRequest(body, m), nil
	case *camt003.GetAccountV07:
		m.id = string(body.MsgHdr.MsgId)
		return b.balanceRequest(body, m), nil
	}
	return request{}, simkit.Errorf(simkit.Invalid, "a %s is what this bank sends, not what it takes", m.kind)
}

func (b *Bank) holdRequest(body *camt103.CreateReservationV01, m received) request {
	uetr, t, rejected := readHold(body)
	return request{simkit.OpHold, uetr, func(ctx context.Context) (any, error) {
		if rejected != nil {
			return receipt(m, uetr, nil, rejected), nil
		}
		e, rejected, err := b.hold(ctx, uetr, t, m)
		if err != nil {
			return nil, err
		}
		return receipt(m, uetr, &e, rejected), nil
	}}
}

func (b *Bank) postRequest(body *pacs009.FinancialInstitutionCreditTransferV09, m received) request {
	uetr, t, rejected := readPost(body)
	return request{simkit.OpPost, uetr, func(ctx context.Context) (any, error) {
		var e Entry
		var err error
		if rejected == nil {
			e, rejected, err = b.post(ctx, uetr, t, m)
		}
		if err != nil {
			return nil, err
		}
		return b.paymentStatus(m, uetr, &e, rejected), nil
	}}
}

func (b *Bank) releaseRequest(body *camt049.DeleteReservationV05, m received) request {
	q, rejected := readRelease(body)
	operation := simkit.OpVoid
	if q.onlyIfUnknown {
		operation = simkit.OpRefuse
	}
	return request{operation, q.uetr, func(ctx context.Context) (any, error) {
		if rejected != nil {
			return receipt(m, q.uetr, nil, rejected), nil
		}
		e, rejected, err := b.release(ctx, q, m)
		if err != nil {
			return nil, err
		}
		return receipt(m, q.uetr, &e, rejected), nil
	}}
}

func (b *Bank) lookupRequest(body *camt046.GetReservationV05, m received) request {
	uetr := ""
	for _, s := range body.SplmtryData {
		if p := s.Envlp.Supplement; p != nil && p.Query != nil {
			uetr = p.Query.UETR
		}
	}
	return request{simkit.OpLookup, uetr, func(ctx context.Context) (any, error) {
		if uetr == "" {
			return reservationError(m, refuse(InvalidFormat, "SplmtryData: name the reservation in a supplement Qry")), nil
		}
		e, err := b.lookup(ctx, uetr)
		if err != nil {
			return nil, err
		}
		if e == nil {
			return reservationError(m, refuse(NoOriginal, "there is no reservation under this UETR")), nil
		}
		return reservationReport(m, *e), nil
	}}
}

func (b *Bank) balanceRequest(body *camt003.GetAccountV07, m received) request {
	id, rejected := readBalance(body)
	return request{opBalance, "", func(ctx context.Context) (any, error) {
		if rejected != nil {
			return accountReport(m, iso20022.Account{}, nil, rejected), nil
		}
		info, err := b.Account(ctx, id.String())
		if e := (*simkit.Error)(nil); errors.As(err, &e) && e.Code == simkit.NotFound {
			return accountReport(m, id, nil, refuse(PayerUnknown, "the bank has no account %s", id)), nil
		}
		if err != nil {
			return nil, err
		}
		return accountReport(m, id, &info, nil), nil
	}}
}

// compact is a UETR without its hyphens, which fits where the standard has 35 characters.
func compact(uetr string) string { return strings.ReplaceAll(uetr, "-", "") }

// evidenceOK tells whether a part is base64; the schema has checked it, but XML white space is allowed in it.
func evidenceOK(s string) bool {
	_, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	return err == nil
}
