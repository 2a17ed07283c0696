package orderproof

import (
	"bytes"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmttypes "github.com/cometbft/cometbft/types"
)

// bare copies a validator set without what no header signs: proposer priority. It refuses what the rest of the package
// must not meet: no validators, too many, keys that are not Ed25519 (the hub allows no other), powers that overflow.
func bare(set *cmttypes.ValidatorSet) (*cmttypes.ValidatorSet, error) {
	if set == nil {
		return nil, malformed("no validators")
	}
	if n := len(set.Validators); n == 0 || n > MaxValidators {
		return nil, malformed("%d validators, want 1 to %d", n, MaxValidators)
	}
	copied := make([]*cmttypes.Validator, len(set.Validators))
	total := int64(0)
	for i, v := range set.Validators {
		if v == nil {
			return nil, malformed("validator %d is missing", i)
		}
		key, ok := v.PubKey.(ed25519.PubKey)
		if !ok || len(key) != ed25519.PubKeySize {
			return nil, malformed("validator %d: want a key of type %s", i, ed25519.KeyType)
		}
		if v.VotingPower < 1 || v.VotingPower > cmttypes.MaxTotalVotingPower-total {
			return nil, malformed("validator %d: voting power %d: want at least 1, and %d in all at most", i, v.VotingPower, cmttypes.MaxTotalVotingPower)
		}
		total += v.VotingPower
		copied[i] = &cmttypes.Validator{Address: key.Address(), PubKey: key, VotingPower: v.VotingPower}
		if !bytes.Equal(v.Address, copied[i].Address) {
			return nil, malformed("validator %d: address %X is not that of its key, %X", i, v.Address, copied[i].Address)
		}
	}
	return &cmttypes.ValidatorSet{Validators: copied, Proposer: copied[0]}, nil
}

// validators appends a set that bare has passed.
func (e *encoder) validators(set *cmttypes.ValidatorSet) *encoder {
	e.number(uint64(len(set.Validators)))
	for _, v := range set.Validators {
		e.bytes([]byte(v.PubKey.Type())).bytes(v.PubKey.Bytes()).number(uint64(v.VotingPower))
	}
	return e
}

func (d *decoder) validators() *cmttypes.ValidatorSet {
	set := &cmttypes.ValidatorSet{}
	for range d.count(MaxValidators) {
		kind, key, power := d.bytes(), ed25519.PubKey(d.bytes()), d.number()
		if d.err == nil && (string(kind) != ed25519.KeyType || len(key) != ed25519.PubKeySize) {
			d.fail("a validator's key of type %.20q and %d bytes: want %s", kind, len(key), ed25519.KeyType)
		}
		if d.err != nil {
			return nil
		}
		set.Validators = append(set.Validators, &cmttypes.Validator{Address: key.Address(), PubKey: key, VotingPower: int64(power)})
	}
	checked, err := bare(set)
	d.within("validators", err)
	return checked
}
