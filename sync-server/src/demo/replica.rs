//! What every side holds at the end, read so that it can be compared: each phone by its own answers, the
//! relay from its log, seal by seal.
//!
//! The relay is read here a second time, on purpose: from its entries and the seals as they were signed,
//! not from the tables that it judges by.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use doorstep_domain::{
    event::{Act, Decoded, Event},
    figures::{Row, Selection, Sheet, Watermark, row_of},
    fold::{State, state},
    input::{Copy, Document},
};
use doorstep_protocol::{
    change::{chunk_hash, guard},
    id::{ActId, ChangeHash, DocumentId, DocumentKind, MemberId, PlaceId, Point},
    log::Verdict,
    roster::{Roster, RosterAt, Rosters, setting},
    seal::{Seal, WirePart},
    store::{RelayStore as _, StoreError},
};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use super::child::{ChildError, Phone};
use crate::{
    store::{OpenError, RelayDb, SealRow},
    surroundings::SystemEntropy,
};

/// How long one question to a phone may take.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// A priority household is to be met once in so many days.
const PRIORITY_DAYS: u32 = 30;
/// Documents of one page of a dump.
const DUMP_PAGE: usize = 100;
/// Pages of one dump at most: two million documents.
const PAGES_MAX: usize = 20_000;

/// What a phone says of a document beside what it means: it depends on whose phone it is.
const OF_THE_PHONE: [&str; 6] = ["view", "steps", "offers", "group", "may_write", "may_correct"];

/// A side could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(super) enum ReadError {
    /// A phone.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// The relay's database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The relay's database, while it was read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An answer is not of the contract.
    #[error("an answer to `{0}` is not of the contract")]
    Answer(&'static str),
    /// A stored seal does not say what its entry says.
    #[error("a stored seal cannot be read")]
    Seal,
}

/// An act as one side holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// The document.
    pub(super) doc: DocumentId,
    /// The document's log.
    pub(super) place: PlaceId,
    /// Who.
    pub(super) member: MemberId,
    /// The act.
    pub(super) act: ActId,
    /// The change.
    pub(super) hash: ChangeHash,
    /// It is in the log and applied.
    pub(super) applied: bool,
    /// What it says; an event that cannot be read is left out, and so differs from what was meant.
    pub(super) events: Vec<Event>,
}

/// What one side holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Replica {
    /// The places whose logs it holds.
    pub(super) places: BTreeSet<PlaceId>,
    /// All acts.
    pub(super) acts: Vec<Held>,
    /// What each document means there.
    pub(super) states: BTreeMap<DocumentId, Value>,
}

#[derive(Deserialize)]
struct Dump {
    acts: Vec<DumpAct>,
    after: Option<String>,
}

#[derive(Deserialize)]
struct DumpAct {
    doc: DocumentId,
    place: PlaceId,
    act: ActId,
    member: MemberId,
    hash: ChangeHash,
    state: Value,
    events: Vec<Option<Event>>,
}

impl From<DumpAct> for Held {
    fn from(act: DumpAct) -> Self {
        Self {
            doc: act.doc,
            place: act.place,
            member: act.member,
            act: act.act,
            hash: act.hash,
            applied: act.state == "log",
            events: act.events.into_iter().flatten().collect(),
        }
    }
}

impl Replica {
    /// Asks a phone for everything.
    pub(super) async fn of_phone(phone: &mut Phone) -> Result<Self, ReadError> {
        let mut replica = Self { places: held_places(phone).await?, ..Self::default() };
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut command = json!({"cmd": "dump", "limit": DUMP_PAGE});
            if let (Some(after), Some(fields)) = (&after, command.as_object_mut()) {
                fields.insert("after".into(), json!(after));
            }
            let page = phone.need(command, ANSWER_MAX).await?;
            let page: Dump = serde_json::from_value(page).map_err(|_| ReadError::Answer("dump"))?;
            replica.acts.extend(page.acts.into_iter().map(Held::from));
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        let docs: BTreeSet<DocumentId> = replica.acts.iter().map(|act| act.doc).collect();
        for doc in docs {
            let mut record = phone.need(json!({"cmd": "show", "doc": doc}), ANSWER_MAX).await?;
            if let Some(fields) = record.as_object_mut() {
                // What was on the screen, and what one may do, is each phone's own.
                for own in OF_THE_PHONE {
                    fields.remove(own);
                }
            }
            replica.states.insert(doc, record);
        }
        Ok(replica)
    }
}

/// The places whose logs a phone holds.
pub(super) async fn held_places(phone: &mut Phone) -> Result<BTreeSet<PlaceId>, ReadError> {
    #[derive(Deserialize)]
    struct Place {
        id: PlaceId,
    }
    let places = phone.need(json!({"cmd": "places"}), ANSWER_MAX).await?;
    let places: Vec<Place> =
        serde_json::from_value(places).map_err(|_| ReadError::Answer("places"))?;
    Ok(places.into_iter().map(|place| place.id).collect())
}

/// What the relay holds, and what only its log can say.
#[derive(Debug, Default)]
pub(super) struct RelayReplica {
    /// As of a phone. It holds every log.
    pub(super) replica: Replica,
    /// What each act's author had seen.
    pub(super) deps: BTreeMap<ChangeHash, Vec<ChangeHash>>,
    /// The kind of each document.
    pub(super) kinds: BTreeMap<DocumentId, DocumentKind>,
    /// What figures read of each document.
    pub(super) rows: Vec<Row>,
    /// As of when it was read, and which phones were not seen since.
    pub(super) watermark: Watermark,
    /// The figures of all of it.
    pub(super) sheet: Sheet,
    /// Changes set aside.
    pub(super) aside: u64,
    /// Alarms by name.
    pub(super) alarms: BTreeMap<String, u64>,
}

