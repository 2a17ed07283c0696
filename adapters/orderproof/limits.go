package orderproof

// Limits of what is read. They bound what a stranger can make a ledger compute.
const (
	MaxBatchBytes = 1 << 20
	MaxSteps      = 16
	MaxItems      = 1000
	MaxValidators = 200
	MaxKeyBytes   = 512
	MaxStoreBytes = 64
)
