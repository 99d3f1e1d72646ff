//! Whose bytes a library is made of, by the names of its symbols.

use std::collections::{BTreeMap, HashSet};

/// What people ask about, and the crates it comes from. Everything else is counted as other crates.
const GROUPS: [(&str, &[&str]); 10] = [
    ("Doorstep: protocol", &["doorstep_protocol"]),
    ("Doorstep: domain", &["doorstep_domain"]),
    ("Doorstep: core", &["doorstep_core"]),
    ("Doorstep: facade", &["doorstep_ffi"]),
    ("uniffi", &["uniffi", "uniffi_core", "async_compat"]),
    (
        SQLITE,
        &[
            "rusqlite",
            "libsqlite3_sys",
            "hashlink",
            "fallible_iterator",
            "fallible_streaming_iterator",
        ],
    ),
    (
        "Automerge",
        &[
            "automerge",
            "hexane",
            "fxhash",
            "rustc_hash",
            "im",
            "flate2",
            "miniz_oxide",
            "leb128",
            "zlib_rs",
        ],
    ),
    (
        "QUIC and TLS",
        &[
            "quinn",
            "quinn_proto",
            "quinn_udp",
            "rustls",
            "webpki",
            "rustls_pki_types",
            RING,
            "untrusted",
            "fastbloom",
        ],
    ),
    (
        "tokio",
        &[
            "tokio",
            "mio",
            "socket2",
            "signal_hook_registry",
            "parking_lot",
            "parking_lot_core",
            "bytes",
        ],
    ),
    (
        "Signatures",
        &[
            "p256",
            "ecdsa",
            "elliptic_curve",
            "primeorder",
            "crypto_bigint",
            "sec1",
            "der",
            "signature",
            "rfc6979",
        ],
    ),
];

const RING: &str = "ring";
const SQLITE: &str = "SQLite";
const STD: &str = "Rust's standard library";
const OTHER: &str = "Other crates";
const UNNAMED: &str = "Constants without a name";

/// Crates that come with the compiler. What is made generic by them for a type is the type's crate's.
const STD_CRATES: [&str; 10] = [
    "__rustc",
    "std",
    "core",
    "alloc",
    "std_detect",
    "compiler_builtins",
    "panic_unwind",
    "addr2line",
    "gimli",
    "rustc_demangle",
];

/// How the symbols begin that ring's C and assembly leave without its own prefix. Every other symbol of C is SQLite's.
const RING_PREFIXES: [&str; 24] = [
    "ring_core_",
    "aes_nohw",
    "aesni",
    "vpaes",
    "bn_",
    "ecp_nistz",
    "fiat_",
    "fe_",
    "fe4_",
    "ge_",
    "x25519",
    "nistz384",
    "p384_",
    "p256_",
    "poly_hash",
    "chacha20",
    "mul4x",
    "mulx4x",
    "inline_x25519",
    "K256",
    "K512",
    "gcm_",
    "sha256_",
    "sha512_",
];

/// The bytes of each group, the largest first, from `nm -S --defined-only --demangle`. Symbols that take no room in
/// the file (zeroed memory) are left out, and so are second names of one address.
pub(crate) fn bytes_by_group(nm: &str) -> Vec<(&'static str, u64)> {
    let mut seen = HashSet::new();
    let mut sums = BTreeMap::new();
    for line in nm.lines() {
        let mut parts = line.splitn(4, ' ');
        let (Some(address), Some(size), Some(kind), Some(name)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let Ok(size) = u64::from_str_radix(size, 16) else { continue };
        // A symbol without a size has its kind in the place of it.
        if kind.len() != 1 || matches!(kind, "b" | "B") || !seen.insert(address) {
            continue;
        }
        *sums.entry(group(name)).or_insert(0) += size;
    }
    let mut rows: Vec<_> = sums.into_iter().collect();
    rows.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    rows
}

fn group(name: &str) -> &'static str {
    if !name.contains("::") {
        return group_of_c(name);
    }
    match crates(name).find(|found| !STD_CRATES.contains(found)) {
        None => STD,
        Some(found) => {
            GROUPS.iter().find(|(_, list)| list.contains(&found)).map_or(OTHER, |(group, _)| group)
        }
    }
}

