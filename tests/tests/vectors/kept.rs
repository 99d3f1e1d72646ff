//! What may never be lost, worked out once more from the events alone: no confirmation, rejection,
//! escalation, more urgent grade or account of a resolution disappears. Each is in the story, and in force
//! unless something names why not. Better hear a resident once too often than never.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{
    event::{Act, Decoded, Event, Ref},
    fold::{
        Grievance,
        grievance::Stage,
        story::{Entry, Judgement},
    },
    input::{Copy, EventId},
    table::Flag,
};
use doorstep_protocol::id::{ChangeHash, MemberId};

/// How often each rule had something to say.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    rejections: u64,
    confirmations: u64,
    /// Confirmations that a rejection took the force of.
    overruled: u64,
    escalations: u64,
    returned: u64,
    grades: u64,
    superseded: u64,
    accounts: u64,
    answers: u64,
    /// Histories that a rejection keeps open.
    open: u64,
}

impl Tally {
    /// Every rule was tried often enough.
    pub(crate) fn enough(&self, histories: u64) -> bool {
        let often = [
            self.rejections,
            self.confirmations,
            self.overruled,
            self.escalations,
            self.grades,
            self.accounts,
            self.answers,
            self.open,
        ];
        let seldom = [self.returned, self.superseded];
        often.iter().all(|n| *n > histories / 10) && seldom.iter().all(|n| *n > histories / 200)
    }
}

/// The events of a story, and what each author had seen.
struct Told<'a> {
    entries: BTreeMap<EventId, &'a Entry>,
    /// Acts that a copy had seen.
    pasts: BTreeMap<ChangeHash, BTreeSet<(MemberId, doorstep_protocol::id::ActId)>>,
}

impl<'a> Told<'a> {
    fn of(copies: &[Copy], state: &'a Grievance) -> Self {
        let by_hash: BTreeMap<ChangeHash, &Copy> = copies.iter().map(|c| (c.hash, c)).collect();
        let past = |copy: &Copy| {
            let mut seen = BTreeSet::new();
            let mut next = copy.deps.clone();
            let mut done = BTreeSet::new();
            while let Some(hash) = next.pop() {
                let Some(copy) = by_hash.get(&hash).filter(|_| done.insert(hash)) else { continue };
                seen.insert((copy.author, copy.act));
                next.extend(&copy.deps);
            }
            seen
        };
        Self {
            entries: state.story.iter().map(|entry| (entry.id, entry)).collect(),
            pasts: copies.iter().map(|copy| (copy.hash, past(copy))).collect(),
        }
    }

    fn saw(&self, entry: &Entry, other: EventId) -> bool {
        if (entry.id.member, entry.id.act) == (other.member, other.act) {
            return other.n < entry.id.n;
        }
        self.pasts[&entry.copy].contains(&(other.member, other.act))
    }

    /// Whose words an entry says: a replacement names others as its own author does.
    fn target(&self, entry: &Entry, to: &Ref) -> EventId {
        let corrected = entry.corrected_by.filter(|_| entry.was.is_some());
        let speaker = corrected.map_or(entry.id.member, |by| by.member);
        EventId { act: to.act, n: to.n, member: to.member.unwrap_or(speaker) }
    }

    fn targets(&self, entry: &Entry, to: &[Ref]) -> Vec<EventId> {
        to.iter().map(|to| self.target(entry, to)).collect()
    }

    fn struck(&self, entry: &Entry) -> bool {
        entry.corrected_by.is_some_and(|by| match &self.entries[&by].event {
            Some(Event::Correct(correct)) => correct.replacement.is_none(),
            _ => false,
        })
    }

    /// Valid and not struck, held or not.
    fn stands(&self, id: EventId) -> Option<&'a Entry> {
        let entry = *self.entries.get(&id)?;
        (entry.judgement == Judgement::Valid && !self.struck(entry)).then_some(entry)
    }

    /// All that has force: valid, not struck, not held.
    fn forces(&self) -> Vec<(&'a Entry, &'a Event)> {
        self.entries
            .values()
            .filter(|entry| !entry.held && self.stands(entry.id).is_some())
            .filter_map(|entry| Some((*entry, entry.event.as_ref()?)))
            .collect()
    }
}

fn so(is: bool, what: &str, about: impl std::fmt::Debug) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("{what}: {about:?}")) }
}

