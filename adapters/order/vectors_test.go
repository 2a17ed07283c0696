package order_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/stretchr/testify/require"
)

const vectorsFile = "testdata/vectors.json"

var update = flag.Bool("update", false, "write testdata/vectors.json anew; a change of what is in it breaks every other implementation")

// Numbers are decimal texts, for they go beyond what a JSON number holds exactly in some languages; bytes are
// lower-case hex; a leg that is not there is -1.
type (
	vectors struct {
		Comment      string
		Settlements  []settlementVector
		Quotes       []quoteVector
		Conversions  []conversionVector
		Instructions []instructionVector
		Outbox       outboxVector
		Attestation  attestationVector
		Leaders      leadersVector
		Malformed    []malformedVector
	}
	settlementVector struct {
		ChainID, Proposer, Reference               string
		Legs                                       []legVector
		PrepareDeadlineUnixNs, PivotDeadlineUnixNs string
		Pivot                                      int
		PayloadHash                                string
		Encoded                                    string
		SettlementID, SettlementHash               string
		ConsentSignBytes                           string
		EntryIDs                                   []string
	}
	legVector struct {
		Ledger, Payer, Payee, Currency, AmountMinor, QuoteID string
		PaidBy                                               int
	}
	quoteVector struct {
		ChainID, Provider, Reference                   string
		PayCurrency, ReceivingLedger, ReceivingAccount string
		ReceiveCurrency, PayingLedger, PayingAccount   string
		RatioNumerator, RatioDenominator               string
		Rounding                                       order.Rounding
		SizeMinor, ExpiryUnixNs, LatestPrepareUnixNs   string
		AllowedPivotLedgers                            []string
		Encoded, QuoteID, SignBytes                    string
	}
	conversionVector struct {
		PayMinor, RatioNumerator, RatioDenominator string
		Rounding                                   order.Rounding
		ReceiveMinor                               string // empty: refused
	}
	instructionVector struct {
		Kind            order.Kind
		Settlement, Leg int // index into Settlements, and of its leg
		Encoded, Hash   string
	}
	outboxVector struct {
		ChainID, Ledger, Start string
		Instructions, Hashes   []string // H(1), H(2), … after the instruction of the same index
	}
	attestationVector struct {
		ChainID, Ledger, Notary string
		Words                   []wordVector
		SignBytes               string
	}
	wordVector struct {
		Number, InstructionHash string
		Outcome                 order.Outcome
		LedgerReference, Reason string
	}
	leadersVector struct {
		Entry           string
		Notaries, Order []string
	}
	malformedVector struct{ What, Why, Encoded string }
)

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

func number(t *testing.T, s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 64)
	require.NoError(t, err)
	return n
}

func unhex(t *testing.T, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	if len(b) == 0 {
		return nil
	}
	return b
}

func settlementOf(b order.Body) settlementVector {
	v := settlementVector{
		ChainID: b.ChainID, Proposer: b.Proposer, Reference: b.Reference,
		PrepareDeadlineUnixNs: decimal(b.PrepareDeadlineUnixNs), PivotDeadlineUnixNs: decimal(b.PivotDeadlineUnixNs),
		Pivot: b.Pivot, PayloadHash: hex.EncodeToString(b.PayloadHash), Encoded: hex.EncodeToString(b.Encode()),
		SettlementID: b.ID().String(), SettlementHash: b.Hash().String(),
		ConsentSignBytes: hex.EncodeToString(order.ConsentSignBytes(b.ChainID, b.Hash())),
	}
	for n, l := range b.Legs {
		v.Legs = append(v.Legs, legVector{l.Ledger, l.Payer, l.Payee, l.Currency, decimal(l.AmountMinor), hex.EncodeToString(l.QuoteID), l.PaidBy})
		v.EntryIDs = append(v.EntryIDs, b.EntryID(n).String())
	}
	return v
}

func (v settlementVector) body(t *testing.T) order.Body {
	b := order.Body{
		ChainID: v.ChainID, Proposer: v.Proposer, Reference: v.Reference, Pivot: v.Pivot, PayloadHash: unhex(t, v.PayloadHash),
		PrepareDeadlineUnixNs: number(t, v.PrepareDeadlineUnixNs), PivotDeadlineUnixNs: number(t, v.PivotDeadlineUnixNs),
	}
	for _, l := range v.Legs {
		b.Legs = append(b.Legs, order.Leg{
			Ledger: l.Ledger, Payer: l.Payer, Payee: l.Payee, Currency: l.Currency,
			AmountMinor: number(t, l.AmountMinor), QuoteID: unhex(t, l.QuoteID), PaidBy: l.PaidBy,
		})
	}
	return b
}

