#!/usr/bin/env bash
# Generates Go from proto/ and puts it where each file's go_package says.
#   scripts/proto.sh                 everything
#   scripts/proto.sh corridor/token  one folder of proto/ (while another one does not compile)
#   scripts/proto.sh --check         write nothing; fail and name the files where the tree differs
# Needs npm once (buf, pinned by tools/package-lock.json). Plugins are built from tools/go.mod, third-party
# protos are copied from the Go module cache at the versions of go.mod.
set -euo pipefail
cd "$(dirname "$0")/.."

check=false
only=corridor
for arg in "$@"; do
  case "$arg" in
    --check) check=true ;;
    corridor*) only="$arg" ;;
    *) echo "proto.sh: unknown argument $arg; want --check or a folder below proto/, such as corridor/token" >&2; exit 2 ;;
  esac
done

module=github.com/corridor-network/corridor
root=$PWD
buf=$root/tools/node_modules/.bin/buf
mkdir -p build
exec 9>build/.proto.lock
flock 9 # two runs would write the same build/_proto

if [ ! -x "$buf" ]; then
  command -v npm >/dev/null || { echo "proto.sh: npm is not installed; it is needed once, for buf" >&2; exit 1; }
  (cd tools && npm install --no-save --no-audit --no-fund --loglevel=error)
fi
(cd tools && go build -o ../build/tools/ \
  github.com/cosmos/gogoproto/protoc-gen-gocosmos \
  github.com/grpc-ecosystem/grpc-gateway/protoc-gen-grpc-gateway \
  google.golang.org/protobuf/cmd/protoc-gen-go \
  google.golang.org/grpc/cmd/protoc-gen-go-grpc)

# third_party <module> <folder of it> <what to take>...
third_party() {
  local dir from=$1 below=$2
  shift 2
  dir=$(go list -m -f '{{.Dir}}' "$from")
  [ -n "$dir" ] || { go mod download "$from"; dir=$(go list -m -f '{{.Dir}}' "$from"); }
  for part in "$@"; do
    (cd "$dir/$below" && find "$part" -name '*.proto' -exec cp --parents --no-preserve=mode -t "$root/proto/third_party" {} +)
  done
}
rm -rf proto/third_party build/_proto
mkdir -p proto/third_party build/_proto
third_party github.com/cosmos/cosmos-sdk proto amino cosmos/base cosmos/msg cosmos/query cosmos/bank cosmos/tx cosmos/crypto tendermint
third_party github.com/cosmos/cosmos-proto proto cosmos_proto
third_party github.com/cosmos/gogoproto . gogoproto/gogo.proto
third_party github.com/grpc-ecosystem/grpc-gateway third_party/googleapis google/api/annotations.proto google/api/http.proto

generate() { # <template> <folders below proto/>...
  local template=$1
  shift
  local paths=()
  for folder in "$@"; do paths+=(--path "$folder"); done
  [ ${#paths[@]} -eq 0 ] || (cd proto && "$buf" generate --template "$template" "${paths[@]}")
}
case "$only" in
  corridor) hub=(proto/corridor/*/) ;;
  *) [ -d "proto/$only" ] || { echo "proto.sh: no folder proto/$only" >&2; exit 2; }; hub=("proto/$only/") ;;
esac
modules=() adapter=()
for folder in "${hub[@]}"; do
  folder=${folder#proto/}
  case "$folder" in
    corridor/adapter/*) adapter+=("${folder%/}") ;;
    *) modules+=("${folder%/}") ;;
  esac
done
generate buf.gen.hub.yaml ${modules[@]+"${modules[@]}"}
generate buf.gen.adapter.yaml ${adapter[@]+"${adapter[@]}"}

out=build/_proto/$module
[ -d "$out" ] || { echo "proto.sh: nothing was generated from proto/$only" >&2; exit 1; }
stale=()
while IFS= read -r file; do # files whose proto is gone
  [ -e "$out/$file" ] || stale+=("$file")
done < <([ "$only" = corridor ] && git ls-files --cached --others --exclude-standard -- '*.pb.go' '*.pb.gw.go' || true)

differs=0
while IFS= read -r file; do
  cmp -s "$out/$file" "$file" && continue
  differs=$((differs + 1))
  if $check; then
    echo "out of date: $file"
  else
    mkdir -p "$(dirname "$file")"
    cp "$out/$file" "$file"
    echo "wrote $file"
  fi
done < <(cd "$out" && find . -name '*.go' -printf '%P\n' | LC_ALL=C sort)
for file in ${stale[@]+"${stale[@]}"}; do
  [ -e "$file" ] || continue
  differs=$((differs + 1))
  if $check; then echo "no proto for: $file"; else rm "$file"; echo "removed $file"; fi
done
if $check && [ "$differs" -gt 0 ]; then
  echo "proto.sh: generated code is not what proto/ says: run 'make proto' and commit the result" >&2
  exit 1
fi
