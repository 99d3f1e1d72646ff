//! What a person says in a step, as the event that it is.

use doorstep_domain::{
    event::{
        Accept, AskedNoAnswer, Assign, Close, CloseUnsolved, Confirm, Contact, Decline, Escalate,
        Event, FeedBack, Note, Progress, Reject, Resolve, SendBack, SetDue, SetGrade, TakeOver,
        Text, Withdraw,
    },
    fold::grievance::Stage,
    table::Kind,
    words,
};
use doorstep_protocol::id::MemberId;

use super::{
    enums::STEPS,
    ids::{event, id},
    numbers::{taken, taken_if},
    reader::Reader,
    texts::{needed, optional},
};
use crate::{
    enums::{How, StepKind},
    error::{Code, Fault},
    records::{Step, StepOffer},
};

/// The step that usually comes next, by how far a grievance is.
fn usual(stage: Stage) -> Option<StepKind> {
    match stage {
        Stage::Discovered => Some(StepKind::Accept),
        Stage::Accepted | Stage::InProgress | Stage::Reopened => Some(StepKind::Resolve),
        Stage::Resolved => Some(StepKind::Confirm),
        Stage::Confirmed => Some(StepKind::FeedBack),
        _ => None,
    }
}

impl Reader {
    /// The steps that the member may take, in the order of the loop.
    pub(crate) fn offers(&self, allowed: &[Kind], stage: Stage) -> Vec<StepOffer> {
        let usual = usual(stage);
        let offered = STEPS.iter().filter(|step| allowed.contains(&Kind::from(**step)));
        offered
            .map(|step| StepOffer {
                kind: *step,
                text: words::step((*step).into(), self.language).to_owned(),
                main: Some(*step) == usual,
            })
            .collect()
    }
}

fn text(text: Option<String>) -> Result<Option<Text>, Fault> {
    Ok(optional(text)?.map(Text::from))
}

fn liked(given: Option<i32>) -> Result<Option<u8>, Fault> {
    match taken_if(given)? {
        Some(given) if !(1..=5).contains(&given) => Err(Code::BadNumber.into()),
        given => Ok(given),
    }
}

/// The event of a step by `me`. Lists of what it answers, replaces or ends stay empty: the engine fills
/// them with what was on the screen.
pub(crate) fn event_of(step: Step, me: MemberId) -> Result<Event, Fault> {
    Ok(match step {
        Step::Accept => Event::Accept(Accept {}),
        Step::Close => Event::Close(Close {}),
        Step::Note { text } => Event::Note(Note { text: needed(text)?.into() }),
        Step::Decline { reason, text: more } => {
            Event::Decline(Decline { of: None, reason: taken(reason)?, text: text(more)? })
        }
        Step::Contact { how, text: more } => {
            Event::Contact(Contact { how: how.into(), text: text(more)? })
        }
        Step::Progress { how, text: more } => progress(how, text(more)?),
        Step::Resolve { how, text: more } => resolve(how, text(more)?),
        Step::CloseUnsolved { reason, told, text: more } => {
            let (reason, text) = (taken(reason)?, text(more)?);
            let told = told.map(Into::into);
            Event::CloseUnsolved(CloseUnsolved { answers: vec![], reason, told, text })
        }
        Step::AskedNoAnswer { resolution, channel } => Event::AskedNoAnswer(AskedNoAnswer {
            resolution: event(&resolution, me)?,
            channel: channel.into(),
        }),
        Step::Confirm { resolution, by, heard, satisfaction } => Event::Confirm(Confirm {
            resolution: event(&resolution, me)?,
            by: by.into(),
            heard: heard.into(),
            evidence: vec![],
            satisfaction: liked(satisfaction)?,
        }),
        Step::Reject { resolution, by, heard, reason, text: more } => Event::Reject(Reject {
            resolution: event(&resolution, me)?,
            by: by.into(),
            heard: heard.into(),
            reason: taken(reason)?,
            text: text(more)?,
        }),
        Step::FeedBack { resolution, channel, text: more } => Event::FeedBack(FeedBack {
            resolution: event(&resolution, me)?,
            channel: channel.into(),
            text: text(more)?,
        }),
        Step::Withdraw { by, heard, reason } => {
            let (by, heard, reason) = (by.into(), heard.into(), taken(reason)?);
            Event::Withdraw(Withdraw { by, heard, evidence: vec![], reason })
        }
        Step::SetGrade { grade, reason } => {
            let (grade, reason) = (grade.into(), taken_if(reason)?);
            Event::SetGrade(SetGrade { grade, supersedes: vec![], reason })
        }
        Step::SetDue { due_s, reason } => {
            let (due, reason) = (taken(due_s)?, taken_if(reason)?);
            Event::SetDue(SetDue { due, supersedes: vec![], reason })
        }
        Step::Escalate { level, reason, text: more, body } => Event::Escalate(Escalate {
            level: level.into(),
            reason: taken(reason)?,
            text: text(more)?,
            body: text(body)?,
        }),
        Step::TakeOver { level } => Event::TakeOver(TakeOver { level: level.into() }),
        Step::SendBack { to, reason, text: more } => {
            let (to, reason, text) = (to.into(), taken(reason)?, text(more)?);
            Event::SendBack(SendBack { to, returns: vec![], reason, text })
        }
        Step::Assign { to, reason } => {
            let (to, reason) = (id(&to)?, taken_if(reason)?);
            Event::Assign(Assign { to, supersedes: vec![], reason })
        }
    })
}

