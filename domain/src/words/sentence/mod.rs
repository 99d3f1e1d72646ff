//! What happened, as one sentence for each event.

mod fieldwork;
mod grievance;

use doorstep_protocol::id::MemberId;

use super::{
    Language, Names,
    date::Date,
    terms::{self, channel},
};
use crate::{
    event::{Day, Event, Unknown},
    figures::day_of,
    fold::story::{Entry, Judgement},
    table::{Channel, Level, is_residents_word, list},
};

/// What happened, as one sentence without a stop at its end, without the author's name and without
/// anything that a person wrote (see [`free_text`](super::free_text)): "Given to Wang Fang".
///
/// It says what the event says after a correction; whether that counts is said by
/// [`remark`](super::remark). A day is said with its year where that is not the year of the writing.
pub fn sentence(entry: &Entry, names: &dyn Names, language: Language) -> String {
    let year = entry.marks.map(|marks| Date::of(day_of(marks.claimed, names.local_min())).year);
    let teller = Teller { names, language, year };
    match (&entry.event, entry.judgement) {
        (Some(event), _) => teller.event(event),
        (None, Judgement::Newer) => teller.newer(false),
        (None, Judgement::Valid | Judgement::Rejected(_)) => {
            language.pick("这条记录读不出来", "An entry that cannot be read").to_owned()
        }
    }
}

/// Tells what happened to one reader.
struct Teller<'a> {
    names: &'a dyn Names,
    language: Language,
    /// The year of the writing.
    year: Option<u32>,
}

