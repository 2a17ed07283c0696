package swap

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Bounds of a payments file.
const (
	MaxLines     = 10_000
	maxFieldSize = 256
)

// Columns of a payments file, in any order. quote and provider: one of the two says whose price is taken.
var columns = []string{"payer", "payee", "amount", "currency", "receive-currency", "quote", "provider", "reference"}

// Line is one payment: what the payer pays, and in what the payee is paid.
type Line struct {
	Number          int    `json:"line,omitempty"` // in the file, from 1, the header included; 0 without a file
	Payer           string `json:"payer"`          // participant id
	Payee           string `json:"payee"`          // participant id
	Amount          string `json:"amount"`         // decimal, in Currency
	Currency        string `json:"currency"`       // what the payer pays
	ReceiveCurrency string `json:"receive_currency"`
	Quote           string `json:"quote,omitempty"`    // quote id, or
	Provider        string `json:"provider,omitempty"` // participant id: its best usable quote is taken
	Reference       string `json:"reference"`          // makes the line unique among the payer's
}

// ReadFile reads a payments file: CSV (RFC 4180) with a header. All bad lines are reported together; none is returned then.
func ReadFile(r io.Reader) ([]Line, error) {
	in := csv.NewReader(r)
	in.TrimLeadingSpace = true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file is empty; its first line names the columns: %s", strings.Join(columns, ","))
	}
	if err != nil {
		return nil, err
	}
	at, err := place(header)
	if err != nil {
		return nil, err
	}
	var lines []Line
	var problems []error
	seen := map[string]int{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(append(problems, err)...)
		}
		number, _ := in.FieldPos(0)
		if len(lines)+len(problems) >= MaxLines {
			return nil, fmt.Errorf("line %d: a file has at most %d payments; split it", number, MaxLines)
		}
		l, err := parseLine(number, row, at)
		if err == nil {
			if first, again := seen[l.Payer+"\x00"+l.Reference]; again {
				err = fmt.Errorf("reference %q of payer %s is used in line %d already; a reference names one payment", l.Reference, l.Payer, first)
			}
			seen[l.Payer+"\x00"+l.Reference] = number
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("line %d: %w", number, err))
			continue
		}
		lines = append(lines, l)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if len(lines) == 0 {
		return nil, errors.New("the file has a header and no payments")
	}
	return lines, nil
}

// place finds each column in the header.
func place(header []string) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("line 1: there is no column %q; the columns are %s", name, strings.Join(columns, ","))
		}
		if _, twice := at[name]; twice {
			return nil, fmt.Errorf("line 1: column %q is there twice", name)
		}
		at[name] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; !ok && name != "quote" && name != "provider" {
			return nil, fmt.Errorf("line 1: column %q is missing; the columns are %s", name, strings.Join(columns, ","))
		}
	}
	return at, nil
}

func parseLine(number int, row []string, at map[string]int) (Line, error) {
	field := func(name string) string {
		if i, ok := at[name]; ok {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	l := Line{
		Number: number, Payer: field("payer"), Payee: field("payee"), Amount: field("amount"), Currency: field("currency"),
		ReceiveCurrency: field("receive-currency"), Quote: field("quote"), Provider: field("provider"), Reference: field("reference"),
	}
	return l, l.Validate()
}

// Validate checks everything about a line that needs no hub.
func (l Line) Validate() error {
	for _, f := range []struct{ name, value string }{
		{"payer", l.Payer},
		{"payee", l.Payee},
		{"amount", l.Amount},
		{"currency", l.Currency},
		{"receive-currency", l.ReceiveCurrency},
		{"reference", l.Reference},
	} {
		if f.value == "" {
			return fmt.Errorf("%s is missing", f.name)
		}
		if len(f.value) > maxFieldSize {
			return fmt.Errorf("%s has %d characters; at most %d", f.name, len(f.value), maxFieldSize)
		}
	}
	if (l.Quote == "") == (l.Provider == "") {
		return errors.New("give either quote (an id from `corridor quote list`) or provider (whose best quote is taken)")
	}
	if l.Currency == l.ReceiveCurrency {
		return fmt.Errorf("currency and receive-currency are both %s; a swap is between two", l.Currency)
	}
	return nil
}
