package settlement_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
)

const (
	chain    = "corridor-test"
	proposer = "corridor1proposer"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// swap is CNY from a customer's bank to a provider, USD from the provider to the payee under a quote.
func swap() (order.Body, order.Quote) {
	quote := order.Quote{
		ChainID: chain, Provider: "corridor1provider", Reference: "q1",
		PayCurrency: "CNY", ReceivingLedger: "cbdc", ReceivingAccount: "provider-cny",
		ReceiveCurrency: "USD", PayingLedger: "rtgs", PayingAccount: "provider-usd",
		RatioNumerator: 1, RatioDenominator: 7, Rounding: order.RoundDown, SizeMinor: 100_000,
		ExpiryUnixNs: at(time.Minute), LatestPrepareUnixNs: at(time.Hour),
	}
	id := quote.ID()
	body := order.Body{
		ChainID: chain, Proposer: proposer, Reference: "r1", Pivot: order.NoLeg, PrepareDeadlineUnixNs: at(10 * time.Minute),
		Legs: []order.Leg{
			{Ledger: "cbdc", Payer: "payer-cny", Payee: "provider-cny", Currency: "CNY", AmountMinor: 70_000, PaidBy: order.NoLeg},
			{Ledger: "rtgs", Payer: "provider-usd", Payee: "payee-usd", Currency: "USD", AmountMinor: 10_000, QuoteID: id[:], PaidBy: 0},
		},
	}
	return body, quote
}

func at(d time.Duration) uint64 { return uint64(start.Add(d).UnixNano()) }

func moment(d time.Duration) settlement.Moment {
	return settlement.Moment{Time: start.Add(d), Height: int64(d/time.Second) + 1}
}

func TestDecideTakesTheFirstGuardThatHolds(t *testing.T) {
	const held, holding, refused = settlement.LEG_STATE_HELD, settlement.LEG_STATE_HOLDING, settlement.LEG_STATE_REFUSED
	bad := settlement.Facts{Suspended: []string{"ledger rtgs is suspended"}, Screening: []string{"leg 1: participant p is frozen"}}
	for _, test := range []struct {
		name    string
		legs    [2]settlement.LegState
		now     time.Duration
		facts   settlement.Facts
		verdict settlement.Verdict
		cause   settlement.AbortCause
		reason  string
	}{
		{
			"a refusal before everything else",
			[2]settlement.LegState{held, refused},
			time.Hour, bad,
			settlement.Abort, settlement.ABORT_CAUSE_REFUSED, "leg 1 on rtgs was refused: no money",
		},
		{
			"then the deadline",
			[2]settlement.LegState{held, holding},
			10*time.Minute + 1, bad,
			settlement.Abort, settlement.ABORT_CAUSE_DEADLINE, "not held: leg 1 on rtgs",
		},
		{
			"the deadline counts for a held settlement too",
			[2]settlement.LegState{held, held},
			10*time.Minute + 1,
			settlement.Facts{},
			settlement.Abort, settlement.ABORT_CAUSE_DEADLINE, "the prepare deadline 2026-01-02T03:14:05Z passed",
		},
		{
			"then what is still to come",
			[2]settlement.LegState{holding, held},
			0, bad,
			settlement.Wait, settlement.ABORT_CAUSE_UNSPECIFIED, "",
		},
		{
			"then a suspended ledger",
			[2]settlement.LegState{held, held},
			0, bad,
			settlement.Wait, settlement.ABORT_CAUSE_UNSPECIFIED, "everything is held, but ledger rtgs is suspended",
		},
		{
			"then screening",
			[2]settlement.LegState{held, held},
			0,
			settlement.Facts{Screening: bad.Screening},
			settlement.Wait, settlement.ABORT_CAUSE_UNSPECIFIED, "everything is held, but leg 1: participant p is frozen",
		},
		{
			"then it commits, the deadline itself included",
			[2]settlement.LegState{held, held},
			10 * time.Minute,
			settlement.Facts{},
			settlement.Commit, settlement.ABORT_CAUSE_UNSPECIFIED, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			body, _ := swap()
			s := settlement.Settlement{State: settlement.STATE_PREPARING, Legs: []settlement.LegProgress{
				{State: test.legs[0], Reason: "no money"}, {State: test.legs[1], Reason: "no money"},
			}}
			got := settlement.Decide(s, body, start.Add(test.now), test.facts)
			require.Equal(t, test.verdict.String(), got.Verdict.String())
			require.Equal(t, test.cause, got.Cause)
			require.Contains(t, got.Reason, test.reason)
			if test.reason == "" {
				require.Empty(t, got.Reason)
			}
		})
	}
}