fn group_of_c(name: &str) -> &'static str {
    let bare = name.trim_start_matches('_');
    if name.starts_with("anon.") || name.starts_with(".L") || name.starts_with("vtable.") {
        UNNAMED
    } else if name.contains("uniffi_")
        || name.starts_with("ffi_doorstep")
        || name.starts_with("UNIFFI_")
    {
        "Doorstep: facade"
    } else if RING_PREFIXES.iter().any(|prefix| bare.starts_with(prefix)) {
        "QUIC and TLS"
    } else if name.starts_with("__") || name.contains("rust_") || name.starts_with("_Unwind") {
        STD
    } else {
        SQLITE
    }
}

/// The crates that a name mentions, in its order: each first word of a path, as `a` in `<a::b::C as d::E>::f`.
fn crates(name: &str) -> impl Iterator<Item = &str> {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = name;
    std::iter::from_fn(move || {
        loop {
            let (word, after) = rest.split_once("::")?;
            let start = word.rfind(|c| !part_of_word(c)).map_or(0, |at| at + 1);
            // Behind `>::` or `]::` stands no first word, and the words after it belong to the same path.
            let head = word.get(start..)?;
            rest = skip_path(after);
            let crate_like = head.starts_with(|c: char| c.is_ascii_lowercase());
            if crate_like {
                return Some(head);
            }
        }
    })
}

/// What follows the words of one path.
fn skip_path(mut rest: &str) -> &str {
    loop {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (_, after) = rest.split_at(end);
        let Some(next) = after.strip_prefix("::") else { return after };
        if next.starts_with(['<', '{', '(', '[']) {
            return next;
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_belongs_to_the_first_crate_it_mentions_beside_std() {
        for (name, expected) in [
            ("doorstep_core::store::rows::id", "Doorstep: core"),
            ("core::ptr::drop_in_place<doorstep_domain::table::Kind>", "Doorstep: domain"),
            ("<alloc::vec::Vec<automerge::types::Op> as core::clone::Clone>::clone", "Automerge"),
            ("alloc::collections::btree::map::BTreeMap<K,V,A>::insert", STD),
            ("<P as clap_builder::builder::value_parser::AnyValueParser>::clone_any", OTHER),
            (
                "<rustls::client::hs::ExpectServerHello as rustls::common_state::State>::handle",
                "QUIC and TLS",
            ),
            ("tokio::runtime::task::raw::poll::<doorstep_core::sync::run::{closure#0}>", "tokio"),
            ("<T as core::convert::Into<U>>::into", STD),
            ("sqlite3VdbeExec", SQLITE),
            ("pagerUnlock", SQLITE),
            ("__ecp_nistz256_mul_montq", "QUIC and TLS"),
            ("ring_core_0_17_14__aes_hw_encrypt", "QUIC and TLS"),
            ("anon.9f.12.llvm.77", UNNAMED),
            ("uniffi_doorstep_ffi_fn_method_doorstep_today", "Doorstep: facade"),
            ("__rust_alloc", STD),
        ] {
            assert_eq!(group(name), expected, "{name}");
        }
    }

    #[test]
    fn bytes_are_summed_once_an_address_and_without_zeroed_memory() {
        let nm = "0000000000001000 0000000000000010 T tokio::a\n\
                  0000000000001000 0000000000000010 T tokio::alias_of_a\n\
                  0000000000002000 0000000000000001 t tokio::b\n\
                  0000000000003000 0000000000000fff b tokio::ZEROED\n\
                  0000000000004000 0000000000000100 t pagerUnlock\n\
                  0000000000005000 T no_size\n";
        assert_eq!(bytes_by_group(nm), [(SQLITE, 256), ("tokio", 17)]);
    }
}
