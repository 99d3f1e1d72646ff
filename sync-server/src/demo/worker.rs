//! One phone's driver: tells it what to write, notes what it answers, kills it and starts it again.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use doorstep_protocol::id::{ActId, DocumentId, MemberId};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::{
    child::{Answer, ChildError, Fault, Phone, PhoneSpec},
    deed::{Deed, Handle, Write},
    ledger::{Ledger, Saved},
    plan::{DocumentPlan, WriteKill},
};

/// How long a write or a question may take.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// How much longer than its budget a sync may take.
const SYNC_SLACK: Duration = Duration::from_secs(15);
/// The kind of fault that means "no signal".
const UNREACHABLE: &str = "unreachable";

/// The day cannot go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(super) enum DayError {
    /// A process.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// A file of the demo.
    #[error("a file of the demo: {0}")]
    File(#[from] io::Error),
    /// A phone did not save what it should have saved.
    #[error("phone {phone} did not save act {act} ({what}): {fault}")]
    NotSaved {
        /// Which phone, from 1.
        phone: usize,
        /// The act.
        act: ActId,
        /// What kind of write.
        what: &'static str,
        /// Its answer.
        fault: Fault,
    },
    /// A phone answered with something else than the contract says.
    #[error("phone {0} gave an answer that is not of the contract")]
    Contract(usize),
    /// A phone failed to sync although there was signal.
    #[error("phone {phone} cannot sync: {fault}")]
    NoSync {
        /// Which phone, from 1.
        phone: usize,
        /// Its answer.
        fault: Fault,
    },
    /// A phone synced although every packet was dropped.
    #[error("phone {0} synced without signal")]
    Ghost(usize),
    /// The phones did not come to rest.
    #[error("the phones did not come to rest within {rounds} rounds: {left}")]
    Restless {
        /// How many rounds.
        rounds: usize,
        /// What was left in the last.
        left: String,
    },
    /// Making the realm, or reading what it holds.
    #[error("{0}")]
    Realm(String),
    /// Somebody pressed Ctrl-C.
    #[error("stopped")]
    Stopped,
    /// All together took too long.
    #[error("not done after {0} s")]
    TooLong(u64),
}

/// What is counted on the way.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Meetings with the relay.
    pub(super) meetings: AtomicU64,
    /// SIGKILLs to phones.
    pub(super) kills: AtomicU64,
    /// Answers to writes that a kill swallowed.
    pub(super) answers_lost: AtomicU64,
    /// Of these, acts that had been saved all the same.
    pub(super) saved_before: AtomicU64,
    /// Syncs that found no relay while there was no signal.
    pub(super) unreachable: AtomicU64,
}

/// Adds to a counter.
pub(super) fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

/// What all drivers share.
#[derive(Debug)]
pub(super) struct Shared {
    ledger: Mutex<Ledger>,
    ids: Mutex<BTreeMap<Handle, DocumentId>>,
    documents: Vec<DocumentPlan>,
    /// What is counted.
    pub(super) counters: Counters,
}

impl Shared {
    /// For documents that will be made, and some that are there.
    pub(super) fn new(
        ledger: Ledger,
        documents: Vec<DocumentPlan>,
        ids: BTreeMap<Handle, DocumentId>,
    ) -> Self {
        let (ledger, ids) = (Mutex::new(ledger), Mutex::new(ids));
        Self { ledger, ids, documents, counters: Counters::default() }
    }

    /// The ledger.
    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The id of a document, once it was made.
    pub(super) fn id(&self, of: Handle) -> Option<DocumentId> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).get(&of).copied()
    }

    fn made(&self, document: Handle, id: DocumentId) {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).entry(document).or_insert(id);
    }
}

/// What a sync answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Synced {
    /// Everything was exchanged.
    pub(super) complete: bool,
    /// Nothing moved in either direction, and nothing waits.
    pub(super) quiet: bool,
    /// Nothing waits to be delivered.
    pub(super) delivered: bool,
}

#[derive(Deserialize)]
struct SyncAnswer {
    complete: bool,
    #[serde(default)]
    meetings: u64,
    #[serde(default)]
    delivered: u64,
    #[serde(default)]
    received: u64,
    #[serde(default)]
    unsent: u64,
}

/// What a write answers: one document, with the grievances found on a visit; or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum WriteAnswer {
    One {
        doc: DocumentId,
        repeated: bool,
        #[serde(default)]
        grievances: Vec<DocumentId>,
    },
    Several {
        written: Vec<One>,
    },
}

#[derive(Deserialize)]
struct One {
    doc: DocumentId,
    repeated: bool,
}

impl WriteAnswer {
    /// The documents, that which it is about first, and whether it had been saved before.
    fn read(answer: Value) -> Option<(Vec<DocumentId>, bool)> {
        match serde_json::from_value(answer).ok()? {
            Self::One { doc, repeated, grievances } => {
                Some(([doc].into_iter().chain(grievances).collect(), repeated))
            }
            Self::Several { written } => {
                let repeated = written.first()?.repeated;
                Some((written.into_iter().map(|one| one.doc).collect(), repeated))
            }
        }
    }
}

