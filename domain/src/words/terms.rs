//! What each value of an enumeration is called: Chinese, then English.

use super::Language;
use crate::{
    fold::grievance::Stage,
    table::{
        By, Channel, ConsentLevel, EvidenceKind, Flag, Grade, How, Level, Media, MeetingOutcome,
        Rejection, Seat, VisitOutcome,
    },
};

/// How far a grievance is.
pub fn stage(stage: Stage, language: Language) -> &'static str {
    let (zh, en) = match stage {
        Stage::Void => ("无效", "Not valid"),
        Stage::EnteredByMistake => ("误录", "Entered by mistake"),
        Stage::Transferred => ("已移交", "Filed at another place"),
        Stage::Withdrawn => ("已撤回", "Taken back by the resident"),
        Stage::Discovered => ("已发现", "New"),
        Stage::Accepted => ("已受理", "Taken on"),
        Stage::InProgress => ("办理中", "Being worked on"),
        Stage::Referred => ("已转办", "With an outside body"),
        Stage::Reopened => ("重新办理", "Opened again"),
        Stage::Resolved => ("待确认", "Waiting for the resident's word"),
        Stage::Confirmed => ("已确认", "The resident is content"),
        Stage::Closed => ("已办结", "Closed"),
        Stage::ClosedNotReached => ("办结（未联系上）", "Closed, resident not reached"),
        Stage::ClosedUnsolved => ("未能解决", "Could not be solved"),
    };
    language.pick(zh, en)
}

/// How urgent a grievance is, by its letter and a word.
pub fn grade(grade: Grade, language: Language) -> &'static str {
    let (zh, en) = match grade {
        Grade::A => ("A级（紧急）", "A (urgent)"),
        Grade::B => ("B级（急办）", "B (pressing)"),
        Grade::C => ("C级（一般）", "C (ordinary)"),
        Grade::D => ("D级（长期）", "D (long-term)"),
    };
    language.pick(zh, en)
}

/// How high a grievance stands.
pub fn level(level: Level, language: Language) -> &'static str {
    let (zh, en) = match level {
        Level::Building => ("楼栋", "Building"),
        Level::Grid => ("网格", "Grid"),
        Level::Block => ("街区", "Block"),
        Level::Community => ("社区", "Community"),
        Level::SubDistrict => ("街道", "Sub-district"),
        Level::Outside => ("外部单位", "Outside body"),
    };
    language.pick(zh, en)
}

/// What was done.
pub fn how(how: How, language: Language) -> &'static str {
    let (zh, en) = match how {
        How::Help => ("帮办", "Help"),
        How::Intervene => ("出面处理", "Stepping in"),
        How::PeoplesMediation => ("人民调解", "People's mediation"),
        How::AdministrativeMediation => ("行政调解", "Administrative mediation"),
        How::JudicialMediation => ("司法调解", "Judicial mediation"),
        How::Council => ("街区理事会", "Block council"),
        How::Referral => ("转办", "Passing it to the right office"),
        How::Explained => ("解释说明", "Explaining"),
    };
    language.pick(zh, en)
}

/// Whose word it is.
pub fn by(by: By, language: Language) -> &'static str {
    let (zh, en) = match by {
        By::Resident => ("居民本人", "The resident"),
        By::Family => ("家人", "The family"),
        By::Other => ("其他人", "Somebody else"),
    };
    language.pick(zh, en)
}

/// How something was heard or told.
pub fn channel(channel: Channel, language: Language) -> &'static str {
    let (zh, en) = match channel {
        Channel::InPerson => ("当面", "In person"),
        Channel::Phone => ("电话", "By phone"),
        Channel::Message => ("短信", "By message"),
        Channel::Letter => ("信件", "By letter"),
        Channel::Notice => ("张贴通知", "By a posted notice"),
    };
    language.pick(zh, en)
}

/// What came of a visit.
pub fn outcome(outcome: VisitOutcome, language: Language) -> &'static str {
    let (zh, en) = match outcome {
        VisitOutcome::Met => ("见到人", "Met somebody"),
        VisitOutcome::NotHome => ("不在家", "Nobody at home"),
        VisitOutcome::Refused => ("谢绝走访", "Did not want the visit"),
        VisitOutcome::LeftCard => ("留了联系卡", "Left a card"),
    };
    language.pick(zh, en)
}

/// Whether a household may be visited.
pub fn consent(level: ConsentLevel, language: Language) -> &'static str {
    let (zh, en) = match level {
        ConsentLevel::No => ("不接受走访", "No visits"),
        ConsentLevel::ByAppointment => ("走访须先约好", "Visits by appointment only"),
        ConsentLevel::Yes => ("可以走访", "Visits are welcome"),
    };
    language.pick(zh, en)
}

/// What an attachment is.
pub fn media(media: Media, language: Language) -> &'static str {
    let (zh, en) = match media {
        Media::Photo => ("照片", "Photo"),
        Media::Sound => ("录音", "Sound recording"),
        Media::Paper => ("纸质材料", "Paper"),
    };
    language.pick(zh, en)
}

/// What shows that a word was the resident's.
pub fn evidence(kind: EvidenceKind, language: Language) -> &'static str {
    let (zh, en) = match kind {
        EvidenceKind::Signature => ("签名", "Signature"),
        EvidenceKind::Voice => ("录音", "Voice recording"),
        EvidenceKind::Code => ("受理码", "Code"),
    };
    language.pick(zh, en)
}

