//! Texts are bounded before anything else is done with them.

use doorstep_domain::table::TEXT_BYTES_MAX;

use crate::error::{Code, Fault};

/// A text of any length up to the bound. One with a NUL is no text: systems end a text there.
pub(crate) fn bounded(text: &str) -> Result<&str, Fault> {
    if text.len() > TEXT_BYTES_MAX {
        Err(Code::TextTooLong.into())
    } else if text.contains('\0') {
        Err(Code::BadText.into())
    } else {
        Ok(text)
    }
}

/// A text that has to be there.
pub(crate) fn needed(text: String) -> Result<String, Fault> {
    bounded(&text)?;
    if text.trim().is_empty() { Err(Code::TextEmpty.into()) } else { Ok(text) }
}

/// A text that may be left out; one of blanks is left out.
pub(crate) fn optional(text: Option<String>) -> Result<Option<String>, Fault> {
    let Some(text) = text else { return Ok(None) };
    bounded(&text)?;
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// A telephone number as a list shows it: its last three digits, dots for the rest.
pub(crate) fn masked(number: &str) -> String {
    const SHOWN: usize = 3;
    let mut left = number.chars().filter(char::is_ascii_digit).count();
    let mut mask = |c: char| {
        if !c.is_ascii_digit() {
            return if c.is_whitespace() || c == '-' { c } else { '•' };
        }
        let shown = left <= SHOWN;
        left = left.saturating_sub(1);
        if shown { c } else { '•' }
    };
    number.chars().map(&mut mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_up_to_its_bound() {
        assert!(needed("字".repeat(TEXT_BYTES_MAX / 3)).is_ok());
        let over = "a".repeat(TEXT_BYTES_MAX + 1);
        assert_eq!(needed(over.clone()).unwrap_err(), Code::TextTooLong.into());
        assert_eq!(optional(Some(over.clone())).unwrap_err(), Code::TextTooLong.into());
        assert_eq!(bounded(&over).unwrap_err(), Code::TextTooLong.into());
    }

    #[test]
    fn a_nul_is_in_no_text() {
        assert_eq!(needed("a\0b".into()).unwrap_err(), Code::BadText.into());
        assert_eq!(optional(Some("\0".into())).unwrap_err(), Code::BadText.into());
    }

    #[test]
    fn blanks_are_no_text() {
        assert_eq!(needed(" \n".into()).unwrap_err(), Code::TextEmpty.into());
        assert_eq!(optional(Some(" ".into())), Ok(None));
        assert_eq!(optional(None), Ok(None));
        assert_eq!(optional(Some(" a ".into())), Ok(Some(" a ".into())), "words stay as they are");
    }

    #[test]
    fn a_number_shows_its_last_three_digits() {
        assert_eq!(masked("13800138042"), "••••••••042");
        assert_eq!(masked("138 0013-8042"), "••• ••••-•042");
        assert_eq!(masked("王13800138042转"), "•••••••••042•", "no name beside it either");
        assert_eq!(masked(""), "");
        assert_eq!(masked("110"), "110");
    }
}