/// Writes a time into a clock's file: whole or not at all, since it may be read at any moment.
pub(super) fn set_clock(file: &Path, now_ms: u64) -> io::Result<()> {
    let draft = file.with_extension("new");
    fs::write(&draft, now_ms.to_string())?;
    fs::rename(draft, file)
}

/// A phone and who drives it.
#[derive(Debug)]
pub(super) struct Worker {
    /// Its number, from 0.
    pub(super) number: usize,
    member: MemberId,
    spec: PhoneSpec,
    clock: PathBuf,
    phone: Phone,
}

impl Worker {
    /// Starts the phone.
    pub(super) fn start(
        number: usize,
        member: MemberId,
        spec: PhoneSpec,
    ) -> Result<Self, DayError> {
        let phone = Phone::start(&spec)?;
        Ok(Self { number, member, clock: spec.clock.clone(), spec, phone })
    }

    /// What time it is on this phone.
    pub(super) fn set_clock(&self, now_ms: u64) -> Result<(), DayError> {
        Ok(set_clock(&self.clock, now_ms)?)
    }

    /// The phone itself.
    pub(super) fn phone(&mut self) -> &mut Phone {
        &mut self.phone
    }

    /// Ends it in order.
    pub(super) async fn quit(self) -> Result<(), DayError> {
        Ok(self.phone.quit().await?)
    }

    /// SIGKILL.
    pub(super) fn kill(&mut self, shared: &Shared) -> Result<(), DayError> {
        self.phone.kill()?;
        add(&shared.counters.kills, 1);
        Ok(())
    }

    /// Starts it again after it was killed: once it is gone, since until then its store is in use.
    pub(super) async fn restart(&mut self) -> Result<(), DayError> {
        self.phone.gone().await?;
        self.phone = Phone::start(&self.spec)?;
        Ok(())
    }

    /// Enrols it with an invitation that needs nobody's confirmation.
    pub(super) async fn enrol(&mut self, invitation: &str) -> Result<(), DayError> {
        let command = json!({"cmd": "enrol", "invitation": invitation, "budget_ms": 20_000});
        let answer = self.phone.need(command, ANSWER_MAX + SYNC_SLACK).await?;
        match answer.get("enrolled").and_then(Value::as_bool) {
            Some(true) => Ok(()),
            _ => Err(DayError::Contract(self.number + 1)),
        }
    }

    /// Writes, and notes the answer. With a kill, the phone is killed while it may be writing; where that
    /// swallowed the answer, the same act is written again.
    pub(super) async fn write(
        &mut self,
        shared: &Shared,
        write: &Write,
        kill: Option<WriteKill>,
    ) -> Result<(), DayError> {
        self.set_clock(write.at_ms)?;
        let ids = |handle| shared.id(handle);
        let mut command = write.command(&ids).ok_or(DayError::Contract(self.number + 1))?;
        if let Some(fields) = command.as_object_mut() {
            self.look(shared, write, fields).await?;
        }
        let answer = match kill {
            None => self.phone.ask(command, ANSWER_MAX).await?,
            Some(kill) => self.write_and_kill(shared, command, kill).await?,
        };
        self.note(shared, write, answer)
    }

    /// Adds what was on the screen.
    async fn look(
        &mut self,
        shared: &Shared,
        write: &Write,
        fields: &mut Map<String, Value>,
    ) -> Result<(), DayError> {
        match &write.deed {
            Deed::Act { .. } | Deed::TakeOver { .. } => {
                fields.insert("view".into(), self.view(shared, write.document).await?);
            }
            Deed::Together { others, .. } => {
                fields.insert("view".into(), self.view(shared, write.document).await?);
                let mut views = Vec::new();
                for other in others {
                    views.push(self.view(shared, *other).await?);
                }
                fields.insert("others".into(), json!(views));
            }
            Deed::SettleItem { item, .. } => {
                let contract = DayError::Contract(self.number + 1);
                let meeting = shared.id(write.document).ok_or(contract)?;
                let screen = json!({"cmd": "item", "meeting": meeting, "item": item});
                let screen = self.phone.need(screen, ANSWER_MAX).await?;
                let grievances = screen.get("grievances").and_then(Value::as_array);
                let views: Vec<&Value> = grievances
                    .into_iter()
                    .flatten()
                    .filter_map(|named| named.get("view"))
                    .collect();
                fields.insert("grievances".into(), json!(views));
                fields.insert("view".into(), screen.get("view").cloned().unwrap_or_default());
            }
            Deed::Found { .. } | Deed::Visit { .. } | Deed::File(_) | Deed::Meet { .. } => {}
        }
        Ok(())
    }

    async fn view(&mut self, shared: &Shared, document: Handle) -> Result<Value, DayError> {
        let doc = shared.id(document).ok_or(DayError::Contract(self.number + 1))?;
        let mut record = self.phone.need(json!({"cmd": "show", "doc": doc}), ANSWER_MAX).await?;
        let view = record.as_object_mut().and_then(|fields| fields.remove("view"));
        view.ok_or(DayError::Contract(self.number + 1))
    }

