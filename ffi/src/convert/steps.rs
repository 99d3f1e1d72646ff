//! What a person says in a step, as the event that it is.

use doorstep_domain::{
    allowed::Offer,
    event::{
        Accept, AskedNoAnswer, Assign, Close, CloseUnsolved, Confirm, Contact, CouncilItem,
        Decline, DispatchTeam, DuplicateOf, Escalate, Event, FeedBack, NotDuplicate, Progress,
        Reject, Resolve, SendBack, SetDue, SetGrade, TakeOver, Text, Transfer, Withdraw,
    },
    fold::grievance::Stage,
    table::Kind,
    words,
};
use doorstep_protocol::id::MemberId;

use super::{
    enums::STEPS,
    evidence::evidence,
    flags::settle,
    household_steps::{note, strike},
    ids::{event, id, ids, link},
    numbers::{taken, taken_if},
    reader::Reader,
    texts::optional,
};
use crate::{
    enums::{How, StepKind},
    error::{Code, Fault},
    records::{Step, StepOffer, StepRefusal},
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
    pub(crate) fn offers(&self, offers: &[Offer], stage: Stage) -> Vec<StepOffer> {
        let usual = usual(stage);
        let offered = in_order(offers).filter(|(_, offer)| offer.why_not.is_none());
        offered
            .map(|(step, offer)| StepOffer {
                kind: step,
                text: words::step(offer.kind, self.language).to_owned(),
                main: Some(step) == usual,
                evidence_needed: offer.evidence,
            })
            .collect()
    }

    /// The other steps, and why each is not for now.
    pub(crate) fn refusals(&self, offers: &[Offer]) -> Vec<StepRefusal> {
        let refusal = |(step, offer): (StepKind, &Offer)| {
            let why = offer.why_not?;
            Some(StepRefusal {
                kind: step,
                text: words::step(offer.kind, self.language).to_owned(),
                why: words::why_not(why, self.language).to_owned(),
            })
        };
        in_order(offers).filter_map(refusal).collect()
    }
}

/// Offers that an app can show, in the order of the loop.
fn in_order(offers: &[Offer]) -> impl Iterator<Item = (StepKind, &Offer)> {
    STEPS.iter().filter_map(|step| {
        let kind = Kind::from(*step);
        Some((*step, offers.iter().find(|offer| offer.kind == kind)?))
    })
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
        Step::Note { text } => note(text)?,
        Step::Decline { reason, text: more } => {
            Event::Decline(Decline { of: None, reason: taken(reason)?, text: text(more)? })
        }
        Step::Contact { how, text: more } => {
            Event::Contact(Contact { how: how.into(), text: text(more)? })
        }
        Step::Progress { how, text: more, helpers, parties } => Event::Progress(Progress {
            how: how.into(),
            helpers: ids(helpers)?,
            parties: text(parties)?,
            text: text(more)?,
        }),
        Step::Resolve { how, text: more, helpers } => resolve(how, text(more)?, ids(helpers)?),
        Step::CloseUnsolved { reason, told, text: more } => {
            let (reason, text) = (taken(reason)?, text(more)?);
            let told = told.map(Into::into);
            Event::CloseUnsolved(CloseUnsolved { answers: vec![], reason, told, text })
        }
        Step::AskedNoAnswer { resolution, channel } => Event::AskedNoAnswer(AskedNoAnswer {
            resolution: event(&resolution, me)?,
            channel: channel.into(),
        }),
        Step::Confirm { resolution, by, heard, satisfaction, evidence: shown } => {
            Event::Confirm(Confirm {
                resolution: event(&resolution, me)?,
                by: by.into(),
                heard: heard.into(),
                evidence: evidence(shown)?,
                satisfaction: liked(satisfaction)?,
            })
        }
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
        Step::Withdraw { by, heard, reason, evidence: shown } => Event::Withdraw(Withdraw {
            by: by.into(),
            heard: heard.into(),
            evidence: evidence(shown)?,
            reason: taken(reason)?,
        }),
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
        Step::DispatchTeam { team, task } => {
            Event::DispatchTeam(DispatchTeam { team: id(&team)?, task: text(task)? })
        }
        Step::Transfer { to, reason } => {
            Event::Transfer(Transfer { to: link(&to)?, reason: taken(reason)? })
        }
        Step::LinkDuplicate { other } => Event::DuplicateOf(DuplicateOf { other: link(&other)? }),
        Step::UnlinkDuplicate { link, reason } => {
            let (link, reason) = (event(&link, me)?, taken_if(reason)?);
            Event::NotDuplicate(NotDuplicate { link, reason })
        }
        Step::CouncilItem { meeting, item } => {
            Event::CouncilItem(CouncilItem { meeting: link(&meeting)?, item: id(&item)? })
        }
        Step::Settle { flag, about, choice, reason } => settle(&flag, about, choice, reason, me)?,
        Step::Correct { event, reason } => strike(&event, reason, me)?,
    })
}

