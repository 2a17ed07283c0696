package orderproof

import (
	"bytes"
	"fmt"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
)

const domainPath = "corridor/header-path/1"

// Anchor is the believed header itself. It comes without a commit: its hash is what is believed.
type Anchor struct {
	Header     cmttypes.Header
	Validators *cmttypes.ValidatorSet
}

// Path leads from a believed header to a later one.
type Path struct {
	Anchor Anchor
	// Steps ascend, each verified from the one before. None where the believed header is itself the last.
	Steps []*cmttypes.LightBlock
}

// checked copies the path without what no header signs, and refuses what could not be encoded.
func (p Path) checked() (Path, error) {
	if len(p.Steps) > MaxSteps {
		return Path{}, malformed("a path of %d steps, at most %d allowed", len(p.Steps), MaxSteps)
	}
	if err := p.Anchor.Header.ValidateBasic(); err != nil {
		return Path{}, malformed("anchor: %v", err)
	}
	validators, err := bare(p.Anchor.Validators)
	if err != nil {
		return Path{}, fmt.Errorf("anchor: %w", err)
	}
	clean := Path{Anchor: Anchor{Header: p.Anchor.Header, Validators: validators}}
	for i, step := range p.Steps {
		if step == nil || step.SignedHeader == nil || step.Header == nil || step.Commit == nil {
			return Path{}, malformed("step %d: header or commit missing", i)
		}
		if err := step.Header.ValidateBasic(); err != nil {
			return Path{}, malformed("step %d: header: %v", i, err)
		}
		if err := step.Commit.ValidateBasic(); err != nil {
			return Path{}, malformed("step %d: commit: %v", i, err)
		}
		if validators, err = bare(step.ValidatorSet); err != nil {
			return Path{}, fmt.Errorf("step %d: %w", i, err)
		}
		clean.Steps = append(clean.Steps, &cmttypes.LightBlock{SignedHeader: step.SignedHeader, ValidatorSet: validators})
	}
	return clean, nil
}

// EncodePath gives the canonical bytes.
func EncodePath(p Path) ([]byte, error) {
	p, err := p.checked()
	if err != nil {
		return nil, err
	}
	e := newEncoder(domainPath)
	if err := e.message(p.Anchor.Header.ToProto()); err != nil {
		return nil, err
	}
	e.validators(p.Anchor.Validators).number(uint64(len(p.Steps)))
	for _, step := range p.Steps {
		if err := e.message(step.Header.ToProto()); err != nil {
			return nil, err
		}
		if err := e.message(step.Commit.ToProto()); err != nil {
			return nil, err
		}
		e.validators(step.ValidatorSet)
	}
	return e.buf, nil
}

// DecodePath reads canonical bytes. What it gives is well formed, and not verified.
func DecodePath(raw []byte) (Path, error) {
	d := newDecoder(domainPath, raw)
	var p Path
	if header := d.header(); header != nil {
		p.Anchor.Header = *header
	}
	p.Anchor.Validators = d.validators()
	for range d.count(MaxSteps) {
		header, commit, validators := d.header(), d.commit(), d.validators()
		if d.err != nil {
			break
		}
		p.Steps = append(p.Steps, &cmttypes.LightBlock{SignedHeader: &cmttypes.SignedHeader{Header: header, Commit: commit}, ValidatorSet: validators})
	}
	if err := d.end(); err != nil {
		return Path{}, err
	}
	return p, nil
}

func (d *decoder) header() *cmttypes.Header {
	var message cmtproto.Header
	if !d.message(&message) {
		return nil
	}
	header, err := cmttypes.HeaderFromProto(&message)
	if err != nil {
		d.fail("header: %v", err)
		return nil
	}
	return &header
}

func (d *decoder) commit() *cmttypes.Commit {
	var message cmtproto.Commit
	if !d.message(&message) {
		return nil
	}
	commit, err := cmttypes.CommitFromProto(&message)
	if err != nil {
		d.fail("commit: %v", err)
		return nil
	}
	return commit
}

func (e *encoder) message(m proto.Message) error {
	raw, err := proto.Marshal(m)
	if err != nil {
		return malformed("%v", err)
	}
	e.bytes(raw)
	return nil
}

// message reads one protobuf message, and takes it only in the one encoding that writing it gives.
func (d *decoder) message(m proto.Message) bool {
	raw := d.bytes()
	if d.err != nil {
		return false
	}
	if err := proto.Unmarshal(raw, m); err != nil {
		d.fail("%T: %v", m, err)
		return false
	}
	again, err := proto.Marshal(m)
	if err != nil || !bytes.Equal(raw, again) {
		d.fail("%T: not in its canonical encoding", m)
		return false
	}
	return true
}
