//! What a member may write now, for the screens: only the steps that make sense in the state at hand and
//! that their rights allow. The check before saving (`crate::check`) has the last word.

use doorstep_protocol::{
    id::{MemberId, PlaceId},
    roster::RosterAt,
};

use crate::{
    fold::grievance::{Grievance, Stage},
    rights::{Circumstances, Deed, Standing},
    table::{Kind, Level},
};

/// The kinds of events that `member` may write now into a grievance, in the order of their numbers.
/// `place` is the place whose log the grievance is in.
pub fn steps(state: &Grievance, member: MemberId, at: RosterAt<'_>, place: PlaceId) -> Vec<Kind> {
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
    Kind::ALL.iter().copied().filter(|kind| case.offers(*kind)).collect()
}

struct Case<'a> {
    state: &'a Grievance,
    member: MemberId,
    circumstances: Circumstances,
    standing: Standing,
}

impl Case<'_> {
    fn may(&self, deed: Deed) -> bool {
        self.standing.may(deed, self.circumstances)
    }

    fn offers(&self, kind: Kind) -> bool {
        let state = self.state;
        let stage = state.stage;
        if stage == Stage::Void {
            return false;
        }
        let open = !stage.is_over();
        // Something was done in this round that the resident may speak to.
        let solved = state.accounts.iter().any(|a| a.round == state.round && a.how.is_some());
        let answerable = state.accounts.iter().any(|a| a.round == state.round);
        let left = matches!(stage, Stage::Transferred | Stage::EnteredByMistake);
        let own = self.standing.level().unwrap_or(Level::Building);
        match kind {
            Kind::Accept => open && state.owner != Some(self.member) && self.may(Deed::Accept),
            Kind::Decline => open && (state.owner == Some(self.member) || self.may(Deed::Accept)),
            Kind::Contact | Kind::Progress | Kind::Resolve => open && self.may(Deed::Work),
            Kind::AskedNoAnswer => open && solved && self.may(Deed::Work),
            Kind::Close => open && state.may_close && self.may(Deed::Accept),
            Kind::SetGrade | Kind::SetDue | Kind::Escalate => open && self.may(Deed::Raise),
            Kind::Assign | Kind::DispatchTeam => open && self.may(Deed::Assign),
            Kind::TakeOver => open && own > state.level && self.may(Deed::Move(own)),
            Kind::SendBack => {
                open && state.level > Level::Grid && self.may(Deed::Move(state.level))
            }
            Kind::CloseUnsolved | Kind::CouncilItem => open && self.may(Deed::Decide),
            Kind::Transfer => !left && self.may(Deed::Decide),
            Kind::Confirm => !left && solved && stage != Stage::Withdrawn && self.may(Deed::Word),
            Kind::Reject => !left && answerable && self.may(Deed::Word),
            Kind::FeedBack => !left && answerable && self.may(Deed::Word),
            Kind::Withdraw => open && self.may(Deed::Word),
            Kind::DuplicateOf => self.may(Deed::Raise),
            Kind::NotDuplicate => !state.duplicates.is_empty() && self.may(Deed::Raise),
            Kind::Note | Kind::Attach | Kind::Correct => self.may(Deed::Word),
            Kind::Settle => state.flags.iter().any(|flag| !flag.settled) && self.may(Deed::Decide),
            _ => false,
        }
    }
}
