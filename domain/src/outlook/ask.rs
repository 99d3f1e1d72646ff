//! What may be asked of a view.

use doorstep_protocol::id::{MemberId, TeamId};

use crate::{
    codes::{default_grade, due_s},
    event::Event,
    fold::grievance::{base_level, discovery},
    history::{Grounds, Serial},
    table::{ATTEMPTS_MIN, Grade, Level},
};

use super::{Outlook, tally::Ranked};

impl<'h> Outlook<'h> {
    /// The level of the grievance.
    pub(crate) fn level(&self) -> Level {
        let first = self.tally.discovers.first();
        let roster = first.and_then(|(at, ..)| self.history.nodes.get(*at)?.roster);
        let base = base_level(roster, self.history.document.place);
        self.tally.levels.last().map_or(base, |level| base.max(*level))
    }

    /// Whether one of these teams was sent.
    pub(crate) fn is_sent<'t>(&self, mut teams: impl Iterator<Item = &'t TeamId>) -> bool {
        teams.any(|team| self.tally.teams.has(team))
    }

    /// Whether a register brought the document.
    pub(crate) fn is_imported(&self) -> bool {
        self.tally.imported > 0
    }

    /// Whether a member wrote a resolution, struck or not.
    pub(crate) fn made_a_resolution(&self, member: MemberId) -> bool {
        self.tally.made.has(&member)
    }

    /// The current round.
    pub(crate) fn current(&self) -> u32 {
        self.tally.current()
    }

    /// The round of a Resolve or CloseUnsolved.
    pub(crate) fn round_of(&self, event: Serial) -> Option<u32> {
        let standing = self.known.get(event)?.standing.as_ref()?;
        let is = matches!(standing.event, Event::Resolve(_) | Event::CloseUnsolved(_));
        (is && standing.round > 0).then_some(standing.round)
    }

    /// Whether a member made a resolution of a round, or of any, or is named its helper.
    pub(crate) fn is_resolver(&self, round: Option<u32>, member: MemberId) -> bool {
        match round {
            Some(round) => self.tally.at(round).is_some_and(|round| round.solvers.has(&member)),
            None => self.tally.solvers.has(&member),
        }
    }

    /// Whether the due was extended by somebody who saw the current round as the current one.
    pub(crate) fn is_extended(&self) -> bool {
        self.tally.at(self.current()).is_some_and(|round| round.extensions > 0)
    }

    /// What a Close may rest on; none where that is not enough.
    pub(crate) fn grounds(&mut self) -> Option<Grounds> {
        let current = self.current();
        let round = self.tally.round(current);
        let confirmed = round.rejections == 0 && !round.confirms.is_empty();
        let unanswered = round.days.len() >= ATTEMPTS_MIN;
        let confirmations = if confirmed { round.confirms.chain(&mut self.links) } else { None };
        let attempts = if unanswered { round.attempts.chain(&mut self.links) } else { None };
        (confirmed || unanswered).then_some(Grounds { confirmations, attempts })
    }

    /// The grade.
    pub(crate) fn grade(&self) -> Grade {
        let given =
            self.tally.grades.first().and_then(|grade| Grade::from_number(u64::from(*grade)));
        given.or_else(|| self.default_grade()).unwrap_or(Grade::C)
    }

    fn default_grade(&self) -> Option<Grade> {
        let (at, _, event) = self.tally.founding.first()?;
        let standing = self.known.get(*event)?.standing.as_ref()?;
        let Event::Discover(discover) = standing.event else { return None };
        Some(default_grade(self.history.nodes.get(*at)?.roster.as_ref(), discover.kind))
    }

    /// The due, at its earliest, in s; none without a Discover.
    pub(crate) fn due(&self) -> Option<u64> {
        let (at, _, event) = self.tally.founding.first()?;
        let node = self.history.nodes.get(*at)?;
        let grade = self.grade();
        let after = if self.tally.grades.first().is_some() {
            let shortest = self.tally.tables.from(&(grade.number(), 0));
            shortest.filter(|(of, _)| *of == grade.number()).map(|(_, after)| *after)
        } else {
            let stands = self.known.get(*event).is_some_and(|known| known.ended.table == 0);
            stands.then(|| due_s(node.roster.as_ref(), grade))
        };
        let (from, _) = discovery(node.marks()?, None);
        let table = after.map(|after| from.saturating_add(after));
        table.into_iter().chain(self.tally.dates.first().copied()).min()
    }

    /// Who answers for it.
    pub(crate) fn owner(&mut self) -> Option<MemberId> {
        if let Some((_, id, event)) = self.tally.foremost.first() {
            let standing = self.known.get(*event)?.standing.as_ref()?;
            return Some(match standing.event {
                Event::Assign(assign) => assign.to,
                _ => id.member,
            });
        }
        let by = self.tally.discovers.first().map(|(at, ..)| *at);
        if self.tally.ranked.as_ref().is_none_or(|ranked| ranked.by != by) {
            let accepts = self.tally.accepts.iter().filter_map(|accept| {
                self.rank_of(*accept, self.known.get(*accept)?.standing.as_ref()?, by)
            });
            let best = accepts.collect();
            self.history.steps(self.tally.accepts.len() as u64);
            self.tally.ranked = Some(Ranked { by, best });
        }
        let ranked = self.tally.ranked.as_ref()?;
        ranked.best.first().map(|(_, id)| id.member)
    }
}