/// A seat in the block council.
pub fn seat(seat: Seat, language: Language) -> &'static str {
    let (zh, en) = match seat {
        Seat::Fixed => ("固定席位", "Fixed seat"),
        Seat::Floating => ("流动席位", "Floating seat"),
    };
    language.pick(zh, en)
}

/// What came of an item of a meeting.
pub fn item_outcome(outcome: MeetingOutcome, language: Language) -> &'static str {
    let (zh, en) = match outcome {
        MeetingOutcome::Resolved => ("已解决", "Solved"),
        MeetingOutcome::Deferred => ("下次再议", "Put off to a later meeting"),
        MeetingOutcome::Referred => ("已转办", "Passed to the right office"),
        MeetingOutcome::Dropped => ("不再讨论", "Dropped"),
    };
    language.pick(zh, en)
}

/// What a person should look at, as a sentence that says what counts meanwhile or what to do.
pub fn flag(flag: Flag, language: Language) -> &'static str {
    let (zh, en) = match flag {
        Flag::Grade => (
            "有两人定的紧急程度不同，裁定之前按较急的办。",
            "Two people set the urgency differently. The more urgent one counts until it is settled.",
        ),
        Flag::Due => (
            "有两人定的办理期限不同，裁定之前按较早的办。",
            "Two people set the due date differently. The earlier one counts until it is settled.",
        ),
        Flag::ConfirmReject => (
            "居民的意见有两种记录：满意和不满意。现按不满意重新办理，请再问一问居民。",
            "The resident is recorded as content and as not content. It was opened again. Please ask \
             the resident once more.",
        ),
        Flag::ResolveEscalate => (
            "有人已解决，同时又有人上报。两条记录都保留，请上级看一看。",
            "One person solved it while another passed it up. Both entries stand. The higher level \
             should look.",
        ),
        Flag::RejectionUnanswered => (
            "居民有一次表示不满意，一直没有人答复。请看一看。",
            "The resident was once not content, and nobody has answered that. Please look.",
        ),
        Flag::AfterTransfer => (
            "移交时又收到居民的意见或反馈，请补记到移交后的诉求里。",
            "Something about the resident came in while this was filed at another place. Please enter \
             it there too.",
        ),
        Flag::AttemptsByResolver => (
            "三次回访都是解决这件事的人做的，没有接通就办结了。请另一位同事再问一问居民。",
            "It was closed after three unanswered attempts, all by the person who solved it. Somebody \
             else should ask the resident.",
        ),
        Flag::OtherCopy => (
            "同一条记录有两份，内容不一样。请核对。",
            "There are two copies of one entry, and they differ. Please compare them.",
        ),
        Flag::Priority => (
            "有人取消重点户，同时又有人保留。裁定之前仍是重点户。",
            "One person ended the priority while another kept it. It stays a priority household until \
             that is settled.",
        ),
        Flag::Consent => (
            "走访意愿有不同的记录，裁定之前按较严的办。",
            "The wishes about visits were recorded differently. The stricter one counts until it is \
             settled.",
        ),
    };
    language.pick(zh, en)
}

/// Why something cannot be saved, as a sentence for the person who wants to save it, with what to do.
pub fn rejection(rejection: Rejection, language: Language) -> &'static str {
    let (zh, en) = match rejection {
        Rejection::BadValue => (
            "填写的内容有误。请检查后再保存。",
            "Something in the form is not right. Please check it and save again.",
        ),
        Rejection::UnknownTarget => (
            "这一步依据的记录已经变了。请重新打开，看过之后再填。",
            "This step is about an entry that was not on your screen. Please open the record again and \
             look first.",
        ),
        Rejection::NoRight => (
            "您在这里不能做这一步。请找网格长或街区长。",
            "You may not do this here. Please ask your grid lead or block lead.",
        ),
        Rejection::NoReason => (
            "降低紧急程度或延长期限要写明原因。请选一个原因。",
            "A lower urgency or a later due date needs a reason. Please choose one.",
        ),
        Rejection::OwnWord => (
            "这件事是您办的，记录居民的话需要签名、录音或受理码。也可以请另一位同事来记。",
            "You worked on this yourself, so the resident's word needs a signature, a voice recording \
             or a code. Or ask a colleague to record it.",
        ),
        Rejection::ExtensionUsed => (
            "这一轮已经延过一次期限，不能再延。办不完请上报。",
            "The due date was put off once already in this round and cannot be put off again. If there \
             is not enough time, pass it up.",
        ),
        Rejection::NotAnswered => (
            "还不能办结：要么居民确认满意，要么在不同的三天都回访过、都没有接通。请先回访居民。",
            "It cannot be closed yet. Either the resident is content, or you asked on three days and \
             got no answer. Please ask the resident first.",
        ),
        Rejection::NotFirst => (
            "这一项只能在新建时填写。请新建一份。",
            "This can only be entered when a record is new. Please start a new one.",
        ),
        Rejection::WrongDocument => (
            "这一项不属于这里。请打开对的那一份再填。",
            "This does not belong in this record. Please open the right one and enter it there.",
        ),
    };
    language.pick(zh, en)
}