struct Rooms<'a>(&'a [Roster]);

impl Rosters for Rooms<'_> {
    fn at(&self, point: Point) -> Option<RosterAt<'_>> {
        self.0.at(point)
    }
}

/// A document while it is put together.
struct Draft {
    place: PlaceId,
    kind: Option<DocumentKind>,
    creator: Option<MemberId>,
    copies: Vec<Copy>,
}

impl RelayReplica {
    /// Reads a relay's database, as of a relay time in ms; it may be serving.
    pub(super) fn read(database: &Path, as_of_ms: u64) -> Result<Self, ReadError> {
        let db = RelayDb::open(database, Arc::new(SystemEntropy::new()))?;
        let mut out = Self::default();
        let mut drafts: BTreeMap<DocumentId, Draft> = BTreeMap::new();
        for log in db.scopes()?.into_iter().filter(|log| log.roster_of.is_none()) {
            let place = log.scope.place();
            out.replica.places.insert(place);
            let mut failed = false;
            db.for_each_seal(log.scope, &mut |row| {
                failed |= out.take_seal(place, &row, &mut drafts).is_none();
                !failed
            })?;
            if failed {
                return Err(ReadError::Seal);
            }
        }
        out.fold(&drafts, db.rosters());
        out.figures(&db, as_of_ms)?;
        for alarm in db.alarms()? {
            *out.alarms.entry(alarm.name).or_default() += alarm.times;
        }
        Ok(out)
    }

    fn take_seal(
        &mut self,
        place: PlaceId,
        row: &SealRow,
        drafts: &mut BTreeMap<DocumentId, Draft>,
    ) -> Option<()> {
        let seal = Seal::decode(&row.bytes).ok()?;
        for (part, verdict) in seal.parts.iter().zip(&row.verdicts) {
            let Some(part) = part else { continue };
            if *verdict != Verdict::Applied {
                self.aside += part.changes.len() as u64;
                continue;
            }
            self.take_part(place, row, seal.head.point, part, drafts)?;
        }
        Some(())
    }

    fn take_part(
        &mut self,
        place: PlaceId,
        row: &SealRow,
        point: Point,
        part: &WirePart,
        drafts: &mut BTreeMap<DocumentId, Draft>,
    ) -> Option<()> {
        let draft = drafts.entry(part.doc).or_insert_with(|| Draft {
            place,
            kind: None,
            creator: None,
            copies: Vec::new(),
        });
        if let Some(kind) = DocumentKind::from_number(part.birth) {
            (draft.kind, draft.creator) = (Some(kind), Some(row.author));
        }
        for raw in &part.changes {
            let (hash, change) = (chunk_hash(raw)?, guard(raw).ok()?);
            if draft.copies.iter().any(|copy| copy.hash == hash) {
                continue;
            }
            let events = match Act::decode(&change.value) {
                Decoded::Act { events, .. } => events.into_iter().flatten().collect(),
                _ => Vec::new(),
            };
            self.deps.insert(hash, change.deps.clone());
            self.replica.acts.push(Held {
                doc: part.doc,
                place,
                member: row.author,
                act: change.act,
                hash,
                applied: true,
                events,
            });
            draft.copies.push(Copy {
                hash,
                deps: change.deps,
                author: row.author,
                act: change.act,
                value: change.value,
                point,
                relay_time_ms: Some(row.relay_time),
                held: false,
            });
        }
        Some(())
    }

    fn figures(&mut self, db: &RelayDb, as_of_ms: u64) -> Result<(), ReadError> {
        let register = db.register()?;
        let view = register.view();
        let roster = view.at();
        let local_min = roster.setting(setting::LOCAL_TIME_MIN).unwrap_or_default();
        let last_met = db.devices()?.into_iter().map(|device| device.last_met);
        let newer = self.replica.states.values().filter_map(|record| record.get("newer")?.as_u64());
        let mark = Watermark::of(as_of_ms, local_min, last_met);
        self.watermark = Watermark { newer: newer.sum(), ..mark };
        let all = Selection::default();
        self.sheet = Sheet::of(&self.rows, &all, &roster, &self.watermark, PRIORITY_DAYS);
        Ok(())
    }

    fn fold(&mut self, drafts: &BTreeMap<DocumentId, Draft>, rosters: &[Roster]) {
        for (id, draft) in drafts {
            let (Some(kind), Some(creator)) = (draft.kind, draft.creator) else { continue };
            let (id, place, copies) = (*id, draft.place, draft.copies.as_slice());
            let meaning = state(&Document { id, kind, place, creator, copies }, &Rooms(rosters));
            self.kinds.insert(id, kind);
            self.rows.extend(row_of(&meaning));
            self.replica.states.insert(id, record(&meaning));
        }
    }
}

/// What a document means, in the form in which `show` answers.
fn record(meaning: &State) -> Value {
    match meaning {
        State::Household(state) => json!(state),
        State::Visit(state) => json!(state),
        State::Grievance(state) => json!(state),
        State::Meeting(state) => json!(state),
    }
}
