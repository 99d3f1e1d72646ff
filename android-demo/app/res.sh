#!/usr/bin/env bash
# Compiles and links the resources with aapt2, as Gradle's plugin does where there is an SDK.
#   res.sh <android framework jar> <folder to write>
# Writes gen/ (R.java), resources.apk and, for Robolectric, res-test/com/android/tools/test_config.properties.
set -euo pipefail
cd "$(dirname "$0")"
framework=$1
out=$2
mkdir -p "$out/gen" "$out/res-test/com/android/tools"
aapt2 compile --dir src/main/res -o "$out/compiled.zip"
# A framework jar newer than aapt2 makes it say "Unknown chunk type '200'": harmless, and hidden.
aapt2 link -I "$framework" --manifest src/main/AndroidManifest.xml --java "$out/gen" --auto-add-overlay \
  --min-sdk-version 26 --target-sdk-version 35 --version-code 1 --version-name 0.1.0 \
  -o "$out/resources.apk" "$out/compiled.zip" 2> >(grep -v "Unknown chunk type" >&2)
cat >"$out/res-test/com/android/tools/test_config.properties" <<P
android_resource_apk=$(realpath "$out/resources.apk")
android_merged_manifest=$(realpath src/main/AndroidManifest.xml)
android_custom_package=app.doorstep.demo
P
