//! The commands: one JSON object a line. Source: `docs/phone-cli.md`.

use std::path::PathBuf;

use doorstep_core::{
    ActOptions, Filter, NewGrievance, NewHousehold, NewMeeting, NewVisit, Page, Position, View,
};
use doorstep_domain::{
    event::{Event, Text},
    fold::grievance::Stage,
    input::EventId,
    table::MeetingOutcome,
};
use doorstep_protocol::id::{DocumentId, DocumentKind, ItemId, PlaceId};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::answer::Fault;

/// The longest line, in bytes.
pub(super) const LINE_BYTES_MAX: usize = 256 * 1024;

/// A command, read.
#[derive(Debug)]
pub(super) enum Command {
    Enrol { invitation: String, budget_ms: u64 },
    FoundHousehold(NewHousehold, ActOptions),
    Visit { visit: NewVisit, found: Vec<NewGrievance>, options: ActOptions },
    Grievance(NewGrievance, ActOptions),
    Meeting(NewMeeting, ActOptions),
    Act { view: View, events: Vec<Event>, options: ActOptions },
    Group { doc: DocumentId },
    WorkOnGroup(WorkOnGroup, ActOptions),
    TakeResolutionOver(TakeResolutionOver, ActOptions),
    Item { meeting: DocumentId, item: ItemId },
    SettleItem(SettleItem, ActOptions),
    List { kind: DocumentKind, filter: Filter, page: Page },
    Show { doc: DocumentId },
    Day,
    Places,
    Status,
    Explain { limit: usize },
    Sync { budget_ms: u64, budget_bytes: u64 },
    ExportBundle { file: PathBuf },
    TakeBundle { file: PathBuf },
    Dump { after: Option<DocumentId>, limit: usize },
    Quit,
}

