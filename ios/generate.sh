#!/usr/bin/env bash
# Generates the Swift and the C header of the engine, from a library of it that was built.
#
#   ios/generate.sh [LIBRARY]      default: builds the one of this machine
#
# Sources/Doorstep/Generated/Doorstep.swift and build/DoorstepFFI/ are made, or what OUT names instead.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# The generator asks cargo for the configuration, so it has to run inside the workspace.
cd "$here/.."
target=${CARGO_TARGET_DIR:-target}

cargo build --quiet --package doorstep-bindgen
library=${1:-}
if [ -z "$library" ]; then
    cargo build --quiet --package doorstep-ffi
    case $(uname -s) in
        Darwin) library=$target/debug/libdoorstep_ffi.dylib ;;
        *) library=$target/debug/libdoorstep_ffi.so ;;
    esac
fi

swift=${OUT:-$here/Sources/Doorstep}/Generated
header=${OUT:-$here/build}/DoorstepFFI
made=$(mktemp -d)
trap 'rm -r "$made"' EXIT
"$target/debug/doorstep-bindgen" generate "$library" \
    --language swift --config "$here/bindings.toml" --out-dir "$made" --no-format

mkdir -p "$swift" "$header"
cp "$made/Doorstep.swift" "$swift/Doorstep.swift"
cp "$made/DoorstepFFI.h" "$header/DoorstepFFI.h"
# Clang looks for this name, in a folder of the module's name.
cp "$made/DoorstepFFI.modulemap" "$header/module.modulemap"
