//! What forms need, each in one call, with the id of the act that they will make.

use std::collections::BTreeSet;

use doorstep_core::PlaceInfo;
use doorstep_domain::{
    fold::Grievance,
    rights::{Circumstances, Deed, Standing},
    table::{How, Kind, Level, RefField, list, takes},
    words::{self, Names as _},
};
use doorstep_protocol::{
    id::{DocumentId, Level as PlaceLevel, MemberId, PlaceId},
    roster::RoleKind,
};

use super::{Desk, Doorstep, new_act};
use crate::{
    convert::{
        enums::{how_word, level_word},
        ids::event_text,
        numbers::count,
        query,
        reader::Reader,
    },
    enums::StepKind,
    error::{Code, DoorstepError, Fault},
    records::{
        Choice, CodeLine, GrievanceForm, HouseholdForm, MemberLine, ResolutionLine, StepForm,
        VisitForm,
    },
};

/// People to choose from at most.
const PEOPLE_MAX: usize = 200;

#[uniffi::export]
impl Doorstep {
    /// What the form for a new household needs.
    pub fn household_form(&self) -> Result<HouseholdForm, DoorstepError> {
        self.call(|desk| {
            let reader = desk.reader();
            let buildings = desk.call.engine.my_day()?.buildings;
            Ok(HouseholdForm {
                act: new_act()?,
                buildings: buildings.into_iter().map(|day| reader.building(day)).collect(),
                relations: reader.offered(list::RELATION),
            })
        })
    }

    /// What the form for a visit needs.
    ///
    /// # Errors
    ///
    /// `look_again` where the household is not on this phone.
    pub fn visit_form(&self, household: String) -> Result<VisitForm, DoorstepError> {
        self.call(|desk| {
            let line = desk.household_line(query::document(&household)?)?;
            let reader = desk.reader();
            Ok(VisitForm {
                act: new_act()?,
                household: reader.household(line.ok_or(Code::LookAgain)?),
                purposes: reader.offered(list::PURPOSE),
                kinds: reader.offered(list::KIND),
                checklist: reader.offered(list::CHECKLIST),
                answers: reader.offered(list::ANSWER),
            })
        })
    }

    /// What the form for a grievance without a visit needs.
    pub fn grievance_form(&self) -> Result<GrievanceForm, DoorstepError> {
        self.call(|desk| {
            let reader = desk.reader();
            Ok(GrievanceForm {
                act: new_act()?,
                places: reader.places_to_file(),
                kinds: reader.offered(list::KIND),
            })
        })
    }

    /// What the form for a step needs.
    ///
    /// # Errors
    ///
    /// `look_again` where the grievance is not on this phone, or this member may not take that step now.
    pub fn step_form(&self, doc: String, kind: StepKind) -> Result<StepForm, DoorstepError> {
        self.call(|desk| desk.step_form(query::document(&doc)?, kind))
    }
}

impl Desk<'_> {
    fn step_form(&self, doc: DocumentId, step: StepKind) -> Result<StepForm, Fault> {
        let record = self.call.engine.grievance(doc)?.ok_or(Code::LookAgain)?;
        let line = self.grievance_line(doc)?.ok_or(Code::LookAgain)?;
        let kind = Kind::from(step);
        if !record.steps().contains(&kind) {
            return Err(Code::LookAgain.into());
        }
        let reader = self.reader();
        let state = &record.state;
        Ok(StepForm {
            act: new_act()?,
            view: record.view.to_string(),
            kind: step,
            text: words::step(kind, reader.language).to_owned(),
            line: reader.grievance(line),
            reasons: reader.reasons(step),
            hows: reader.hows(step),
            resolutions: reader.resolutions(kind, state),
            people: reader.people(step, state.place),
            levels: reader.levels(step, state),
        })
    }
}

impl Reader {
    /// Places whose logs this phone holds, the smallest first: buildings, then what they lie in.
    fn places_to_file(&self) -> Vec<Choice> {
        let places = self.directory.places.values();
        let mut held: Vec<&PlaceInfo> = places.filter(|it| it.held && !it.ended).collect();
        held.sort_by_key(|place| (place.level, &place.code, place.id));
        let choice =
            |place: &PlaceInfo| Choice { value: place.id.to_string(), text: self.within(place) };
        held.into_iter().map(choice).collect()
    }

