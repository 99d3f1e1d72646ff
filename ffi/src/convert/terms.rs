//! What the values of enumerations are called, all at once.

use doorstep_domain::{
    fold::grievance::Stage,
    table::{
        By, Channel, ConsentLevel, EvidenceKind, Grade, How, Level, MeetingOutcome, Seat,
        VisitOutcome,
    },
    words::{self, Language},
};

use super::enums::{STEPS, Word};
use crate::records::{Choice, Terms};

/// Values to choose, with what they are called.
pub(crate) fn choices<T: Word>(
    all: &[T],
    text: fn(T, Language) -> &'static str,
    language: Language,
) -> Vec<Choice> {
    let choice =
        |value: &T| Choice { value: value.word(), text: text(*value, language).to_owned() };
    all.iter().map(choice).collect()
}

/// All of them in one language.
pub(crate) fn terms(language: Language) -> Terms {
    Terms {
        grades: choices(Grade::ALL, words::grade, language),
        levels: choices(Level::ALL, words::level, language),
        hows: choices(How::ALL, words::how, language),
        bys: choices(By::ALL, words::by, language),
        channels: choices(Channel::ALL, words::channel, language),
        consents: choices(ConsentLevel::ALL, words::consent, language),
        outcomes: choices(VisitOutcome::ALL, words::outcome, language),
        seats: choices(Seat::ALL, words::seat, language),
        item_outcomes: choices(MeetingOutcome::ALL, words::item_outcome, language),
        evidence: choices(EvidenceKind::ALL, words::evidence, language),
        stages: choices(&Stage::ALL, words::stage, language),
        steps: choices(STEPS, |step, language| words::step(step.into(), language), language),
    }
}
