package iso20022_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt046"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/supplement"
)

const (
	uetr  = "0a1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d"
	query = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.046.001.05"><GetRsvatn><MsgHdr><MsgId>m1</MsgId></MsgHdr><SplmtryData><Envlp>` +
		`<Supplement xmlns="urn:corridor:xsd:supplement.001.01"><Qry><UETR>` + uetr + `</UETR></Qry></Supplement></Envlp></SplmtryData></GetRsvatn></Document>`
)

func TestEverySchemaCompiles(t *testing.T) {
	v := iso20022.NewValidator()
	require.Len(t, iso20022.Kinds(), 10)
	for _, k := range iso20022.Kinds() {
		err := v.Validate(k, fmt.Appendf(nil, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:%s"/>`, k))
		require.ErrorContains(t, err, "missing required child element", "%s", k)
	}
	require.ErrorContains(t, v.Validate("camt.999.001.01", nil), "no schema")
}

func TestAMessageIsReadByItsNamespaceWhateverThePrefixes(t *testing.T) {
	prefixed := strings.NewReplacer("<Document xmlns=", "<p:Document xmlns:s=\"urn:corridor:xsd:supplement.001.01\" xmlns:p=",
		"</Document", "</p:Document", "<Supplement xmlns=\"urn:corridor:xsd:supplement.001.01\">", "<s:Supplement>", "</Supplement", "</s:Supplement",
		"<Qry", "<s:Qry", "</Qry", "</s:Qry", "<UETR", "<s:UETR", "</UETR", "</s:UETR").Replace(query)
	for _, e := range []string{"GetRsvatn", "MsgHdr", "MsgId", "SplmtryData", "Envlp"} {
		prefixed = strings.NewReplacer("<"+e+">", "<p:"+e+">", "</"+e+">", "</p:"+e+">").Replace(prefixed)
	}
	for name, raw := range map[string]string{"default namespaces": query, "prefixes": prefixed} {
		t.Run(name, func(t *testing.T) {
			kind, body, err := iso20022.NewCodec().Decode([]byte(raw))
			require.NoError(t, err, raw)
			require.Equal(t, iso20022.GetReservation, kind)
			m := body.(*camt046.GetReservationV05)
			require.EqualValues(t, "m1", m.MsgHdr.MsgId)
			require.Equal(t, &supplement.Query{UETR: uetr}, m.SplmtryData[0].Envlp.Supplement.Query)
		})
	}
}

func TestWhatIsNoMessage(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"nothing":                     {"", iso20022.ErrMalformed},
		"no XML":                      {"hello", iso20022.ErrMalformed},
		"JSON":                        {`{"a":1}`, iso20022.ErrMalformed},
		"cut short":                   {query[:len(query)-12], iso20022.ErrSchema},
		"something after the end":     {query + "<more/>", iso20022.ErrSchema},
		"a document type":             {strings.Replace(query, "<Document", "<!DOCTYPE Document>\n<Document", 1), iso20022.ErrForbidden},
		"an entity of its own":        {strings.Replace(query, "<Document", "<!DOCTYPE d [<!ENTITY m \"m1\">]>\n<Document", 1), iso20022.ErrForbidden},
		"an external entity":          {strings.Replace(query, "<Document", "<!DOCTYPE d SYSTEM \"file:///etc/passwd\">\n<Document", 1), iso20022.ErrForbidden},
		"an unknown entity":           {strings.Replace(query, "m1", "&m;", 1), iso20022.ErrSchema},
		"another encoding":            {strings.Replace(query, "UTF-8", "ISO-8859-1", 1), iso20022.ErrMalformed},
		"no namespace":                {strings.Replace(query, ` xmlns="urn:iso:std:iso:20022:tech:xsd:camt.046.001.05"`, "", 1), iso20022.ErrNoKind},
		"another version":             {strings.Replace(query, "camt.046.001.05", "camt.046.001.04", 1), iso20022.ErrNoKind},
		"another namespace":           {strings.Replace(query, "urn:iso:std:iso:20022", "urn:example", 1), iso20022.ErrNoKind},
		"another message's namespace": {strings.Replace(query, "camt.046.001.05", "camt.103.001.01", 1), iso20022.ErrSchema},
		"another root":                {strings.NewReplacer("<Document", "<Envelope", "</Document", "</Envelope").Replace(query), iso20022.ErrNoKind},
		"an element too many":         {strings.Replace(query, "<MsgHdr>", "<Extra/><MsgHdr>", 1), iso20022.ErrSchema},
		"an element too few":          {strings.Replace(query, "<MsgHdr><MsgId>m1</MsgId></MsgHdr>", "", 1), iso20022.ErrSchema},
		"a text too long":             {strings.Replace(query, "m1", strings.Repeat("m", 36), 1), iso20022.ErrSchema},
		"a UETR of another version":   {strings.Replace(query, "-4a6b-", "-1a6b-", 1), iso20022.ErrSchema},
		"a supplement of no part":     {strings.Replace(query, "<Qry><UETR>"+uetr+"</UETR></Qry>", "", 1), iso20022.ErrSchema},
		"too large":                   {query + strings.Repeat(" ", iso20022.MaxMessageBytes), iso20022.ErrTooLarge},
		"too deep":                    {strings.Replace(query, "<Supplement ", strings.Repeat("<x>", 100)+strings.Repeat("</x>", 100)+"<Supplement ", 1), iso20022.ErrSchema},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := iso20022.NewCodec().Decode([]byte(c.raw))
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestAMessageThatBreaksItsSchemaIsNotWritten(t *testing.T) {
	c := iso20022.NewCodec()
	_, err := c.Encode(&camt046.GetReservationV05{})
	require.ErrorIs(t, err, iso20022.ErrSchema)
	_, err = c.Encode(&struct{}{})
	require.ErrorIs(t, err, iso20022.ErrNoKind)
	raw, err := c.Encode(&camt046.GetReservationV05{MsgHdr: camt046.MessageHeader9{MsgId: "a<b&c"}})
	require.NoError(t, err)
	require.True(t, bytes.Contains(raw, []byte("a&lt;b&amp;c")))
}
