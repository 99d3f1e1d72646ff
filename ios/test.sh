#!/usr/bin/env bash
# Compiles the Swift package and runs its tests against the engine built for this machine and a real relay on
# loopback. On Linux and macOS.
#
#   SWIFTC      the compiler; default: swiftc of PATH. Swift 6.0 is what this was made with.
#   SWIFT_RUN   what runs a compiled program, where the compiler lives in a root of its own; default: nothing
#
# Ends with 77 where there is no compiler.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
swiftc=${SWIFTC:-swiftc}

if ! command -v "$swiftc" >/dev/null 2>&1; then
    cat >&2 <<'TEXT'
skipped: no swiftc. Install one of
  Debian 13 and later   apt install swiftlang
  other Linux           https://www.swift.org/install
  macOS                 xcode-select --install
or name it: SWIFTC=/path/to/swiftc ios/test.sh
TEXT
    exit 77
fi
command -v openssl >/dev/null 2>&1 || { echo "needed: openssl, which signs for the test phones" >&2; exit 1; }

cargo build --quiet --package doorstep-ffi --package doorstep-bindgen --package doorstep-relay
work=$(mktemp -d)
relay_pid=
finish() {
    if [ -n "$relay_pid" ]; then
        kill "$relay_pid" 2>/dev/null || true
        wait "$relay_pid" 2>/dev/null || true
    fi
    rm -r "$work"
}
trap finish EXIT

OUT=$work "$here/generate.sh"
engine=(-L "$target/debug" -ldoorstep_ffi -Xlinker -rpath -Xlinker "$target/debug")
package=(-L "$work" -lDoorstep -Xlinker -rpath -Xlinker "$work")
case $(uname -s) in
    Darwin) library=$work/libDoorstep.dylib ;;
    *) library=$work/libDoorstep.so ;;
esac
# As a module of its own, so that the tests see what an app sees.
"$swiftc" -swift-version 6 -warnings-as-errors -emit-library -emit-module -enable-testing -module-name Doorstep \
    -I "$work" "$work/Generated/Doorstep.swift" "$here"/Sources/Doorstep/*.swift "$here"/Sources/Doorstep/Keys/*.swift \
    "${engine[@]}" -o "$library"
"$swiftc" -swift-version 6 -warnings-as-errors -module-name Check \
    -I "$work" "$here"/Tests/*.swift "${package[@]}" "${engine[@]}" -o "$work/check"

doorstep=$target/debug/doorstep
"$doorstep" init --data "$work/relay" --roster docs/examples/roster.toml >/dev/null
DOORSTEP_LOG=warn "$doorstep" serve --data "$work/relay" --listen 127.0.0.1:0 --http 127.0.0.1:0 --json \
    >"$work/listening" &
relay_pid=$!
address=
for _ in $(seq 100); do
    address=$(sed -n 's/.*"listening":"\([^"]*\)".*/\1/p' "$work/listening")
    [ -z "$address" ] || break
    kill -0 "$relay_pid" || { echo "the relay did not start" >&2; exit 1; }
    sleep 0.1
done
[ -n "$address" ] || { echo "the relay does not say where it listens" >&2; exit 1; }

mkdir "$work/phones"
# One of the tests is a panic: its place in the code is of no interest.
export RUST_BACKTRACE=0
# shellcheck disable=SC2086 # SWIFT_RUN may be several words
${SWIFT_RUN:-} "$work/check" "$doorstep" "$work/relay" "$address" "$work/phones"
