package chain

import "time"

// Observer is told what happens, for metrics. Functions that are nil are not called; those that are given return at once.
type Observer struct {
	// RPCError counts a request that an endpoint failed.
	RPCError func(chain, endpoint string)
	// Endpoint is told of every look at an endpoint: whether it is used, and how many blocks it is behind the best.
	Endpoint func(chain, endpoint string, healthy bool, lag int64)
	// Conflict counts endpoints that name another block than the others at one height.
	Conflict func(chain string, height int64)
	// Submitted counts transactions that an endpoint took.
	Submitted func(chain string)
	// Included is told of a transaction in a block: its gas and how long it took from its signature on.
	Included func(chain string, gas int64, took time.Duration)
}

func (o Observer) rpcError(chain, endpoint string) {
	if o.RPCError != nil {
		o.RPCError(chain, endpoint)
	}
}

func (o Observer) endpoint(chain, endpoint string, healthy bool, lag int64) {
	if o.Endpoint != nil {
		o.Endpoint(chain, endpoint, healthy, lag)
	}
}

func (o Observer) conflict(chain string, height int64) {
	if o.Conflict != nil {
		o.Conflict(chain, height)
	}
}

func (o Observer) submitted(chain string) {
	if o.Submitted != nil {
		o.Submitted(chain)
	}
}

func (o Observer) included(chain string, gas int64, took time.Duration) {
	if o.Included != nil {
		o.Included(chain, gas, took)
	}
}
