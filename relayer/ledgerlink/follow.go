package ledgerlink

import (
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/corridor-network/corridor/relayer/hubclient"
)

// blocksOf makes believed headers the blocks that a link hears of. Its channel holds one, the newest.
func blocksOf(headers <-chan *cmttypes.LightBlock) <-chan hubclient.Block {
	out := make(chan hubclient.Block, 1)
	go func() {
		defer close(out)
		for h := range headers {
			select {
			case <-out: // only this function puts anything in
			default:
			}
			out <- hubclient.Block{Height: h.Height, Time: h.Time}
		}
	}()
	return out
}