func quoteOf(q order.Quote) quoteVector {
	return quoteVector{
		ChainID: q.ChainID, Provider: q.Provider, Reference: q.Reference,
		PayCurrency: q.PayCurrency, ReceivingLedger: q.ReceivingLedger, ReceivingAccount: q.ReceivingAccount,
		ReceiveCurrency: q.ReceiveCurrency, PayingLedger: q.PayingLedger, PayingAccount: q.PayingAccount,
		RatioNumerator: decimal(q.RatioNumerator), RatioDenominator: decimal(q.RatioDenominator), Rounding: q.Rounding,
		SizeMinor: decimal(q.SizeMinor), ExpiryUnixNs: decimal(q.ExpiryUnixNs), LatestPrepareUnixNs: decimal(q.LatestPrepareUnixNs),
		AllowedPivotLedgers: q.AllowedPivotLedgers, Encoded: hex.EncodeToString(q.Encode()), QuoteID: q.ID().String(),
		SignBytes: hex.EncodeToString(order.QuoteSignBytes(q.ChainID, q.ID())),
	}
}

func (v quoteVector) quote(t *testing.T) order.Quote {
	return order.Quote{
		ChainID: v.ChainID, Provider: v.Provider, Reference: v.Reference,
		PayCurrency: v.PayCurrency, ReceivingLedger: v.ReceivingLedger, ReceivingAccount: v.ReceivingAccount,
		ReceiveCurrency: v.ReceiveCurrency, PayingLedger: v.PayingLedger, PayingAccount: v.PayingAccount,
		RatioNumerator: number(t, v.RatioNumerator), RatioDenominator: number(t, v.RatioDenominator), Rounding: v.Rounding,
		SizeMinor: number(t, v.SizeMinor), ExpiryUnixNs: number(t, v.ExpiryUnixNs), LatestPrepareUnixNs: number(t, v.LatestPrepareUnixNs),
		AllowedPivotLedgers: v.AllowedPivotLedgers,
	}
}

// bodies are the settlements of the vectors: the usual swap; one at the limits; one with names beyond ASCII.
func bodies() []order.Body {
	usual, q := swap()
	limits := usual
	limits.Reference = "a-reference-of-thirty-five-letters."
	limits.Legs = []order.Leg{usual.Legs[0], usual.Legs[1]}
	limits.Legs[0].AmountMinor = order.MaxAmountMinor
	limits.Pivot, limits.PivotDeadlineUnixNs, limits.PrepareDeadlineUnixNs = 1, 1<<63-1, 1<<63-2
	payload := q.ID()
	limits.PayloadHash = payload[:]
	names := usual
	names.Legs = []order.Leg{usual.Legs[0]}
	names.Reference, names.Legs[0].Payer, names.Legs[0].Payee = "发票 7", "中国银行/01", "Zürich–Ω"
	return []order.Body{usual, limits, names}
}

func conversion(pay, num, den uint64, r order.Rounding) conversionVector {
	v := conversionVector{decimal(pay), decimal(num), decimal(den), r, ""}
	if got, err := (order.Quote{RatioNumerator: num, RatioDenominator: den, Rounding: r}).Convert(pay); err == nil {
		v.ReceiveMinor = decimal(got)
	}
	return v
}

func makeVectors() vectors {
	all := bodies()
	_, q := swap()
	pivots := q
	pivots.Reference, pivots.AllowedPivotLedgers = "q-2", []string{"ips", "htlc"}
	v := vectors{
		Comment: "Test vectors of package order, for implementations in other languages. Numbers are decimal texts, bytes are lower-case hex, a leg that is not there is -1, a conversion without a result is refused. Every encoding under Malformed must be refused.",
		Quotes:  []quoteVector{quoteOf(q), quoteOf(pivots)},
	}
	for _, b := range all {
		v.Settlements = append(v.Settlements, settlementOf(b))
	}
	for _, r := range []order.Rounding{order.RoundDown, order.RoundUp, order.RoundHalfEven} {
		v.Conversions = append(v.Conversions, conversion(10, 1, 4, r), conversion(14, 1, 4, r), conversion(11, 1, 4, r), conversion(1, 1, 3, r),
			conversion(order.MaxAmountMinor, order.MaxAmountMinor, order.MaxAmountMinor, r), conversion(order.MaxAmountMinor, 2, 1, r))
	}
	v.Outbox = outboxVector{ChainID: "corridor-1", Ledger: "cbdc", Start: order.OutboxStart("corridor-1", "cbdc").String()}
	h := order.OutboxStart("corridor-1", "cbdc")
	for _, k := range []order.Kind{order.Hold, order.Post, order.Void, order.Pay, order.VerifyAccount} {
		i := order.NewInstruction(k, all[0], 0)
		v.Instructions = append(v.Instructions, instructionVector{k, 0, 0, hex.EncodeToString(i.Encode()), i.Hash().String()})
		h = order.OutboxNext(h, uint64(len(v.Outbox.Hashes)+1), i.Encode())
		v.Outbox.Instructions = append(v.Outbox.Instructions, hex.EncodeToString(i.Encode()))
		v.Outbox.Hashes = append(v.Outbox.Hashes, h.String())
	}
	v.Attestation = attestation(all[0])
	notaries := []string{"n1", "n2", "n3", "n4"}
	v.Leaders = leadersVector{all[0].EntryID(0).String(), notaries, order.Leader(all[0].EntryID(0), notaries)}
	v.Malformed = malformed(all[0], q)
	return v
}

