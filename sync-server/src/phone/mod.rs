//! `doorstep phone`: the engine that the apps embed, driven by lines of JSON. The contract is
//! `docs/phone-cli.md`.

mod answer;
mod command;
mod surroundings;

use std::{
    io::{BufRead as _, Write as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use doorstep_core::{
    Budget, ChangeListener, Changes, Engine, Filter, Page, Settings, SyncError, Written,
};
use doorstep_protocol::{
    id::{DocumentId, DocumentKind},
    invitation::Invitation,
};
use serde::Serialize;
use serde_json::{Value, json};

use answer::Fault;
use command::{Command, LINE_BYTES_MAX, SettleItem, TakeResolutionOver, WorkOnGroup, read};

/// The largest bundle that is read, in bytes.
const BUNDLE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Why the phone as a whole stopped; the last answer says more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// Its store does not open: in use, of a newer version, damaged, or the disk failed.
    #[error("the phone's store does not open: {0}")]
    NotOpened(String),
    /// A line over the bound: where the next one begins is not known.
    #[error("a line has at most 256 KiB")]
    LineTooLong,
    /// Standard input cannot be read.
    #[error("standard input cannot be read")]
    NoInput,
}

/// `doorstep phone`.
#[derive(Debug, clap::Args)]
pub struct PhoneArgs {
    /// Where the store and the device's key are kept; made where it is not there.
    #[arg(long)]
    pub data: PathBuf,
    /// For simulations: the time is the number of ms since 1970 in this file, read at every use.
    #[arg(long)]
    pub clock_file: Option<PathBuf>,
    /// For simulations: 64 hexadecimal digits from which the key and the first random numbers are made.
    #[arg(long)]
    pub key_seed: Option<String>,
}

/// Runs the phone until `quit` or the end of input.
///
/// # Errors
/// What stops it as a whole: a store that does not open, a line that is too long, input that cannot be
/// read. All else is an answer.
pub fn run(args: &PhoneArgs) -> Result<(), PhoneError> {
    let phone = Phone::open(args).map_err(|fault| {
        say(&fault.to_value());
        PhoneError::NotOpened(fault.detail().to_owned())
    })?;
    let _subscription = phone.engine.subscribe(Arc::new(Events));
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut bounded = std::io::Read::take(&mut input, LINE_BYTES_MAX as u64 + 1);
        match bounded.read_until(b'\n', &mut line) {
            Ok(0) => return Ok(()),
            Ok(_) if line.len() > LINE_BYTES_MAX => {
                say(&Fault::bad_command("a line has at most 256 KiB").to_value());
                return Err(PhoneError::LineTooLong);
            }
            Ok(_) => {}
            Err(_) => return Err(PhoneError::NoInput),
        }
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        let (id, command) = read(&text);
        let quit = matches!(command, Ok(Command::Quit));
        let mut answer = match command.and_then(|command| phone.answer(command)) {
            Ok(value) => json!({ "ok": value }),
            Err(fault) => fault.to_value(),
        };
        if let (Some(id), Some(fields)) = (id, answer.as_object_mut()) {
            fields.insert("id".to_owned(), id);
        }
        say(&answer);
        if quit {
            return Ok(());
        }
    }
}

/// One line out, whole and at once: events come from other threads.
fn say(value: &Value) {
    let mut line = value.to_string();
    line.push('\n');
    let mut out = std::io::stdout().lock();
    // Whoever drove this phone is gone: there is nobody left to tell.
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
}

struct Events;

impl ChangeListener for Events {
    fn changed(&self, changes: &Changes) {
        let documents: Vec<&DocumentId> =
            changes.saved.iter().chain(&changes.arrived).chain(&changes.answered).collect();
        if !documents.is_empty() {
            say(&json!({ "event": { "changed": documents } }));
        }
        if changes.status || changes.roster {
            say(&json!({ "event": { "status": changes.status, "roster": changes.roster } }));
        }
    }
}

struct Phone {
    engine: Engine,
    runtime: tokio::runtime::Runtime,
}

