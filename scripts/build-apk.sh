#!/usr/bin/env bash
# Puts a signed debug APK together without an Android SDK: Maven compiles, R8 shrinks, aapt2 links, zipalign aligns,
# apksigner signs with a key made here. Who has Android Studio builds the same sources with Gradle instead.
#
#   scripts/build-apk.sh [APK]                default: target/apk/doorstep-debug.apk
#
# Says at its end what is in the APK and what is missing: the engine's libraries are in it where
# scripts/build-android.sh put them, which needs an NDK. Without them the APK is whole but for the engine.
#
# Needs: JDK 17, Maven, aapt2, zipalign, apksigner (Debian: openjdk-17-jdk-headless maven aapt zipalign apksigner).
# R8 comes through Maven; where Maven's repositories have none, R8_JAR names one (an Android SDK has it as
# build-tools/<version>/lib/d8.jar).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

missing=()
for tool in javac jar keytool mvn aapt2 zipalign apksigner; do
  command -v "$tool" >/dev/null 2>&1 || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "Nothing is built. Missing here: ${missing[*]}" >&2
  echo "Debian: apt-get install openjdk-17-jdk-headless maven aapt zipalign apksigner" >&2
  exit 1
fi

out=${CARGO_TARGET_DIR:-$root/target}/apk
apk=${1:-$out/doorstep-debug.apk}
app=android-demo/app
pom=android-demo/pom.xml
jni=$app/src/main/jniLibs
work=$out/work
rm -rf "$work"
mkdir -p "$work/jars" "$work/framework" "$work/parts/lib" "$(dirname "$apk")"

# Maven resets a terminal's colours at its end, where there is none too.
maven() { mvn -B -ntp -q -Dkotlin.compiler.daemon=false -f "$pom" "$@" 2>&1 | sed $'s/\e\\[0*m//g'; }
version() { sed -n "s:.*<$1>\(.*\)</$1>.*:\1:p" "$pom" | head -n 1; }
copy=org.apache.maven.plugins:maven-dependency-plugin:3.8.1

artifact() { # what folder
  maven -N "$copy:copy" -DoutputDirectory="$2" -Dartifact="$1"
}
# Whether the module's jar, as the tests or an earlier run made it, is younger than all that it is made of.
is_fresh() {
  local jar=android-demo/$1/target/$1-$(version version).jar
  [ -f "$jar" ] && [ -z "$(find "android-demo/$1/src/main" "android-demo/$1/pom.xml" "$pom" ffi/src ffi/uniffi.toml \
    -newer "$jar" -print -quit)" ]
}

echo "== classes and resources"
if is_fresh sdk && is_fresh app-core && is_fresh app; then
  echo "as they were built before"
else
  cargo xtask bindings kotlin
  maven -pl app -am -DskipTests package
fi
for module in sdk app-core app; do
  cp "android-demo/$module/target/$module-$(version version).jar" "$work/jars/"
done
artifact "org.jetbrains.kotlin:kotlin-stdlib:$(version kotlin.version)" "$work/jars"
artifact "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm:$(version coroutines.version)" "$work/jars"
artifact "org.robolectric:android-all:$(version android.all.version)" "$work/framework"
# A phone's JNA is the one of its aar: the other carries the libraries of twenty desktops.
artifact "net.java.dev.jna:jna:$(version jna.version):aar" "$work"
mkdir -p "$work/jna"
(cd "$work/jna" && jar --extract --file "$work"/jna-*.aar)
cp "$work/jna/classes.jar" "$work/jars/jna.jar"

echo "== R8"
r8=${R8_JAR:-}
if [ -z "$r8" ]; then
  artifact "com.android.tools:r8:$(version r8.version)" "$work" || {
    echo "Maven's repositories here have no R8: set R8_JAR (see the head of this script)" >&2
    exit 1
  }
  r8=$(echo "$work"/r8-*.jar)
fi
java_home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/ *java.home = //p')
mkdir -p "$work/dex"
java -Xmx2g -cp "$r8" com.android.tools.r8.R8 --release --min-api 26 \
  --lib "$(echo "$work"/framework/android-all-*.jar)" --lib "$java_home" \
  --pg-conf "$app/rules.pro" --pg-map-output "$out/mapping.txt" --output "$work/dex" "$work"/jars/*.jar
mv "$work"/dex/classes*.dex "$work/parts/"
# What the system, JNA or the engine finds by its name has to be there by that name.
for class in $(sed -n 's/.*android:name="\(app\.doorstep\.[A-Za-z.]*\)".*/\1/p' "$app/src/main/AndroidManifest.xml") \
  app.doorstep.ffi.Doorstep com.sun.jna.Native; do
  grep -qF "L${class//./\/};" "$work"/parts/classes*.dex || { echo "$class is not in the APK: see $app/rules.pro" >&2; exit 1; }
done

echo "== APK"
for abi in arm64-v8a armeabi-v7a x86_64; do
  mkdir -p "$work/parts/lib/$abi"
  cp "$work/jna/jni/$abi/libjnidispatch.so" "$work/parts/lib/$abi/"
  if [ -f "$jni/$abi/libdoorstep_ffi.so" ]; then cp "$jni/$abi/libdoorstep_ffi.so" "$work/parts/lib/$abi/"; fi
done
cp "$app/target/android/resources.apk" "$work/unaligned.apk"
# The libraries go in deflated: the installer unpacks them, and their pages need no place in the APK.
(cd "$work/parts" && find . -type f | sed 's:^\./::' | sort >../parts.list &&
  jar --update --no-manifest --file ../unaligned.apk @../parts.list)
zipalign -f 4 "$work/unaligned.apk" "$work/aligned.apk"
# Kept between builds: a phone takes an update only from the key that signed what it has.
key=$out/debug.keystore
[ -f "$key" ] || keytool -genkeypair -keystore "$key" -storepass android -keypass android -alias debug \
  -keyalg RSA -keysize 2048 -validity 10000 -dname "CN=Doorstep debug" >/dev/null 2>&1
apksigner sign --ks "$key" --ks-pass pass:android --key-pass pass:android --ks-key-alias debug \
  --min-sdk-version 26 --out "$apk" "$work/aligned.apk"

echo "== what was made"
apksigner verify --min-sdk-version 26 --verbose "$apk" | grep -E 'Verifies|scheme.*true'
zipalign -c 4 "$apk"
aapt2 dump badging "$apk" 2>/dev/null | grep -E '^(package|sdkVersion|targetSdkVersion|application-label|launchable-activity)'
jar --list --file "$apk" | grep -E '^(classes.*dex|resources.arsc|AndroidManifest.xml|lib/.*)$'
printf '%s: %s bytes\n' "$apk" "$(wc -c <"$apk")"
absent=
for abi in arm64-v8a armeabi-v7a x86_64; do
  [ -f "$jni/$abi/libdoorstep_ffi.so" ] || absent="$absent $abi"
done
if [ -n "$absent" ]; then
  echo "missing: the engine (libdoorstep_ffi.so) for$absent: on such a phone the app cannot open its store."
  echo "         scripts/build-android.sh builds it, where there is an NDK."
fi
