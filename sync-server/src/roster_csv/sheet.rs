//! One file: its header, its rows, and what is wrong with their form.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::{
    CSV_ROWS_MAX, UnusedColumn,
    fault::{Found, Reason},
    trimmed,
    words::{Column, Kind},
};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A file whose columns are known.
pub(super) struct Sheet {
    kind: Kind,
    name: String,
    header: StringRecord,
    columns: BTreeMap<Column, usize>,
    rows: Vec<Row>,
    bad_cells: Vec<String>,
    readable: bool,
}

/// A row of the right form that says something.
pub(super) struct Row {
    line: u64,
    cells: StringRecord,
}

impl Row {
    pub(super) fn line(&self) -> u64 {
        self.line
    }
}

impl Sheet {
    /// Reads a file; what is wrong with its form goes to `found`.
    pub(super) fn read(kind: Kind, name: &str, bytes: &[u8], found: &mut Vec<Found>) -> Self {
        let mut sheet = Self {
            kind,
            name: name.to_owned(),
            header: StringRecord::new(),
            columns: BTreeMap::new(),
            rows: Vec::new(),
            bad_cells: Vec::new(),
            readable: false,
        };
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let mut records = Records::new(bytes);
        let known = found.len();
        match records.next() {
            None => sheet.fault(found, 1, None, Reason::NoHeader),
            Some(Raw { line, odd_quotes: true, .. }) => {
                sheet.fault(found, line, None, Reason::OddQuotes);
            }
            Some(Raw { line, cells, .. }) => match StringRecord::from_byte_record(cells) {
                Err(_) => sheet.fault(found, line, None, Reason::NotUtf8),
                Ok(header) => sheet.take_header(line, header, found),
            },
        }
        sheet.readable = found.len() == known;
        if sheet.readable {
            sheet.take_rows(records, found);
        }
        sheet
    }

    fn fault(&self, found: &mut Vec<Found>, line: u64, column: Option<Column>, reason: Reason) {
        found.push(Found { kind: self.kind, line, column, reason });
    }

    fn take_header(&mut self, line: u64, header: StringRecord, found: &mut Vec<Found>) {
        for (at, name) in header.iter().enumerate() {
            let name = trimmed(name).to_lowercase();
            let meant =
                self.kind.columns().iter().find(|(c, _)| c.names().contains(&name.as_str()));
            let Some((column, _)) = meant else { continue };
            if self.columns.insert(*column, at).is_some() {
                self.fault(found, line, Some(*column), Reason::RepeatedColumn);
            }
        }
        for (column, must) in self.kind.columns() {
            if *must && !self.columns.contains_key(column) {
                self.fault(found, line, Some(*column), Reason::MissingColumn);
            }
        }
        self.header = header;
    }

    fn take_rows(&mut self, records: Records<'_>, found: &mut Vec<Found>) {
        for (n, raw) in records.enumerate() {
            let line = raw.line;
            if n + 2 > CSV_ROWS_MAX {
                return self.fault(found, line, None, Reason::TooManyRows);
            }
            match self.row(raw) {
                Ok(Some(row)) => self.rows.push(row),
                Ok(None) => {}
                Err((column, reason)) => self.fault(found, line, column, reason),
            }
        }
    }

    /// A row of the right form; none where it says nothing.
    fn row(&mut self, raw: Raw) -> Result<Option<Row>, (Option<Column>, Reason)> {
        let (cells, is_text) = match StringRecord::from_byte_record(raw.cells) {
            Ok(cells) => (cells, true),
            Err(error) => (StringRecord::from_byte_record_lossy(error.into_byte_record()), false),
        };
        if cells.iter().all(|cell| trimmed(cell).is_empty()) && !raw.odd_quotes {
            return Ok(None);
        }
        let broken = |at: usize| cells.get(at).is_some_and(|cell| cell.contains(['\n', '\r']));
        let fault = if !is_text {
            Some((None, Reason::NotUtf8))
        } else if raw.odd_quotes {
            Some((None, Reason::OddQuotes))
        } else if cells.len() != self.header.len() {
            Some((None, Reason::WrongColumns))
        } else {
            let column = self.columns.iter().find(|(_, at)| broken(**at)).map(|(c, _)| *c);
            column.map(|column| (Some(column), Reason::LineBreak))
        };
        match fault {
            None => Ok(Some(Row { line: raw.line, cells })),
            Some(fault) => {
                // What a bad row may have named: nobody is blamed for naming it too.
                self.bad_cells.extend(cells.iter().map(|cell| trimmed(cell).to_owned()));
                Err(fault)
            }
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the rows can be read at all.
    pub(super) fn is_readable(&self) -> bool {
        self.readable
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What stood in rows that are not of the right form.
    pub(super) fn bad_cells(&self) -> impl Iterator<Item = &str> {
        self.bad_cells.iter().map(String::as_str)
    }

    /// A cell of a row, trimmed; nothing where the file has no such column.
    pub(super) fn cell<'a>(&self, row: &'a Row, column: Column) -> &'a str {
        let at = self.columns.get(&column);
        at.and_then(|at| row.cells.get(*at)).map(trimmed).unwrap_or_default()
    }

    /// What the file calls a column.
    pub(super) fn header_of(&self, column: Column) -> Option<String> {
        self.header.get(*self.columns.get(&column)?).map(|name| trimmed(name).to_owned())
    }

    pub(super) fn unused(&self) -> impl Iterator<Item = UnusedColumn> + '_ {
        let used = |at: &usize| self.columns.values().any(|known| known == at);
        self.header
            .iter()
            .enumerate()
            .filter(move |(at, name)| !used(at) && !trimmed(name).is_empty())
            .map(|(_, name)| UnusedColumn {
                file: self.name.clone(),
                column: trimmed(name).to_owned(),
            })
    }
}

/// A record as it stands in the file.
struct Raw {
    line: u64,
    cells: ByteRecord,
    /// Its quotation marks do not pair.
    odd_quotes: bool,
}

/// The records of a file with their lines: the reader's own count takes empty lines for the beginning of
/// the record that follows.
struct Records<'a> {
    bytes: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    line: u64,
    at: usize,
}

impl<'a> Records<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        Self { bytes, reader, line: 1, at: 0 }
    }
}

impl Iterator for Records<'_> {
    type Item = Raw;

    fn next(&mut self) -> Option<Raw> {
        let mut cells = ByteRecord::new();
        if !self.reader.read_byte_record(&mut cells).unwrap_or_default() {
            return None;
        }
        let end = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let text = self.bytes.get(self.at..end).unwrap_or_default();
        let count = |text: &[u8], byte: u8| text.iter().filter(|b| **b == byte).count();
        let begins = text.iter().position(|b| !matches!(b, b'\n' | b'\r')).unwrap_or(text.len());
        let before = count(text.get(..begins).unwrap_or_default(), b'\n') as u64;
        let line = self.line + before;
        self.line += count(text, b'\n') as u64;
        self.at = end;
        Some(Raw { line, cells, odd_quotes: count(text, b'"') % 2 == 1 })
    }
}
