//! What an event adds to the tallies of a view, and takes from them when it no longer stands.

use std::cmp::Reverse;

use crate::{
    codes::due_s,
    event::Event,
    figures::day_of,
    fold::grievance::{due_of, grade_of},
    history::Serial,
    rights,
    table::Level,
};
use doorstep_protocol::roster::setting;

use super::{
    Outlook, Standing,
    tally::{count, edit},
};

impl<'h> Outlook<'h> {
    /// Adds what an event counts, or takes it away.
    pub(super) fn count(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        let Some(node) = self.node(of) else { return };
        let n = self.history.n(event);
        let written = match node.slot(n) {
            crate::history::Slot::Known(written) => written,
            _ => of.event,
        };
        let author = node.copy.author;
        let placed = (of.node, n, event);
        if matches!(written, Event::Resolve(_) | Event::CloseUnsolved(_)) {
            self.tally.made.count(author, on);
        }
        if matches!(of.event, Event::Discover(_)) {
            set(&mut self.tally.discovers, placed, on);
        }
        if of.struck {
            return;
        }
        let imported = match written {
            Event::Discover(discover) => discover.source.is_some(),
            Event::Found(found) => found.source.is_some(),
            _ => false,
        };
        if imported {
            count(&mut self.tally.imported, on);
        }
        if matches!(of.event, Event::Discover(_)) {
            set(&mut self.tally.founding, placed, on);
        }
        self.count_rounds(event, of, on);
        self.count_urgency(event, of, on);
        self.count_place(event, of, on);
        if let Event::Correct(_) = of.event {
            for to in &of.named {
                if let Some(known) = self.known.get_mut(*to) {
                    edit(&mut known.corrects, event, on);
                    self.unsettled.insert(*to);
                }
            }
        }
        if let Event::DispatchTeam(sent) = of.event {
            self.tally.teams.count(sent.team, on);
        }
    }

    fn count_rounds(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        let in_rounds = matches!(
            of.event,
            Event::Resolve(_)
                | Event::CloseUnsolved(_)
                | Event::Reject(_)
                | Event::Confirm(_)
                | Event::AskedNoAnswer(_)
        );
        if in_rounds {
            for to in &of.named {
                if let Some(known) = self.known.get_mut(*to) {
                    edit(&mut known.follow, event, on);
                }
            }
        }
        if matches!(of.event, Event::Confirm(_) | Event::Reject(_)) {
            for to in &of.named {
                let Some(known) = self.known.get_mut(*to) else { continue };
                edit(&mut known.words, event, on);
                // It may rest on what a Correct strikes.
                if !known.corrects.is_empty() {
                    self.unsettled.insert(*to);
                }
            }
        }
        if let Event::SetDue(_) = of.event {
            let seen = self.seen(event, of);
            if seen.extension {
                count(&mut self.tally.round(seen.round).extensions, on);
            }
        }
        if of.round > 0 {
            self.count_round(event, of, on);
        }
    }

    fn count_round(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        let Some(node) = self.node(of) else { return };
        match of.event {
            Event::Resolve(_) | Event::CloseUnsolved(_) => {
                self.tally.opened.count(of.round, on);
                let round = self.tally.round(of.round);
                let helpers = match of.event {
                    Event::Resolve(resolve) => resolve.helpers.as_slice(),
                    _ => &[],
                };
                for member in helpers.iter().chain([&node.copy.author]) {
                    round.solvers.count(*member, on);
                }
                for member in helpers.iter().chain([&node.copy.author]) {
                    self.tally.solvers.count(*member, on);
                }
            }
            Event::Reject(_) => {
                count(&mut self.tally.round(of.round).rejections, on);
                self.tally.opened.count(of.round + 1, on);
            }
            Event::Confirm(_) => self.tally.round(of.round).confirms.count(event, on),
            Event::AskedNoAnswer(_) => {
                let Some(marks) = node.marks().filter(|marks| marks.certain) else { return };
                let minutes =
                    node.roster.and_then(|roster| roster.setting(setting::LOCAL_TIME_MIN));
                let round = self.tally.round(of.round);
                round.attempts.count(event, on);
                round.days.count(day_of(marks.claimed, minutes.unwrap_or(0)), on);
            }
            _ => {}
        }
    }

    fn count_urgency(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        if let (Some(grade), true) = (grade_of(of.event), of.counts.grade) {
            self.tally.grades.count(grade.number(), on);
            if of.counts.table {
                let roster = self.node(of).and_then(|node| node.roster);
                self.tally.tables.count((grade.number(), due_s(roster.as_ref(), grade)), on);
            }
        }
        if let (Some(due), true) = (due_of(of.event), of.counts.due) {
            self.tally.dates.count(due, on);
        }
        let (grade, due, table) = match of.event {
            Event::SetGrade(_) => (true, false, false),
            Event::SetDue(_) => (false, true, self.seen(event, of).extension),
            Event::Settle(settle) => match settle.flag {
                crate::table::Flag::Grade => (true, false, false),
                _ => (false, true, true),
            },
            _ => return,
        };
        for to in &of.named {
            let Some(known) = self.known.get_mut(*to) else { continue };
            let ended = &mut known.ended;
            let turned =
                [(grade, &mut ended.grade), (due, &mut ended.due), (table, &mut ended.table)];
            for (ends, ended) in turned {
                if ends && count(ended, on) {
                    self.unsettled.insert(*to);
                }
            }
        }
    }

