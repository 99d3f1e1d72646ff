//! The register as spreadsheets: places, members, buildings and teams, a CSV file each.
//!
//! [`read`] makes a [`RosterFile`] of them, or lists every bad row by file, line and column; a list with one
//! bad row makes nothing. [`write`] is its inverse. What the columns are called stands in `docs/roster.md`
//! and in `words.rs`.
//!
//! ```
//! use doorstep_relay::roster_csv::{Kept, Sheets, Source, read};
//! let places = "级别,编码,名称,上级\n街道,S1,河畔,\n社区,C1,,S1\n街区,B1,,C1\n网格,G1,,B1\n楼栋,G1-1,,G1\n";
//! let members = "工号,姓名,角色,地点\nM1,,网格员,G1\n";
//! let read = read(
//!     &Sheets {
//!         places: Source::of_text("places.csv", places),
//!         members: Source::of_text("members.csv", members),
//!         buildings: None,
//!         teams: None,
//!     },
//!     Kept::default(),
//! )?;
//! assert_eq!((read.file.places.len(), read.file.members.len()), (4, 1));
//! # Ok::<(), doorstep_relay::roster_csv::CsvError>(())
//! ```

mod fault;
mod kept;
mod lines;
mod sheet;
mod words;
mod write;

use std::{fs::File, io::Read as _, path::Path};

use doorstep_protocol::id::trim_code;
use serde::Serialize;
use thiserror::Error;

use self::{fault::Found, lines::Lines, sheet::Sheet, words::Kind};
pub use self::{
    fault::{Faults, Reason, RowFault},
    kept::Kept,
    write::write,
};
use crate::roster_file::RosterFile;

/// Bytes of one file.
pub const CSV_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Rows of one file, its header and empty ones too.
pub const CSV_ROWS_MAX: usize = 200_000;

/// Why the files cannot be used. Nothing was made of them.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CsvError {
    /// A file cannot be read or written.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// A file is larger than a register can be.
    #[error(
        "{path}: over {CSV_BYTES_MAX} bytes, more than a register needs: is it the right file?"
    )]
    TooLarge {
        /// Which.
        path: String,
    },
    /// Rows that cannot be used.
    #[error(transparent)]
    Rows(#[from] Faults),
}

/// One CSV file in memory.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    bytes: Vec<u8>,
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    /// It is not there, or over [`CSV_BYTES_MAX`].
    pub fn open(path: &Path) -> Result<Self, CsvError> {
        let shown = || path.display().to_string();
        let failed =
            |error: std::io::Error| CsvError::File { path: shown(), why: error.to_string() };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(failed)?;
        file.take(CSV_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > CSV_BYTES_MAX {
            return Err(CsvError::TooLarge { path: shown() });
        }
        let name = path.file_name().map_or_else(shown, |name| name.to_string_lossy().into_owned());
        Ok(Self { name, bytes })
    }

    /// A text under a name, as if it stood in a file.
    pub fn of_text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }
}

/// The files of a register.
#[derive(Debug, Clone)]
pub struct Sheets {
    /// Sub-district, communities, blocks, grids, buildings.
    pub places: Source,
    /// Members, a row a role.
    pub members: Source,
    /// Who is given which building (包楼栋).
    pub buildings: Option<Source>,
    /// Response teams.
    pub teams: Option<Source>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The same as a roster file.
    pub file: RosterFile,
    /// Columns that mean nothing here; a misspelt one is among them.
    pub unused: Vec<UnusedColumn>,
}

/// A column that means nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnusedColumn {
    /// The file.
    pub file: String,
    /// The column, as its header has it.
    pub column: String,
}

/// Makes a roster file of spreadsheets. What they do not say stays as it is `kept`: settings always, teams
/// and buildings where there is no file of them.
///
/// # Errors
/// [`CsvError::Rows`] with everything that is wrong, in the order of the files and their lines.
pub fn read(sheets: &Sheets, mut kept: Kept) -> Result<Import, CsvError> {
    kept.without(sheets.teams.is_some(), sheets.buildings.is_some());
    let mut found = Vec::new();
    let mut open = |kind, source: Option<&Source>| {
        let source = source?;
        Some(Sheet::read(kind, &source.name, &source.bytes, &mut found))
    };
    let places = open(Kind::Places, Some(&sheets.places));
    let teams = open(Kind::Teams, sheets.teams.as_ref());
    let members = open(Kind::Members, Some(&sheets.members));
    let buildings = open(Kind::Buildings, sheets.buildings.as_ref());
    let sheets: Vec<Sheet> = [places, teams, members, buildings].into_iter().flatten().collect();
    // Without their columns rows say nothing; what would be missed in them is no fault of others.
    if sheets.iter().all(Sheet::is_readable) {
        let mut lines = Lines::new(&kept, &mut found);
        for sheet in &sheets {
            lines.take(sheet);
        }
        let mut file = lines.finish();
        if found.is_empty() {
            kept.give_buildings(&mut file);
            let unused = sheets.iter().flat_map(Sheet::unused).collect();
            return Ok(Import { file, unused });
        }
    }
    Err(Faults::of(found, &sheets).into())
}

/// What stands in a cell, without what spreadsheets leave around it.
fn trimmed(cell: &str) -> &str {
    trim_code(cell)
}

/// Something wrong at a row, and what a person calls its column.
fn named(found: &Found, sheets: &[Sheet]) -> RowFault {
    let sheet = sheets.iter().find(|sheet| sheet.kind() == found.kind);
    RowFault {
        file: sheet.map(|sheet| sheet.name().to_owned()).unwrap_or_default(),
        line: found.line,
        column: found.column.map(|column| {
            sheet.and_then(|sheet| sheet.header_of(column)).unwrap_or_else(|| column.words())
        }),
        reason: found.reason,
    }
}