/// Nothing of what was said is lost in this state.
pub(crate) fn nothing_is_lost(
    copies: &[Copy],
    state: &Grievance,
    tally: &mut Tally,
) -> Result<(), String> {
    let said: BTreeSet<EventId> = copies.iter().flat_map(events).collect();
    let told: BTreeSet<EventId> = state.story.iter().map(|entry| entry.id).collect();
    so(said == told && told.len() == state.story.len(), "the story is not all", told.len())?;
    let told = Told::of(copies, state);
    statements(copies, &told)?;
    accounts(&told, state, tally)?;
    words(&told, state, tally)?;
    urgency(&told, state, tally)?;
    answers(&told, state, tally)?;
    stage(&told, state, tally)
}

fn events(copy: &Copy) -> Vec<EventId> {
    let count = match Act::decode(&copy.value) {
        Decoded::Act { events, .. } => events.len(),
        _ => 1,
    };
    let id = |n| EventId { act: copy.act, n, member: copy.author };
    (0..count as u32).map(id).collect()
}

/// Every statement stands in the story as it was written, with what was judged of it; what is not valid has
/// no force and its reason.
fn statements(copies: &[Copy], told: &Told<'_>) -> Result<(), String> {
    for entry in told.entries.values() {
        let copy = copies.iter().find(|copy| copy.hash == entry.copy);
        let written = copy.map(|copy| Act::decode(&copy.value));
        let written = match &written {
            Some(Decoded::Act { events, .. }) => events.get(entry.id.n as usize),
            _ => None,
        };
        let shown = entry.was.as_ref().or(entry.event.as_ref());
        let same = written.and_then(|event| event.as_ref().ok()) == shown;
        so(same, "a statement is shown otherwise than it was written", entry.id)?;
        so(entry.was.is_none() || entry.corrected_by.is_some(), "changed by nobody", entry.id)?;
        let valid = entry.judgement == Judgement::Valid;
        so(valid || !entry.in_force, "what is rejected is in force", entry.id)?;
    }
    Ok(())
}

/// What a resident said, and what was told to them, stands at the account that it is about, in force or not.
fn answers(told: &Told<'_>, state: &Grievance, tally: &mut Tally) -> Result<(), String> {
    for entry in told.entries.values().filter(|entry| told.stands(entry.id).is_some()) {
        let of = match &entry.event {
            Some(Event::Confirm(yes)) => &yes.resolution,
            Some(Event::Reject(no)) => &no.resolution,
            Some(Event::AskedNoAnswer(asked)) => &asked.resolution,
            Some(Event::FeedBack(told)) => &told.resolution,
            _ => continue,
        };
        let account = told.target(entry, of);
        let Some(account) = state.accounts.iter().find(|kept| kept.id == account) else { continue };
        let kept = account.answers.iter().find(|answer| answer.id == entry.id);
        let same = kept.is_some_and(|kept| kept.in_force == entry.in_force);
        so(same, "an answer is not at its account", entry.id)?;
        tally.answers += 1;
    }
    Ok(())
}

fn accounts(told: &Told<'_>, state: &Grievance, tally: &mut Tally) -> Result<(), String> {
    for entry in told.entries.values().filter(|entry| told.stands(entry.id).is_some()) {
        if let Some(Event::Resolve(_) | Event::CloseUnsolved(_)) = &entry.event {
            let kept = state.accounts.iter().any(|account| account.id == entry.id);
            so(kept, "an account is lost", entry.id)?;
            tally.accounts += 1;
        }
    }
    Ok(())
}

fn words(told: &Told<'_>, state: &Grievance, tally: &mut Tally) -> Result<(), String> {
    let round = |id: EventId| state.accounts.iter().find(|a| a.id == id).map(|a| a.round);
    let forces = told.forces();
    let rejected: Vec<(EventId, u32)> = forces
        .iter()
        .filter_map(|(entry, event)| match event {
            Event::Reject(no) => Some((entry.id, round(told.target(entry, &no.resolution))?)),
            _ => None,
        })
        .collect();
    for (entry, event) in &forces {
        match event {
            // Only a resolution that is no more takes the force of a rejection.
            Event::Reject(no) if told.stands(told.target(entry, &no.resolution)).is_some() => {
                so(entry.in_force, "a rejection is out of force", entry.id)?;
                let answered = forces.iter().any(|(by, event)| match event {
                    Event::Resolve(r) => told.targets(by, &r.answers).contains(&entry.id),
                    Event::CloseUnsolved(r) => told.targets(by, &r.answers).contains(&entry.id),
                    _ => false,
                });
                let open = state.open_rejections.contains(&entry.id);
                so(answered != open, "a rejection is neither answered nor open", entry.id)?;
                tally.rejections += 1;
            }
            Event::Confirm(yes) => {
                let to = told.target(entry, &yes.resolution);
                let resolution = told.stands(to).filter(|resolution| !resolution.held);
                let over = rejected.iter().any(|(_, of)| Some(*of) == round(to));
                let expected = resolution.is_some() && !over;
                so(entry.in_force == expected, "a confirmation is not as it should be", entry.id)?;
                tally.confirmations += 1;
                tally.overruled += u64::from(over);
            }
            _ => {}
        }
    }
    Ok(())
}

