//! The steps by which one person settles a grievance, in their order.

use doorstep_domain::{
    event::{
        Accept, Confirm, Contact, Event, Evidence, FeedBack, FileHash, Progress, Ref, Resolve, Text,
    },
    table::{By, Channel, EvidenceKind, How},
};
use doorstep_protocol::id::{ActId, MemberId};

use super::{dice::Dice, words};

/// All steps: accept, contact, progress, resolve, confirm, feed back.
pub(super) const LONGEST: usize = 6;
/// Which of them resolves it.
pub(super) const RESOLVE: usize = 3;

/// Step `n`, by the one who did all before it.
pub(super) fn step(
    dice: &mut Dice,
    n: usize,
    me: MemberId,
    resolution: Option<ActId>,
) -> Vec<Event> {
    let text = |text: String| Some(Text::from(text));
    let resolved = resolution.map(|act| Ref::new(act, 0, me, me));
    let event = match (n, resolved) {
        (0, _) => Event::Accept(Accept {}),
        (1, _) => Event::Contact(Contact { how: How::Help, text: text(words::step(dice)) }),
        (2, _) => Event::Progress(Progress {
            how: how(dice),
            helpers: vec![],
            parties: None,
            text: text(words::step(dice)),
        }),
        (4, Some(resolution)) => Event::Confirm(confirm(dice, resolution, true)),
        (5, Some(resolution)) => {
            Event::FeedBack(FeedBack { resolution, channel: Channel::Phone, text: None })
        }
        _ => {
            let how = how(dice);
            Event::Resolve(resolve(dice, how))
        }
    };
    vec![event]
}

/// A resolution that answers no rejection.
pub(super) fn resolve(dice: &mut Dice, how: How) -> Resolve {
    Resolve {
        answers: vec![],
        how,
        helpers: vec![],
        item: None,
        with: None,
        text: Some(Text::from(words::done(dice))),
    }
}

/// The resident is content; with their signature where the one who writes it down resolved it.
pub(super) fn confirm(dice: &mut Dice, resolution: Ref, signed: bool) -> Confirm {
    Confirm {
        resolution,
        by: By::Resident,
        heard: Channel::InPerson,
        evidence: if signed { vec![signature(dice)] } else { vec![] },
        satisfaction: u8::try_from(dice.between(3, 5)).ok(),
    }
}

/// A photograph of a signature.
pub(super) fn signature(dice: &mut Dice) -> Evidence {
    Evidence { kind: EvidenceKind::Signature, hash: FileHash(dice.bytes()) }
}

fn how(dice: &mut Dice) -> How {
    const HOWS: [How; 4] = [How::Help, How::Intervene, How::PeoplesMediation, How::Explained];
    dice.pick(&HOWS).copied().unwrap_or(How::Help)
}
