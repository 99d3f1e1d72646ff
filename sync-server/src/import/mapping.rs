//! The mapping file: which columns of a register are the key, the times, the text, the kind and the place.

use std::{collections::BTreeMap, path::Path};

use doorstep_domain::table::{Channel, How};
use doorstep_protocol::id::Level;
use regex::Regex;
use serde::Deserialize;
use thiserror::Error;

/// Why a mapping file is not taken. Nothing was imported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The file cannot be read.
    #[error("the mapping file cannot be read: {0}")]
    Read(std::io::Error),
    /// It is not a mapping.
    #[error("the mapping file is not one: {0}")]
    Format(String),
    /// Places must be named from the higher level to the lower.
    #[error(
        "the levels under `[[place]]` must fall from one to the next, and end at block or lower"
    )]
    Levels,
    /// A `find` that is no regular expression.
    #[error("`find` of a `[[place]]` is no regular expression")]
    Pattern,
    /// A `[[place]]` with neither `value` nor `column`.
    #[error("each `[[place]]` needs `value` or `column`")]
    NoSource,
    /// A column that the file does not have.
    #[error("the register has no column `{0}`")]
    NoColumn(String),
}

/// A mapping as it stands in its TOML file; see `docs/import.md` for an example.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Names the register. Ids of documents are made of it: never change it.
    pub system: String,
    /// Minutes east of UTC in which the register's times are written.
    #[serde(default)]
    pub time_zone_min: i32,
    /// How its times are written, as `strftime` patterns; the first that fits is taken.
    pub time_formats: Vec<String>,
    /// Values that mean "nothing here": placeholders that a form left behind.
    #[serde(default)]
    pub blank: Vec<String>,
    /// Whether places that the roster lacks are made. Else their rows are refused.
    #[serde(default)]
    pub make_places: bool,
    /// The sub-district, where the import has to make the realm.
    pub realm: Option<RealmNames>,
    /// The columns.
    pub columns: Columns,
    /// What a closed row means.
    #[serde(default)]
    pub closed: Closed,
    /// How the kind is found.
    pub kind: Kind,
    /// How the place is found, from the higher level to the lower.
    pub place: Vec<PlaceRule>,
}

/// Code and name of the sub-district.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RealmNames {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// The names of columns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The register's own number of the row.
    pub key: String,
    /// When it was opened.
    pub opened: String,
    /// When it was closed; empty = still open.
    pub closed: Option<String>,
    /// What it is about; several columns are joined by " / ".
    pub text: Vec<String>,
    /// The office's answer to the resident.
    pub answer: Option<String>,
    /// How the resident can be reached; without it the reporter is anonymous.
    pub reporter: Option<String>,
}

/// What a closed row means.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Closed {
    /// How it was settled.
    pub how: How,
    /// How the resident was told; none = the register does not say that anybody was.
    pub told: Option<Channel>,
}

impl Default for Closed {
    fn default() -> Self {
        Self { how: How::Explained, told: None }
    }
}

/// How the kind of a row is found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The column; none = all rows are of the default kind.
    pub column: Option<String>,
    /// Code of list kind for what is not named; none = such a row is refused.
    pub default: Option<u16>,
    /// Codes of list kind by what stands in the column.
    #[serde(default)]
    pub codes: BTreeMap<String, u16>,
}

/// How the place of one level is found. Its code is that of the place above, "/", and what is found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceRule {
    /// The level.
    pub level: Level,
    /// The same for every row.
    pub value: Option<String>,
    /// What stands in a column.
    pub column: Option<String>,
    /// A regular expression: the first match in the column is taken.
    pub find: Option<String>,
    /// Taken where nothing is found; without it such a row is refused.
    pub missing: Option<String>,
    #[serde(skip)]
    pattern: Option<Regex>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// See [`MappingError`].
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        Self::parse(&std::fs::read_to_string(path).map_err(MappingError::Read)?)
    }

    /// Reads a mapping from its text.
    ///
    /// # Errors
    /// See [`MappingError`].
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mut mapping: Self =
            toml::from_str(text).map_err(|error| MappingError::Format(error.to_string()))?;
        let levels: Vec<u8> = mapping.place.iter().map(|rule| rule.level.number()).collect();
        let falls = levels.windows(2).all(|pair| matches!(pair, [upper, lower] if upper > lower));
        let ends_low = levels.last().is_some_and(|level| *level <= Level::Block.number());
        if !falls || !ends_low {
            return Err(MappingError::Levels);
        }
        for rule in &mut mapping.place {
            if rule.value.is_none() && rule.column.is_none() {
                return Err(MappingError::NoSource);
            }
            if let Some(find) = &rule.find {
                rule.pattern = Some(Regex::new(find).map_err(|_| MappingError::Pattern)?);
            }
        }
        Ok(mapping)
    }
}

impl PlaceRule {
    /// What this rule finds in the text of its column.
    pub(super) fn found<'a>(&'a self, text: Option<&'a str>) -> Option<&'a str> {
        if let Some(value) = &self.value {
            return Some(value);
        }
        let found = match (&self.pattern, text) {
            (Some(pattern), Some(text)) => pattern.find(text).map(|found| found.as_str()),
            (None, Some(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        found.or(self.missing.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        system = "hotline"
        time_formats = ["%Y-%m-%d"]
        columns = { key = "no", opened = "opened", text = ["what"] }
        kind = { default = 8 }
        place = [{ level = "block", value = "B1" }]
    "#;

    #[test]
    fn a_small_mapping_is_enough() {
        let mapping = Mapping::parse(SMALL).unwrap();
        assert_eq!(mapping.system, "hotline");
        assert!(!mapping.make_places);
    }

    #[test]
    fn levels_must_fall_and_patterns_must_be_patterns() {
        let upward = SMALL.replace(
            r#"[{ level = "block", value = "B1" }]"#,
            r#"[{ level = "block", value = "B1" }, { level = "community", value = "C" }]"#,
        );
        assert!(matches!(Mapping::parse(&upward), Err(MappingError::Levels)));
        let broken = SMALL.replace(r#"value = "B1""#, r#"column = "what", find = "(""#);
        assert!(matches!(Mapping::parse(&broken), Err(MappingError::Pattern)));
        let empty = SMALL.replace(r#", value = "B1""#, "");
        assert!(matches!(Mapping::parse(&empty), Err(MappingError::NoSource)));
    }
}
