package bank

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/internal/ledgerhttp"
	"github.com/corridor-network/corridor/adapters/sdk"
)

const maxDirectoryBytes = 64 << 10

// client exchanges messages with the network.
type client struct {
	http  *ledgerhttp.Client
	codec *iso20022.Codec
}

func newClient(c *ledgerhttp.Client) *client { return &client{http: c, codec: iso20022.NewCodec()} }

// exchange sends one message and gives the struct of the one that comes back, which must be of kind want.
// Both are checked against their official schemas. A message of ours that breaks its schema is Invalid and
// not sent; a reply that does is as good as lost. asks: the message is a question and has no effect.
func (c *client) exchange(ctx context.Context, body any, want iso20022.Kind, asks bool) (any, error) {
	raw, err := c.codec.Encode(body)
	if err != nil {
		return nil, &sdk.Error{Code: sdk.Invalid, Message: "the order can't be written as ISO 20022", Err: err}
	}
	q := ledgerhttp.Call{
		Method: http.MethodPost, Path: []string{"iso20022"}, MediaType: "application/xml", Body: raw,
		Asks: asks, MaxReply: iso20022.MaxMessageBytes,
	}
	reply, err := c.http.Do(ctx, q)
	if err != nil {
		return nil, err
	}
	kind, answer, err := c.codec.Decode(reply)
	if err == nil && kind != want {
		err = fmt.Errorf("the network answered with a %s, want a %s", kind, want)
	}
	if err != nil {
		return nil, q.Lost(err)
	}
	return answer, nil
}

// directory asks the members directory for an account.
func (c *client) directory(ctx context.Context, id string) (d directoryAccount, err error) {
	q := ledgerhttp.Call{Method: http.MethodGet, Path: []string{"directory", "accounts", id}, Asks: true, MaxReply: maxDirectoryBytes}
	raw, err := c.http.Do(ctx, q)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return d, q.Lost(fmt.Errorf("the directory's reply is not the JSON expected: %w", err))
	}
	return d, nil
}
