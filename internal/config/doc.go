// Package config loads one YAML file into a struct: read by viper, overridden by environment variables, strict about unknown fields, and
// checked by the struct's `validate` tags. Every complaint names the file, the line and the field.
//
// A field's name is its `mapstructure` tag, and its variable is the prefix and the path in capitals: with the prefix CORRIDOR_LEDGER, hub.grpc is
// overridden by CORRIDOR_LEDGER_HUB_GRPC. An element of a list has no variable of its own; its fields are named as chains[0].rpc. It trusts nobody: keys and tokens are never values here, only names and paths of them.
package config
