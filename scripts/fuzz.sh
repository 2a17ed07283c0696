#!/usr/bin/env bash
# Fuzzes every decoder that takes bytes from outside: all targets of both modules, found by themselves, one after another.
#   scripts/fuzz.sh 1m                 each target for a minute
#   scripts/fuzz.sh 10s ./order FuzzQ  only targets of packages below that folder of either module, and of names that match
# A crasher is left in the package's testdata/fuzz: commit it with the repair, and every go test tries it again. Its first
# run builds everything anew, with coverage counters.
set -euo pipefail
cd "$(dirname "$0")/.."

each=${1:-1m}
below=${2:-.}
name=${3:-Fuzz}
failed=()
count=0
for module in . adapters; do
  [ -d "$module/$below" ] || continue
  # Only files that hold a target are asked: to list a package's targets is to build it.
  folders=$(cd "$module" && grep -rl --include='*_test.go' '^func Fuzz' "$below" | xargs -r -n1 dirname | sort -u || true)
  for folder in $folders; do
    [ "$module" = . ] && [[ "./${folder#./}" == ./adapters/* ]] && continue # a module of its own
    listed=$(go test -C "$module" -list "$name" "./${folder#./}") || { echo "$listed" >&2; failed+=("$module/${folder#./}, which does not build"); continue; }
    for target in $(grep '^Fuzz' <<<"$listed" || true); do
      count=$((count + 1))
      echo "== $module/${folder#./} $target"
      go test -C "$module" -run '^$' -fuzz "^$target\$" -fuzztime "$each" "./${folder#./}" || failed+=("$module/${folder#./} $target")
    done
  done
done
if [ "$count" = 0 ] && [ ${#failed[@]} = 0 ]; then
  echo "fuzz.sh: no target matches $name below $below" >&2
  exit 2
fi
if [ ${#failed[@]} -gt 0 ]; then
  echo "fuzz.sh: $count targets tried; the inputs that broke one are in its testdata/fuzz. Look at:" >&2
  printf '  %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "fuzz.sh: $count targets, $each each, nothing found"
