//! What a row becomes: the acts of a new grievance, or those that say what changed since the last export.
//!
//! Nothing that stands is overwritten. The register's present word on a field is the newest of the import's
//! own acts on it: the Discover, the Resolve, and after them notes of the form `register/field: ..`.

use doorstep_domain::event::{
    Discover, Event, FeedBack, Note, Ref, Reporter, Resolve, Source, Text,
};
use doorstep_domain::table::TEXT_BYTES_MAX;
use doorstep_protocol::id::ActId;

use super::{mapping::Closed, row::Row};

/// One act to be written: when it happened and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewAct {
    pub(super) happened_s: Option<u64>,
    pub(super) events: Vec<Event>,
}

/// An act of the import that stands in the log.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) happened_s: Option<u64>,
    pub(super) events: Vec<Event>,
}

/// The acts of a row that is not there yet. `act` gives the id of the row's n-th act.
pub(super) fn first_acts(
    row: &Row,
    system: &str,
    closed: Closed,
    act: &dyn Fn(u16) -> ActId,
) -> Vec<NewAct> {
    let mut texts = pieces(&row.text).into_iter();
    let discover = Discover {
        what: texts.next().unwrap_or_else(|| Text(row.text.clone())),
        spot: None,
        reporter: match &row.reporter {
            None => Reporter::Anonymous,
            Some(contact) => Reporter::Contact(Text(cut(contact).to_owned())),
        },
        kind: row.kind,
        grade: None,
        visit: None,
        source: Some(Source { system: Text(system.to_owned()), key: Text(row.key.clone()) }),
    };
    let mut events = vec![Event::Discover(discover)];
    events.extend(texts.map(note));
    let mut acts = vec![NewAct { happened_s: Some(row.opened_s), events }];
    acts.extend(closing(row, closed, act(1)));
    acts
}

/// The resolution, and that the resident was told, where the register says so.
fn closing(row: &Row, closed: Closed, act: ActId) -> Option<NewAct> {
    let closed_s = row.closed_s?;
    let resolve = Resolve {
        answers: Vec::new(),
        how: closed.how,
        helpers: Vec::new(),
        item: None,
        with: None,
        text: None,
    };
    let mut events = vec![Event::Resolve(resolve)];
    let mut answer = row.answer.as_deref().map(pieces).unwrap_or_default().into_iter();
    if let Some(channel) = closed.told {
        events.push(Event::FeedBack(FeedBack {
            resolution: Ref { act, n: 0, member: None },
            channel,
            text: answer.next(),
        }));
    }
    events.extend(answer.map(note));
    Some(NewAct { happened_s: Some(closed_s), events })
}

/// What the register says now that the import's acts do not say yet; none = already there. `stands_at` is
/// the code of the place in whose log the grievance is: a document never moves, so a row that names
/// another place since is noted.
pub(super) fn changes(
    row: &Row,
    standing: &[Standing],
    stands_at: &str,
    closed: Closed,
    next: ActId,
) -> Option<NewAct> {
    let mut events = Vec::new();
    let mut happened_s = None;
    let place = present(standing, "place").unwrap_or_else(|| stands_at.to_owned());
    if let Some((_, now, _)) = row.place.last().filter(|(_, now, _)| *now != place) {
        events.extend(said("place", now));
    }
    for (field, now) in [
        ("text", row.text.clone()),
        ("kind", row.kind.to_string()),
        ("opened", row.opened_s.to_string()),
        ("reporter", row.reporter.clone().unwrap_or_default()),
    ] {
        if present(standing, field).is_some_and(|was| was != now) {
            events.extend(said(field, &now));
        }
    }
    let is_closed = standing
        .iter()
        .any(|act| act.events.iter().any(|event| matches!(event, Event::Resolve(_))));
    if is_closed {
        for (field, now) in [
            ("closed", row.closed_s.map(|s| s.to_string()).unwrap_or_default()),
            ("answer", row.answer.clone().unwrap_or_default()),
        ] {
            if present(standing, field).is_some_and(|was| was != now) {
                events.extend(said(field, &now));
            }
        }
    } else if let Some(act) = closing(row, closed, next) {
        happened_s = act.happened_s;
        // The resolution comes first: the resident was told of event 0 of this act.
        events = act.events.into_iter().chain(events).collect();
    }
    (!events.is_empty()).then_some(NewAct { happened_s, events })
}

/// The import's present word on a field.
fn present(standing: &[Standing], field: &str) -> Option<String> {
    let mut word = initial(standing, field);
    for act in standing {
        let mut said: Option<String> = None;
        for event in &act.events {
            let Event::Note(Note { text }) = event else { continue };
            let Some((name, rest)) = text.strip_prefix(PREFIX).and_then(|t| t.split_once(": "))
            else {
                continue;
            };
            if name == field {
                said.get_or_insert_default().push_str(rest);
            }
        }
        word = said.or(word);
    }
    word
}

