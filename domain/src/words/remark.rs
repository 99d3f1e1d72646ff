//! What became of an entry that does not stand as it was written.

use super::Language;
use crate::{
    fold::story::{Entry, Judgement},
    table::Rejection,
};

/// What a reader should know of an entry beside what it says: that it is rejected and why, newer than
/// this app, struck, corrected, held back, or that copies of it differ. None where there is nothing.
pub fn remark(entry: &Entry, language: Language) -> Option<String> {
    let corrected = entry.corrected_by.is_some();
    let judged = match entry.judgement {
        Judgement::Rejected(reason) => Some(rejected(reason)),
        Judgement::Newer => Some((
            "这条记录由较新的版本写成，更新应用后才能看到。",
            "A newer version of the app wrote this. Update the app to read it.",
        )),
        // What was said anew differs from what was written, and what was struck has no force.
        Judgement::Valid if corrected && (entry.was.is_some() || entry.in_force) => {
            Some(("这条记录已更正。", "This entry was corrected."))
        }
        Judgement::Valid if corrected => {
            Some(("这条记录已删去，不生效。", "This entry was struck out. It does not count."))
        }
        Judgement::Valid => None,
    };
    let held = (entry.held && entry.judgement == Judgement::Valid).then_some((
        "这条记录暂不生效，等负责人准许。",
        "This entry is held back. It does not count until somebody in charge admits it.",
    ));
    let differs = entry.other_content.then_some((
        "这条记录还有内容不同的另一份。",
        "There is another copy of this entry, and it says something else.",
    ));
    let said: Vec<&str> = [judged, held, differs]
        .into_iter()
        .flatten()
        .map(|(zh, en)| language.pick(zh, en))
        .collect();
    (!said.is_empty()).then(|| said.join(language.pick("", " ")))
}

/// Why an entry does not count, for whoever reads it: its author need not be the reader.
fn rejected(reason: Rejection) -> (&'static str, &'static str) {
    match reason {
        Rejection::BadValue => {
            ("不生效：内容有误。", "This does not count: something in it is not right.")
        }
        Rejection::UnknownTarget => (
            "不生效：它说的那条记录，填写人当时没有看到。",
            "This does not count: it is about an entry that its author had not seen.",
        ),
        Rejection::NoRight => (
            "不生效：填写人当时在这里没有这项权限。",
            "This does not count: its author was not allowed to do this here.",
        ),
        Rejection::NoReason => {
            ("不生效：没有写明原因。", "This does not count: no reason was given.")
        }
        Rejection::OwnWord => (
            "不生效：填写人自己办了这件事，记录居民的话却没有签名、录音或受理码。",
            "This does not count: its author worked on it and recorded the resident's word without a \
             signature, a voice recording or a code.",
        ),
        Rejection::ExtensionUsed => (
            "不生效：这一轮已经延过一次期限。",
            "This does not count: the due date was put off once already in this round.",
        ),
        Rejection::NotAnswered => (
            "不生效：居民当时没有确认满意，也没有在不同的三天都回访未接通。",
            "This does not count: the resident had not said that they are content, and was not asked \
             on three days without an answer.",
        ),
        Rejection::NotFirst => (
            "不生效：这一项只能在新建时填写。",
            "This does not count: it can only be entered when a record is new.",
        ),
        Rejection::WrongDocument => (
            "不生效：这一项不属于这里。",
            "This does not count: it does not belong in this record.",
        ),
    }
}