impl Phone {
    fn open(args: &PhoneArgs) -> Result<Self, Fault> {
        let (keys, surroundings) = surroundings::of(args)?;
        let engine = Engine::open(Settings::in_folder(&args.data), keys, surroundings)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Fault::file(&error))?;
        Ok(Self { engine, runtime })
    }

    fn answer(&self, command: Command) -> Result<Value, Fault> {
        let engine = &self.engine;
        match command {
            Command::Enrol { invitation, budget_ms } => self.enrol(&invitation, budget_ms),
            Command::FoundHousehold(new, options) => to(engine.found_household(new, options)?),
            Command::Visit { visit, found, options } => {
                visited(&engine.record_visit_with(visit, found, options)?)
            }
            Command::Day => to(engine.my_day()?),
            Command::Grievance(new, options) => to(engine.file_grievance(new, options)?),
            Command::Meeting(new, options) => to(engine.hold_meeting(new, options)?),
            Command::Act { view, events, options } => to(engine.act(&view, events, options)?),
            Command::Group { doc } => self.group(doc),
            Command::WorkOnGroup(WorkOnGroup { view, others, event }, options) => {
                to(engine.work_on_group(&view, &others, event, options)?)
            }
            Command::TakeResolutionOver(taken, options) => {
                let TakeResolutionOver { view, of, resolution, text } = taken;
                to(engine.take_resolution_over(&view, of, resolution, text, options)?)
            }
            Command::Item { meeting, item } => {
                engine.item(meeting, item)?.map_or_else(|| Err(Fault::not_found()), to)
            }
            Command::SettleItem(settled, options) => {
                let SettleItem { view, item, outcome, grievances, text } = settled;
                to(engine.settle_item(&view, item, outcome, &grievances, text, options)?)
            }
            Command::List { kind, filter, page } => self.list(kind, &filter, &page),
            Command::Show { doc } => self.show(doc),
            Command::Places => {
                let held = engine.places().into_iter().filter(|place| place.held);
                to(held.collect::<Vec<_>>())
            }
            Command::Status => to(engine.sync_status()?),
            Command::Explain { limit } => {
                let mut all = engine.explain()?;
                all.truncate(limit);
                to(all)
            }
            Command::Sync { budget_ms, budget_bytes } => {
                let time = Duration::from_millis(budget_ms);
                self.sync(Budget { time, bytes: budget_bytes })
            }
            Command::ExportBundle { file } => {
                let bundle = engine.export_bundle().map_err(Fault::bundle)?;
                std::fs::write(&file, &bundle).map_err(|error| Fault::file(&error))?;
                Ok(json!({ "bytes": bundle.len() }))
            }
            Command::TakeBundle { file } => self.take_bundle(&file),
            Command::Dump { after, limit } => self.dump(after, limit),
            Command::Quit => Ok(json!({ "bye": true })),
        }
    }

    fn enrol(&self, invitation: &str, budget_ms: u64) -> Result<Value, Fault> {
        let invitation: Invitation = invitation
            .trim()
            .parse()
            .map_err(|_| Fault::bad_command("`invitation` is not an invitation"))?;
        self.engine.accept_invitation(&invitation)?;
        let budget = Budget { time: Duration::from_millis(budget_ms), bytes: u64::MAX };
        match self.runtime.block_on(self.engine.sync(budget)) {
            Ok(_) => Ok(json!({ "enrolled": true, "member": self.engine.member() })),
            Err(SyncError::WaitingForConfirmation { digits }) => {
                Ok(json!({ "enrolled": false, "digits": format!("{digits:06}") }))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn sync(&self, budget: Budget) -> Result<Value, Fault> {
        let report = self.runtime.block_on(self.engine.sync(budget))?;
        Ok(json!({
            "complete": report.left.is_none(),
            "left": report.left,
            "meetings": report.meetings,
            "delivered": report.delivered,
            "refused": report.refused,
            "received": report.taken.len(),
            "unsent": report.unsent,
            "bytes_up": report.bytes_up,
            "bytes_down": report.bytes_down,
            "retry_after_ms": report.retry_after_ms,
        }))
    }

    fn list(&self, kind: DocumentKind, filter: &Filter, page: &Page) -> Result<Value, Fault> {
        let engine = &self.engine;
        match kind {
            DocumentKind::Household => {
                lines(engine.households(filter, page)?, page, |l| &l.position)
            }
            DocumentKind::Visit => lines(engine.visits(filter, page)?, page, |l| &l.position),
            DocumentKind::Grievance => {
                lines(engine.grievances(filter, page)?, page, |l| &l.position)
            }
            DocumentKind::Meeting => lines(engine.meetings(filter, page)?, page, |l| &l.position),
        }
    }

    fn show(&self, doc: DocumentId) -> Result<Value, Fault> {
        let engine = &self.engine;
        if let Some(record) = engine.grievance(doc)? {
            return to(record);
        }
        if let Some(record) = engine.visit(doc)? {
            return to(record);
        }
        if let Some(record) = engine.household(doc)? {
            return to(record);
        }
        engine.meeting(doc)?.map_or_else(|| Err(Fault::not_found()), to)
    }

    /// Null for a grievance that stands alone.
    fn group(&self, doc: DocumentId) -> Result<Value, Fault> {
        let group = self.engine.group(doc)?;
        if group.is_none() && self.engine.grievance(doc)?.is_none() {
            return Err(Fault::not_found());
        }
        to(group)
    }

    fn take_bundle(&self, file: &std::path::Path) -> Result<Value, Fault> {
        let size = std::fs::metadata(file).map_err(|error| Fault::file(&error))?.len();
        if size > BUNDLE_BYTES_MAX {
            return Err(Fault::bundle("the bundle is too large"));
        }
        let bytes = std::fs::read(file).map_err(|error| Fault::file(&error))?;
        let report = self.engine.take_bundle(&bytes).map_err(Fault::bundle)?;
        let refused: Vec<Value> = report
            .refused
            .iter()
            .map(|(seal, reason)| json!({ "seal": seal, "reason": reason }))
            .collect();
        Ok(json!({ "taken": report.taken, "known": report.known, "refused": refused }))
    }

    fn dump(&self, after: Option<DocumentId>, limit: usize) -> Result<Value, Fault> {
        let (acts, after) = self.engine.acts(after, limit)?;
        Ok(json!({ "acts": acts, "after": after }))
    }
}

fn to(value: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|_| Fault::bad_command("the answer cannot be written"))
}

fn lines<T: Serialize>(
    lines: Vec<T>,
    page: &Page,
    position: impl Fn(&T) -> &doorstep_core::Position,
) -> Result<Value, Fault> {
    let limit = if page.limit == 0 { doorstep_core::LINES_MAX } else { page.limit };
    let full = lines.len() >= limit.min(doorstep_core::LINES_MAX) as usize;
    let after = lines.last().filter(|_| full).map(|line| position(line).to_string());
    Ok(json!({ "lines": to(lines)?, "after": after }))
}

/// What a visit made: the visit, and what was found on it in the order in which it was given.
fn visited(written: &[Written]) -> Result<Value, Fault> {
    let Some((visit, found)) = written.split_first() else { return Err(Fault::not_found()) };
    let docs: Vec<DocumentId> = found.iter().map(|written| written.doc).collect();
    let Written { doc, act, repeated } = visit;
    to(json!({ "doc": doc, "act": act, "repeated": repeated, "grievances": docs }))
}
