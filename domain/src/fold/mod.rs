//! What a document means: its events, folded. Each kind of document has its own fold; all of them give
//! the same for the same set of copies, in whatever order they came.

pub mod grievance;
pub mod household;
pub mod meeting;
pub mod story;
mod values;
pub mod visit;

use doorstep_protocol::{id::DocumentKind, roster::Rosters};
use serde::Serialize;

pub use grievance::Grievance;
pub use household::Household;
pub use meeting::Meeting;
pub use values::Said;
pub use visit::Visit;

#[doc(hidden)]
pub use crate::history::Work;
use crate::{history::History, input::Document};

/// What a document of any kind means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "document_kind", rename_all = "snake_case")]
pub enum State {
    /// 户
    Household(Box<Household>),
    /// 走访
    Visit(Box<Visit>),
    /// 诉求
    Grievance(Box<Grievance>),
    /// 会议
    Meeting(Box<Meeting>),
}

/// Folds a document by its kind: the same for the same copies in any order.
pub fn state(document: &Document<'_>, rosters: &dyn Rosters) -> State {
    match document.kind {
        DocumentKind::Household => State::Household(Box::new(household::fold(document, rosters))),
        DocumentKind::Visit => State::Visit(Box::new(visit::fold(document, rosters))),
        DocumentKind::Grievance => State::Grievance(Box::new(grievance::fold(document, rosters))),
        DocumentKind::Meeting => State::Meeting(Box::new(meeting::fold(document, rosters))),
    }
}

/// What it takes to fold a grievance, counted in steps: for tests and the bench, which bound it.
#[doc(hidden)]
pub fn work(document: &Document<'_>, rosters: &dyn Rosters) -> Work {
    let history = History::new(*document, rosters);
    let _ = grievance::of(&history);
    history.work()
}