    /// A place by name; one above buildings with its level, since a street is filed at its grid.
    fn within(&self, place: &PlaceInfo) -> String {
        let name = self.place(place.id);
        match place.level {
            Some(PlaceLevel::Grid) => {
                self.pick(&format!("{name}（网格公共区域）"), &format!("{name} (street or square)"))
            }
            Some(PlaceLevel::Block) => {
                self.pick(&format!("{name}（街区）"), &format!("{name} (whole block)"))
            }
            _ => name,
        }
    }

    fn reasons(&self, step: StepKind) -> Vec<CodeLine> {
        match step {
            StepKind::Decline
            | StepKind::Reject
            | StepKind::CloseUnsolved
            | StepKind::Withdraw
            | StepKind::SetGrade
            | StepKind::SetDue
            | StepKind::Escalate
            | StepKind::SendBack
            | StepKind::Assign => self.offered(list::REASON),
            _ => vec![],
        }
    }

    fn hows(&self, step: StepKind) -> Vec<Choice> {
        let choice = |how: &How| Choice {
            value: how_word(*how).to_owned(),
            text: words::how(*how, self.language).to_owned(),
        };
        match step {
            StepKind::Contact | StepKind::Progress | StepKind::Resolve => {
                How::ALL.iter().map(choice).collect()
            }
            _ => vec![],
        }
    }

    /// What was done or could not be, as far as a step of this kind may name it.
    fn resolutions(&self, kind: Kind, state: &Grievance) -> Vec<ResolutionLine> {
        let named = match kind {
            Kind::AskedNoAnswer | Kind::Confirm | Kind::Reject | Kind::FeedBack => {
                takes(kind, RefField::Resolution).unwrap_or_default()
            }
            _ => &[],
        };
        let mut accounts: Vec<_> = state.accounts.iter().filter(|it| !it.held).collect();
        accounts.sort_by_key(|account| std::cmp::Reverse((account.round, account.time)));
        let line = |account: &&_| {
            let doorstep_domain::fold::grievance::Account { id, round, how, .. } = account;
            let (made, what) = match how {
                Some(how) => (Kind::Resolve, words::how(*how, self.language)),
                None => (Kind::CloseUnsolved, words::noun(Kind::CloseUnsolved, self.language)),
            };
            let by = self.member(id.member);
            named.contains(&made).then(|| ResolutionLine {
                event: event_text(*id),
                text: self.pick(&format!("{what}（{by}）"), &format!("{what}, by {by}")),
                round: count(*round),
            })
        };
        accounts.iter().filter_map(line).collect()
    }

    /// Who works at a place or above it, the nearest first.
    fn people(&self, step: StepKind, place: PlaceId) -> Vec<MemberLine> {
        if step != StepKind::Assign {
            return vec![];
        }
        let above = self.directory.above(place);
        let people = self.directory.people.values();
        let mut working: Vec<_> = people
            .filter_map(|person| Some((self.standing(person.id, &above).level()?, person)))
            .collect();
        working.sort_by_key(|(level, person)| (*level, &person.code, person.id));
        let line = |(_, person): &(Level, &doorstep_core::PersonInfo)| self.member_line(person.id);
        working.iter().take(PEOPLE_MAX).map(line).collect()
    }

    /// Levels to which a step may take it.
    fn levels(&self, step: StepKind, state: &Grievance) -> Vec<Choice> {
        let above = self.directory.above(state.place);
        let standing = self.me.map(|me| self.standing(me, &above)).unwrap_or_default();
        let at = Circumstances { level: state.level, sent: false, code_issued: false };
        let fits = |level: Level| match step {
            StepKind::Escalate if level == Level::Outside => {
                standing.may(Deed::EscalateOutside, at)
            }
            StepKind::Escalate => level > state.level,
            StepKind::TakeOver => level > state.level && standing.may(Deed::Move(level), at),
            StepKind::SendBack => level >= Level::Grid && level < state.level,
            _ => false,
        };
        let choice = |level: Level| Choice {
            value: level_word(level).to_owned(),
            text: words::level(level, self.language).to_owned(),
        };
        Level::ALL.iter().copied().filter(|level| fits(*level)).map(choice).collect()
    }

    /// What somebody is at the first of these places, by the newest rosters.
    fn standing(&self, member: MemberId, above: &[PlaceId]) -> Standing {
        let Some(person) = self.directory.people.get(&member) else { return Standing::default() };
        let roles =
            person.roles.iter().filter(|(at, role)| *role != RoleKind::Team && above.contains(at));
        Standing {
            roles: roles.map(|(_, role)| *role).collect(),
            assigned: person.assigned.iter().any(|(at, _)| above.contains(at)),
            teams: BTreeSet::new(),
        }
    }
}
