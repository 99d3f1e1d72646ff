//! Every figure by its name, so that a report, an app and a console show the same ones under the same
//! words ([`words::figure`](crate::words::figure)).

use serde::{Deserialize, Serialize};

use super::{Rate, Sheet};
use crate::table::How;

/// One figure of a [`Sheet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // as in `Figures`
pub enum Figure {
    Collected,
    CollectedGroups,
    Transferred,
    ByMistake,
    Resolved,
    ClosedNotReached,
    Confirmed,
    ResolvedOrAnswered,
    WithinBlock,
    Disputes,
    DisputesBy(How),
    DisputesTried(How),
    DisputesNotMediated,
    ContactMedian,
    ContactP90,
    ContactLeftOut,
    FeedbackMedian,
    FeedbackP90,
    FeedbackLeftOut,
    Meetings,
    Items,
    VisitsMet,
    HouseholdsMet,
    PersonsMet,
    Attempts,
    UninvitedVisits,
    MostUninvited,
    VisitedTooOften,
    PriorityHouseholds,
    PriorityContacted,
    TakingPart,
}

/// How much a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// So many.
    Count(u64),
    /// So many of so many.
    Rate(Rate),
    /// A time in s; none where nothing had a usable time.
    Time(Option<u64>),
}

impl Figure {
    /// Those that are one number each.
    const SINGLE: [Self; 29] = [
        Self::Collected,
        Self::CollectedGroups,
        Self::Transferred,
        Self::ByMistake,
        Self::Resolved,
        Self::ClosedNotReached,
        Self::Confirmed,
        Self::ResolvedOrAnswered,
        Self::WithinBlock,
        Self::Disputes,
        Self::DisputesNotMediated,
        Self::ContactMedian,
        Self::ContactP90,
        Self::ContactLeftOut,
        Self::FeedbackMedian,
        Self::FeedbackP90,
        Self::FeedbackLeftOut,
        Self::Meetings,
        Self::Items,
        Self::VisitsMet,
        Self::HouseholdsMet,
        Self::PersonsMet,
        Self::Attempts,
        Self::UninvitedVisits,
        Self::MostUninvited,
        Self::VisitedTooOften,
        Self::PriorityHouseholds,
        Self::PriorityContacted,
        Self::TakingPart,
    ];

    /// All of them, those of disputes once for each kind of work, in the order in which they are shown.
    pub fn all() -> Vec<Self> {
        let mut all = Self::SINGLE.to_vec();
        for how in How::ALL {
            all.extend([Self::DisputesBy(*how), Self::DisputesTried(*how)]);
        }
        all.sort_unstable();
        all
    }
}

impl Sheet {
    /// How much a figure is here.
    pub fn amount(&self, figure: Figure) -> Amount {
        use Amount::{Count, Rate as Of, Time};
        let of = &self.figures;
        match figure {
            Figure::Collected => Count(of.collected),
            Figure::CollectedGroups => Count(of.collected_groups),
            Figure::Transferred => Count(of.transferred),
            Figure::ByMistake => Count(of.by_mistake),
            Figure::Resolved => Of(of.resolved),
            Figure::ClosedNotReached => Of(Rate { of: of.closed_not_reached, all: of.resolved.of }),
            Figure::Confirmed => Of(Rate { of: of.confirmed, all: of.collected }),
            Figure::ResolvedOrAnswered => Of(of.resolved_or_answered),
            Figure::WithinBlock => Of(of.within_block),
            Figure::Disputes => Of(of.disputes.resolved),
            Figure::DisputesBy(how) => {
                Count(of.disputes.by_how.get(&how).copied().unwrap_or_default())
            }
            Figure::DisputesTried(how) => {
                Count(of.disputes.tried.get(&how).copied().unwrap_or_default())
            }
            Figure::DisputesNotMediated => Count(of.disputes.not_mediated),
            Figure::ContactMedian => Time(of.to_contact.median),
            Figure::ContactP90 => Time(of.to_contact.p90),
            Figure::ContactLeftOut => Of(Rate { of: of.to_contact.left_out, all: of.collected }),
            Figure::FeedbackMedian => Time(of.to_feedback.median),
            Figure::FeedbackP90 => Time(of.to_feedback.p90),
            Figure::FeedbackLeftOut => Of(Rate { of: of.to_feedback.left_out, all: of.collected }),
            Figure::Meetings => Count(of.meetings),
            Figure::Items => Of(of.items),
            Figure::VisitsMet => Count(of.visits_met),
            Figure::HouseholdsMet => Count(of.households_met),
            Figure::PersonsMet => Count(of.persons_met),
            Figure::Attempts => Count(of.attempts),
            Figure::UninvitedVisits => Count(of.uninvited_visits),
            Figure::MostUninvited => Count(of.disturbance.most),
            Figure::VisitedTooOften => {
                Of(Rate { of: of.disturbance.too_often, all: of.disturbance.households })
            }
            Figure::PriorityHouseholds => Count(of.priority_households),
            Figure::PriorityContacted => Of(self.priority_contacted),
            Figure::TakingPart => Of(self.taking_part),
        }
    }
}
