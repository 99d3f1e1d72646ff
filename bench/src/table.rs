//! A table as the page prints it.

use std::fmt::{self, Write as _};

/// Rows under a header, with what has to be said about them.
#[derive(Debug, Default)]
pub(crate) struct Table {
    title: String,
    note: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(title: &str, header: &[&str]) -> Self {
        let header = header.iter().map(|cell| (*cell).to_owned()).collect();
        Self { title: title.to_owned(), header, ..Self::default() }
    }

    /// What a reader has to know, under the table.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {}\n", self.title)?;
        line(f, &self.header)?;
        let rule = self.header.iter().enumerate().map(|(n, _)| if n == 0 { "---" } else { "---:" });
        writeln!(f, "|{}|", rule.collect::<Vec<_>>().join("|"))?;
        self.rows.iter().try_for_each(|row| line(f, row))?;
        if self.note.is_empty() { Ok(()) } else { writeln!(f, "\n{}", self.note) }
    }
}

fn line(f: &mut fmt::Formatter<'_>, cells: &[String]) -> fmt::Result {
    writeln!(f, "| {} |", cells.join(" | "))
}

/// A whole number with its thousands set apart.
pub(crate) fn whole(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        let _ = write!(out, "{digit}");
    }
    out
}

/// `part / whole` in floating point; 0 where there is nothing to divide by.
pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// So many of something for each of `n`, with one decimal.
pub(crate) fn each(total: u64, n: u64) -> String {
    format!("{:.1}", ratio(total as f64, n as f64))
}

/// How many times as much.
pub(crate) fn times(part: f64, whole: f64) -> String {
    format!("{:.2}x", ratio(part, whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(whole(n), text);
        }
    }

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new("T", &["a", "b"]).note("n");
        table.row(vec!["1".into(), "2".into()]);
        assert_eq!(table.to_string(), "### T\n\n| a | b |\n|---|---:|\n| 1 | 2 |\n\nn\n");
    }
}
