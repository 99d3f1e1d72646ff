//! What was on the screen when a person acted.

use std::{fmt, str::FromStr};

use doorstep_protocol::{
    id::{ChangeHash, DocumentId},
    limits::CHANGE_DEPS_MAX,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

/// What a person saw of a document. Every full record carries one, and every act on it takes it back:
/// a "close" has not seen the rejection that arrived while its form was open.
///
/// Opaque: keep it as it is, or as text, as long as the form is open.
///
/// ```
/// use doorstep_core::View;
/// let text = "ab".repeat(16) + &"01".repeat(32);
/// let view: View = text.parse()?;
/// assert_eq!(view.to_string(), text);
/// # Ok::<(), doorstep_core::ViewError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    pub(crate) doc: DocumentId,
    pub(crate) heads: Vec<ChangeHash>,
}

/// A text that is no [`View`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a view of a document")]
pub struct ViewError;

impl View {
    /// The document.
    pub fn document(&self) -> DocumentId {
        self.doc
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.doc)?;
        self.heads.iter().try_for_each(|head| write!(f, "{head}"))
    }
}

impl FromStr for View {
    type Err = ViewError;

    fn from_str(text: &str) -> Result<Self, ViewError> {
        const HEAD_DIGITS: usize = ChangeHash::BYTES * 2;
        let (doc, heads) = text.split_at_checked(DocumentId::BYTES * 2).ok_or(ViewError)?;
        if heads.len() > CHANGE_DEPS_MAX * HEAD_DIGITS || heads.len() % HEAD_DIGITS != 0 {
            return Err(ViewError);
        }
        let heads = heads.as_bytes().chunks_exact(HEAD_DIGITS).map(|digits| {
            let digits = std::str::from_utf8(digits).map_err(|_| ViewError)?;
            digits.parse().map_err(|_| ViewError)
        });
        Ok(Self {
            doc: doc.parse().map_err(|_| ViewError)?,
            heads: heads.collect::<Result<_, _>>()?,
        })
    }
}

impl Serialize for View {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for View {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_survives_its_text() {
        let view = View { doc: DocumentId([1; 16]), heads: vec![ChangeHash([2; 32]); 17] };
        assert_eq!(view.to_string().parse(), Ok(view));
    }

    #[test]
    fn what_is_no_view_is_refused() {
        for text in ["", "ab", &"é".repeat(40), &"0".repeat(33), &"0".repeat(32 + 64 * 256)] {
            assert_eq!(text.parse::<View>(), Err(ViewError), "{} bytes", text.len());
        }
    }
}
