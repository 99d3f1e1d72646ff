//! Places as people name them: by level and code.

use std::fmt;

use doorstep_protocol::{id::Level, roster::Place};
use serde::Serialize;

use crate::roster_file::level_word;

/// Codes that a line names; a count says how many more there are.
const CODES_NAMED_MAX: usize = 12;

/// A place by level and code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PlaceName {
    /// What it is.
    pub level: Option<Level>,
    /// The register's code.
    pub code: String,
}

impl PlaceName {
    /// The name of a place.
    pub fn of(place: &Place) -> Self {
        Self { level: place.level(), code: place.code.clone() }
    }

    fn word(&self) -> &'static str {
        self.level.map_or("place", level_word)
    }
}

impl fmt::Display for PlaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.word(), self.code)
    }
}

/// Places by level: `building G1-1, G1-2; grid G1`. Of one level no more than a line can bear.
pub fn list(places: &[PlaceName]) -> String {
    let mut parts = Vec::new();
    for of_level in places.chunk_by(|a, b| a.level == b.level) {
        let Some(first) = of_level.first() else { continue };
        let codes: Vec<&str> = of_level.iter().map(|name| name.code.as_str()).collect();
        parts.push(format!("{} {}", first.word(), list_codes(&codes)));
    }
    parts.join("; ")
}

/// Codes, no more than a line can bear.
pub fn list_codes<C: AsRef<str>>(codes: &[C]) -> String {
    let named: Vec<&str> = codes.iter().take(CODES_NAMED_MAX).map(AsRef::as_ref).collect();
    let named = named.join(", ");
    match codes.len().checked_sub(CODES_NAMED_MAX) {
        Some(more @ 1..) => format!("{named} and {more} more"),
        _ => named,
    }
}