    fn count_place(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        match of.event {
            Event::Escalate(escalate) if of.counts.level => {
                self.tally.levels.count(escalate.level, on);
            }
            Event::TakeOver(take) => {
                if of.counts.level {
                    self.tally.levels.count(take.level, on);
                }
                self.count_owner(event, of, on);
            }
            Event::Assign(_) => {
                self.count_owner(event, of, on);
                self.end_owners(of, on);
            }
            Event::SendBack(_) => {
                self.end_owners(of, on);
                self.count_return(event, of, on);
            }
            Event::Decline(_) => {
                self.end_owners(of, on);
                for to in &of.named {
                    if self.known.get_mut(*to).is_some_and(|k| count(&mut k.ended.accept, on)) {
                        self.unsettled.insert(*to);
                    }
                }
            }
            Event::Accept(_) if of.counts.accept => self.count_accept(event, of, on),
            _ => {}
        }
    }

    fn end_owners(&mut self, of: &Standing<'h>, on: bool) {
        for to in &of.named {
            if self.known.get_mut(*to).is_some_and(|known| count(&mut known.ended.owner, on)) {
                self.unsettled.insert(*to);
            }
        }
    }

    /// A SendBack returns what it names, if no Accept makes it void.
    fn count_return(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        if of.counts.level {
            for to in &of.named {
                if self.known.get_mut(*to).is_some_and(|known| count(&mut known.ended.level, on)) {
                    self.unsettled.insert(*to);
                }
            }
        }
        edit(&mut self.tally.returns, event, on);
        let accepts = self.tally.accepts.iter();
        let voiding = accepts.filter(|accept| {
            let standing = self.known.get(**accept).and_then(|known| known.standing.as_ref());
            standing.is_some_and(|accept_of| self.voids((**accept, accept_of), (event, of)))
        });
        let voiding = u32::try_from(voiding.count()).unwrap_or(u32::MAX);
        if let Some(known) = self.known.get_mut(event) {
            let was = known.voided;
            known.voided = if on { was + voiding } else { was.saturating_sub(voiding) };
            if (was == 0) != (known.voided == 0) {
                self.unsettled.insert(event);
            }
        }
    }

    /// Whether an Accept from above, unseen, makes a SendBack void.
    fn voids(&self, accept: (Serial, &Standing<'h>), back: (Serial, &Standing<'h>)) -> bool {
        let Event::SendBack(to) = back.1.event else { return false };
        let level = self.node(accept.1).and_then(|node| node.standing.level());
        level.is_some_and(|level| level > to.to) && self.unseen(accept, back)
    }

    fn count_accept(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        edit(&mut self.tally.accepts, event, on);
        self.rank(event, of, on);
        let returns = self.tally.returns.iter().filter(|back| {
            let standing = self.known.get(**back).and_then(|known| known.standing.as_ref());
            standing.is_some_and(|back_of| self.voids((event, of), (**back, back_of)))
        });
        for back in returns.copied().collect::<Vec<_>>() {
            if self.known.get_mut(back).is_some_and(|known| count(&mut known.voided, on)) {
                self.unsettled.insert(back);
            }
        }
    }

    /// An Assign or TakeOver counts among those that make an owner.
    fn count_owner(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        if !of.counts.owner {
            return;
        }
        if !on {
            edit(&mut self.tally.owners, event, false);
            self.front(event, of, false);
        }
        let mut overtaken = 0;
        let mut passed = Vec::new();
        for other in &self.tally.owners {
            let other_of = self.known.get(*other).and_then(|known| known.standing.as_ref());
            let Some(other_of) = other_of else { continue };
            overtaken += u32::from(self.history.saw(other_of.node, *other, event));
            if self.history.saw(of.node, event, *other) {
                passed.push(*other);
            }
        }
        for other in passed {
            let Some(known) = self.known.get_mut(other) else { continue };
            if count(&mut known.overtaken, on)
                && let Some(standing) = known.standing.clone()
            {
                self.front(other, &standing, !on);
            }
        }
        if let Some(known) = self.known.get_mut(event) {
            known.overtaken = if on { overtaken } else { 0 };
        }
        if on {
            edit(&mut self.tally.owners, event, true);
            if overtaken == 0 {
                self.front(event, of, true);
            }
        }
    }

    /// Puts one among the foremost, or takes it from them.
    fn front(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        let level: Option<Level> = self.node(of).and_then(|node| node.standing.level());
        let Some(id) = self.history.id(event) else { return };
        set(&mut self.tally.foremost, (Reverse(level), id, event), on);
    }

    /// Ranks an Accept among the others, where somebody asked for that.
    fn rank(&mut self, event: Serial, of: &Standing<'h>, on: bool) {
        let by = self.tally.ranked.as_ref().map(|ranked| ranked.by);
        let Some(by) = by else { return };
        let Some(rank) = self.rank_of(event, of, by) else { return };
        if let Some(ranked) = &mut self.tally.ranked {
            set(&mut ranked.best, rank, on);
        }
    }

    /// By the roster of a copy: building owner, stand-in, backup; the lower level; the smaller id.
    pub(super) fn rank_of(
        &self,
        event: Serial,
        of: &Standing<'h>,
        by: Option<usize>,
    ) -> Option<((u8, u8), crate::input::EventId)> {
        let member = self.node(of)?.copy.author;
        let place = self.history.document.place;
        let roster = by.and_then(|at| self.history.nodes.get(at)?.roster);
        let assigned = roster.and_then(|roster| roster.assignment(place, member));
        let level = roster.and_then(|r| rights::Standing::of(&r, member, place).level());
        let rank = crate::fold::grievance::rank(assigned);
        Some(((rank, level.map_or(u8::MAX, Level::number)), self.history.id(event)?))
    }
}

fn set<T: Ord>(of: &mut std::collections::BTreeSet<T>, thing: T, on: bool) {
    if on {
        of.insert(thing);
    } else {
        of.remove(&thing);
    }
}
