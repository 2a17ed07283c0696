// Package status tells how a relayer is: /livez (the process answers), /readyz (it can do its work now; it can turn false again),
// /status (JSON for people and scripts) and /metrics (Prometheus). It listens on loopback unless told otherwise and knows no secret.
package status
