//! What a member may write now, for the screens: only the steps that make sense in the state at hand and
//! that their rights allow. The check before saving (`crate::check`) has the last word.

use doorstep_protocol::{
    id::{DocumentKind, MemberId, PlaceId},
    roster::{RoleKind, RosterAt},
};
use serde::{Deserialize, Serialize};

use crate::{
    event::Event,
    fold::{
        grievance::{Grievance, Stage},
        story::{Entry, Judgement},
    },
    input::EventId,
    rights::{Circumstances, Correctors, Deed, Standing},
    table::{Kind, Level},
};

/// The kinds of events that `member` may write now into a grievance, in the order of their numbers.
/// `place` is the place whose log the grievance is in.
pub fn steps(state: &Grievance, member: MemberId, at: RosterAt<'_>, place: PlaceId) -> Vec<Kind> {
    let offers = offers(state, member, at, place);
    offers.into_iter().filter(|offer| offer.why_not.is_none()).map(|offer| offer.kind).collect()
}

/// Why a step is not offered. Words for people: [`crate::words::why_not`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// Not by the member's roles; somebody else may.
    NoRight,
    /// It was filed elsewhere, entered by mistake, or does not count.
    Gone,
    /// It is over.
    Over,
    /// The resident took it back.
    Withdrawn,
    /// The member answers for it already.
    Yours,
    /// Nothing was done in this round that the resident could speak to.
    NothingDone,
    /// The resident neither confirmed nor was asked three times on three days.
    NotAnswered,
    /// It stands at the member's level or above already.
    AsHigh,
    /// It was not passed up.
    NotPassedUp,
    /// There is no link to take away.
    NoLink,
    /// There is nothing to settle.
    NothingToSettle,
}

/// A step, offered or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Which.
    pub kind: Kind,
    /// Why it is not offered; none = it is.
    pub why_not: Option<WhyNot>,
    /// The form must ask for a signature, a voice or a code: the word is the resident's, and the member
    /// solved the grievance, helped, or (to take it back) answers for it.
    #[serde(default)]
    pub evidence: bool,
}

/// Every step on a grievance, in the order of their numbers, and why one is not offered to `member` now.
///
/// What is offered passes the check before saving, apart from what only the form can say: reasons, and
/// evidence where the offer asks for it.
pub fn offers(state: &Grievance, member: MemberId, at: RosterAt<'_>, place: PlaceId) -> Vec<Offer> {
    let standing = Standing::of(&at, member, place);
    let case = Case {
        state,
        member,
        circumstances: Circumstances {
            level: state.level,
            sent: state.teams.iter().any(|team| standing.teams.contains(team)),
            code_issued: state.discovered_by == Some(member),
        },
        standing,
    };
    let is_step = |kind: &&Kind| kind.belongs(DocumentKind::Grievance) && !kind.is_first();
    let steps = Kind::ALL.iter().filter(is_step).copied();
    let offer = |kind| {
        let why_not = case.why_not(kind);
        Offer { kind, why_not, evidence: why_not.is_none() && case.needs_evidence(kind) }
    };
    steps.map(offer).collect()
}

/// The events of a document's story that `member` may correct now: those that stand and of which the
/// check before saving takes a Correct from them, in the order of the story. `place` is the place whose
/// log the document is in.
///
/// What was said anew by a correction may be corrected again; what was struck is gone.
pub fn corrections(
    story: &[Entry],
    member: MemberId,
    at: RosterAt<'_>,
    place: PlaceId,
) -> Vec<EventId> {
    let corrector = Corrector::of(story, member, Standing::of(&at, member, place));
    story.iter().filter(|entry| corrector.may(entry)).map(|entry| entry.id).collect()
}

/// Who corrects, and what of the document it hangs on.
struct Corrector {
    member: MemberId,
    standing: Standing,
    /// They may write in the document.
    writes: bool,
    made_a_resolution: bool,
    /// They are the register that brought the document.
    brought: bool,
}

impl Corrector {
    fn of(story: &[Entry], member: MemberId, standing: Standing) -> Self {
        let valid = || story.iter().filter(|entry| entry.judgement == Judgement::Valid);
        let own = || valid().filter(|entry| entry.author == member);
        let kind = |entry: &Entry| entry.written().and_then(Event::kind);
        let made = own().any(|entry| kind(entry).is_some_and(Kind::is_first));
        let sent = story.iter().filter(|entry| entry.stands()).any(|entry| match &entry.event {
            Some(Event::DispatchTeam(sent)) => standing.teams.contains(&sent.team),
            _ => false,
        });
        let source = |entry: &Entry| match entry.written() {
            Some(Event::Discover(discover)) => discover.source.is_some(),
            Some(Event::Found(found)) => found.source.is_some(),
            _ => false,
        };
        let at = Circumstances { level: Level::Building, sent, code_issued: made };
        let resolves = |kind| matches!(kind, Kind::Resolve | Kind::CloseUnsolved);
        Self {
            member,
            writes: standing.may(Deed::Word, at) || standing.may(Deed::Fieldwork, at),
            made_a_resolution: own().any(|entry| kind(entry).is_some_and(resolves)),
            brought: made
                && standing.has(RoleKind::Register)
                && story.iter().any(|entry| entry.stands() && source(entry)),
            standing,
        }
    }

