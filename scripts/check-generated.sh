#!/usr/bin/env bash
# Fails if generated code is not what its source says: protos are compared, what go:generate makes is made again.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/proto.sh --check

tree() { git ls-files -z --cached --others --exclude-standard | xargs -0 sha256sum 2>/dev/null || true; }
before=$(tree)
go generate ./...
go -C adapters generate ./...
after=$(tree)
if [ "$before" != "$after" ]; then
  diff <(echo "$before") <(echo "$after") | sed -n 's/^> [0-9a-f]*  /out of date: /p' >&2
  echo "check-generated.sh: the files above were made again: look at them and commit the result" >&2
  exit 1
fi
