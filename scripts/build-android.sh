#!/usr/bin/env bash
# Builds the engine for phones: libdoorstep_ffi.so for arm64-v8a, armeabi-v7a and x86_64, Android 8 (API 26) and newer,
# profile mobile, ready for phones with pages of 16 KB.
#
#   scripts/build-android.sh [ABI ...]        default: all three
#
# Writes android-demo/app/src/main/jniLibs/<ABI>/libdoorstep_ffi.so, stripped, as an app ships it; and beside it for
# crash reports, with its symbol table, target/android-symbols/<ABI>/libdoorstep_ffi.so. Generates the Kotlin too.
#
# Needs: an Android NDK (ANDROID_NDK_HOME, or below ANDROID_HOME), cargo-ndk 3.5 or newer, Rust's targets.
# What is missing is said, all of it at once.
set -euo pipefail
cd "$(dirname "$0")/.."

api=26
page_bytes=16384
jni=android-demo/app/src/main/jniLibs
symbols=${CARGO_TARGET_DIR:-target}/android-symbols

triple_of() {
  case $1 in
    arm64-v8a) echo aarch64-linux-android ;;
    armeabi-v7a) echo armv7-linux-androideabi ;;
    x86_64) echo x86_64-linux-android ;;
    *) echo "$1 is no ABI that is built here: arm64-v8a, armeabi-v7a, x86_64" >&2; return 1 ;;
  esac
}

abis=("$@")
[ ${#abis[@]} -gt 0 ] || abis=(arm64-v8a armeabi-v7a x86_64)
triples=()
for abi in "${abis[@]}"; do triples+=("$(triple_of "$abi")"); done

# The NDK that is named; else the newest that an Android SDK has.
find_ndk() {
  local named=${ANDROID_NDK_HOME:-${ANDROID_NDK_ROOT:-}} sdk=${ANDROID_HOME:-${ANDROID_SDK_ROOT:-}}
  if [ -n "$named" ]; then echo "$named"
  elif [ -d "$sdk/ndk" ]; then find -L "$sdk/ndk" -mindepth 1 -maxdepth 1 -type d | sort -V | tail -n 1
  fi
}

missing=()
ndk=$(find_ndk)
bin=
if [ -n "$ndk" ]; then
  for folder in "$ndk"/toolchains/llvm/prebuilt/*/bin; do [ ! -d "$folder" ] || bin=$folder; done
fi
if [ -z "$ndk" ]; then
  missing+=("an Android NDK: install one with Android Studio's SDK manager or sdkmanager, and set ANDROID_NDK_HOME")
elif [ -z "$bin" ]; then
  missing+=("an Android NDK: $ndk has no toolchains/llvm; ANDROID_NDK_HOME should name a folder such as .../ndk/28.0.12674087")
fi
command -v cargo-ndk >/dev/null 2>&1 || missing+=("cargo-ndk: cargo install cargo-ndk --locked")
installed=$(rustup target list --installed 2>/dev/null || true)
for triple in "${triples[@]}"; do
  grep -qx "$triple" <<<"$installed" || missing+=("Rust for $triple: rustup target add $triple")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "Nothing is built. Missing here:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi
export ANDROID_NDK_HOME=$ndk

made=$(mktemp -d)
trap 'rm -r "$made"' EXIT
targets=()
for abi in "${abis[@]}"; do targets+=(--target "$abi"); done
# Older NDKs align to 4 KB, and such a library does not load on a phone with pages of 16 KB. Functions that are the same
# machine code are kept once, and relocations packed as Android 6 and newer read them: some 5 % of the library.
flags="-C link-arg=-Wl,-z,max-page-size=$page_bytes -C link-arg=-Wl,--icf=all -C link-arg=-Wl,--pack-dyn-relocs=android"
# As a shared library only: Cargo optimises nothing over all crates where a Rust library is asked for as well.
RUSTFLAGS="${RUSTFLAGS:-} $flags" \
  cargo ndk "${targets[@]}" --platform "$api" --output-dir "$made" \
  rustc --locked --profile mobile --package doorstep-ffi --lib --crate-type cdylib

# Every part that is loaded starts on a page of the phone.
check_pages() { # library
  local readelf align
  readelf=$(command -v "$bin/llvm-readelf" || command -v readelf || true)
  if [ -z "$readelf" ]; then
    echo "$1: pages not checked: no readelf" >&2
    return
  fi
  while read -r align; do
    if [ $((align)) -lt $page_bytes ]; then
      echo "$1: a part is aligned to $align, not to pages of $page_bytes bytes" >&2
      return 1
    fi
  done < <("$readelf" -lW "$1" | awk '$1 == "LOAD" { print $NF }')
}

for abi in "${abis[@]}"; do
  library=$made/$abi/libdoorstep_ffi.so
  [ -f "$library" ] || { echo "$abi: cargo-ndk made no libdoorstep_ffi.so" >&2; exit 1; }
  check_pages "$library"
  mkdir -p "$jni/$abi" "$symbols/$abi"
  cp "$library" "$symbols/$abi/libdoorstep_ffi.so"
  "$bin/llvm-strip" --strip-unneeded -o "$jni/$abi/libdoorstep_ffi.so" "$library"
  printf '%s: %s bytes, %s deflated\n' "$jni/$abi/libdoorstep_ffi.so" \
    "$(wc -c <"$jni/$abi/libdoorstep_ffi.so")" "$(gzip -9 -n -c "$jni/$abi/libdoorstep_ffi.so" | wc -c)"
done
cargo xtask bindings kotlin