fn progress(how: How, text: Option<Text>) -> Event {
    Event::Progress(Progress { how: how.into(), helpers: vec![], parties: None, text })
}

fn resolve(how: How, text: Option<Text>) -> Event {
    let (answers, helpers) = (vec![], vec![]);
    Event::Resolve(Resolve { answers, how: how.into(), helpers, item: None, with: None, text })
}

#[cfg(test)]
mod tests {
    use doorstep_domain::{event::Ref, table};
    use doorstep_protocol::id::ActId;

    use super::*;
    use crate::enums::{By, Channel, Grade, Level};

    const ME: MemberId = MemberId([1; 8]);
    const RESOLUTION: &str = "0707070707070707:2:0202020202020202";

    fn at() -> String {
        RESOLUTION.to_owned()
    }

    /// One of each step, as an app makes it.
    fn all() -> Vec<(StepKind, Step)> {
        let more = || Some("words".to_owned());
        let (by, heard) = (By::Family, Channel::Letter);
        let member = "0202020202020202".to_owned();
        vec![
            (StepKind::Accept, Step::Accept),
            (StepKind::Decline, Step::Decline { reason: 5, text: more() }),
            (StepKind::Contact, Step::Contact { how: How::Help, text: more() }),
            (StepKind::Progress, Step::Progress { how: How::Council, text: None }),
            (StepKind::Resolve, Step::Resolve { how: How::Explained, text: more() }),
            (
                StepKind::AskedNoAnswer,
                Step::AskedNoAnswer { resolution: at(), channel: Channel::Phone },
            ),
            (
                StepKind::Confirm,
                Step::Confirm { resolution: at(), by, heard, satisfaction: Some(5) },
            ),
            (
                StepKind::Reject,
                Step::Reject { resolution: at(), by, heard, reason: 7, text: more() },
            ),
            (
                StepKind::FeedBack,
                Step::FeedBack { resolution: at(), channel: Channel::Notice, text: None },
            ),
            (StepKind::Close, Step::Close),
            (
                StepKind::CloseUnsolved,
                Step::CloseUnsolved { reason: 10, told: Some(Channel::Message), text: more() },
            ),
            (StepKind::Withdraw, Step::Withdraw { by, heard, reason: 11 }),
            (StepKind::SetGrade, Step::SetGrade { grade: Grade::A, reason: None }),
            (StepKind::SetDue, Step::SetDue { due_s: 1_800_000_000, reason: Some(13) }),
            (
                StepKind::Escalate,
                Step::Escalate { level: Level::Outside, reason: 2, text: None, body: more() },
            ),
            (StepKind::TakeOver, Step::TakeOver { level: Level::Block }),
            (StepKind::SendBack, Step::SendBack { to: Level::Grid, reason: 6, text: more() }),
            (StepKind::Assign, Step::Assign { to: member, reason: Some(5) }),
            (StepKind::Note, Step::Note { text: "words".to_owned() }),
        ]
    }

    #[test]
    fn every_step_is_the_event_of_its_kind() {
        let steps = all();
        assert_eq!(steps.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), STEPS);
        for (kind, step) in steps {
            assert_eq!(event_of(step, ME).unwrap().kind(), Some(Kind::from(kind)));
        }
    }

    #[test]
    fn what_a_person_said_is_in_the_event() {
        let step = |kind| all().into_iter().find(|(of, _)| *of == kind).unwrap().1;
        let Event::Reject(reject) = event_of(step(StepKind::Reject), ME).unwrap() else { panic!() };
        let resolution = Ref { act: ActId([7; 8]), n: 2, member: Some(MemberId([2; 8])) };
        assert_eq!(
            reject,
            Reject {
                resolution,
                by: table::By::Family,
                heard: table::Channel::Letter,
                reason: 7,
                text: Some("words".into()),
            }
        );
        let Event::SetDue(due) = event_of(step(StepKind::SetDue), ME).unwrap() else { panic!() };
        assert_eq!((due.due, due.reason, due.supersedes.len()), (1_800_000_000, Some(13), 0));
        let Event::Assign(to) = event_of(step(StepKind::Assign), ME).unwrap() else { panic!() };
        assert_eq!(to.to, MemberId([2; 8]));
    }

    #[test]
    fn numbers_texts_and_ids_are_refused_by_name() {
        let (by, heard) = (By::Resident, Channel::Phone);
        let liked = |satisfaction| Step::Confirm { resolution: at(), by, heard, satisfaction };
        let bad_id = || Step::FeedBack { resolution: "7".into(), channel: heard, text: None };
        let over = || "a".repeat(16 * 1024 + 1);
        let cases = [
            (liked(Some(0)), Code::BadNumber),
            (liked(Some(6)), Code::BadNumber),
            (liked(Some(-1)), Code::BadNumber),
            (Step::SetDue { due_s: -1, reason: None }, Code::BadNumber),
            (Step::SetGrade { grade: Grade::D, reason: Some(70_000) }, Code::BadNumber),
            (Step::Decline { reason: -1, text: None }, Code::BadNumber),
            (bad_id(), Code::BadId),
            (Step::Assign { to: "li".into(), reason: None }, Code::BadId),
            (Step::Note { text: " ".into() }, Code::TextEmpty),
            (Step::Note { text: over() }, Code::TextTooLong),
            (Step::Contact { how: How::Help, text: Some(over()) }, Code::TextTooLong),
        ];
        for (step, code) in cases {
            assert_eq!(event_of(step, ME).unwrap_err(), code.into());
        }
    }
}