const PREFIX: &str = "register/";

/// What the first acts said of a field. Of the place they say nothing: the log says it.
fn initial(standing: &[Standing], field: &str) -> Option<String> {
    let found =
        |wanted: fn(&Event) -> bool| standing.iter().find(|act| act.events.iter().any(wanted));
    let discovered = found(|event| matches!(event, Event::Discover(_)))?;
    let discover = discovered.events.iter().find_map(|event| match event {
        Event::Discover(discover) => Some(discover),
        _ => None,
    })?;
    let resolved = found(|event| matches!(event, Event::Resolve(_)));
    match field {
        "text" => Some(joined(Some(&discover.what), &discovered.events)),
        "kind" => Some(discover.kind.to_string()),
        "opened" => Some(discovered.happened_s?.to_string()),
        "reporter" => Some(match &discover.reporter {
            Reporter::Contact(contact) => contact.to_string(),
            _ => String::new(),
        }),
        "closed" => Some(resolved?.happened_s?.to_string()),
        "answer" => {
            let told = resolved?.events.iter().find_map(|event| match event {
                Event::FeedBack(told) => told.text.as_ref(),
                _ => None,
            });
            Some(joined(told, &resolved?.events))
        }
        _ => None,
    }
}

/// A text that was cut into pieces, whole again: its first piece and the plain notes after it.
fn joined(first: Option<&Text>, events: &[Event]) -> String {
    let mut whole = first.map(|text| text.to_string()).unwrap_or_default();
    for event in events {
        if let Event::Note(Note { text }) = event
            && !text.starts_with(PREFIX)
        {
            whole.push_str(text);
        }
    }
    whole
}

/// Notes that say a field's present value, in as many pieces as it needs.
fn said(field: &str, now: &str) -> Vec<Event> {
    let head = format!("{PREFIX}{field}: ");
    let room = TEXT_BYTES_MAX - head.len();
    let mut rest = now;
    let mut notes = Vec::new();
    loop {
        let piece = &rest[..boundary(rest, room)];
        notes.push(note(Text(format!("{head}{piece}"))));
        rest = &rest[piece.len()..];
        if rest.is_empty() {
            return notes;
        }
    }
}

fn note(text: Text) -> Event {
    Event::Note(Note { text })
}

/// The largest length up to `max` at which a text may be cut.
fn boundary(text: &str, max: usize) -> usize {
    let mut at = max.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn cut(text: &str) -> &str {
    &text[..boundary(text, TEXT_BYTES_MAX)]
}

/// A text in pieces that an event can hold.
fn pieces(text: &str) -> Vec<Text> {
    let mut rest = text;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let piece = cut(rest);
        pieces.push(Text(piece.to_owned()));
        rest = &rest[piece.len()..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use doorstep_domain::table::{Channel, How};
    use doorstep_protocol::id::Level;

    use super::*;

    fn row() -> Row {
        Row {
            key: "7".to_owned(),
            place: vec![(Level::Block, "B1".to_owned(), "B1".to_owned())],
            opened_s: 100,
            closed_s: None,
            text: "漏水".repeat(3_000),
            answer: None,
            reporter: None,
            kind: 7,
        }
    }

    const CLOSED: Closed = Closed { how: How::Explained, told: Some(Channel::Message) };

    fn stands(acts: Vec<NewAct>) -> Vec<Standing> {
        acts.into_iter()
            .map(|act| Standing { happened_s: act.happened_s, events: act.events })
            .collect()
    }

    fn again(row: &Row, standing: &[Standing]) -> Option<NewAct> {
        changes(row, standing, "B1", CLOSED, ActId([9; 8]))
    }

    #[test]
    fn a_row_imported_twice_changes_nothing() {
        let mut row = row();
        let first = |row: &Row| stands(first_acts(row, "s", CLOSED, &|_| ActId([1; 8])));
        assert_eq!(again(&row, &first(&row)), None);
        row.closed_s = Some(200);
        row.answer = Some("已处理".repeat(4_000));
        assert_eq!(again(&row, &first(&row)), None);
    }

    #[test]
    fn what_changed_is_added_once() {
        let mut row = row();
        let mut standing = stands(first_acts(&row, "s", CLOSED, &|_| ActId([1; 8])));
        row.text = "别的".repeat(9_000);
        row.closed_s = Some(300);
        let added = again(&row, &standing).unwrap();
        assert!(matches!(added.events.first(), Some(Event::Resolve(_))));
        assert_eq!(added.happened_s, Some(300));
        standing.extend(stands(vec![added]));
        assert_eq!(again(&row, &standing), None);
        // The register takes the closing back: said in a note, the resolution stands.
        row.closed_s = None;
        let added = again(&row, &standing).unwrap();
        assert!(matches!(added.events.as_slice(), [Event::Note(_)]));
        standing.extend(stands(vec![added]));
        assert_eq!(again(&row, &standing), None);
    }
}