impl Teller<'_> {
    fn event(&self, event: &Event) -> String {
        match event {
            Event::Discover(e) => self.discover(e),
            Event::Accept(_) => self.plain("已受理", "Took it on"),
            Event::Close(_) => self.plain("办结", "Closed it"),
            Event::Decline(e) => self.decline(e),
            Event::Contact(e) => self.contact(e),
            Event::Progress(e) => self.progress(e),
            Event::SetGrade(e) => self.set_grade(e),
            Event::SetDue(e) => self.set_due(e),
            Event::Escalate(e) => self.escalate(e),
            Event::TakeOver(e) => self.take_over(e),
            Event::SendBack(e) => self.send_back(e),
            Event::Assign(e) => self.assign(e),
            Event::DispatchTeam(e) => self.dispatch_team(e),
            Event::Resolve(e) => self.resolve(e),
            Event::Transfer(e) => self.transfer(e),
            Event::AskedNoAnswer(e) => self.asked_no_answer(e),
            Event::FeedBack(e) => self.feed_back(e),
            Event::CloseUnsolved(e) => self.close_unsolved(e),
            Event::DuplicateOf(_) => self.plain(
                "与另一件诉求是同一件事，已关联",
                "Linked to another grievance: the same trouble",
            ),
            Event::NotDuplicate(e) => self.not_duplicate(e),
            Event::CouncilItem(_) => self.plain("提交街区理事会", "Brought to the block council"),
            Event::Note(_) => self.plain("写了备注", "Wrote a note"),
            Event::Attach(e) => self.attach(e),
            Event::Found(e) => self.found(e),
            Event::SetField(e) => self.set_field(e),
            Event::Person(e) => self.person(e),
            Event::PersonLeft(_) => {
                self.plain("一名家庭成员已不在这一户", "A person is no longer of this household")
            }
            Event::Phone(e) => self.phone(e),
            Event::Consent(e) => self.consent(e),
            Event::Priority(e) => self.priority(e),
            Event::PriorityEnd(e) => self.priority_end(e),
            Event::NoticeGiven(e) => self.notice_given(e),
            Event::SameAs(_) => self.plain(
                "与另一份登记是同一户，已关联",
                "Linked: the same household is entered twice",
            ),
            Event::NotSame(_) => self
                .plain("取消关联：不是同一户", "Link taken away: not the same household after all"),
            Event::Continues(_) => {
                self.plain("由别处迁入", "The household moved here from elsewhere")
            }
            Event::Started(e) => self.started(e),
            Event::Joined(e) => self.joined(e),
            Event::Checklist(e) => self.checklist(e),
            Event::Outcome(e) => self.outcome(e),
            Event::SameVisit(_) => self.plain(
                "与另一份登记是同一次走访，已关联",
                "Linked: the same visit is entered twice",
            ),
            Event::Held(e) => self.held(e),
            Event::Attendance(e) => self.attendance(e),
            Event::Item(e) => self.item(e),
            Event::ItemOutcome(e) => self.item_outcome(e),
            Event::Confirm(e) => self.confirm(e),
            Event::Reject(e) => self.reject(e),
            Event::Withdraw(e) => self.withdraw(e),
            Event::Correct(e) => self.correct(e),
            Event::Settle(e) => self.settle(e),
            Event::Unknown(Unknown { kind, .. }) => self.newer(is_residents_word(*kind)),
        }
    }

    fn plain(&self, zh: &str, en: &str) -> String {
        self.language.pick(zh, en).to_owned()
    }

    fn newer(&self, residents_word: bool) -> String {
        if residents_word {
            self.plain(
                "居民的新记录：更新应用后才能看到",
                "Newer entry from the resident: update the app to read it",
            )
        } else {
            self.plain("新记录：更新应用后才能看到", "Newer entry: update the app to read it")
        }
    }

    /// The text of a code; one that the list here does not have is shown by its number.
    fn code(&self, list: u16, code: u16) -> String {
        self.names.code(list, code).unwrap_or_else(|| {
            say!(self.language, "代码{code}（列表已更新）", "code {code} (newer list)")
        })
    }

    /// What follows a sentence that has a reason.
    fn reason(&self, code: u16) -> String {
        let reason = self.code(list::REASON, code);
        say!(self.language, "，原因：{reason}", ". Reason: {reason}")
    }

    fn reason_if(&self, code: Option<u16>) -> String {
        code.map(|code| self.reason(code)).unwrap_or_default()
    }

    /// What follows a sentence in which others helped.
    fn helpers(&self, helpers: &[MemberId]) -> String {
        let names: Vec<String> = helpers.iter().map(|member| self.names.member(*member)).collect();
        if names.is_empty() {
            return String::new();
        }
        let names = self.list(&names);
        say!(self.language, "，{names}协助", ", with the help of {names}")
    }

    /// "A, B and C".
    fn list(&self, words: &[String]) -> String {
        match (self.language, words) {
            (Language::English, [first @ .., last]) if !first.is_empty() => {
                format!("{} and {last}", first.join(", "))
            }
            (language, words) => words.join(language.pick("、", ", ")),
        }
    }

    fn day(&self, Day(day): Day) -> String {
        Date::of(day).say(self.year, self.language)
    }

    /// Day and time of day in the realm's local time.
    fn time(&self, time_s: u64) -> String {
        let local_min = self.names.local_min();
        let day = self.day(Day(day_of(time_s, local_min)));
        let minutes = i64::try_from(time_s / 60).unwrap_or(i64::MAX).saturating_add(local_min);
        let of_day = minutes.rem_euclid(24 * 60);
        let (hour, minute) = (of_day / 60, of_day % 60);
        say!(self.language, "{day}{hour}:{minute:02}", "{day}, {hour}:{minute:02}")
    }

    /// A level within a sentence.
    fn level(&self, level: Level) -> String {
        let name = lower(terms::level(level, self.language));
        match (self.language, level) {
            (Language::Chinese, _) => name,
            (Language::English, Level::Outside) => format!("an {name}"),
            (Language::English, _) => format!("the {name}"),
        }
    }

    /// A channel within an English sentence, and as it is in Chinese.
    fn channel(&self, of: Channel) -> String {
        lower(channel(of, self.language))
    }
}

/// Of one of our own terms: as it stands within a sentence. Chinese has no such thing.
fn lower(term: &str) -> String {
    let mut letters = term.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::lower;

    #[test]
    fn within_a_sentence_a_term_begins_small() {
        assert_eq!(lower("By phone"), "by phone");
        assert_eq!(lower("电话"), "电话");
        assert_eq!(lower(""), "");
    }
}
