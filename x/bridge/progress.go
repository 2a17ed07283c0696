package bridge

import "github.com/corridor-network/corridor/internal/fsm"

// Step is what moves an instruction's progress.
type Step uint8

// The closed set of steps.
const (
	StepCount   Step = iota + 1 // k equal words are there
	StepLapse                   // they are no more, before the outcome was applied
	StepApply                   // the owner took the outcome
	StepExecute                 // the hub's own ledger executed, and the owner took the outcome
)

// String is the step's name in the diagram.
func (s Step) String() string {
	switch s {
	case StepCount:
		return "COUNT"
	case StepLapse:
		return "LAPSE"
	case StepApply:
		return "APPLY"
	case StepExecute:
		return "EXECUTE"
	}
	return "INVALID"
}

// ProgressTable is every step that an instruction's progress can take.
var ProgressTable = fsm.MustNew("bridge instruction", PROGRESS_OPEN, []Progress{PROGRESS_APPLIED}, []fsm.Row[Progress, Step]{
	{From: PROGRESS_OPEN, On: StepCount, To: PROGRESS_COUNTED},
	{From: PROGRESS_COUNTED, On: StepLapse, To: PROGRESS_OPEN},
	{From: PROGRESS_COUNTED, On: StepApply, To: PROGRESS_APPLIED},
	{From: PROGRESS_OPEN, On: StepExecute, To: PROGRESS_APPLIED},
})

// Backoff is how many blocks to wait after that many failed attempts: 1, 2, 4, … MaxBackoffBlocks.
func Backoff(attempts uint32) int64 {
	if attempts == 0 {
		return 0
	}
	if attempts > 9 {
		return MaxBackoffBlocks
	}
	return min(int64(1)<<(attempts-1), MaxBackoffBlocks)
}