func TestBodyGuards(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*order.Body)
		raw    func([]byte) []byte
		signer string
		want   error
		says   string
	}{
		{name: "as it should be"},
		{
			name: "more bytes than a body can need", raw: func(b []byte) []byte { return append(b, make([]byte, settlement.MaxBodyBytes)...) },
			want: settlement.ErrInvalid, says: "at most 16384",
		},
		{name: "a byte left over", raw: func(b []byte) []byte { return append(b, 0) }, want: settlement.ErrInvalid, says: "1 bytes left over"},
		{name: "nothing", raw: func([]byte) []byte { return nil }, want: settlement.ErrInvalid, says: "cut short"},
		{name: "an amount of nothing", change: func(b *order.Body) { b.Legs[0].AmountMinor = 0 }, want: settlement.ErrInvalid, says: "leg 0: amount"},
		{name: "another chain", change: func(b *order.Body) { b.ChainID = "elsewhere" }, signer: "x", want: settlement.ErrOtherChain, says: "this is corridor-test"},
		{name: "another signer", signer: "corridor1other", want: settlement.ErrNotProposer, says: "signed by corridor1other"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body, _ := swap()
			if test.change != nil {
				test.change(&body)
			}
			raw := body.Encode()
			if test.raw != nil {
				raw = test.raw(raw)
			}
			signer := proposer
			if test.signer != "" {
				signer = test.signer
			}
			got, err := settlement.CheckBody(raw, chain, signer)
			require.ErrorIs(t, err, test.want)
			if test.want == nil {
				require.Equal(t, body, got)
				return
			}
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestPivotsAreRefusedToday(t *testing.T) {
	body, _ := swap()
	require.NoError(t, settlement.CheckNoPivot(body))
	body.Pivot = 1
	require.ErrorIs(t, settlement.CheckNoPivot(body), settlement.ErrPivot)
}

func TestProposerGuards(t *testing.T) {
	roles := func(r ...compliance.Role) compliance.Participant { return compliance.Participant{Id: "p", Roles: r} }
	require.NoError(t, settlement.CheckProposer(roles(compliance.ROLE_BANK)))
	require.NoError(t, settlement.CheckProposer(roles(compliance.ROLE_RELAYER, compliance.ROLE_PROVIDER)))
	require.ErrorIs(t, settlement.CheckProposer(roles(compliance.ROLE_RELAYER, compliance.ROLE_SUPERVISOR)), settlement.ErrRole)
	frozen := roles(compliance.ROLE_BANK)
	frozen.Frozen, frozen.FrozenReason = true, "court order 7"
	require.ErrorIs(t, settlement.CheckProposer(frozen), settlement.ErrFrozen)
	require.ErrorContains(t, settlement.CheckProposer(frozen), "court order 7")
}

func TestLedgerGuards(t *testing.T) {
	good := bridge.Ledger{Id: "rtgs", Cell: bridge.CELL_HOLDS, Link: bridge.LINK_NOTARIES}
	for _, test := range []struct {
		name   string
		change func(*bridge.Ledger)
		want   error
	}{
		{"notarised", func(*bridge.Ledger) {}, nil},
		{"the hub", func(l *bridge.Ledger) { l.Link = bridge.LINK_HUB }, nil},
		{"a pivot, whatever else", func(l *bridge.Ledger) { l.Cell, l.Link, l.Suspended = bridge.CELL_PIVOT, bridge.LINK_IBC, true }, settlement.ErrPivot},
		{"behind a channel", func(l *bridge.Ledger) { l.Link = bridge.LINK_IBC }, nil},
		{"by no link, suspended or not", func(l *bridge.Ledger) { l.Link, l.Suspended = bridge.LINK_UNSPECIFIED, true }, settlement.ErrLink},
		{"suspended", func(l *bridge.Ledger) { l.Suspended = true }, settlement.ErrSuspended},
	} {
		t.Run(test.name, func(t *testing.T) {
			ledger := good
			test.change(&ledger)
			require.ErrorIs(t, settlement.CheckLedger(3, ledger), test.want)
			if test.want != nil {
				require.ErrorContains(t, settlement.CheckLedger(3, ledger), "leg 3: ledger rtgs")
			}
		})
	}
}

func TestAccountGuards(t *testing.T) {
	account := compliance.Account{Ledger: "rtgs", Account: "a", Currency: "USD"}
	holder := compliance.Participant{Id: "p"}
	require.NoError(t, settlement.CheckAccount(0, "USD", holder, account))
	holder.Frozen = true
	require.ErrorIs(t, settlement.CheckAccount(0, "CNY", holder, account), settlement.ErrAccountCurrency, "before the freeze")
	require.ErrorIs(t, settlement.CheckAccount(0, "USD", holder, account), settlement.ErrFrozen)
}

func TestDeadlineIsAfterNowAndAtMostTheLedgersLongestPrepareTimeAway(t *testing.T) {
	body, _ := swap()
	deadline := 10 * time.Minute
	require.ErrorIs(t, settlement.CheckDeadline(body, start.Add(deadline), time.Hour), settlement.ErrDeadlinePassed)
	require.NoError(t, settlement.CheckDeadline(body, start.Add(deadline-1), time.Hour))
	require.NoError(t, settlement.CheckDeadline(body, start, deadline))
	require.ErrorIs(t, settlement.CheckDeadline(body, start, deadline-1), settlement.ErrDeadlineTooLate)
}

func TestQuoteGuards(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*order.Body, *currency.FirmQuote)
		now    time.Duration
		want   error
	}{
		{"as it should be", func(*order.Body, *currency.FirmQuote) {}, 0, nil},
		{"a unit too many, whatever else", func(b *order.Body, f *currency.FirmQuote) { b.Legs[1].AmountMinor++; f.Withdrawn = true }, time.Hour, settlement.ErrQuoteTerms},
		{"withdrawn, expired or not", func(_ *order.Body, f *currency.FirmQuote) { f.Withdrawn = true }, time.Hour, currency.ErrWithdrawn},
		{"in its last moment", func(*order.Body, *currency.FirmQuote) {}, time.Minute, nil},
		{"expired", func(_ *order.Body, f *currency.FirmQuote) { f.RemainingMinor = 0 }, time.Minute + 1, currency.ErrExpired},
		{"as much as is left", func(_ *order.Body, f *currency.FirmQuote) { f.RemainingMinor = 10_000 }, 0, nil},
		{"more than is left", func(_ *order.Body, f *currency.FirmQuote) { f.RemainingMinor = 9_999 }, 0, currency.ErrSizeExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			body, quote := swap()
			firm := currency.NewFirmQuote(quote.Encode(), quote, nil)
			test.change(&body, &firm)
			require.ErrorIs(t, settlement.CheckQuote(body, 1, firm, quote, start.Add(test.now)), test.want)
		})
	}
}

