//! What shows that a word was the resident's.

use doorstep_domain::{
    event::{Evidence as Shown, FileHash},
    table::EvidenceKind,
};
use doorstep_protocol::{hash::sha256, id::Digest};

use super::{
    ids::{id, listed},
    texts::needed,
};
use crate::{error::Fault, records::Evidence};

/// Evidence as it is written: hashes only.
pub(crate) fn evidence(list: Vec<Evidence>) -> Result<Vec<Shown>, Fault> {
    listed(list)?.into_iter().map(shown).collect()
}

fn shown(evidence: Evidence) -> Result<Shown, Fault> {
    let (kind, hash) = match evidence {
        Evidence::Signature { hash } => (EvidenceKind::Signature, file(&hash)?),
        Evidence::Voice { hash } => (EvidenceKind::Voice, file(&hash)?),
        Evidence::Code { text } => (EvidenceKind::Code, code(text)?),
    };
    Ok(Shown { kind, hash })
}

fn file(hash: &str) -> Result<FileHash, Fault> {
    Ok(FileHash(id::<Digest>(hash)?.0))
}

/// A code stands as the SHA-256 of what was typed, without blanks around it.
fn code(text: String) -> Result<FileHash, Fault> {
    Ok(FileHash(sha256(needed(text)?.trim().as_bytes())))
}

#[cfg(test)]
mod tests {
    use doorstep_domain::table::LIST_ITEMS_MAX;

    use super::*;
    use crate::error::Code;

    fn typed(text: &str) -> Evidence {
        Evidence::Code { text: text.to_owned() }
    }

    #[test]
    fn a_code_is_written_as_its_hash_alone() {
        let written = evidence(vec![typed(" K7-042\n"), typed("K7-042"), typed("K7-043")]).unwrap();
        assert_eq!(written[0], written[1]);
        assert_ne!(written[0].hash, written[2].hash);
        assert_eq!(written[0].hash, FileHash(sha256(b"K7-042")));
        assert_eq!(written[0].kind, EvidenceKind::Code);
    }

    #[test]
    fn evidence_has_its_bounds() {
        let refused = |given: Evidence| evidence(vec![given]).unwrap_err();
        assert_eq!(refused(typed(" ")), Code::TextEmpty.into());
        assert_eq!(refused(typed(&"a".repeat(16 * 1024 + 1))), Code::TextTooLong.into());
        for hash in ["", "07", &"0".repeat(63), &"x".repeat(64)] {
            assert_eq!(refused(Evidence::Voice { hash: hash.to_owned() }), Code::BadId.into());
        }
        let signature = || Evidence::Signature { hash: "7a".repeat(32) };
        let written = evidence(vec![signature()]).unwrap();
        assert_eq!(written[0].hash, FileHash([0x7a; 32]));
        let list = |n| evidence((0..n).map(|_| signature()).collect());
        assert_eq!(list(LIST_ITEMS_MAX).unwrap().len(), LIST_ITEMS_MAX);
        assert_eq!(list(LIST_ITEMS_MAX + 1).unwrap_err(), Code::TooBig.into());
    }
}
