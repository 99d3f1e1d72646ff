//! Why something is not delivered: one reason each, and what comes next.

use std::collections::BTreeMap;

use doorstep_domain::{
    event::{Act, Decoded},
    fold::story::{Entry, Judgement},
};
use doorstep_protocol::{
    frame::Refusal,
    id::{ActId, DocumentId, DocumentKind, PlaceId},
    log::Verdict,
    roster::Roster,
    store::StoreError,
};
use serde::Serialize;

use super::{
    Engine, State,
    history::{Folded, Loaded},
};
use crate::{
    error::ReadError,
    store::{CopyState, Outgoing, StoredCopy},
};

/// Why an act of this phone is not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Saved here since the last meeting began.
    NotSealedYet,
    /// Ready, and no meeting has carried it yet.
    NoSignalYet,
    /// The relay does not know the roster that it was written under: it waits for that, or for a
    /// person, where the relay was restored.
    RelayNeedsRoster,
    /// The relay lacks what it builds on, which goes before it.
    RelayNeedsDependencies,
    /// This person's bytes of the day are used up.
    DayIsFull,
    /// At the roster that it was written under the person had no place there.
    NoPlace,
    /// The relay found it damaged on the way, or not signed by this device's key.
    NotReadable,
    /// The relay cannot take so large a piece.
    TooBig,
    /// The relay must be updated before it understands it.
    RelayIsOlder,
    /// Set aside: another copy of this phone wrote in its place. It is written again.
    TwinSetAside,
    /// Set aside: what it builds on was set aside. It is written again.
    NeedsSetAside,
    /// Set aside: this device's share of the document is full.
    DocumentFull,
    /// Set aside: not as it should be made. A fault of this app.
    GuardSetAside,
    /// The document was erased.
    Erased,
    /// Arrived, and the fold here rejects it or holds it until a person admits it.
    ArrivedNotInForce,
}

/// What comes next, without anybody doing anything unless it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Next {
    /// It goes, or is offered again, at the next meeting.
    NextMeeting,
    /// It is offered again at every meeting, and taken from tomorrow on.
    Tomorrow,
    /// It is written again, and goes at the next meeting.
    WrittenAgain,
    /// It is offered again at every meeting; somebody at the relay has to act.
    RelayActs,
    /// A person has to look: enter it anew, or accept that it stands no longer.
    Person,
}

/// One act of this phone in one document that is not delivered, with its one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The document.
    pub doc: DocumentId,
    /// Its kind.
    pub document: Option<DocumentKind>,
    /// The place whose log it is in.
    pub place: PlaceId,
    /// The act.
    pub act: ActId,
    /// What it says, as the words of its events' kinds.
    pub kinds: Vec<&'static str>,
    /// When it was written, in s, by this phone's clock.
    pub written_s: Option<u64>,
    /// The relay has it.
    pub arrived: bool,
    /// Why it is not delivered.
    pub reason: Reason,
    /// What comes next.
    pub next: Next,
}

impl Engine {
    /// Every act of this phone that is not delivered, oldest first, each with one reason.
    ///
    /// *Delivered* is what the relay gave a receipt for, its log applied and the fold here gives
    /// force. What is not in this list is delivered.
    pub fn explain(&self) -> Result<Vec<Explained>, ReadError> {
        let state = self.lock();
        let outgoing = state.store.outgoing()?;
        // An act that was written again has several copies: they are one act, with one reason.
        let mut order: Vec<(DocumentId, ActId)> = Vec::new();
        let mut acts: BTreeMap<(DocumentId, ActId), Vec<Outgoing>> = BTreeMap::new();
        for item in outgoing {
            let act = (item.doc, item.act);
            if !acts.contains_key(&act) {
                order.push(act);
            }
            acts.entry(act).or_default().push(item);
        }
        let copies = order.iter().filter_map(|act| acts.get(act));
        let explained = copies.filter_map(|copies| state.explain_one(copies).transpose());
        Ok(explained.collect::<Result<_, _>>()?)
    }
}

