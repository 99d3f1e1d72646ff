//! The words that the search looks in, folded the same way where they are kept and where they are
//! looked for; and what belongs to the story of a household.

use doorstep_domain::{event::Event, fold::story::Entry, words::free_texts};
use doorstep_protocol::{
    id::{DocumentId, DocumentKind},
    store::StoreError,
};
use rusqlite::{Connection, params, params_from_iter, types::Value};

use super::{At as _, Row, table::blob};

/// Words kept of one document, in bytes: its facts first, then what was written last.
pub(super) const WORDS_BYTES_MAX: usize = 64 * 1024;

/// Small letters, and the wide forms that a Chinese keyboard gives of letters, digits and signs as the
/// plain ones. Letter by letter, so that a part of a word is folded as it is within the word.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        // SQL would take it for the end of the text.
        '\0' => char::REPLACEMENT_CHARACTER,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// What is kept of a document's words: folded, and no longer than the bound.
pub(super) fn kept(words: &str) -> String {
    let mut words = folded(words);
    let mut end = words.len().min(WORDS_BYTES_MAX);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    words.truncate(end);
    words
}

/// The digits of a telephone number alone, where it has other signs too: people type it without them.
pub(super) fn digits(number: &str) -> Option<String> {
    let number = folded(number);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (digits.len() != number.len()).then_some(digits)
}

/// What people wrote about it in the course of its story, newest first; what was struck is left out.
pub(super) fn told(story: &[Entry]) -> impl Iterator<Item = &str> {
    let struck = |entry: &&Entry| entry.corrected_by.is_some() && entry.was.is_none();
    let told = story.iter().rev().filter(move |entry| !struck(entry));
    told.filter_map(|entry| entry.event.as_ref()).flat_map(texts)
}

/// What a person wrote with an event, but for what a document's own facts say: those are kept as they
/// stand now.
fn texts(event: &Event) -> Vec<&str> {
    match event {
        Event::Discover(_)
        | Event::Found(_)
        | Event::SetField(_)
        | Event::Person(_)
        | Event::Held(_)
        | Event::Attendance(_)
        | Event::Item(_)
        | Event::Correct(_) => Vec::new(),
        event => free_texts(event),
    }
}

/// The visits and grievances of these households, what was written in last first; only those shown.
pub(crate) fn of_households(
    connection: &Connection,
    households: &[DocumentId],
) -> Result<Vec<DocumentId>, StoreError> {
    let marks = vec!["?"; households.len()].join(", ");
    let sql = format!(
        "SELECT doc FROM line WHERE household IN ({marks}) AND kind IN (?, ?) \
         AND place IN (SELECT place FROM shown) ORDER BY updated DESC, doc"
    );
    let mut values: Vec<Value> = households.iter().map(|household| blob(&household.0)).collect();
    let kinds = [DocumentKind::Visit, DocumentKind::Grievance];
    values.extend(kinds.map(|kind| Value::from(i64::from(kind.number()))));
    let mut statement = connection.prepare_cached(&sql).at("projection: of households")?;
    let rows = statement.query_map(params_from_iter(values), |row| row.get(0).map(DocumentId));
    rows.and_then(Iterator::collect).at("projection: of households")
}

/// Notes which others a household says it is the same as.
pub(super) fn set_same(connection: &Connection, row: &Row) -> Result<(), StoreError> {
    if row.kind != DocumentKind::Household {
        return Ok(());
    }
    forget_same(connection, row.doc)?;
    let mut statement = connection
        .prepare_cached("INSERT INTO same_household (doc, other) VALUES (?1, ?2)")
        .at("projection: same")?;
    for other in &row.same_as {
        statement.execute([row.doc.0, other.0]).at("projection: same")?;
    }
    Ok(())
}

/// A household says of no other that it is the same.
pub(super) fn forget_same(connection: &Connection, doc: DocumentId) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM same_household WHERE doc = ?1")
        .and_then(|mut statement| statement.execute([doc.0]))
        .at("projection: same")?;
    Ok(())
}

/// The first `limit` households that say they are the same as this one.
pub(crate) fn said_same(
    connection: &Connection,
    doc: DocumentId,
    limit: usize,
) -> Result<Vec<DocumentId>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection
        .prepare_cached("SELECT doc FROM same_household WHERE other = ?1 ORDER BY doc LIMIT ?2")
        .at("projection: same")?;
    let rows = statement.query_map(params![doc.0, limit], |row| row.get(0).map(DocumentId));
    rows.and_then(Iterator::collect).at("projection: same")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_forms_and_capitals_are_the_plain_ones() {
        assert_eq!(folded("ＡＢＣ１２３　（Q）"), "abc123 (q)");
        assert_eq!(folded("ÄÖ Σας ΣΑΣ"), "äö σας σασ");
        assert_eq!(folded("漏水，李四"), "漏水,李四");
    }

    #[test]
    fn words_are_cut_at_their_bound_and_never_within_a_letter() {
        let long = "水".repeat(WORDS_BYTES_MAX);
        let kept = kept(&long);
        assert!(kept.len() <= WORDS_BYTES_MAX && kept.len() > WORDS_BYTES_MAX - 3);
        assert!(long.starts_with(&kept));
    }

    #[test]
    fn a_number_is_found_by_its_digits() {
        assert_eq!(digits("138-0000 1234").as_deref(), Some("13800001234"));
        assert_eq!(digits("＋８６ 138").as_deref(), Some("86138"));
        assert_eq!(digits("13800001234"), None);
    }
}
