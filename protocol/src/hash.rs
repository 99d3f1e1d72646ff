//! `H(tag | fields)`: SHA-256 over `u8 length | tag | fields`.

use ring::digest::{Context, SHA256};

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(bytes);
    finish(context)
}

/// `H(tag | fields)`: the one hash of the formats. `fields` is already encoded.
///
/// ```
/// use doorstep_protocol::hash::{h, sha256};
/// assert_eq!(h("doc", b"xyz"), sha256(b"\x03docxyz"));
/// ```
pub fn h(tag: &str, fields: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(&[u8::try_from(tag.len()).unwrap_or(u8::MAX)]);
    context.update(tag.as_bytes());
    context.update(fields);
    finish(context)
}

fn finish(context: Context) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// The first `N` bytes of a hash.
pub(crate) fn first<const N: usize>(hash: &[u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(hash) {
        *to = *from;
    }
    out
}