    async fn write_and_kill(
        &mut self,
        shared: &Shared,
        command: Value,
        kill: WriteKill,
    ) -> Result<Answer, DayError> {
        let id = self.phone.tell(command.clone()).await?;
        // The moment of the kill is what the seed drew: not a wait for anything.
        tokio::time::sleep(Duration::from_micros(kill.after_us)).await;
        self.kill(shared)?;
        let answer = match tokio::time::timeout(ANSWER_MAX, self.phone.answer(id)).await {
            Ok(answer) => answer?,
            Err(_) => None,
        };
        self.restart().await?;
        if let Some(answer) = answer {
            // It was faster: what was answered must be there all the same.
            return Ok(answer);
        }
        add(&shared.counters.answers_lost, 1);
        let answer = self.phone.ask(command, ANSWER_MAX).await?;
        let repeated = |value: &Value| {
            let first = value.pointer("/written/0").unwrap_or(value);
            first.get("repeated").and_then(Value::as_bool)
        };
        if answer.as_ref().ok().and_then(repeated) == Some(true) {
            add(&shared.counters.saved_before, 1);
        }
        Ok(answer)
    }

    fn note(&self, shared: &Shared, write: &Write, answer: Answer) -> Result<(), DayError> {
        let value = answer.map_err(|fault| DayError::NotSaved {
            phone: self.number + 1,
            act: write.act,
            what: write.deed.word(),
            fault,
        })?;
        let contract = || DayError::Contract(self.number + 1);
        let (written, repeated) = WriteAnswer::read(value).ok_or_else(contract)?;
        let made = write.makes();
        if !made.is_empty() && made.len() != written.len() {
            return Err(contract());
        }
        for ((handle, _), doc) in made.iter().zip(&written) {
            shared.made(*handle, *doc);
        }
        let ids = |handle| shared.id(handle);
        let events = write.events(&ids).ok_or_else(contract)?;
        for (ordinal, (handle, events)) in events.into_iter().enumerate() {
            let plan = shared.documents.get(handle.0).ok_or_else(contract)?;
            let doc = shared.id(handle).filter(|doc| written.contains(doc)).ok_or_else(contract)?;
            let saved = Saved {
                phone: self.number,
                member: self.member,
                act: write.act,
                ordinal,
                doc,
                kind: plan.kind,
                place: plan.place,
                events,
                repeated,
            };
            shared.ledger().note(saved)?;
        }
        Ok(())
    }

    /// Syncs; the inner error is the phone's own.
    pub(super) async fn sync(
        &mut self,
        shared: &Shared,
        budget: Duration,
    ) -> Result<Result<Synced, Fault>, DayError> {
        let command = sync_command(budget);
        let answer = self.phone.ask(command, budget + SYNC_SLACK).await?;
        self.count_sync(shared, answer)
    }

    /// Begins to sync and kills it so much later, whatever it is at; then starts it again.
    pub(super) async fn sync_and_kill(
        &mut self,
        shared: &Shared,
        budget: Duration,
        after: Duration,
    ) -> Result<(), DayError> {
        self.phone.tell(sync_command(budget)).await?;
        // As above: somewhere within the sync.
        tokio::time::sleep(after).await;
        self.kill(shared)?;
        self.restart().await
    }

    fn count_sync(
        &self,
        shared: &Shared,
        answer: Answer,
    ) -> Result<Result<Synced, Fault>, DayError> {
        let value = match answer {
            Ok(value) => value,
            Err(fault) => return Ok(Err(fault)),
        };
        let report: SyncAnswer =
            serde_json::from_value(value).map_err(|_| DayError::Contract(self.number + 1))?;
        add(&shared.counters.meetings, report.meetings);
        let moved = report.delivered + report.received + report.unsent;
        Ok(Ok(Synced {
            complete: report.complete,
            quiet: report.complete && moved == 0,
            delivered: report.complete && report.unsent == 0,
        }))
    }

    /// Tries to sync while every packet is dropped: there must be no relay to be found.
    pub(super) async fn sync_in_vain(
        &mut self,
        shared: &Shared,
        budget: Duration,
    ) -> Result<(), DayError> {
        match self.sync(shared, budget).await? {
            Err(fault) if fault.kind == UNREACHABLE => {
                add(&shared.counters.unreachable, 1);
                Ok(())
            }
            Err(fault) => Err(DayError::NoSync { phone: self.number + 1, fault }),
            Ok(_) => Err(DayError::Ghost(self.number + 1)),
        }
    }

    /// Syncs where the relay may be away for a moment: not to find it is no failure.
    pub(super) async fn try_sync(
        &mut self,
        shared: &Shared,
        budget: Duration,
    ) -> Result<Synced, DayError> {
        match self.sync(shared, budget).await? {
            Ok(synced) => Ok(synced),
            Err(fault) if fault.kind == UNREACHABLE => Ok(Synced::default()),
            Err(fault) => Err(DayError::NoSync { phone: self.number + 1, fault }),
        }
    }
}

fn sync_command(budget: Duration) -> Value {
    json!({"cmd": "sync", "budget_ms": u64::try_from(budget.as_millis()).unwrap_or(u64::MAX)})
}
