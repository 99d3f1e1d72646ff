//! Groups, and what is left to do by hand.

use std::collections::BTreeMap;

use doorstep_core::{self as core, ByHand, Line};
use doorstep_domain::{
    input::EventId,
    table::Kind,
    words::{self, Names as _},
};
use doorstep_protocol::id::DocumentId;

use super::{
    enums::STEPS,
    ids::event_text,
    numbers::{count, long},
    reader::Reader,
};
use crate::{
    enums::StepKind,
    records::{
        GrievanceAt, GroupMark, GroupMemberLine, GroupRecord, ItemGrievanceLine, ItemLine,
        LeftOutLine, SolvedLine,
    },
};

fn steps(allowed: &[Kind]) -> Vec<StepKind> {
    STEPS.iter().copied().filter(|step| allowed.contains(&Kind::from(*step))).collect()
}

impl Reader {
    pub(crate) fn group_mark(&self, doc: DocumentId, group: core::Grouped) -> GroupMark {
        GroupMark {
            size: count(group.documents),
            face: group.face.to_string(),
            is_face: group.face == doc,
            provisional: group.provisional,
        }
    }

    pub(crate) fn group(&self, group: core::Group) -> GroupRecord {
        let size = group.members.len().saturating_add(group.not_here.len());
        let text = self.pick(
            &format!("同一件事，共{size}条诉求"),
            &format!("One trouble, in {size} grievances"),
        );
        GroupRecord {
            face: group.face.map(|doc| doc.to_string()),
            provisional: group.provisional,
            text,
            members: group.members.into_iter().map(|member| self.group_member(member)).collect(),
            not_here: count(group.not_here.len()),
            take_over: group.take_over.iter().map(|solved| self.solved(solved)).collect(),
        }
    }

    pub(crate) fn group_member(&self, member: core::GroupMember) -> GroupMemberLine {
        GroupMemberLine {
            line: self.grievance(member.line),
            view: member.view.to_string(),
            steps: steps(&member.steps),
        }
    }

    fn solved(&self, solved: &core::Solved) -> SolvedLine {
        SolvedLine {
            doc: solved.doc.to_string(),
            resolution: event_text(solved.resolution),
            how: solved.how.into(),
            text: self.done_by(words::how(solved.how, self.language), solved.resolution),
            author: self.member_line(solved.author),
            time_s: long(solved.time_s),
        }
    }

    /// "Help, by Li".
    pub(crate) fn done_by(&self, what: &str, id: EventId) -> String {
        let by = self.member(id.member);
        self.pick(&format!("{what}（{by}）"), &format!("{what}, by {by}"))
    }

    /// Documents in which nothing was written, and why.
    pub(crate) fn left_out(
        &self,
        left: &[(DocumentId, ByHand)],
        lines: &BTreeMap<DocumentId, Line>,
    ) -> Vec<LeftOutLine> {
        let line = |(doc, why): &(DocumentId, ByHand)| LeftOutLine {
            doc: doc.to_string(),
            title: self.title_of(*doc, lines),
            why: self.by_hand(*why),
        };
        left.iter().map(line).collect()
    }

    /// What a document is about, where it is here.
    pub(crate) fn title_of(&self, doc: DocumentId, lines: &BTreeMap<DocumentId, Line>) -> String {
        lines.get(&doc).map_or_else(|| self.elsewhere(), |line| self.title(line, lines))
    }

    /// Why something is not written into a document together with others, and what to do.
    fn by_hand(&self, why: ByHand) -> String {
        let (zh, en) = match why {
            ByHand::NotHere => (
                "这条诉求不在本机，请由负责的同事处理。",
                "This grievance is not on this phone. Ask whoever answers for it.",
            ),
            ByHand::Over => {
                ("这条诉求已经结束，没有再写。", "This grievance is over. Nothing was written.")
            }
            ByHand::NoRight => (
                "您不能在这条诉求里做这一步，请找负责人。",
                "You may not do this here. Ask who may.",
            ),
            ByHand::LookAgain => (
                "这条诉求已经变化。请打开看过再写。",
                "This grievance has changed. Open it, look, and do it there.",
            ),
            ByHand::Rejected => (
                "这一步在这条诉求里不成立。请打开单独处理。",
                "This step does not fit there. Open it and do what fits.",
            ),
            ByHand::Full => (
                "本机在这条诉求里已经写满，请由同事来写。",
                "This phone has no more room in it. Ask a colleague.",
            ),
            ByHand::NotNamed => {
                ("议题没有提到这条诉求。", "The item does not name this grievance.")
            }
            _ => ("请打开这条诉求单独处理。", "Open this grievance and do it there."),
        };
        self.pick(zh, en)
    }

    /// An item with what its outcome settles.
    pub(crate) fn item_record(&self, record: &core::ItemRecord) -> ItemLine {
        let outcome = record.outcome;
        let text = outcome.map(|outcome| words::item_outcome(outcome, self.language));
        let grievance = |named: &core::ItemGrievance| GrievanceAt {
            doc: named.doc.to_string(),
            line: named.line.clone().map(|line| self.grievance(line)),
        };
        ItemLine {
            item: record.item.to_string(),
            title: record.title.to_string(),
            outcome: outcome.map(Into::into),
            outcome_text: text.unwrap_or_default().to_owned(),
            events: record.said.iter().map(|said| event_text(said.id)).collect(),
            grievances: record.grievances.iter().map(grievance).collect(),
            carries: record.carries.as_ref().map(Into::into),
        }
    }

    pub(crate) fn item_grievance(&self, named: core::ItemGrievance) -> ItemGrievanceLine {
        let title = named.line.as_ref().map(|line| line.what.clone());
        ItemGrievanceLine {
            doc: named.doc.to_string(),
            title: title.unwrap_or_else(|| self.elsewhere()),
            line: named.line.map(|line| self.grievance(line)),
            view: named.view.map(|view| view.to_string()),
            by_hand: named.by_hand.map(|why| self.by_hand(why)),
        }
    }
}
