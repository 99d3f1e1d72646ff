#!/usr/bin/env bash
# Builds what an iOS app links: build/DoorstepFFI.xcframework (phones, simulators on Apple silicon and Intel) and the
# generated Swift beside the hand-written. Needs a Mac with Xcode. Afterwards add the folder ios/ to the app as a local
# package.
#
#   ios/build-xcframework.sh [--zip]     --zip: also build/DoorstepFFI.xcframework.zip with its checksum, for a release
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
target=${CARGO_TARGET_DIR:-target}
device=aarch64-apple-ios
simulators=(aarch64-apple-ios-sim x86_64-apple-ios)

zip=no
case ${1:-} in
    '') ;;
    --zip) zip=yes ;;
    *) echo "usage: ios/build-xcframework.sh [--zip]" >&2; exit 2 ;;
esac

missing=()
[ "$(uname -s)" = Darwin ] || missing+=("a Mac: Apple's SDK is only there")
command -v cargo >/dev/null 2>&1 || missing+=("Rust: https://rustup.rs")
command -v lipo >/dev/null 2>&1 || missing+=("lipo: xcode-select --install")
if ! command -v xcodebuild >/dev/null 2>&1; then
    missing+=("Xcode, from the App Store")
elif ! xcrun --sdk iphoneos --show-sdk-path >/dev/null 2>&1; then
    missing+=("the iOS SDK: sudo xcode-select --switch /Applications/Xcode.app")
fi
if command -v rustup >/dev/null 2>&1; then
    installed=$(rustup target list --installed)
    for triple in "$device" "${simulators[@]}"; do
        grep -qx "$triple" <<<"$installed" || missing+=("rustup target add $triple")
    done
else
    missing+=("rustup, which has Rust's libraries for iOS: https://rustup.rs")
fi
if [ ${#missing[@]} -gt 0 ]; then
    echo "missing:" >&2
    printf '  %s\n' "${missing[@]}" >&2
    exit 1
fi

# Package.swift promises it to apps; it also tells the C compiler.
export IPHONEOS_DEPLOYMENT_TARGET=15.0
for triple in "$device" "${simulators[@]}"; do
    echo "== $triple"
    # One kind of library alone: with several at once Cargo leaves the link-time optimisation out.
    cargo rustc --profile mobile --package doorstep-ffi --lib --crate-type staticlib --target "$triple"
done

# Any of the three says the same about the interface; the stripped symbols do not matter to it.
"$here/generate.sh" "$target/$device/mobile/libdoorstep_ffi.a"

made=$(mktemp -d)
trap 'rm -r "$made"' EXIT
libraries=()
for triple in "${simulators[@]}"; do libraries+=("$target/$triple/mobile/libdoorstep_ffi.a"); done
lipo -create "${libraries[@]}" -output "$made/libdoorstep_ffi.a"
# In a folder of the module's name: Xcode puts the headers of all frameworks into one, where two module maps would meet.
mkdir "$made/headers"
cp -R "$here/build/DoorstepFFI" "$made/headers/DoorstepFFI"

framework=$here/build/DoorstepFFI.xcframework
[ ! -d "$framework" ] || rm -r "$framework"
xcodebuild -create-xcframework \
    -library "$target/$device/mobile/libdoorstep_ffi.a" -headers "$made/headers" \
    -library "$made/libdoorstep_ffi.a" -headers "$made/headers" \
    -output "$framework"

if [ "$zip" = yes ]; then
    (cd "$here/build" && ditto -c -k --keepParent DoorstepFFI.xcframework DoorstepFFI.xcframework.zip)
    echo "checksum for Package.swift: $(swift package compute-checksum "$here/build/DoorstepFFI.xcframework.zip")"
fi
echo "made: $framework"
