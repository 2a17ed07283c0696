// Package ante holds compliance's part of the ante handler: who may sign at all, and that seats are governance's.
//
// It stands on the keeper's word on who is admitted. What breaks it: a way to have messages executed that does not pass
// the ante handler. There are two, and both are governance or the hub's own work: a proposal that passed, and genesis.
package ante
