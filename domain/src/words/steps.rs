//! What each kind of event is called: on a button before it is written, in a list after.

use super::Language;
use crate::{allowed::WhyNot, table::Kind};

/// Why a step is not offered, as a sentence.
pub fn why_not(why: WhyNot, language: Language) -> &'static str {
    let (zh, en) = match why {
        WhyNot::NoRight => {
            ("按您的岗位，这一步由别人来做。", "By your role, somebody else does this.")
        }
        WhyNot::Gone => (
            "这条诉求已移交或是误录。",
            "This grievance was filed elsewhere or entered by mistake.",
        ),
        WhyNot::Over => ("这条诉求已经结束。", "This grievance is over."),
        WhyNot::Withdrawn => ("居民已经撤回。", "The resident has taken it back."),
        WhyNot::Yours => ("已经由您负责。", "You answer for it already."),
        WhyNot::NothingDone => (
            "这一轮还没有办理结果，居民无从表态。",
            "Nothing was done in this round yet that the resident could speak to.",
        ),
        WhyNot::NotAnswered => (
            "居民还没有确认满意，也没有在三天里回访三次未接通。",
            "The resident has not said to be content yet, nor was asked three times on three days.",
        ),
        WhyNot::AsHigh => {
            ("它已经在您这一级或更高一级。", "It stands at your level or above already.")
        }
        WhyNot::NotPassedUp => ("它没有上报过。", "It was not passed up."),
        WhyNot::NoLink => ("没有可取消的关联。", "There is no link to take away."),
        WhyNot::NothingToSettle => ("没有需要裁定的事。", "There is nothing to settle."),
    };
    language.pick(zh, en)
}

/// As a button says it, before it is written: "Take it on".
pub fn step(kind: Kind, language: Language) -> &'static str {
    let (zh, en) = match kind {
        Kind::Discover => ("登记诉求", "Enter a grievance"),
        Kind::Accept => ("我来办", "Take it on"),
        Kind::Close => ("办结", "Close it"),
        Kind::Decline => ("我办不了", "I cannot take it on"),
        Kind::Contact => ("已联系居民", "Contacted the resident"),
        Kind::Progress => ("记录办理情况", "Enter work done"),
        Kind::SetGrade => ("定紧急程度", "Set the urgency"),
        Kind::SetDue => ("定办理期限", "Set the due date"),
        Kind::Escalate => ("上报", "Pass it up"),
        Kind::TakeOver => ("提级办理", "Take it over"),
        Kind::SendBack => ("退回下级", "Send it back down"),
        Kind::Assign => ("指派给人", "Give it to somebody"),
        Kind::DispatchTeam => ("派服务队", "Send a response team"),
        Kind::Resolve => ("已解决", "It is solved"),
        Kind::Transfer => ("移交到对的地方", "File it at the right place"),
        Kind::AskedNoAnswer => ("回访未接通", "Asked, no answer"),
        Kind::FeedBack => ("已向居民反馈", "Told the resident the result"),
        Kind::CloseUnsolved => ("解决不了", "It cannot be solved"),
        Kind::DuplicateOf => ("关联同一件事", "Link the same trouble"),
        Kind::NotDuplicate => ("取消关联", "Take the link away"),
        Kind::CouncilItem => ("提交街区理事会", "Bring it to the block council"),
        Kind::Note => ("写备注", "Write a note"),
        Kind::Attach => ("添加附件", "Add a file"),
        Kind::Found => ("登记一户", "Enter a household"),
        Kind::SetField => ("登记信息", "Enter something about the household"),
        Kind::Person => ("登记家庭成员", "Enter a person"),
        Kind::PersonLeft => ("家庭成员迁出", "A person has left"),
        Kind::Phone => ("登记电话", "Enter a telephone number"),
        Kind::Consent => ("登记走访意愿", "Enter the wishes about visits"),
        Kind::Priority => ("列为重点户", "Make it a priority household"),
        Kind::PriorityEnd => ("取消重点户", "End the priority"),
        Kind::NoticeGiven => ("已告知隐私事项", "Gave the privacy notice"),
        Kind::SameAs => ("与另一户是同一户", "Same household as another"),
        Kind::NotSame => ("不是同一户", "Not the same household"),
        Kind::Continues => ("由别处迁入", "Moved here from elsewhere"),
        Kind::Started => ("记录走访", "Record a visit"),
        Kind::Joined => ("添加同行人", "Add a companion"),
        Kind::Checklist => ("填写检查项", "Fill in the checklist"),
        Kind::Outcome => ("填写走访结果", "Enter how the visit went"),
        Kind::SameVisit => ("与另一次走访是同一次", "Same visit as another"),
        Kind::Held => ("记录理事会会议", "Record a council meeting"),
        Kind::Attendance => ("登记出席", "Enter who was there"),
        Kind::Item => ("添加议题", "Add an item"),
        Kind::ItemOutcome => ("填写议题结果", "Enter what came of an item"),
        Kind::Confirm => ("居民满意", "The resident is content"),
        Kind::Reject => ("居民不满意", "The resident is not content"),
        Kind::Withdraw => ("居民撤回诉求", "The resident takes it back"),
        Kind::Correct => ("更正一条记录", "Correct an entry"),
        Kind::Settle => ("裁定", "Settle it"),
    };
    language.pick(zh, en)
}