fn urgency(told: &Told<'_>, state: &Grievance, tally: &mut Tally) -> Result<(), String> {
    let forces = told.forces();
    let names = |of: EventId, named: &dyn Fn(&Entry, &Event) -> Vec<EventId>| {
        forces.iter().any(|(by, event)| named(by, event).contains(&of))
    };
    let superseded = |of: EventId| {
        names(of, &|by, event| match event {
            Event::SetGrade(set) => told.targets(by, &set.supersedes),
            Event::Settle(s) if s.flag == Flag::Grade => told.targets(by, &s.about),
            _ => Vec::new(),
        })
    };
    let returned = |of: EventId| {
        names(of, &|by, event| match event {
            Event::SendBack(back) => told.targets(by, &back.returns),
            _ => Vec::new(),
        })
    };
    for (entry, event) in &forces {
        match event {
            Event::SetGrade(set) => {
                let gone = superseded(entry.id);
                so(gone != entry.in_force, "a grade is not as it should be", entry.id)?;
                so(gone || state.grade <= set.grade, "the grade is less urgent", entry.id)?;
                tally.grades += 1;
                tally.superseded += u64::from(gone);
            }
            Event::Escalate(up) => {
                let gone = returned(entry.id);
                so(gone || entry.in_force, "an escalation is out of force", entry.id)?;
                so(gone || state.level >= up.level, "the level is lower", entry.id)?;
                tally.escalations += 1;
                tally.returned += u64::from(gone);
            }
            _ => {}
        }
    }
    Ok(())
}

fn stage(told: &Told<'_>, state: &Grievance, tally: &mut Tally) -> Result<(), String> {
    let forces = told.forces();
    let left = matches!(state.stage, Stage::Transferred | Stage::EnteredByMistake | Stage::Void);
    let later = |id: EventId| {
        let of = |id: EventId| state.accounts.iter().find(|a| a.id == id).map(|a| a.round);
        let no = told.entries[&id];
        let round = match &no.event {
            Some(Event::Reject(reject)) => of(told.target(no, &reject.resolution)),
            _ => None,
        };
        forces.iter().any(|(entry, event)| match event {
            Event::Confirm(yes) => {
                entry.in_force && of(told.target(entry, &yes.resolution)) > round
            }
            _ => false,
        })
    };
    let unheard = state.open_rejections.iter().any(|id| !later(*id));
    if unheard && !left && state.stage != Stage::Withdrawn {
        so(state.stage == Stage::Reopened, "the resident is not heard again", state.stage)?;
        tally.open += 1;
    }
    let withdrawn = || {
        forces.iter().any(|(entry, event)| {
            matches!(event, Event::Withdraw(_))
                && forces
                    .iter()
                    .filter(|(_, event)| matches!(event, Event::Reject(_)))
                    .all(|(no, _)| !no.in_force || told.saw(entry, no.id))
        })
    };
    match state.stage {
        Stage::Withdrawn => so(withdrawn(), "withdrawn, and a rejection was not seen", ())?,
        Stage::Closed | Stage::Confirmed => so(state.confirmed, "not confirmed", state.stage)?,
        Stage::ClosedUnsolved => so(state.told, "the resident was not told", ())?,
        Stage::ClosedNotReached => {
            so(state.attempts.len() >= 3 && !state.confirmed, "not asked three times", ())?;
        }
        _ => {}
    }
    let over = matches!(
        state.stage,
        Stage::Closed | Stage::ClosedNotReached | Stage::ClosedUnsolved | Stage::Confirmed
    );
    let current = state.accounts.iter().any(|account| account.round == state.round);
    so(!over || current, "over in a round in which nothing was done", state.round)
}
