package sim_test

import (
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/testhub"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// forged is a chain that shares the hub's first two headers and goes its own way then.
func forged(h *simtest.Hub, alter func(*testhub.Hub), instructions ...order.Instruction) orderproof.Batch {
	twin := h.Twin()
	alter(twin)
	for _, i := range instructions {
		twin.Give(simtest.Ledger, i.Encode())
	}
	twin.Commit()
	twin.Commit()
	return twin.Batch(simtest.Ledger, 1, twin.Path(h.Root().Height, twin.Height()))
}

// The refusals of a batch, one row each, in the order in which they are tried.
func TestABatchThatProvesNothingIsRefusedAndChangesNothing(t *testing.T) {
	hold := pay("R1", simtest.Rich, simtest.Payee, 700).Instruction(order.Hold)
	elsewhere := hold
	elsewhere.Ledger = "bank-test"
	elsewhere.Entry = order.NewEntryID(elsewhere.ChainID, elsewhere.Settlement, elsewhere.Leg, elsewhere.Ledger)
	for _, c := range []struct {
		name string
		code simkit.Code
		says string
		make func(h *simtest.Hub, b sdk.Book) orderproof.Batch
	}{
		{"instructions left out", simkit.Denied, "begins at instruction 2, this ledger's book ends at 0; send from 1 on", func(h *simtest.Hub, b sdk.Book) orderproof.Batch {
			h.Order(hold)
			b.Number = 1
			return h.Batch(b, pay("R2", simtest.Rich, simtest.Payee, 1).Instruction(order.Hold))
		}},
		{"a number beyond any", simkit.Denied, "begins at instruction 9223372036854775807", func(h *simtest.Hub, b sdk.Book) orderproof.Batch {
			batch := h.Batch(b, hold, pay("R2", simtest.Rich, simtest.Payee, 1).Instruction(order.Hold))
			batch.From = math.MaxInt64
			return batch
		}},
		{"of another chain id", simkit.Denied, "proof of another chain", func(_ *simtest.Hub, b sdk.Book) orderproof.Batch {
			return simtest.NewHub("corridor-other-1", time.Minute).Batch(b, hold)
		}},
		{"from a header that the ledger does not believe", simkit.Denied, "ask for the book and prove from its header", func(h *simtest.Hub, b sdk.Book) orderproof.Batch {
			h.Order(hold)
			b.Height++
			return h.Batch(b)
		}},
		{"from a header outside the trusting period", simkit.Denied, "outside the trusting period", func(h *simtest.Hub, b sdk.Book) orderproof.Batch {
			return h.Batch(b, hold) // this row's ledger is given an old root
		}},
		{"a forged header, with signatures of others", simkit.Denied, "header refused", func(h *simtest.Hub, b sdk.Book) orderproof.Batch {
			batch := h.Batch(b, hold)
			for i := range batch.Path.Steps[0].Commit.Signatures {
				batch.Path.Steps[0].Commit.Signatures[i].Signature[7] ^= 1
			}
			return batch
		}},
		{"a forked header, signed by half of the validators", simkit.Denied, "header refused", func(h *simtest.Hub, _ sdk.Book) orderproof.Batch {
			return forged(h, func(c *testhub.Hub) {
				c.Vote = func(i int) cmttypes.BlockIDFlag {
					if i < 2 {
						return cmttypes.BlockIDFlagCommit
					}
					return cmttypes.BlockIDFlagAbsent
				}
			}, hold)
		}},
		{"a header from the future", simkit.Denied, "is in the future", func(h *simtest.Hub, _ sdk.Book) orderproof.Batch {
			return forged(h, func(c *testhub.Hub) {
				c.Alter = func(header *cmttypes.Header) {
					header.Time = time.Now().Add(time.Hour).Add(time.Duration(header.Height)).UTC()
				}
			}, hold)
		}},
		{"a record that is not in the state", simkit.Denied, "state proof refused", func(h *simtest.Hub, b sdk.Book) orderproof.Batch {
			batch := h.Batch(b, hold)
			old := batch.Head.Proofs[1].GetExist()
			old.Value = slices.Clone(old.Value)
			old.Value[0] ^= 1
			return batch
		}},
		{"an order to another ledger", simkit.Denied, "record of another ledger", func(h *simtest.Hub, _ sdk.Book) orderproof.Batch {
			twin := h.Twin()
			twin.Give("bank-test", elsewhere.Encode())
			twin.Commit()
			twin.Commit()
			return twin.Batch("bank-test", 1, twin.Path(h.Root().Height, twin.Height()))
		}},
		{"an instruction that the hub never gave, under a proof of another", simkit.Denied, "instructions differ from the proven record", func(h *simtest.Hub, b sdk.Book) orderproof.Batch {
			batch := h.Batch(b, hold)
			other := hold
			other.AmountMinor++
			batch.Items = []orderproof.Item{orderproof.NewItem(other.Encode())}
			return batch
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			age := 10 * time.Minute
			if c.says == "outside the trusting period" {
				age = simtest.TrustingPeriod + time.Minute
			}
			h := simtest.NewHub(simtest.ChainID, age)
			s := simtest.StartWith(t, h.Checking(simtest.Config(t)))
			before := s.Book(t)
			raw, err := c.make(h, before).Encode()
			require.NoError(t, err)
			status, answer := s.TryTake(t, raw)
			refused(t, c.code, c.says, status, answer)
			require.Equal(t, before, s.Book(t))
			status, answer = act(t, s, pay("R1", simtest.Rich, simtest.Payee, 700), order.Hold)
			refused(t, simkit.Denied, "not proven", status, answer)
		})
	}
}

func TestABatchThatIsNoneIsInvalidAndOneTooLargeIsNotRead(t *testing.T) {
	s, h := checking(t)
	before := s.Book(t)
	raw, err := h.Prove(before, pay("R1", simtest.Rich, simtest.Payee, 700).Instruction(order.Hold))
	require.NoError(t, err)
	for name, b := range map[string][]byte{"nothing": {}, "cut short": raw[:len(raw)-1], "with a byte more": append(slices.Clone(raw), 0)} {
		status, answer := s.TryTake(t, b)
		require.Equal(t, http.StatusBadRequest, status, "%s: %s", name, answer)
		refused(t, simkit.Invalid, "batch: ", status, answer)
	}
	status, answer := s.TryTake(t, make([]byte, orderproof.MaxBatchBytes+1))
	refused(t, simkit.TooLarge, "larger than", status, answer)
	require.Equal(t, before, s.Book(t))
	require.EqualValues(t, sdk.MaxBatchBytes, orderproof.MaxBatchBytes, "the contract's limit is the encoding's")
}

func TestABatchThatBringsNothingNewIsANoOpHoweverOldItsRoot(t *testing.T) {
	s, h := checking(t)
	first, err := h.Prove(s.Book(t), pay("R1", simtest.Rich, simtest.Payee, 700).Instruction(order.Hold))
	require.NoError(t, err)
	one := s.Take(t, first)
	require.Equal(t, one, s.Take(t, first), "the same again")
	two := s.Proven(t, h, pay("R2", simtest.Rich, simtest.Payee, 700).Instruction(order.Hold))
	require.Equal(t, two, s.Take(t, first), "the first, after the second")

	t.Run("unless it leads on from what is believed: then the newer header is", func(t *testing.T) {
		three := s.Proven(t, h)
		require.Equal(t, two.Number, three.Number)
		require.Greater(t, three.Height, two.Height)
	})
	t.Run("one that says something else of what is known is refused", func(t *testing.T) {
		batch, err := orderproof.DecodeBatch(first)
		require.NoError(t, err)
		batch.Items = []orderproof.Item{{Hash: order.Hash{1}}}
		raw, err := batch.Encode()
		require.NoError(t, err)
		status, answer := s.TryTake(t, raw)
		refused(t, simkit.Denied, "", status, answer)
	})
}

func TestAForkThatTheHubsOwnValidatorsSignIsAConflict(t *testing.T) {
	s, h := checking(t)
	root := s.Book(t)
	// The hub's first order, proven by the header that is believed already: the book's header does not move.
	twin := h.Twin()
	s.Proven(t, h, pay("R1", simtest.Rich, simtest.Payee, 700).Instruction(order.Hold))
	believed := s.Book(t)
	twin.Give(simtest.Ledger, pay("R9", simtest.Rich, simtest.Payee, 1).Instruction(order.Hold).Encode())
	twin.Commit()
	twin.Commit()
	batch := twin.Batch(simtest.Ledger, 1, twin.Path(root.Height, twin.Height()))
	raw, err := batch.Encode()
	require.NoError(t, err)
	status, answer := s.TryTake(t, raw)
	refused(t, simkit.Denied, "ask for the book", status, answer)

	// Its validators sign a header on top of the believed one that has the other order in its state.
	next := h.Chain().Sign(h.ForkedHeader(believed.Height, twin), h.Chain().Block(believed.Height).ValidatorSet)
	batch.Path = h.Chain().Path(believed.Height)
	batch.Path.Steps = append(batch.Path.Steps, next)
	raw, err = batch.Encode()
	require.NoError(t, err)
	status, answer = s.TryTake(t, raw)
	refused(t, simkit.Conflict, "the hub has forked", status, answer)
	require.Equal(t, believed, s.Book(t))
}

func TestABatchMayShowHashesAlone(t *testing.T) {
	s, h := checking(t)
	one, two := pay("R1", simtest.Rich, simtest.Payee, 700), pay("R2", simtest.Rich, simtest.Payee, 300)
	batch := h.Batch(s.Book(t), one.Instruction(order.Hold), two.Instruction(order.Hold))
	batch.Items[0].Raw = nil
	raw, err := batch.Encode()
	require.NoError(t, err)
	require.EqualValues(t, 2, s.Take(t, raw).Number)
	require.Equal(t, "HELD", s.Hold(t, one.Hold()).State, "an order that hashes to it is the hub's")
}

func TestNotariesThatSendAtOnceAllFindTheirOrdersInTheBook(t *testing.T) {
	s, h := checking(t)
	var all sync.WaitGroup
	const notaries = 6
	payments := make([]simtest.Payment, notaries)
	for n := range notaries {
		payments[n] = pay("N"+string(rune('0'+n)), simtest.Rich, simtest.Payee, 10)
		all.Go(func() {
			for {
				batch, err := h.Prove(s.Book(t), payments[n].Instruction(order.Hold))
				if err != nil {
					t.Errorf("notary %d: %v", n, err)
					return
				}
				if status, _ := s.TryTake(t, batch); status == http.StatusOK {
					return
				}
			}
		})
	}
	all.Wait()
	require.EqualValues(t, notaries, s.Book(t).Number)
	for _, p := range payments {
		require.Equal(t, "HELD", s.Hold(t, p.Hold()).State)
	}
	s.Check(t)
}
