//! What figures read of a document: one row, made by the fold, without a word of text. The residue of an
//! erased document is its row, so an erasure changes no count.

use doorstep_protocol::{
    id::{DocumentId, ItemId, MemberId, PlaceId},
    roster::Rosters,
};
use serde::{Deserialize, Serialize};

use crate::{
    event::ItemAt,
    fold::{self, Grievance, Household, Meeting, State, Visit, grievance::Stage},
    input::Document,
    table::{Grade, How, Level, MeetingOutcome, VisitOutcome},
};

/// The row of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
#[allow(missing_docs)] // each is described at its record
pub enum Row {
    Grievance(GrievanceRow),
    Visit(VisitRow),
    Household(HouseholdRow),
    Meeting(MeetingRow),
}

/// What figures read of a grievance. Times in s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in `fold::Grievance`
pub struct GrievanceRow {
    pub document: DocumentId,
    pub place: PlaceId,
    pub discovered: u64,
    pub first_contact: Option<u64>,
    pub resolved: Option<u64>,
    pub confirmed_at: Option<u64>,
    pub fed_back: Option<u64>,
    pub closed: Option<u64>,
    /// Code of list kind.
    pub kind: u16,
    pub grade: Grade,
    pub stage: Stage,
    pub how: Option<How>,
    pub mediation: Option<How>,
    pub resolved_level: Option<Level>,
    pub told: bool,
    pub explained_only: bool,
    pub confirmed: bool,
    pub struck: bool,
    pub duplicates: Vec<DocumentId>,
    pub transferred_to: Option<DocumentId>,
    /// Who acted on which day since 1970.
    pub acts: Vec<(MemberId, u32)>,
}

/// What figures read of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in `fold::Visit`
pub struct VisitRow {
    pub document: DocumentId,
    pub place: PlaceId,
    pub household: DocumentId,
    pub day: u32,
    /// Code of list purpose.
    pub purpose: u16,
    pub asked_for: bool,
    pub outcome: Option<VisitOutcome>,
    pub persons_met: u32,
    pub members: Vec<MemberId>,
    /// The same visit, as somebody else recorded it.
    #[serde(default)]
    pub same_visit: Vec<DocumentId>,
    pub struck: bool,
}

/// A priority of a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in `fold::household::PriorityNow`
pub struct PriorityRow {
    pub code: u16,
    pub from: u64,
    /// A day since 1970.
    pub review_by: u32,
}

/// What figures read of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in `fold::Household`
pub struct HouseholdRow {
    pub document: DocumentId,
    pub place: PlaceId,
    pub same_as: Vec<DocumentId>,
    pub priority: Option<PriorityRow>,
    pub priority_ended: Option<u64>,
    pub struck: bool,
}

/// An item of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in `fold::meeting::ItemNow`
pub struct ItemRow {
    pub item: ItemId,
    pub outcome: Option<MeetingOutcome>,
    pub carries: Option<(DocumentId, ItemId)>,
}

/// What figures read of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in `fold::Meeting`
pub struct MeetingRow {
    pub document: DocumentId,
    pub place: PlaceId,
    pub day: u32,
    pub items: Vec<ItemRow>,
    pub struck: bool,
}

impl Row {
    /// The document.
    pub fn document(&self) -> DocumentId {
        match self {
            Self::Grievance(row) => row.document,
            Self::Visit(row) => row.document,
            Self::Household(row) => row.document,
            Self::Meeting(row) => row.document,
        }
    }

    /// The place whose log it is in.
    pub fn place(&self) -> PlaceId {
        match self {
            Self::Grievance(row) => row.place,
            Self::Visit(row) => row.place,
            Self::Household(row) => row.place,
            Self::Meeting(row) => row.place,
        }
    }
}

/// The row of a document; none where its first event is not valid or is held, so that nothing counts.
pub fn row(document: &Document<'_>, rosters: &dyn Rosters) -> Option<Row> {
    row_of(&fold::state(document, rosters))
}

/// The row of a state that was folded already.
pub fn row_of(state: &State) -> Option<Row> {
    Some(match state {
        State::Grievance(grievance) => Row::Grievance(GrievanceRow::of(grievance)?),
        State::Visit(visit) => Row::Visit(VisitRow::of(visit)?),
        State::Household(household) => Row::Household(HouseholdRow::of(household)?),
        State::Meeting(meeting) => Row::Meeting(MeetingRow::of(meeting)?),
    })
}

impl GrievanceRow {
    /// The row of a folded grievance.
    pub fn of(grievance: &Grievance) -> Option<Self> {
        let facts = grievance.facts.as_ref()?;
        (grievance.stage != Stage::Void).then(|| Self {
            document: grievance.document,
            place: grievance.place,
            discovered: grievance.times.discovered.unwrap_or_default(),
            first_contact: grievance.times.first_contact,
            resolved: grievance.times.resolved,
            confirmed_at: grievance.times.confirmed,
            fed_back: grievance.times.fed_back,
            closed: grievance.times.closed,
            kind: facts.kind,
            grade: grievance.grade,
            stage: grievance.stage,
            how: grievance.how,
            mediation: grievance.mediation,
            resolved_level: grievance.resolved_level,
            told: grievance.told,
            explained_only: grievance.explained_only,
            confirmed: grievance.confirmed,
            struck: grievance.struck,
            duplicates: grievance.duplicates.iter().map(|(_, doc)| *doc).collect(),
            transferred_to: grievance.transferred_to.as_ref().map(|link| link.doc),
            acts: grievance.acts.clone(),
        })
    }
}

impl VisitRow {
    /// The row of a folded visit.
    pub fn of(visit: &Visit) -> Option<Self> {
        let facts = visit.facts.as_ref()?;
        let outcome = visit.outcome.as_ref().map(|said| &said.value);
        Some(Self {
            document: visit.document,
            place: visit.place,
            household: facts.household.doc,
            day: visit.day?,
            purpose: facts.purpose,
            asked_for: facts.asked_for == Some(true),
            outcome: outcome.map(|outcome| outcome.outcome),
            persons_met: outcome.map_or(0, |outcome| outcome.persons_met),
            members: visit.members.clone(),
            same_visit: visit.same_visit.clone(),
            struck: visit.struck,
        })
    }
}

impl HouseholdRow {
    /// The row of a folded household.
    pub fn of(household: &Household) -> Option<Self> {
        household.facts.as_ref()?;
        Some(Self {
            document: household.document,
            place: household.place,
            same_as: household.same_as.clone(),
            priority: household.priority.map(|priority| PriorityRow {
                code: priority.code,
                from: priority.from,
                review_by: priority.review_by.0,
            }),
            priority_ended: household.priority_ended,
            struck: household.struck,
        })
    }
}

impl MeetingRow {
    /// The row of a folded meeting.
    pub fn of(meeting: &Meeting) -> Option<Self> {
        let carries = |at: &ItemAt| (at.meeting.doc, at.item);
        Some(Self {
            document: meeting.document,
            place: meeting.place,
            day: meeting.facts.as_ref()?.day.0,
            items: meeting
                .items
                .iter()
                .map(|item| ItemRow {
                    item: item.item,
                    outcome: item.outcome,
                    carries: item.carries.as_ref().map(carries),
                })
                .collect(),
            struck: meeting.struck,
        })
    }
}