func TestTwoLegsUnderOneQuoteNeedItsSizeTogether(t *testing.T) {
	body, quote := swap()
	body.Legs = append(body.Legs, body.Legs[0], body.Legs[1])
	body.Legs[3].PaidBy = 2
	firm := currency.NewFirmQuote(quote.Encode(), quote, nil)
	firm.RemainingMinor = 19_999
	require.NoError(t, settlement.CheckQuote(body, 1, firm, quote, start))
	require.ErrorIs(t, settlement.CheckQuote(body, 3, firm, quote, start), currency.ErrSizeExceeded)
}

func TestConsentIsOverThisSettlementByThisKeyAndNothingElse(t *testing.T) {
	body, _ := swap()
	s := settlement.New(body.Encode(), body, 1, moment(0)).Settlement
	key, other := secp256k1.GenPrivKey(), secp256k1.GenPrivKey()
	sign := func(k *secp256k1.PrivKey, bytes []byte) []byte {
		signature, err := k.Sign(bytes)
		require.NoError(t, err)
		return signature
	}
	public := key.PubKey().Bytes()
	good := sign(key, order.ConsentSignBytes(chain, body.Hash()))
	require.NoError(t, settlement.CheckConsent(s, body, 0, good, public))
	changed := body
	changed.Reference = "r2"
	for name, signature := range map[string][]byte{
		"another key":        sign(other, order.ConsentSignBytes(chain, body.Hash())),
		"another settlement": sign(key, order.ConsentSignBytes(chain, changed.Hash())),
		"another chain":      sign(key, order.ConsentSignBytes("elsewhere", body.Hash())),
		"the hash alone":     sign(key, s.Hash),
		"cut short":          good[:63],
		"nothing":            nil,
	} {
		require.ErrorIs(t, settlement.CheckConsent(s, body, 0, signature, public), settlement.ErrConsentSignature, name)
	}
	require.ErrorIs(t, settlement.CheckConsent(s, body, 0, good, public[1:]), settlement.ErrConsentSignature, "a key of 32 bytes")
	require.ErrorContains(t, settlement.CheckConsent(s, body, 0, nil, public), "sign the consent to settlement hash "+body.Hash().String())
}