fn resolve(how: How, text: Option<Text>, helpers: Vec<MemberId>) -> Event {
    let how = how.into();
    Event::Resolve(Resolve { answers: vec![], how, helpers, item: None, with: None, text })
}

#[cfg(test)]
mod tests {
    use doorstep_domain::{event::Ref, table};
    use doorstep_protocol::id::ActId;

    use super::*;
    use crate::{
        enums::{By, Channel, Grade, Level},
        records::{Evidence, SettleChoice},
    };

    const ME: MemberId = MemberId([1; 8]);
    const RESOLUTION: &str = "0707070707070707:2:0202020202020202";

    fn at() -> String {
        RESOLUTION.to_owned()
    }

    fn code() -> Evidence {
        Evidence::Code { text: "K7-042".to_owned() }
    }

    fn doc() -> String {
        "07".repeat(16)
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
            (
                StepKind::Progress,
                Step::Progress {
                    how: How::Council,
                    text: None,
                    helpers: vec![member.clone()],
                    parties: more(),
                },
            ),
            (
                StepKind::Resolve,
                Step::Resolve { how: How::Explained, text: more(), helpers: vec![] },
            ),
            (
                StepKind::AskedNoAnswer,
                Step::AskedNoAnswer { resolution: at(), channel: Channel::Phone },
            ),
            (
                StepKind::Confirm,
                Step::Confirm {
                    resolution: at(),
                    by,
                    heard,
                    satisfaction: Some(5),
                    evidence: vec![code()],
                },
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
            (StepKind::Withdraw, Step::Withdraw { by, heard, reason: 11, evidence: vec![code()] }),
            (StepKind::SetGrade, Step::SetGrade { grade: Grade::A, reason: None }),
            (StepKind::SetDue, Step::SetDue { due_s: 1_800_000_000, reason: Some(13) }),
            (
                StepKind::Escalate,
                Step::Escalate { level: Level::Outside, reason: 2, text: None, body: more() },
            ),
            (StepKind::TakeOver, Step::TakeOver { level: Level::Block }),
            (StepKind::SendBack, Step::SendBack { to: Level::Grid, reason: 6, text: more() }),
            (StepKind::Assign, Step::Assign { to: member, reason: Some(5) }),
            (StepKind::DispatchTeam, Step::DispatchTeam { team: "07".repeat(8), task: more() }),
            (StepKind::LinkDuplicate, Step::LinkDuplicate { other: doc() }),
            (StepKind::UnlinkDuplicate, Step::UnlinkDuplicate { link: at(), reason: None }),
            (StepKind::CouncilItem, Step::CouncilItem { meeting: doc(), item: "07".repeat(8) }),
            (StepKind::Transfer, Step::Transfer { to: doc(), reason: 6 }),
            (
                StepKind::Settle,
                Step::Settle {
                    flag: "due".to_owned(),
                    about: vec![at()],
                    choice: SettleChoice::Due { due_s: 1_800_000_000 },
                    reason: None,
                },
            ),
            (StepKind::Note, Step::Note { text: "words".to_owned() }),
            (StepKind::Correct, Step::Correct { event: at(), reason: 6 }),
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
        let Event::Progress(work) = event_of(step(StepKind::Progress), ME).unwrap() else {
            panic!()
        };
        assert_eq!(work.helpers, [MemberId([2; 8])]);
        assert_eq!(work.parties, Some("words".into()));
        let Event::Withdraw(back) = event_of(step(StepKind::Withdraw), ME).unwrap() else {
            panic!()
        };
        assert_eq!(back.evidence.len(), 1);
    }

    #[test]
    fn numbers_texts_and_ids_are_refused_by_name() {
        let (by, heard) = (By::Resident, Channel::Phone);
        let liked = |satisfaction| {
            let evidence = vec![];
            Step::Confirm { resolution: at(), by, heard, satisfaction, evidence }
        };
        let helped =
            |n| Step::Resolve { how: How::Help, text: None, helpers: vec!["07".repeat(8); n] };
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
            (helped(65), Code::TooBig),
            (Step::Transfer { to: "07".into(), reason: 6 }, Code::BadId),
            (Step::Note { text: " ".into() }, Code::TextEmpty),
            (Step::Note { text: over() }, Code::TextTooLong),
            (Step::Contact { how: How::Help, text: Some(over()) }, Code::TextTooLong),
        ];
        for (step, code) in cases {
            assert_eq!(event_of(step, ME).unwrap_err(), code.into());
        }
    }
}