/// As a list says what was saved: "Visit", "Took it on".
pub fn noun(kind: Kind, language: Language) -> &'static str {
    let (zh, en) = match kind {
        Kind::Discover => ("诉求", "Grievance"),
        Kind::Accept => ("受理", "Took it on"),
        Kind::Close => ("办结", "Closed it"),
        Kind::Decline => ("退单", "Did not take it on"),
        Kind::Contact => ("联系", "Contacted the resident"),
        Kind::Progress => ("办理", "Work done"),
        Kind::SetGrade => ("定级", "Urgency"),
        Kind::SetDue => ("定期限", "Due date"),
        Kind::Escalate => ("上报", "Passed it up"),
        Kind::TakeOver => ("提级办理", "Took it over"),
        Kind::SendBack => ("退回", "Sent it back"),
        Kind::Assign => ("指派", "Gave it to somebody"),
        Kind::DispatchTeam => ("派服务队", "Sent a response team"),
        Kind::Resolve => ("解决", "Solved it"),
        Kind::Transfer => ("移交", "Filed it at another place"),
        Kind::AskedNoAnswer => ("回访未接通", "Asked, no answer"),
        Kind::FeedBack => ("反馈", "Told the resident the result"),
        Kind::CloseUnsolved => ("未解决办结", "Could not be solved"),
        Kind::DuplicateOf => ("关联重复", "Link to the same trouble"),
        Kind::NotDuplicate => ("取消关联", "Took a link away"),
        Kind::CouncilItem => ("提交理事会", "Brought it to the block council"),
        Kind::Note => ("备注", "Note"),
        Kind::Attach => ("附件", "File"),
        Kind::Found => ("建户", "Household"),
        Kind::SetField => ("登记信息", "About the household"),
        Kind::Person => ("家庭成员", "Person of a household"),
        Kind::PersonLeft => ("家庭成员迁出", "A person has left"),
        Kind::Phone => ("电话", "Telephone number"),
        Kind::Consent => ("走访意愿", "Wishes about visits"),
        Kind::Priority => ("列为重点户", "Priority household"),
        Kind::PriorityEnd => ("取消重点户", "End of the priority"),
        Kind::NoticeGiven => ("隐私告知", "Privacy notice"),
        Kind::SameAs => ("同一户", "Same household"),
        Kind::NotSame => ("非同一户", "Not the same household"),
        Kind::Continues => ("迁入续户", "Household moved here"),
        Kind::Started => ("走访", "Visit"),
        Kind::Joined => ("同行", "Companion"),
        Kind::Checklist => ("检查项", "Checklist"),
        Kind::Outcome => ("走访结果", "How the visit went"),
        Kind::SameVisit => ("同一次走访", "Same visit"),
        Kind::Held => ("会议", "Council meeting"),
        Kind::Attendance => ("出席", "Who was there"),
        Kind::Item => ("议题", "Item of a meeting"),
        Kind::ItemOutcome => ("议题结果", "What came of an item"),
        Kind::Confirm => ("确认满意", "The resident is content"),
        Kind::Reject => ("不满意", "The resident is not content"),
        Kind::Withdraw => ("撤回", "The resident took it back"),
        Kind::Correct => ("更正", "Correction"),
        Kind::Settle => ("裁定", "Settled"),
    };
    language.pick(zh, en)
}
