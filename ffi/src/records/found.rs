//! What a search finds, and the story of a household over all its documents.

use super::{GrievanceLine, HouseholdLine, MeetingLine, StoryLine, VisitLine};
use crate::enums::DocumentKind;

/// A line of any kind.
#[allow(missing_docs)] // the variants say it
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum FoundLine {
    Household { line: HouseholdLine },
    Grievance { line: GrievanceLine },
    Visit { line: VisitLine },
    Meeting { line: MeetingLine },
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Found {
    /// Households, then open grievances, other grievances, visits and meetings.
    pub lines: Vec<FoundLine>,
    /// There is more: say another word.
    pub more: bool,
}

/// A line of a household's story, with the document that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HouseholdStoryLine {
    /// The document: the household, a visit or a grievance.
    pub doc: String,
    /// Which of these.
    pub document: DocumentKind,
    /// What it is, in words.
    pub title: String,
    /// What was written.
    pub line: StoryLine,
}

/// All that was written of a household: in it, in its visits and in the grievances that it reported.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HouseholdStory {
    /// Newest first, at most 500.
    pub lines: Vec<HouseholdStoryLine>,
    /// How many were left off.
    pub more: i32,
}
