//! Stories that need the lead of the block.

use doorstep_domain::{
    event::{
        Assign, CloseUnsolved, Correct, Decline, DispatchTeam, Escalate, Event, Link, SendBack,
        SetDue, SetGrade, Settle, TakeOver, Text, Transfer,
    },
    table::{Channel, Flag, Grade, How, Level},
};

use super::{
    super::{
        deed::{Deed, Filed},
        layout::When,
        plan::clock_ms,
        stand_in::stand_in,
        words,
    },
    Cast, Told,
};

const DAY_S: u64 = 24 * 60 * 60;

/// A dispute goes up to the block, a team is sent, it comes back to the grid and to somebody else, and all
/// three kinds of mediation are tried.
pub(super) fn sent_up_and_back(told: &mut Told<'_, '_>) -> Option<()> {
    let (Cast { first, second, .. }, lead) = (told.cast, told.lead()?);
    let (of, _) = told.file(When::DayOne, first, true)?;
    told.accept(When::DayOne, first, of);
    told.contact(When::DayOne, first, of);
    told.progress(When::DayOne, first, of, How::PeoplesMediation);
    escalate(told, When::DayOne, first, of);
    told.says(When::DayTwo, lead, of, Event::TakeOver(TakeOver { level: Level::Block }));
    told.progress(When::DayTwo, lead, of, How::AdministrativeMediation);
    if let Some(team) = told.builder.team() {
        let task = Some(Text::from(words::step(told.dice)));
        told.says(When::DayTwo, lead, of, Event::DispatchTeam(DispatchTeam { team, task }));
    }
    let (to, returns, reason) = (Level::Grid, vec![], 6);
    let back = SendBack { to, returns, reason, text: None };
    told.says(When::DayThree, lead, of, Event::SendBack(back));
    let assign = Assign { to: told.member(second), supersedes: vec![], reason: None };
    told.says(When::DayThree, lead, of, Event::Assign(assign));
    told.progress(When::Grievances, second, of, How::JudicialMediation);
    let solved = told.resolve(When::Grievances, second, of, How::JudicialMediation);
    told.confirm(When::FirstSteps, first, of, solved, false);
    told.feed_back(When::FirstSteps, first, of, solved);
    Some(())
}

fn escalate(told: &mut Told<'_, '_>, when: When, phone: usize, of: super::Handle) {
    let (level, reason) = (Level::Block, 3);
    let event = Event::Escalate(Escalate { level, reason, text: None, body: None });
    told.says(when, phone, of, event);
}

/// It takes longer, and then cannot be solved: the lead closes it and the resident is told why.
pub(super) fn unsolved(told: &mut Told<'_, '_>) -> Option<()> {
    let (Cast { first, .. }, lead) = (told.cast, told.lead()?);
    let (of, _) = told.file(When::DayOne, first, false)?;
    told.accept(When::DayOne, first, of);
    escalate(told, When::DayOne, first, of);
    let due = clock_ms(18, 0) / 1_000 + 20 * DAY_S;
    let later = SetDue { due, supersedes: vec![], reason: Some(13) };
    told.says(When::DayTwo, lead, of, Event::SetDue(later));
    told.progress(When::DayThree, lead, of, How::Referral);
    let close = CloseUnsolved {
        answers: vec![],
        reason: 10,
        told: Some(Channel::Phone),
        text: Some(Text::from(words::step(told.dice))),
    };
    told.says(When::Grievances, lead, of, Event::CloseUnsolved(close));
    Some(())
}

/// Given to one who has no hands free, then to another, who settles it.
pub(super) fn declined(told: &mut Told<'_, '_>) -> Option<()> {
    let (Cast { first, second, .. }, lead) = (told.cast, told.lead()?);
    let (of, _) = told.file(When::DayOne, first, false)?;
    let assign = |to| Event::Assign(Assign { to, supersedes: vec![], reason: None });
    let (one, other) = (told.member(second), told.member(first));
    let given = told.says(When::DayTwo, lead, of, assign(one));
    let declined = Some(told.named(given, second));
    let decline = Decline { of: declined, reason: 5, text: None };
    told.says(When::DayThree, second, of, Event::Decline(decline));
    told.says(When::Grievances, lead, of, assign(other));
    told.contact(When::FirstSteps, first, of);
    let solved = told.resolve(When::FirstSteps, first, of, How::Help);
    told.confirm(When::Offline, second, of, solved, true);
    Some(())
}

/// Filed at a building, though it is of the street: filed again there, and the first one is transferred.
pub(super) fn filed_elsewhere(told: &mut Told<'_, '_>) -> Option<()> {
    let (Cast { first, second, .. }, lead) = (told.cast, told.lead()?);
    let (of, _) = told.file(When::DayOne, first, false)?;
    let place = told.builder.grid_of(first)?.place(told.builder.realm);
    let what = words::street(told.dice);
    let (household, grade) = (None, Some(Grade::C));
    let filed = Filed { place, what, spot: None, household, kind: 5, grade };
    let (again, _) = told.make(When::DayTwo, lead, place, Deed::File(filed));
    let transfer = Transfer { to: Link::to(stand_in(again)), reason: 4 };
    told.says(When::DayTwo, lead, of, Event::Transfer(transfer));
    told.accept(When::DayThree, second, again);
    let solved = told.resolve(When::DayThree, second, again, How::Intervene);
    told.confirm(When::Grievances, first, again, solved, false);
    Some(())
}

/// Entered where nothing was: the lead strikes it.
pub(super) fn by_mistake(told: &mut Told<'_, '_>) -> Option<()> {
    let (Cast { first, .. }, lead) = (told.cast, told.lead()?);
    let (of, found) = told.file(When::DayOne, first, false)?;
    let event = told.named(found, lead);
    let correct = Correct { event, reason: 0, replacement: None };
    told.says(When::DayTwo, lead, of, Event::Correct(correct));
    Some(())
}

/// Two grade it unseen by each other, and the lead settles which holds.
pub(super) fn two_grades(told: &mut Told<'_, '_>) -> Option<()> {
    let (Cast { first, second, .. }, lead) = (told.cast, told.lead()?);
    let (of, _) = told.file(When::DayOne, first, false)?;
    let grade = |grade| Event::SetGrade(SetGrade { grade, supersedes: vec![], reason: None });
    let set = [
        told.says(When::DayTwo, first, of, grade(Grade::A)),
        told.says(When::DayTwo, second, of, grade(Grade::B)),
    ];
    let about = set.map(|said| told.named(said, lead)).to_vec();
    let choice = u64::from(Grade::B.number());
    let settle = Settle { flag: Flag::Grade, about, choice, reason: Some(15) };
    told.says(When::DayThree, lead, of, Event::Settle(settle));
    told.accept(When::DayThree, first, of);
    told.contact(When::DayThree, first, of);
    let solved = told.resolve(When::Grievances, first, of, How::Explained);
    told.feed_back(When::FirstSteps, first, of, solved);
    Some(())
}
