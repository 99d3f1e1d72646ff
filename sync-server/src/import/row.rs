//! One row of a register, read by the mapping or refused by a reason. A reason never quotes the row.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use csv::StringRecord;
use doorstep_protocol::id::{Level, trim_code};
use serde::Serialize;

use super::mapping::{Mapping, MappingError};

/// Why a row was not imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names say it; docs/import.md explains each
pub enum Refused {
    NotUtf8,
    WrongColumns,
    NoKey,
    RepeatedKey,
    OpenedMissing,
    OpenedUnreadable,
    OpenedInFuture,
    ClosedUnreadable,
    ClosedBeforeOpened,
    ClosedInFuture,
    NoText,
    TooLong,
    UnknownKind,
    NoPlace,
    UnknownPlace,
}

/// A row, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The register's own number of it.
    pub key: String,
    /// The place and what it lies in, from the higher level to the lower: level, code, name.
    pub place: Vec<(Level, String, String)>,
    /// When it was opened, in s since 1970.
    pub opened_s: u64,
    /// When it was closed.
    pub closed_s: Option<u64>,
    /// What it is about.
    pub text: String,
    /// The office's answer.
    pub answer: Option<String>,
    /// How to reach who asked.
    pub reporter: Option<String>,
    /// Code of list kind.
    pub kind: u16,
}

/// The mapping on the columns of one file.
#[derive(Debug)]
pub struct RowReader<'a> {
    mapping: &'a Mapping,
    columns: BTreeMap<&'a str, usize>,
    count: usize,
}

impl<'a> RowReader<'a> {
    /// Finds the mapping's columns in the file's first line.
    ///
    /// # Errors
    /// [`MappingError::NoColumn`] names the first that is not there.
    pub fn new(mapping: &'a Mapping, header: &StringRecord) -> Result<Self, MappingError> {
        let named: BTreeMap<String, usize> =
            header.iter().enumerate().map(|(i, name)| (trim_code(name).to_owned(), i)).collect();
        let columns = &mapping.columns;
        let wanted = [Some(&columns.key), Some(&columns.opened), columns.closed.as_ref()]
            .into_iter()
            .chain(columns.text.iter().map(Some))
            .chain([columns.answer.as_ref(), columns.reporter.as_ref()])
            .chain([mapping.kind.column.as_ref()])
            .chain(mapping.place.iter().map(|rule| rule.column.as_ref()))
            .flatten();
        let mut found = BTreeMap::new();
        for name in wanted {
            let at = named.get(name).ok_or_else(|| MappingError::NoColumn(name.clone()))?;
            found.insert(name.as_str(), *at);
        }
        Ok(Self { mapping, columns: found, count: header.len() })
    }

    /// Reads a row; `now_s` is the relay's time: nothing was opened later.
    ///
    /// # Errors
    /// The reason for which the row is not imported.
    pub fn read(&self, record: &StringRecord, now_s: u64) -> Result<Row, Refused> {
        if record.len() != self.count {
            return Err(Refused::WrongColumns);
        }
        let columns = &self.mapping.columns;
        let key = self.cell(record, &columns.key).ok_or(Refused::NoKey)?.to_owned();
        let opened = self.cell(record, &columns.opened).ok_or(Refused::OpenedMissing)?;
        let opened_s = self.time(opened).ok_or(Refused::OpenedUnreadable)?;
        if opened_s >= now_s {
            return Err(Refused::OpenedInFuture);
        }
        let closed_s = match self.optional(record, columns.closed.as_ref()) {
            None => None,
            Some(text) => Some(self.time(text).ok_or(Refused::ClosedUnreadable)?),
        };
        if closed_s.is_some_and(|closed_s| closed_s < opened_s) {
            return Err(Refused::ClosedBeforeOpened);
        }
        if closed_s.is_some_and(|closed_s| closed_s >= now_s) {
            return Err(Refused::ClosedInFuture);
        }
        let texts: Vec<&str> =
            columns.text.iter().filter_map(|name| self.cell(record, name)).collect();
        if texts.is_empty() {
            return Err(Refused::NoText);
        }
        Ok(Row {
            key,
            place: self.place(record)?,
            opened_s,
            closed_s,
            text: texts.join(" / "),
            answer: self.optional(record, columns.answer.as_ref()).map(str::to_owned),
            reporter: self.optional(record, columns.reporter.as_ref()).map(str::to_owned),
            kind: self.kind(record)?,
        })
    }

