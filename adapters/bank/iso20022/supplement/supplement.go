package supplement

// Supplement is the envelope's content: exactly one of its parts.
type Supplement struct {
	Order   *Order   `xml:"Ordr"`
	Release *Release `xml:"Rls"`
	Query   *Query   `xml:"Qry"`
	Entry   *Entry   `xml:"Ntry"`
}

// Order is what a camt.103 has no element for: the payee, and the order as evidence, base64.
type Order struct {
	UETR        string  `xml:"UETR"`
	Payee       Account `xml:"Cdtr"`
	Instruction string  `xml:"Instr"`
	Body        string  `xml:"Body"`
	Quote       string  `xml:"Quote,omitempty"`
	Signature   string  `xml:"Sgntr,omitempty"`
}

// Release tells which reservation a camt.049 is about.
type Release struct {
	UETR          string `xml:"UETR"`
	OnlyIfUnknown bool   `xml:"OnlyIfUknwn"` // close an id that the bank has never seen; leave a known entry as it is
	Terms         *Terms `xml:"Terms"`       // a held entry is given back only under its own terms
	Reason        string `xml:"Rsn,omitempty"`
}

// Query tells which reservation a camt.046 asks for.
type Query struct {
	UETR string `xml:"UETR"`
}

// Entry is an entry as it stands on the bank's books.
type Entry struct {
	UETR      string  `xml:"UETR"`
	State     string  `xml:"Sts"` // HELD POSTED SUSPENSE VOIDED TOMBSTONED
	Terms     *Terms  `xml:"Terms"`
	Reference string  `xml:"AcctSvcrRef"` // the bank's own reference of the last change
	Reason    *Reason `xml:"Rsn"`
}

// Terms is an entry's body. A tombstone for an id that was never held has none.
type Terms struct {
	Payer  Account `xml:"Dbtr"`
	Payee  Account `xml:"Cdtr"`
	Amount Amount  `xml:"Amt"`
}

// Reason says why an entry was refused or went to suspense: an ISO 20022 ExternalStatusReason1Code and a sentence.
type Reason struct {
	Code string `xml:"Cd"`
	Text string `xml:"AddtlInf"`
}

// Account is an account by its member and, unless it is the member's settlement account, its id.
type Account struct {
	BIC string `xml:"BICFI"`
	ID  string `xml:"Id,omitempty"`
}

// Amount is a decimal with its currency.
type Amount struct {
	Currency string `xml:"Ccy,attr"`
	Text     string `xml:",chardata"`
}