func TestAConflictNamesTheFirstDifference(t *testing.T) {
	for says, change := range map[string]func(*order.Body){
		"it has 2 legs, this one 1":                         func(b *order.Body) { b.Legs = b.Legs[:1] },
		"leg 0: its ledger is cbdc, here hub":               func(b *order.Body) { b.Legs[0].Ledger = "hub" },
		"leg 0: its payer is payer-cny, here x":             func(b *order.Body) { b.Legs[0].Payer = "x" },
		"leg 1: its payee is payee-usd, here x":             func(b *order.Body) { b.Legs[1].Payee = "x" },
		"leg 1: its currency is USD, here EUR":              func(b *order.Body) { b.Legs[1].Currency = "EUR" },
		"leg 1: its amount in minor units is 10000, here 1": func(b *order.Body) { b.Legs[1].AmountMinor = 1 },
		"leg 1: its quote is":                               func(b *order.Body) { b.Legs[1].QuoteID = make([]byte, 32) },
		"its prepare deadline is 2026-01-02T03:14:05Z":      func(b *order.Body) { b.PrepareDeadlineUnixNs++ },
		"its payload hash differs":                          func(b *order.Body) { b.PayloadHash = make([]byte, 32) },
		"its pivot differs":                                 func(b *order.Body) { b.Pivot, b.PivotDeadlineUnixNs = 0, b.PrepareDeadlineUnixNs+1 },
	} {
		body, _ := swap()
		s := settlement.New(body.Encode(), body, 1, moment(0)).Settlement
		require.NoError(t, settlement.CheckSameBody(s, body.Encode()))
		other, _ := swap()
		change(&other)
		err := settlement.CheckSameBody(s, other.Encode())
		require.ErrorIs(t, err, settlement.ErrConflict)
		require.ErrorContains(t, err, says)
	}
}

func TestClipNeverCutsACharacter(t *testing.T) {
	require.Equal(t, "abc", settlement.Clip("abc", 3))
	require.Equal(t, "ab", settlement.Clip("abé", 3))
	require.Equal(t, "", settlement.Clip(strings.Repeat("é", 3), 1))
}

func TestQuarantineDoublesUpToAnHour(t *testing.T) {
	require.Equal(t, 2*time.Second, settlement.QuarantineDelay(0))
	require.Equal(t, 4*time.Second, settlement.QuarantineDelay(1))
	require.Equal(t, time.Hour, settlement.QuarantineDelay(40))
}
