//! The events of households, visits and meetings.

use doorstep_protocol::id::{ItemId, MemberId};

use super::{
    field::record,
    parts::{Attendee, Day, FieldValue, ItemAt, Link, Ref, Source, Text},
};
use crate::table::{By, Channel, ConsentLevel, MeetingOutcome, Seat, VisitOutcome};

record! {
    /// A household, by the name of its unit. The first event of its document.
    Found {
        /// The unit.
        must unit: Text,
        /// The row of a register that it was imported from.
        opt source: Source,
    }
}
record! {
    /// A field of a household.
    SetField {
        /// Code of list field.
        must field: u16,
        /// Its value.
        must value: FieldValue,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// A person of the household; a person is the ref of their first Person event.
    Person {
        /// What they are called.
        must name: Text,
        /// Code of list relation.
        must relation: u16,
        /// Code of list birth band.
        must birth_band: u16,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// A person is of the household no more.
    PersonLeft {
        /// Their first Person event.
        must person: Ref,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// A telephone number.
    Phone {
        /// Whose, where it is not the household's.
        opt person: Ref,
        /// The number.
        must number: Text,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// Whether the household may be visited.
    Consent {
        /// What they said.
        must level: ConsentLevel,
        /// Until when.
        opt until: Day,
        /// Whose word.
        must by: By,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// The household is to be visited first.
    Priority {
        /// Code of list priority.
        must code: u16,
        /// When somebody looks whether it still is.
        must review_by: Day,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// It is no more.
    PriorityEnd {
        /// Code of list reason.
        must reason: u16,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// The privacy notice was given.
    NoticeGiven {
        /// Which version of it.
        must version: u32,
        /// How.
        must channel: Channel,
        /// Code of list language.
        must language: u16,
        /// To whom.
        must by: By,
    }
}
record! {
    /// The same household as another document.
    SameAs {
        /// The other.
        must other: Link,
    }
}
record! {
    /// Not the same after all.
    NotSame {
        /// The SameAs that this ends.
        must link: Ref,
    }
}
record! {
    /// The household moved here; its story so far.
    Continues {
        /// The earlier document.
        must other: Link,
    }
}
record! {
    /// A visit began. The first event of its document.
    Started {
        /// Whom.
        must household: Link,
        /// Code of list purpose.
        must purpose: u16,
        /// Whether the resident had asked for it.
        opt asked_for: bool,
        /// Whether it was planned.
        opt planned: bool,
    }
}
record! {
    /// A companion came along.
    Joined {
        /// Who, named by the starter; none = the author.
        opt member: MemberId,
    }
}
record! {
    /// An item of the checklist.
    Checklist {
        /// Code of list checklist item.
        must item: u16,
        /// Code of list answer.
        must answer: u16,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// What came of the visit.
    Outcome {
        /// What.
        must outcome: VisitOutcome,
        /// How many persons were met.
        must persons_met: u32,
        /// The grievances found.
        list grievances: Link,
        /// When to come again.
        opt next_day: Day,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// The same visit as another document.
    SameVisit {
        /// The other.
        must other: Link,
    }
}
record! {
    /// The council met. The first event of its document.
    Held {
        /// When.
        must day: Day,
        /// Where.
        #[serde(rename = "where")]
        opt place: Text,
    }
}
record! {
    /// Who was there.
    Attendance {
        /// Who.
        must who: Attendee,
        /// On what seat.
        must seat: Seat,
        /// Whether they were.
        must present: bool,
        /// What it replaces.
        list supersedes: Ref,
    }
}
record! {
    /// An item of the meeting.
    Item {
        /// Its random id.
        must item: ItemId,
        /// What it is called.
        must title: Text,
        /// The grievances that it is about.
        list grievances: Link,
        /// The item of an earlier meeting that it goes on with.
        opt carries: ItemAt,
    }
}
record! {
    /// What came of an item.
    ItemOutcome {
        /// Which.
        must item: ItemId,
        /// What.
        must outcome: MeetingOutcome,
        /// What it replaces.
        list supersedes: Ref,
    }
}
