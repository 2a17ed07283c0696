// Package ibc stands between IBC and the ICS-20 app: what arrives is for an admitted participant or goes back.
//
// It also makes every channel's escrow account known to compliance, so that participants may send over the channel. It
// trusts the wrapped app for everything else. Acknowledgements and timeouts pass untouched: a refund must never fail.
// Channel upgrades are refused, because the wrapped module does not offer them.
package ibc
