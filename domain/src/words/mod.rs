//! Plain words in two languages for everything the domain can say: stages, steps, reasons, and the
//! story of a document sentence by sentence.
//!
//! They are read on a stairwell: short sentences, one term for one thing (the glossary is
//! `docs/domain.md`), no jargon. Every `match` names every value, so that a new kind of event cannot be
//! left without words. What a person wrote is never part of a sentence: [`free_text`] gives it apart. So
//! a sentence tells no more than codes and the names of members.
//!
//! ```
//! use doorstep_domain::{
//!     fold::grievance::Stage,
//!     table::Kind,
//!     words::{self, Language},
//! };
//! assert_eq!(words::step(Kind::Accept, Language::English), "Take it on");
//! assert_eq!(words::step(Kind::Accept, Language::Chinese), "我来办");
//! assert_eq!(words::stage(Stage::Closed, Language::Chinese), "已办结");
//! ```

/// A text of two: Chinese, then English, each with what it captures.
macro_rules! say {
    ($language:expr, $zh:literal, $en:literal) => {
        match $language {
            $crate::words::Language::Chinese => format!($zh),
            $crate::words::Language::English => format!($en),
        }
    };
}

mod date;
mod figure;
mod remark;
mod sentence;
mod steps;
mod terms;
mod text;

use doorstep_protocol::id::{MemberId, PlaceId, TeamId};

pub use figure::{amount, figure, number, watermark};
pub use remark::remark;
pub use sentence::sentence;
pub use steps::{noun, step, why_not};
pub use terms::{
    by, channel, consent, evidence, flag, grade, how, item_outcome, level, media, outcome,
    rejection, seat, stage,
};
pub use text::{free_text, free_texts};

/// The language of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// 中文
    Chinese,
    /// English
    English,
}

impl Language {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Chinese, Self::English];

    /// The one of two texts that is in this language.
    ///
    /// ```
    /// use doorstep_domain::words::Language;
    /// assert_eq!(Language::Chinese.pick("是", "Yes"), "是");
    /// ```
    pub fn pick<T>(self, chinese: T, english: T) -> T {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

/// What the roster calls things, in the language of the reader, and its local time.
pub trait Names {
    /// What people call a member.
    fn member(&self, member: MemberId) -> String;
    /// What people call a place. No event of today names one; those who show places need it.
    fn place(&self, place: PlaceId) -> String;
    /// What people call a response team.
    fn team(&self, team: TeamId) -> String;
    /// The text of a code; none where the list here does not have it.
    fn code(&self, list: u16, code: u16) -> Option<String>;
    /// How many minutes the realm's local time is ahead of UTC: the roster's setting
    /// [`LOCAL_TIME_MIN`](doorstep_protocol::roster::setting::LOCAL_TIME_MIN), else 0. A due date falls
    /// on a day and an hour by it.
    fn local_min(&self) -> i64;
}
