//! What a person should look at, and the step that says what came of that.

use doorstep_domain::{
    event::{Event, Settle},
    fold::grievance::Raised,
    table::{Flag, Rejection},
    words,
};
use doorstep_protocol::id::MemberId;

use super::{
    enums::Word as _,
    ids::{event_text, events},
    numbers::{taken, taken_if},
    reader::Reader,
    texts::bounded,
};
use crate::{
    enums::{FlagAsks, Grade},
    error::{Code, Fault},
    records::{FlagLine, SettleChoice},
};

impl Reader {
    pub(crate) fn flags(&self, raised: &[Raised]) -> Vec<FlagLine> {
        let line = |raised: &Raised| FlagLine {
            flag: raised.flag.word(),
            text: words::flag(raised.flag, self.language).to_owned(),
            settled: raised.settled,
            about: raised.about.iter().map(|id| event_text(*id)).collect(),
            asks: raised.flag.into(),
        };
        raised.iter().map(line).collect()
    }

    pub(crate) fn open_flags(&self, raised: &[Raised]) -> Vec<FlagLine> {
        self.flags(raised).into_iter().filter(|flag| !flag.settled).collect()
    }
}

/// A flag by its word.
fn flag(word: &str) -> Result<Flag, Fault> {
    let word = bounded(word)?;
    Flag::ALL.iter().copied().find(|flag| flag.word() == word).ok_or_else(|| Code::BadId.into())
}

/// A Settle by `me` of what a flag line said.
pub(crate) fn settle(
    word: &str,
    about: Vec<String>,
    choice: SettleChoice,
    reason: Option<i32>,
    me: MemberId,
) -> Result<Event, Fault> {
    let flag = flag(word)?;
    let choice = match (FlagAsks::from(flag), choice) {
        (FlagAsks::Seen, SettleChoice::Seen) => 0,
        (FlagAsks::Grade, SettleChoice::Grade { grade }) => number(grade),
        (FlagAsks::Due, SettleChoice::Due { due_s }) => taken(due_s)?,
        // An answer to another question: written, it would be read as one to this.
        _ => return Err(Code::Step(Rejection::BadValue).into()),
    };
    let (about, reason) = (events(about, me)?, taken_if(reason)?);
    Ok(Event::Settle(Settle { flag, about, choice, reason }))
}

fn number(grade: Grade) -> u64 {
    doorstep_domain::table::Grade::from(grade).number().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: MemberId = MemberId([1; 8]);

    #[test]
    fn a_flag_is_settled_by_an_answer_to_its_own_question() {
        let grade = SettleChoice::Grade { grade: Grade::C };
        let due = SettleChoice::Due { due_s: 7 };
        for flag in Flag::ALL {
            let fits = match flag {
                Flag::Grade => grade,
                Flag::Due => due,
                _ => SettleChoice::Seen,
            };
            for choice in [grade, due, SettleChoice::Seen] {
                let event = settle(&flag.word(), vec![], choice, None, ME);
                let same = std::mem::discriminant(&choice) == std::mem::discriminant(&fits);
                assert_eq!(event.is_ok(), same, "{flag:?} {choice:?}");
            }
        }
        let Event::Settle(settled) = settle("grade", vec![], grade, Some(6), ME).unwrap() else {
            panic!("another event");
        };
        assert_eq!((settled.choice, settled.reason), (2, Some(6)));
    }

    #[test]
    fn what_names_no_flag_is_refused() {
        let settle = |word: &str, choice| settle(word, vec![], choice, None, ME).unwrap_err();
        assert_eq!(settle("stage", SettleChoice::Seen), Code::BadId.into());
        let early = SettleChoice::Due { due_s: -1 };
        assert_eq!(settle("due", early), Code::BadNumber.into());
    }
}