/// How long a sync takes at most where the command does not say, in ms.
const BUDGET_MS: u64 = 10_000;
/// Documents of one `dump`, and lines of one `explain`, where the command does not say.
const LIMIT: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrol {
    invitation: String,
    #[serde(default)]
    budget_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    view: View,
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkOnGroup {
    pub(super) view: View,
    #[serde(default)]
    pub(super) others: Vec<View>,
    pub(super) event: Event,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeResolutionOver {
    pub(super) view: View,
    pub(super) of: DocumentId,
    pub(super) resolution: EventId,
    pub(super) text: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    meeting: DocumentId,
    item: ItemId,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettleItem {
    pub(super) view: View,
    pub(super) item: ItemId,
    pub(super) outcome: MeetingOutcome,
    #[serde(default)]
    pub(super) grievances: Vec<View>,
    pub(super) text: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    kind: DocumentKind,
    place: Option<PlaceId>,
    stage: Option<Stage>,
    text: Option<String>,
    #[serde(default)]
    undelivered: bool,
    #[serde(default)]
    faces: bool,
    after: Option<Position>,
    #[serde(default)]
    limit: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Show {
    doc: DocumentId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sync {
    budget_ms: Option<u64>,
    budget_bytes: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limited {
    after: Option<DocumentId>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Reads a line: the command, and the `id` that its answer carries.
pub(super) fn read(line: &str) -> (Option<Value>, Result<Command, Fault>) {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(line) else {
        return (None, Err(Fault::bad_command("the line is not a JSON object")));
    };
    let id = fields.remove("id");
    (id, command(fields))
}

fn command(mut fields: Map<String, Value>) -> Result<Command, Fault> {
    let Some(Value::String(name)) = fields.remove("cmd") else {
        return Err(Fault::bad_command("`cmd` is missing"));
    };
    Ok(match name.as_str() {
        "enrol" => {
            let Enrol { invitation, budget_ms } = fit(fields)?;
            Command::Enrol { invitation, budget_ms: budget_ms.unwrap_or(BUDGET_MS) }
        }
        "found_household" => write(fields, Command::FoundHousehold)?,
        "visit" => {
            let found = fields.remove("found").map_or(Ok(Vec::new()), fit_value)?;
            write(fields, |visit, options| Command::Visit { visit, found, options })?
        }
        "grievance" => write(fields, Command::Grievance)?,
        "meeting" => write(fields, Command::Meeting)?,
        "act" => {
            write(fields, |Act { view, events }, options| Command::Act { view, events, options })?
        }
        "group" => {
            let Show { doc } = fit(fields)?;
            Command::Group { doc }
        }
        "work_on_group" => write(fields, Command::WorkOnGroup)?,
        "take_resolution_over" => write(fields, Command::TakeResolutionOver)?,
        "item" => {
            let Item { meeting, item } = fit(fields)?;
            Command::Item { meeting, item }
        }
        "settle_item" => write(fields, Command::SettleItem)?,
        "list" => {
            let List { kind, place, stage, text, undelivered, faces, after, limit } = fit(fields)?;
            let filter = Filter { place, stage, text, undelivered, faces, ..Filter::default() };
            Command::List { kind, filter, page: Page { after, limit } }
        }
        "show" => {
            let Show { doc } = fit(fields)?;
            Command::Show { doc }
        }
        "day" => nothing(fields, Command::Day)?,
        "places" => nothing(fields, Command::Places)?,
        "status" => nothing(fields, Command::Status)?,
        "explain" => {
            let Limited { limit, .. } = fit(fields)?;
            Command::Explain { limit: limit.unwrap_or(LIMIT) }
        }
        "sync" => {
            let Sync { budget_ms, budget_bytes } = fit(fields)?;
            Command::Sync {
                budget_ms: budget_ms.unwrap_or(BUDGET_MS),
                budget_bytes: budget_bytes.unwrap_or(u64::MAX),
            }
        }
        "export_bundle" => {
            let InFile { file } = fit(fields)?;
            Command::ExportBundle { file }
        }
        "take_bundle" => {
            let InFile { file } = fit(fields)?;
            Command::TakeBundle { file }
        }
        "dump" => {
            let Limited { after, limit } = fit(fields)?;
            Command::Dump { after, limit: limit.unwrap_or(LIMIT).clamp(1, 1_000) }
        }
        "quit" => nothing(fields, Command::Quit)?,
        _ => return Err(Fault::bad_command("no such command")),
    })
}

fn fit<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Fault> {
    fit_value(Value::Object(fields))
}

fn fit_value<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    // What serde says of a field may quote its value: only its place in the format is told.
    serde_json::from_value(value)
        .map_err(|_| Fault::bad_command("a field is missing, unknown or of the wrong kind"))
}

fn nothing(fields: Map<String, Value>, command: Command) -> Result<Command, Fault> {
    let Nothing {} = fit(fields)?;
    Ok(command)
}

/// A write: its own fields, and those that every write may carry.
fn write<T: DeserializeOwned>(
    mut fields: Map<String, Value>,
    command: impl FnOnce(T, ActOptions) -> Command,
) -> Result<Command, Fault> {
    let mut options = Map::new();
    for name in ["act", "happened_s"] {
        if let Some(value) = fields.remove(name) {
            options.insert(name.to_owned(), value);
        }
    }
    let options: ActOptions = fit(options)?;
    Ok(command(fit(fields)?, options))
}

/// The act id that a write carries, if it does: for a caller that repeats it.
#[cfg(test)]
fn act_of(command: &Command) -> Option<doorstep_protocol::id::ActId> {
    match command {
        Command::FoundHousehold(_, options)
        | Command::Visit { options, .. }
        | Command::Grievance(_, options)
        | Command::Meeting(_, options)
        | Command::WorkOnGroup(_, options)
        | Command::TakeResolutionOver(_, options)
        | Command::SettleItem(_, options)
        | Command::Act { options, .. } => options.act,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_carries_its_act_id_and_an_answer_its_id() {
        let line = r#"{"cmd":"found_household","id":7,"place":"0011223344556677","unit":"3-201",
                       "act":"00112233445566aa"}"#;
        let (id, command) = read(line);
        assert_eq!(id, Some(Value::from(7)));
        assert_eq!(act_of(&command.unwrap()), "00112233445566aa".parse().ok());
    }

    #[test]
    fn what_is_no_command_is_said_so_without_quoting_it() {
        for line in [
            "",
            "[]",
            "{}",
            r#"{"cmd":"dance"}"#,
            r#"{"cmd":"status","secret word":1}"#,
            r#"{"cmd":"show","doc":"secret word"}"#,
            r#"{"cmd":"visit","household":"secret word"}"#,
            r#"{"cmd":"work_on_group","view":"secret word","event":{"type":"accept"}}"#,
            r#"{"cmd":"settle_item","outcome":"secret word"}"#,
        ] {
            let (_, command) = read(line);
            let fault = command.unwrap_err();
            assert!(!format!("{fault:?}").contains("secret"), "{line}");
        }
    }
}
