//! The events of a grievance, and those that every document takes.

use doorstep_protocol::id::{ItemId, MemberId, TeamId};

use super::{
    Event,
    field::record,
    parts::{Evidence, FileHash, ItemAt, Link, Ref, Reporter, Source, Text},
};
use crate::table::{By, Channel, Flag, Grade, How, Level, Media};

record! {
    /// A grievance is found: what, where, who asked. The first event of its document.
    Discover {
        /// What.
        must what: Text,
        /// Where within the place of the log.
        opt spot: Text,
        /// Who asked.
        must reporter: Reporter,
        /// Code of list kind.
        must kind: u16,
        /// How urgent, where it was said at once.
        opt grade: Grade,
        /// The visit on which it was found.
        opt visit: Link,
        /// The row of a register that it was imported from.
        opt source: Source,
    }
}
record! {
    /// I take it on.
    Accept {}
}
record! {
    /// It is over: its author saw a confirmation in force, or three unanswered attempts.
    Close {}
}
record! {
    /// I do not take it on.
    Decline {
        /// The Assign or Accept that ends; none = a reason only.
        opt of: Ref,
        /// Code of list reason.
        must reason: u16,
        /// More.
        opt text: Text,
    }
}
record! {
    /// The resident was contacted.
    Contact {
        /// How.
        must how: How,
        /// More.
        opt text: Text,
    }
}
record! {
    /// Work was done on it.
    Progress {
        /// How.
        must how: How,
        /// Who helped.
        list helpers: MemberId,
        /// Who was party to it.
        opt parties: Text,
        /// More.
        opt text: Text,
    }
}
record! {
    /// How urgent it is.
    SetGrade {
        /// The grade.
        must grade: Grade,
        /// What it replaces.
        list supersedes: Ref,
        /// Code of list reason; a must when lowering.
        opt reason: u16,
    }
}
record! {
    /// When it is due.
    SetDue {
        /// In s since 1970.
        must due: u64,
        /// What it replaces.
        list supersedes: Ref,
        /// Code of list reason; a must when later.
        opt reason: u16,
    }
}
record! {
    /// It goes up.
    Escalate {
        /// To which level.
        must level: Level,
        /// Code of list reason.
        must reason: u16,
        /// More.
        opt text: Text,
        /// The body outside that it goes to; there just where the level is outside.
        opt body: Text,
    }
}
record! {
    /// A higher level takes it and its author owns it.
    TakeOver {
        /// The level.
        must level: Level,
    }
}
record! {
    /// It comes back down.
    SendBack {
        /// To which level.
        must to: Level,
        /// The Escalates and TakeOvers that this ends.
        list returns: Ref,
        /// Code of list reason.
        must reason: u16,
        /// More.
        opt text: Text,
    }
}
record! {
    /// Somebody is to own it.
    Assign {
        /// Who.
        must to: MemberId,
        /// What it replaces.
        list supersedes: Ref,
        /// Code of list reason.
        opt reason: u16,
    }
}
record! {
    /// A team is sent.
    DispatchTeam {
        /// Which.
        must team: TeamId,
        /// What for.
        opt task: Text,
    }
}
record! {
    /// It is solved, awaiting the resident's word.
    Resolve {
        /// The rejections in force that its author saw.
        list answers: Ref,
        /// How.
        must how: How,
        /// Who helped.
        list helpers: MemberId,
        /// The council item that settled it.
        opt item: ItemAt,
        /// Work done once for several documents: the first of them.
        opt with: Link,
        /// More.
        opt text: Text,
    }
}
record! {
    /// It was filed at the wrong place; the other counts.
    Transfer {
        /// The other.
        must to: Link,
        /// Code of list reason.
        must reason: u16,
    }
}
record! {
    /// The resident was asked and did not answer.
    AskedNoAnswer {
        /// About which Resolve.
        must resolution: Ref,
        /// How.
        must channel: Channel,
    }
}
record! {
    /// The resident was told what came of it.
    FeedBack {
        /// About which Resolve or CloseUnsolved.
        must resolution: Ref,
        /// How.
        must channel: Channel,
        /// More.
        opt text: Text,
    }
}
record! {
    /// It cannot be solved.
    CloseUnsolved {
        /// The rejections in force that its author saw.
        list answers: Ref,
        /// Code of list reason.
        must reason: u16,
        /// How the resident was told, where it was done already.
        opt told: Channel,
        /// More.
        opt text: Text,
    }
}
record! {
    /// The same trouble as in another document.
    DuplicateOf {
        /// The other.
        must other: Link,
    }
}
record! {
    /// Not the same trouble after all.
    NotDuplicate {
        /// The DuplicateOf that this ends.
        must link: Ref,
        /// Code of list reason.
        opt reason: u16,
    }
}
record! {
    /// It is brought before the council.
    CouncilItem {
        /// The meeting.
        must meeting: Link,
        /// The item.
        must item: ItemId,
    }
}
record! {
    /// Words.
    Note {
        /// They.
        must text: Text,
    }
}
record! {
    /// A file.
    Attach {
        /// Its hash.
        must hash: FileHash,
        /// What it is.
        must media: Media,
        /// Its length.
        must bytes: u32,
        /// The hash of its thumbnail.
        opt thumb: FileHash,
        /// The event that it belongs to.
        opt of: Ref,
    }
}
record! {
    /// The resident is content.
    Confirm {
        /// With which Resolve.
        must resolution: Ref,
        /// Whose word.
        must by: By,
        /// How it was heard.
        must heard: Channel,
        /// What shows it.
        list evidence: Evidence,
        /// 1 to 5.
        opt satisfaction: u8,
    }
}
record! {
    /// The resident is not content.
    Reject {
        /// With which Resolve or CloseUnsolved.
        must resolution: Ref,
        /// Whose word.
        must by: By,
        /// How it was heard.
        must heard: Channel,
        /// Code of list reason.
        must reason: u16,
        /// More.
        opt text: Text,
    }
}
record! {
    /// The resident takes it back.
    Withdraw {
        /// Whose word.
        must by: By,
        /// How it was heard.
        must heard: Channel,
        /// What shows it.
        list evidence: Evidence,
        /// Code of list reason.
        must reason: u16,
    }
}
record! {
    /// An event was wrong.
    Correct {
        /// Which.
        must event: Ref,
        /// Code of list reason.
        must reason: u16,
        /// What it should have said, of the same kind; none = struck.
        opt replacement: Box<Event>,
    }
}
record! {
    /// A flag is settled.
    Settle {
        /// Which.
        must flag: Flag,
        /// The events that raise it; raised by another it shows again.
        list about: Ref,
        /// Of flag grade a grade's number, of flag due a time, else 0 = seen.
        must choice: u64,
        /// Code of list reason.
        opt reason: u16,
    }
}