impl State {
    /// The reason of one act, by its copies, oldest first; none where it is delivered.
    fn explain_one(&self, copies: &[Outgoing]) -> Result<Option<Explained>, StoreError> {
        let Some(newest) = copies.last() else { return Ok(None) };
        let view = self.store.view();
        let loaded = Loaded::read(&view, newest.doc)?;
        let stored = loaded.as_ref().map_or(&[][..], |loaded| &loaded.stored);
        let own = |copy: &&StoredCopy| copy.own && copy.act == newest.act;
        let in_log = stored.iter().filter(own).any(|copy| copy.state == CopyState::Log);
        let reasons: Option<Vec<Reason>> = copies.iter().map(why).collect();
        let reason = match (in_log, reasons.as_deref(), &loaded) {
            (false, Some([.., newest]), _) => *newest,
            (_, _, Some(loaded)) if !stands(loaded, view.rosters(), newest) => {
                Reason::ArrivedNotInForce
            }
            _ => return Ok(None),
        };
        let stored = stored.iter().find(|copy| copy.hash == newest.hash);
        let (kinds, written_s) = match stored.map(|copy| Act::decode(&copy.value)) {
            Some(Decoded::Act { marks, events }) => {
                let kinds = events.iter().flatten().map(|event| event.word()).collect();
                (kinds, Some(marks.claimed))
            }
            _ => (Vec::new(), None),
        };
        Ok(Some(Explained {
            doc: newest.doc,
            document: loaded.as_ref().map(|loaded| loaded.kind),
            place: newest.scope.place(),
            act: newest.act,
            kinds,
            written_s,
            arrived: newest.receipt.is_some() || newest.log_seq.is_some(),
            reason,
            next: reason.next(),
        }))
    }
}

/// The one reason that the store knows of; none where the relay took it and applied it.
///
/// What is final comes before what may pass: set aside, then what the relay said last, then how far
/// it is on its way.
fn why(item: &Outgoing) -> Option<Reason> {
    let receipt = item.receipt.map(|receipt| receipt.verdict);
    let aside = item.aside.or(receipt).filter(|verdict| *verdict != Verdict::Applied);
    Some(match aside {
        Some(Verdict::Twin) => Reason::TwinSetAside,
        Some(Verdict::Needs) => Reason::NeedsSetAside,
        Some(Verdict::OverCap) => Reason::DocumentFull,
        Some(Verdict::Erased) => Reason::Erased,
        Some(Verdict::Guard | Verdict::Applied) => Reason::GuardSetAside,
        None if receipt.is_some() || item.log_seq.is_some() => return None,
        None => match (item.seal, item.refused) {
            (None, _) => Reason::NotSealedYet,
            (Some(_), None) => Reason::NoSignalYet,
            (Some(_), Some(refusal)) => refusal.into(),
        },
    })
}

/// Whether every event of an act that arrived is valid by the rosters here, and none is held.
fn stands(loaded: &Loaded, rosters: &[Roster], item: &Outgoing) -> bool {
    let copy = loaded.stored.iter().find(|copy| copy.hash == item.hash);
    let author = copy.map(|copy| copy.author);
    let folded = loaded.fold(rosters);
    let story: &[Entry] = match &folded {
        Folded::Household(state) => &state.story,
        Folded::Visit(state) => &state.story,
        Folded::Grievance(state) => &state.story,
        Folded::Meeting(state) => &state.story,
    };
    story
        .iter()
        .filter(|entry| entry.id.act == item.act && Some(entry.author) == author)
        .all(|entry| !entry.held && !matches!(entry.judgement, Judgement::Rejected(_)))
}

impl From<Refusal> for Reason {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Malformed | Refusal::Signature | Refusal::Cut => Self::NotReadable,
            Refusal::TooBig => Self::TooBig,
            Refusal::NoPlace => Self::NoPlace,
            Refusal::NeedRoster => Self::RelayNeedsRoster,
            Refusal::NeedDeps => Self::RelayNeedsDependencies,
            Refusal::Newer | Refusal::NeedRaw => Self::RelayIsOlder,
            Refusal::Quota => Self::DayIsFull,
        }
    }
}

impl Reason {
    /// What comes next.
    pub fn next(self) -> Next {
        match self {
            Self::NotSealedYet | Self::NoSignalYet | Self::RelayNeedsDependencies => {
                Next::NextMeeting
            }
            Self::DayIsFull => Next::Tomorrow,
            Self::TwinSetAside | Self::NeedsSetAside => Next::WrittenAgain,
            Self::RelayNeedsRoster | Self::RelayIsOlder | Self::TooBig | Self::NotReadable => {
                Next::RelayActs
            }
            Self::NoPlace
            | Self::DocumentFull
            | Self::GuardSetAside
            | Self::Erased
            | Self::ArrivedNotInForce => Next::Person,
        }
    }
}