    fn may(&self, entry: &Entry) -> bool {
        let (correctors, own) = (entry.correctors, entry.author == self.member);
        let may = || {
            self.standing.may_correct(correctors, own, || self.writes, || self.made_a_resolution)
                || self.brought && own && correctors != Correctors::Unresolving
        };
        entry.stands() && may()
    }
}

struct Case<'a> {
    state: &'a Grievance,
    member: MemberId,
    circumstances: Circumstances,
    standing: Standing,
}

impl Case<'_> {
    fn why_not(&self, kind: Kind) -> Option<WhyNot> {
        if !self.may(kind) { Some(WhyNot::NoRight) } else { self.senseless(kind) }
    }

    /// Whether the member's roles allow it.
    fn may(&self, kind: Kind) -> bool {
        let own = self.standing.level().unwrap_or(Level::Building);
        let deed = match kind {
            Kind::Decline if self.state.owner == Some(self.member) => return true,
            Kind::Accept | Kind::Decline | Kind::Close => Deed::Accept,
            Kind::Contact | Kind::Progress | Kind::Resolve | Kind::AskedNoAnswer => Deed::Work,
            Kind::SetGrade
            | Kind::SetDue
            | Kind::Escalate
            | Kind::DuplicateOf
            | Kind::NotDuplicate => Deed::Raise,
            Kind::Assign | Kind::DispatchTeam => Deed::Assign,
            Kind::Correct => return self.corrects(),
            Kind::TakeOver => Deed::Move(own),
            Kind::SendBack => Deed::Move(self.state.level),
            Kind::CloseUnsolved | Kind::CouncilItem | Kind::Transfer | Kind::Settle => Deed::Decide,
            // Confirm, Reject, Withdraw, FeedBack, Note, Attach.
            _ => Deed::Word,
        };
        self.standing.may(deed, self.circumstances)
    }

    /// Whether there is an event that is theirs to correct.
    fn corrects(&self) -> bool {
        let story = &self.state.story;
        let corrector = Corrector::of(story, self.member, self.standing.clone());
        story.iter().any(|entry| corrector.may(entry))
    }

    /// Whether the resident's word would be refused as the member's own without evidence.
    fn needs_evidence(&self, kind: Kind) -> bool {
        let state = self.state;
        let solved = |of_round: bool| {
            state.accounts.iter().any(|account| {
                (!of_round || account.round == state.round)
                    && (account.id.member == self.member || account.helpers.contains(&self.member))
            })
        };
        match kind {
            Kind::Confirm => solved(true),
            Kind::Withdraw => solved(false) || state.owner == Some(self.member),
            _ => false,
        }
    }

    /// Why it makes no sense in this state, whoever does it.
    fn senseless(&self, kind: Kind) -> Option<WhyNot> {
        let state = self.state;
        let stage = state.stage;
        // Something was done in this round that the resident may speak to.
        let this_round = || state.accounts.iter().filter(|account| account.round == state.round);
        let unsolved = !this_round().any(|account| account.how.is_some());
        let nothing = this_round().next().is_none();
        let own = self.standing.level().unwrap_or(Level::Building);
        let settled = state.flags.iter().all(|flag| flag.settled);
        let void = (stage == Stage::Void, WhyNot::Gone);
        let gone = (matches!(stage, Stage::Transferred | Stage::EnteredByMistake), WhyNot::Gone);
        let over = (stage.is_over(), WhyNot::Over);
        let first = |reasons: &[(bool, WhyNot)]| {
            let mut reasons = [void].into_iter().chain(reasons.iter().copied());
            reasons.find(|(holds, _)| *holds).map(|(_, why)| why)
        };
        match kind {
            Kind::Accept => first(&[gone, over, (state.owner == Some(self.member), WhyNot::Yours)]),
            Kind::AskedNoAnswer => first(&[gone, over, (unsolved, WhyNot::NothingDone)]),
            Kind::Close => first(&[gone, over, (!state.may_close, WhyNot::NotAnswered)]),
            Kind::TakeOver => first(&[gone, over, (own <= state.level, WhyNot::AsHigh)]),
            Kind::SendBack => {
                first(&[gone, over, (state.level <= Level::Grid, WhyNot::NotPassedUp)])
            }
            Kind::Transfer => first(&[gone]),
            Kind::Confirm => {
                let withdrawn = (stage == Stage::Withdrawn, WhyNot::Withdrawn);
                first(&[gone, withdrawn, (unsolved, WhyNot::NothingDone)])
            }
            Kind::Reject | Kind::FeedBack => first(&[gone, (nothing, WhyNot::NothingDone)]),
            Kind::NotDuplicate => first(&[(state.duplicates.is_empty(), WhyNot::NoLink)]),
            Kind::Settle => first(&[(settled, WhyNot::NothingToSettle)]),
            Kind::DuplicateOf | Kind::Note | Kind::Attach | Kind::Correct => first(&[]),
            _ => first(&[gone, over]),
        }
    }
}