    /// What stands in a column, trimmed; none where it is empty or a placeholder.
    fn cell<'r>(&self, record: &'r StringRecord, name: &str) -> Option<&'r str> {
        let text = trim_code(record.get(*self.columns.get(name)?)?);
        let blank = text.is_empty() || self.mapping.blank.iter().any(|blank| blank == text);
        (!blank).then_some(text)
    }

    fn optional<'r>(&self, record: &'r StringRecord, name: Option<&String>) -> Option<&'r str> {
        self.cell(record, name?)
    }

    fn time(&self, text: &str) -> Option<u64> {
        let local = self.mapping.time_formats.iter().find_map(|format| {
            NaiveDateTime::parse_from_str(text, format).ok().or_else(|| {
                let day = chrono::NaiveDate::parse_from_str(text, format).ok()?;
                day.and_hms_opt(0, 0, 0)
            })
        })?;
        let seconds = local.and_utc().timestamp() - i64::from(self.mapping.time_zone_min) * 60;
        u64::try_from(seconds).ok()
    }

    fn kind(&self, record: &StringRecord) -> Result<u16, Refused> {
        let rule = &self.mapping.kind;
        let found = self.optional(record, rule.column.as_ref());
        let code = found.and_then(|text| rule.codes.get(text).copied());
        code.or(rule.default).ok_or(Refused::UnknownKind)
    }

    fn place(&self, record: &StringRecord) -> Result<Vec<(Level, String, String)>, Refused> {
        let mut path: Vec<(Level, String, String)> = Vec::new();
        for rule in &self.mapping.place {
            let text = self.optional(record, rule.column.as_ref());
            let name = rule.found(text).ok_or(Refused::NoPlace)?;
            let code = match path.last() {
                Some((_, above, _)) => format!("{above}/{name}"),
                None => name.to_owned(),
            };
            path.push((rule.level, code, name.to_owned()));
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        Mapping::parse(
            r#"
            system = "hotline"
            time_zone_min = 480
            time_formats = ["%Y/%m/%d %H:%M:%S", "%Y-%m-%d"]
            blank = ["Please choose"]
            columns = { key = "no", opened = "opened", closed = "closed", text = ["what", "more"] }
            kind = { column = "what", codes = { "leak" = 2 } }
            place = [{ level = "block", column = "more", find = "B[0-9]+", missing = "B0" },
                     { level = "grid", value = "intake" }]
            "#,
        )
        .unwrap()
    }

    fn read(cells: [&str; 5]) -> Result<Row, Refused> {
        let mapping = mapping();
        let header = StringRecord::from(vec!["\u{feff}no", "opened", "closed", "what", "more"]);
        let reader = RowReader::new(&mapping, &header).unwrap();
        reader.read(&StringRecord::from(cells.to_vec()), 2_000_000_000)
    }

    #[test]
    fn a_row_is_read_by_its_mapping() {
        let row = read(["7", "2019/4/25 9:32:09", "2019-05-01", " leak ", "near B12"]).unwrap();
        assert_eq!((row.opened_s, row.kind), (1_556_155_929, 2));
        assert_eq!(row.closed_s, Some(1_556_640_000));
        assert_eq!(row.text, "leak / near B12");
        let codes: Vec<&str> = row.place.iter().map(|(_, code, _)| code.as_str()).collect();
        assert_eq!(codes, ["B12", "B12/intake"]);
    }

    #[test]
    fn each_fault_has_its_reason() {
        for (cells, reason) in [
            (["", "2019-05-01", "", "leak", ""], Refused::NoKey),
            (["7", "", "", "leak", ""], Refused::OpenedMissing),
            (["7", "yesterday", "", "leak", ""], Refused::OpenedUnreadable),
            (["7", "2035-01-01", "", "leak", ""], Refused::OpenedInFuture),
            (["7", "2019-05-01", "soon", "leak", ""], Refused::ClosedUnreadable),
            (["7", "2019-05-01", "2019-04-30", "leak", ""], Refused::ClosedBeforeOpened),
            (["7", "2019-05-01", "2035-01-01", "leak", ""], Refused::ClosedInFuture),
            (["7", "2019-05-01", "", "Please choose", ""], Refused::NoText),
            (["7", "2019-05-01", "", "noise", ""], Refused::UnknownKind),
        ] {
            assert_eq!(read(cells), Err(reason), "{cells:?}");
        }
    }

    #[test]
    fn a_column_that_is_not_there_is_named() {
        let mapping = mapping();
        let header = StringRecord::from(vec!["no", "opened"]);
        let error = RowReader::new(&mapping, &header).unwrap_err();
        assert!(matches!(error, MappingError::NoColumn(name) if name == "closed"));
    }
}
