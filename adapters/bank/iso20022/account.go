package iso20022

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jacoelho/banking/bic"
	"github.com/jacoelho/banking/iban"
)

// ErrAccount is wrapped by every error about an account's notation.
var ErrAccount = errors.New("not an account of a bank network")

// Account names an account of the network by the member that owns it and, unless it is that member's
// settlement account, the account's own id: an IBAN or a proprietary number (AccountIdentification4Choice).
// In text it is "BIC" or "BIC:id".
type Account struct {
	BIC string
	ID  string
}

var (
	idText   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,33}$`) // Max34Text without what needs quoting somewhere
	ibanText = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)
)

// ParseAccount reads "BIC" or "BIC:id".
func ParseAccount(text string) (Account, error) {
	member, id, further := strings.Cut(text, ":")
	a := Account{BIC: member, ID: id}
	if further && id == "" {
		return Account{}, fmt.Errorf("%w: %q ends with a colon; want BIC or BIC:id", ErrAccount, text)
	}
	if err := a.Validate(); err != nil {
		return Account{}, err
	}
	return a, nil
}

// Validate checks the BIC by ISO 9362, and the id by ISO 13616 where it has the form of an IBAN.
func (a Account) Validate() error {
	switch {
	case a.BIC != strings.ToUpper(a.BIC):
		return fmt.Errorf("%w: %q: a BIC is written in capital letters", ErrAccount, a.BIC)
	case !bicValid(a.BIC):
		return fmt.Errorf("%w: %q is no BIC; want 8 or 11 characters such as BKUSUS33", ErrAccount, a.BIC)
	case a.ID == "":
		return nil
	case !idText.MatchString(a.ID):
		return fmt.Errorf("%w: %q is no account id; want 1 to 34 letters, digits, dots, underscores or hyphens", ErrAccount, a.ID)
	case a.ID == a.BIC:
		return fmt.Errorf("%w: %q: a settlement account is named by the BIC alone", ErrAccount, a)
	case a.IsIBAN():
		if err := iban.Validate(a.ID); err != nil {
			return fmt.Errorf("%w: %q has the form of an IBAN but is none: %w", ErrAccount, a.ID, err)
		}
	}
	return nil
}

func bicValid(text string) bool {
	_, err := bic.Parse(text)
	return err == nil
}

// IsIBAN tells whether the account's id has the form of an IBAN and belongs into that element.
func (a Account) IsIBAN() bool { return ibanText.MatchString(a.ID) }

// Number is what identifies the account in AccountIdentification4Choice: its id, or the member's BIC for
// its settlement account.
func (a Account) Number() string {
	if a.ID == "" {
		return a.BIC
	}
	return a.ID
}

// AccountOf is the account that a member's BIC and an AccountIdentification4Choice name together: Number reversed.
func AccountOf(member, number string) (Account, error) {
	a := Account{BIC: member, ID: number}
	if number == member {
		a.ID = ""
	}
	return a, a.Validate()
}

// String writes what ParseAccount reads.
func (a Account) String() string {
	if a.ID == "" {
		return a.BIC
	}
	return a.BIC + ":" + a.ID
}
