package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/collections/codec"
	"cosmossdk.io/core/address"

	"github.com/corridor-network/corridor/x/compliance"
)

// uniqueIndex leads from what no two participants share to the participant. A participant may have none of it (a BIC) or
// several (accounts), which is why this is not the SDK's own unique index.
type uniqueIndex[K any] struct {
	what string
	keys func(compliance.Participant) ([]K, error)
	ids  collections.Map[K, string]
}

var _ collections.Index[string, compliance.Participant] = uniqueIndex[string]{}

// Reference replaces what pointed to the participant before.
func (u uniqueIndex[K]) Reference(
	ctx context.Context, id string, p compliance.Participant, old func() (compliance.Participant, error),
) error {
	if err := u.Unreference(ctx, id, old); err != nil {
		return err
	}
	keys, err := u.keys(p)
	if err != nil {
		return err
	}
	for _, key := range keys {
		other, err := u.ids.Get(ctx, key)
		if err == nil {
			return compliance.ErrTaken.Wrapf("%s %s belongs to participant %s", u.what, u.ids.KeyCodec().Stringify(key), other)
		}
		if !errors.Is(err, collections.ErrNotFound) {
			return err
		}
		if err := u.ids.Set(ctx, key, id); err != nil {
			return err
		}
	}
	return nil
}

// Unreference removes what points to the participant; nothing does where there is none.
func (u uniqueIndex[K]) Unreference(ctx context.Context, _ string, old func() (compliance.Participant, error)) error {
	before, err := old()
	if errors.Is(err, collections.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	keys, err := u.keys(before)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := u.ids.Remove(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// accountKey is (ledger, account).
type accountKey = collections.Pair[string, string]

type participantIndexes struct {
	address uniqueIndex[[]byte]
	lei     uniqueIndex[string]
	bic     uniqueIndex[string]
	account uniqueIndex[accountKey]
}

// IndexesList makes the indexes known to the map.
func (i participantIndexes) IndexesList() []collections.Index[string, compliance.Participant] {
	return []collections.Index[string, compliance.Participant]{i.address, i.lei, i.bic, i.account}
}

func newParticipantIndexes(sb *collections.SchemaBuilder, addresses address.Codec) participantIndexes {
	text := collections.StringKey
	pair := collections.PairKeyCodec(text, text)
	return participantIndexes{
		address: uniqueIndex[[]byte]{"address", func(p compliance.Participant) ([][]byte, error) {
			raw, err := addresses.StringToBytes(p.Address)
			return [][]byte{raw}, err
		}, idsOf(sb, compliance.ParticipantAddressPrefix, "participant_by_address", collections.BytesKey)},
		lei: uniqueIndex[string]{"LEI", func(p compliance.Participant) ([]string, error) {
			return []string{p.Lei}, nil
		}, idsOf(sb, compliance.ParticipantLEIPrefix, "participant_by_lei", text)},
		bic: uniqueIndex[string]{"BIC", func(p compliance.Participant) ([]string, error) {
			if p.Bic == "" {
				return nil, nil
			}
			key, err := compliance.BICKey(p.Bic)
			return []string{key}, err
		}, idsOf(sb, compliance.ParticipantBICPrefix, "participant_by_bic", text)},
		account: uniqueIndex[accountKey]{"account", func(p compliance.Participant) ([]accountKey, error) {
			var keys []accountKey
			for _, a := range p.Accounts {
				keys = append(keys, collections.Join(a.Ledger, a.Account))
			}
			return keys, nil
		}, idsOf(sb, compliance.AccountsPrefix, "participant_by_account", pair)},
	}
}

func idsOf[K any](
	sb *collections.SchemaBuilder, prefix collections.Prefix, name string, key codec.KeyCodec[K],
) collections.Map[K, string] {
	return collections.NewMap(sb, prefix, name, key, collections.StringValue)
}
