//! Generates the Kotlin and Swift of `doorstep-ffi` from its built library; see `ffi/README.md`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
