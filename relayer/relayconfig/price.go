package relayconfig

import (
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// ParsePrice reads a gas price such as 0.0025stake.
func ParsePrice(text string) (sdk.DecCoin, error) {
	price, err := sdk.ParseDecCoin(text)
	if err != nil {
		return sdk.DecCoin{}, fmt.Errorf("%q is not a gas price; write it like 0.0025stake", text)
	}
	return price, nil
}
