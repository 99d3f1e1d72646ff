//! What was said to be saved: written down by the world when the call returned, outside the engine.

use doorstep_protocol::id::{ActId, DocumentId, MemberId};

/// One saved act in one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// On whose phone.
    pub phone: String,
    /// Who said it.
    pub member: MemberId,
    /// The act.
    pub act: ActId,
    /// The document.
    pub doc: DocumentId,
    /// The log, by the place's code.
    pub place: String,
    /// The kinds of its events, as words.
    pub kinds: Vec<&'static str>,
    /// Words that nothing else in the world says; empty where the act has none.
    pub words: String,
    /// The phone that it was saved on was lost or rolled back afterwards.
    pub origin_gone: bool,
    /// No copy of it is left anywhere, and no phone lost it by its own doing.
    pub excused: bool,
}

/// All that was saved, in order.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The lines.
    pub lines: Vec<Line>,
}

impl Ledger {
    /// The phone is rolled back to when the ledger had `first` lines, or lost: what it saved after
    /// that may be gone with it.
    pub fn origin_goes(&mut self, phone: &str, first: usize) {
        for line in self.lines.iter_mut().skip(first).filter(|line| line.phone == phone) {
            line.origin_gone = true;
        }
    }
}