func attestation(b order.Body) attestationVector {
	i := order.NewInstruction(order.Hold, b, 0)
	words := []order.Word{
		{Number: 1, InstructionHash: i.Hash(), Outcome: order.Held, LedgerReference: "mem-1"},
		{Number: 2, InstructionHash: i.Hash(), Outcome: order.Refused, Reason: "not enough money"},
	}
	v := attestationVector{ChainID: "corridor-1", Ledger: "cbdc", Notary: "n1", SignBytes: hex.EncodeToString(order.AttestationSignBytes("corridor-1", "cbdc", "n1", words))}
	for _, w := range words {
		v.Words = append(v.Words, wordVector{decimal(w.Number), w.InstructionHash.String(), w.Outcome, w.LedgerReference, w.Reason})
	}
	return v
}

func malformed(b order.Body, q order.Quote) []malformedVector {
	i := order.NewInstruction(order.Hold, b, 0)
	unknown := i
	unknown.Kind = 6
	noLegs, rounding := b, q
	noLegs.Legs, rounding.Rounding = nil, 0
	huge := append([]byte{0xff, 0xff, 0xff, 0xff}, b.Encode()[4:]...)
	return []malformedVector{
		{"body", "cut short", hex.EncodeToString(b.Encode()[:40])},
		{"body", "a byte left over", hex.EncodeToString(append(b.Encode(), 0))},
		{"body", "it is a quote", hex.EncodeToString(q.Encode())},
		{"body", "a length beyond its end", hex.EncodeToString(huge)},
		{"body", "no legs", hex.EncodeToString(noLegs.Encode())},
		{"quote", "no rounding", hex.EncodeToString(rounding.Encode())},
		{"quote", "it is an instruction", hex.EncodeToString(i.Encode())},
		{"instruction", "an unknown kind", hex.EncodeToString(unknown.Encode())},
		{"instruction", "a byte left over", hex.EncodeToString(append(i.Encode(), 0))},
	}
}

// The vectors are what this package computes. If this test fails, the bytes have changed, and with them every hash
// that was ever signed: use a new name ("corridor/body/2") instead.
func TestTheVectorsAreWhatThisPackageComputes(t *testing.T) {
	want, err := json.MarshalIndent(makeVectors(), "", "  ")
	require.NoError(t, err)
	want = append(want, '\n')
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(vectorsFile, want, 0o644))
	}
	got, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// Read as another language would read them: from the fields to the bytes, and back.
func TestTheVectorsCanBeReadWithoutTheirMaker(t *testing.T) {
	raw, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(raw, &v))
	for _, s := range v.Settlements {
		b := s.body(t)
		decoded, err := order.DecodeBody(unhex(t, s.Encoded))
		require.NoError(t, err)
		require.Equal(t, b, decoded)
		require.Equal(t, s.Encoded, hex.EncodeToString(b.Encode()))
	}
	for _, q := range v.Quotes {
		decoded, err := order.DecodeQuote(unhex(t, q.Encoded))
		require.NoError(t, err)
		require.Equal(t, q.quote(t), decoded)
	}
	for _, c := range v.Conversions {
		q := order.Quote{RatioNumerator: number(t, c.RatioNumerator), RatioDenominator: number(t, c.RatioDenominator), Rounding: c.Rounding}
		got, err := q.Convert(number(t, c.PayMinor))
		if c.ReceiveMinor == "" {
			require.Error(t, err)
			continue
		}
		require.Equal(t, c.ReceiveMinor, decimal(got))
	}
	for _, i := range v.Instructions {
		decoded, err := order.DecodeInstruction(unhex(t, i.Encoded))
		require.NoError(t, err)
		require.NoError(t, decoded.Matches(v.Settlements[i.Settlement].body(t)))
	}
	decoders := map[string]func([]byte) error{
		"body":        func(b []byte) error { _, err := order.DecodeBody(b); return err },
		"quote":       func(b []byte) error { _, err := order.DecodeQuote(b); return err },
		"instruction": func(b []byte) error { _, err := order.DecodeInstruction(b); return err },
	}
	for _, m := range v.Malformed {
		require.Error(t, decoders[m.What](unhex(t, m.Encoded)), "%s: %s", m.What, m.Why)
	}
}
