//! Whether an event is valid: by its own past and its roster point alone, so that what a phone accepted
//! is never refused later.
//!
//! Two faults in one event: the first of bad value, unknown target, no right, no reason, the rest.

use std::cell::{RefCell, RefMut};

use doorstep_protocol::{id::MemberId, roster::RoleKind};

use crate::{
    event::{Correct, Event, Ref},
    history::{History, Judged, Named, Node, Seen, Slot, Verdict, View, target},
    input::EventId,
    outlook::Outlook,
    rights::{Circumstances, Correctors, Deed, Standing},
    table::{EvidenceKind, Grade, Kind, Level, RefField, Rejection, takes},
};

/// Judges event `n` of copy `at`. All that comes before it is judged already, and `outlook` told of it.
pub(crate) fn judge<'h>(
    history: &'h History<'h>,
    outlook: &RefCell<Outlook<'h>>,
    at: usize,
    n: usize,
) -> Judged {
    let rejected = |reason| Judged { verdict: Verdict::Rejected(reason), seen: Seen::default() };
    let Some(node) = history.nodes.get(at) else { return rejected(Rejection::BadValue) };
    let event = match node.slot(n) {
        Slot::Known(Event::Unknown(_)) | Slot::Newer => {
            return Judged { verdict: Verdict::Newer, seen: Seen::default() };
        }
        Slot::Bad(_) => return rejected(Rejection::BadValue),
        Slot::Known(event) => event,
    };
    let case = Case { history, node, at, n, event, view: history.before(node, at, n), outlook };
    match case.verdict() {
        Ok(()) => Judged { verdict: Verdict::Valid, seen: case.seen() },
        Err(reason) => rejected(reason),
    }
}

struct Case<'o, 'h> {
    history: &'h History<'h>,
    node: &'h Node<'h>,
    at: usize,
    n: usize,
    event: &'h Event,
    view: View<'h>,
    outlook: &'o RefCell<Outlook<'h>>,
}

impl<'o, 'h> Case<'o, 'h> {
    fn author(&self) -> MemberId {
        self.node.copy.author
    }

    /// What the author saw.
    fn past(&self) -> RefMut<'o, Outlook<'h>> {
        let mut outlook = self.outlook.borrow_mut();
        outlook.look(self.at, self.n);
        outlook
    }

    fn level(&self) -> Level {
        self.past().level()
    }

    fn verdict(&self) -> Result<(), Rejection> {
        self.values()?;
        self.references(self.event)?;
        if !self.allowed() {
            return Err(Rejection::NoRight);
        }
        self.reasons()?;
        self.rest()
    }

    /// What the bytes alone could not say: a reference must not name its own author, a replacement is
    /// of its target's kind.
    fn values(&self) -> Result<(), Rejection> {
        let mut own_named = false;
        self.event.each_ref(&mut |to| own_named |= to.member == Some(self.author()));
        let replaced = match self.event {
            Event::Correct(Correct { event, replacement: Some(replacement), .. }) => {
                let mut named =
                    self.history.named(&self.view, target(event, self.author())).peekable();
                let kind = replacement.kind_number();
                named.peek().is_none()
                    || named.any(|named| named == Named::Unsaid || named == Named::Kind(kind))
            }
            _ => true,
        };
        if own_named || !replaced { Err(Rejection::BadValue) } else { Ok(()) }
    }

    fn references(&self, event: &Event) -> Result<(), Rejection> {
        let Some(kind) = event.kind() else { return Ok(()) };
        for (field, to) in references(event) {
            let id = target(to, self.author());
            if !self.history.knows(&self.view, id, takes(kind, field)) {
                return Err(Rejection::UnknownTarget);
            }
        }
        match event {
            Event::Correct(Correct { replacement: Some(replacement), .. }) => {
                self.references(replacement)
            }
            _ => Ok(()),
        }
    }

    fn allowed(&self) -> bool {
        if self.node.roster.is_none() {
            return false;
        }
        let standing = self.node.standing.as_ref();
        let allowed = match self.event {
            Event::Decline(decline) => match &decline.of {
                Some(of) => self.is_own(of),
                None => self.may(standing, Deed::Accept),
            },
            Event::Correct(correct) => self.may_correct(standing, correct),
            event => match self.deed(event) {
                Some(deed) => self.may(standing, deed),
                None => false,
            },
        };
        allowed || self.register_may(standing)
    }

    /// Whether a Decline ends the author's own Assign or Accept.
    fn is_own(&self, of: &Ref) -> bool {
        let id = target(of, self.author());
        let assigned_to_me = || {
            self.said(id).any(|event| matches!(event, Event::Assign(to) if to.to == self.author()))
        };
        id.member == self.author() && self.said(id).any(|event| matches!(event, Event::Accept(_)))
            || assigned_to_me()
            || self.passes_unread(id)
    }

    /// A target of a kind that is not known here cannot be judged, so it passes.
    fn passes_unread(&self, id: EventId) -> bool {
        self.history.named(&self.view, id).all(|named| match named {
            Named::Kind(number) => Kind::from_number(u64::from(number)).is_none(),
            Named::Unsaid => true,
        })
    }

    /// What stands under an id in the past, copy by copy.
    fn said(&self, id: EventId) -> impl Iterator<Item = &'h Event> {
        let n = usize::try_from(id.n).unwrap_or(usize::MAX);
        let history = self.history;
        history.copies(id.member, id.act).iter().filter_map(move |at| {
            let node = history.nodes.get(*at).filter(|_| self.view.holds(*at, n))?;
            match node.slot(n) {
                Slot::Known(event) => Some(event),
                _ => None,
            }
        })
    }

    fn may(&self, standing: &Standing, deed: Deed) -> bool {
        // What a grievance's past says is worked out only where the roster alone says no.
        let plain = Circumstances { level: Level::Building, sent: false, code_issued: false };
        standing.may(deed, plain)
            || standing.may(
                deed,
                Circumstances {
                    level: self.level(),
                    sent: self.is_sent(standing),
                    code_issued: self.code_issued(),
                },
            )
    }

    fn is_sent(&self, standing: &Standing) -> bool {
        !standing.teams.is_empty() && self.past().is_sent(standing.teams.iter())
    }

    /// An intake point gives its code to who comes to it: with the document that it made. Where a word
    /// carries evidence, the code is among it.
    fn code_issued(&self) -> bool {
        let code = |evidence: &[crate::event::Evidence]| {
            evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Code)
        };
        self.author() == self.history.document.creator
            && match self.event {
                Event::Confirm(confirm) => code(&confirm.evidence),
                Event::Withdraw(withdraw) => code(&withdraw.evidence),
                _ => true,
            }
    }

    /// An import writes in documents that it made with a source, and little.
    fn register_may(&self, standing: &Standing) -> bool {
        standing.has(RoleKind::Register)
            && self.author() == self.history.document.creator
            && match self.event {
                Event::Discover(discover) => discover.source.is_some(),
                Event::Found(found) => found.source.is_some(),
                Event::Accept(_)
                | Event::Resolve(_)
                | Event::FeedBack(_)
                | Event::CloseUnsolved(_)
                | Event::Note(_) => self.is_imported(),
                Event::Correct(correct) => {
                    target(&correct.event, self.author()).member == self.author()
                        && self.correctors(target(&correct.event, self.author()))
                            != Correctors::Unresolving
                        && self.is_imported()
                }
                _ => false,
            }
    }

    fn is_imported(&self) -> bool {
        self.past().is_imported()
    }

    fn may_correct(&self, standing: &Standing, correct: &Correct) -> bool {
        let id = target(&correct.event, self.author());
        // One's own, by whoever may write here at all.
        let writes = || self.may(standing, Deed::Word) || self.may(standing, Deed::Fieldwork);
        let own = id.member == self.author();
        standing.may_correct(self.correctors(id), own, writes, || self.made_a_resolution())
    }

    fn correctors(&self, id: EventId) -> Correctors {
        Correctors::of(self.said(id))
    }

    fn made_a_resolution(&self) -> bool {
        self.past().made_a_resolution(self.author())
    }

    /// The row of the table that an event falls under; by what its author saw where that matters.
    fn deed(&self, event: &Event) -> Option<Deed> {
        Some(match event {
            Event::Discover(_) => Deed::Discover,
            Event::Accept(_) | Event::Close(_) => Deed::Accept,
            Event::Contact(_)
            | Event::Progress(_)
            | Event::Resolve(_)
            | Event::AskedNoAnswer(_) => Deed::Work,
            Event::Confirm(_)
            | Event::Reject(_)
            | Event::Withdraw(_)
            | Event::FeedBack(_)
            | Event::Note(_)
            | Event::Attach(_) => self.word(),
            Event::SetGrade(_) if self.lowers() => Deed::Decide,
            Event::SetDue(_) if self.extends() => Deed::Decide,
            Event::Escalate(escalate) if escalate.level == Level::Outside => Deed::EscalateOutside,
            Event::SetGrade(_)
            | Event::SetDue(_)
            | Event::Escalate(_)
            | Event::DuplicateOf(_)
            | Event::NotDuplicate(_) => Deed::Raise,
            Event::Assign(_) | Event::DispatchTeam(_) => Deed::Assign,
            Event::TakeOver(take) => Deed::Move(take.level),
            Event::SendBack(back) => Deed::Move(self.sent_back_from(&back.returns)),
            Event::CloseUnsolved(_)
            | Event::CouncilItem(_)
            | Event::Transfer(_)
            | Event::Settle(_) => Deed::Decide,
            event => match event.kind()?.number() {
                32..64 => Deed::Fieldwork,
                64..80 => Deed::Council,
                _ => return None,
            },
        })
    }

    /// Note and Attach in other documents than grievances: by whoever may write the document.
    fn word(&self) -> Deed {
        use doorstep_protocol::id::DocumentKind;
        match self.history.document.kind {
            DocumentKind::Grievance => Deed::Word,
            DocumentKind::Household | DocumentKind::Visit => Deed::Fieldwork,
            DocumentKind::Meeting => Deed::Council,
        }
    }

    fn sent_back_from(&self, returns: &[Ref]) -> Level {
        returns
            .iter()
            .flat_map(|to| self.said(target(to, self.author())))
            .filter_map(|event| match event {
                Event::Escalate(escalate) => Some(escalate.level),
                Event::TakeOver(take) => Some(take.level),
                _ => None,
            })
            .max()
            .unwrap_or_else(|| self.level())
    }

    /// A SetGrade less urgent than what its author saw.
    fn lowers(&self) -> bool {
        let lower = |grade: Grade| grade > self.past().grade();
        matches!(self.event, Event::SetGrade(set) if lower(set.grade))
    }

    /// A SetDue later than what its author saw.
    fn extends(&self) -> bool {
        match self.event {
            Event::SetDue(set) => self.past().due().is_some_and(|due| set.due > due),
            _ => false,
        }
    }

    fn reasons(&self) -> Result<(), Rejection> {
        let missing = match self.event {
            Event::SetGrade(set) => set.reason.is_none() && self.lowers(),
            Event::SetDue(set) => set.reason.is_none() && self.extends(),
            _ => false,
        };
        if missing { Err(Rejection::NoReason) } else { Ok(()) }
    }

    fn rest(&self) -> Result<(), Rejection> {
        let document = &self.history.document;
        let Some(kind) = self.event.kind() else { return Ok(()) };
        if !kind.belongs(document.kind) {
            return Err(Rejection::WrongDocument);
        }
        if kind.is_first() && !self.is_first(kind) {
            return Err(Rejection::NotFirst);
        }
        match self.event {
            Event::Confirm(confirm) if confirm.evidence.is_empty() => {
                let of = self.history.serial(target(&confirm.resolution, self.author()));
                let past = self.past();
                let round = of.and_then(|of| past.round_of(of));
                if round.is_some_and(|round| past.is_resolver(Some(round), self.author())) {
                    return Err(Rejection::OwnWord);
                }
            }
            Event::Withdraw(withdraw) if withdraw.evidence.is_empty() => {
                let mut past = self.past();
                if past.is_resolver(None, self.author()) || past.owner() == Some(self.author()) {
                    return Err(Rejection::OwnWord);
                }
            }
            Event::SetDue(_) if self.extends() && self.past().is_extended() => {
                return Err(Rejection::ExtensionUsed);
            }
            Event::Close(_) if self.past().grounds().is_none() => {
                return Err(Rejection::NotAnswered);
            }
            _ => {}
        }
        Ok(())
    }

    /// In the act that makes the document, by who made it, and once.
    fn is_first(&self, kind: Kind) -> bool {
        self.node.copy.deps.is_empty()
            && self.author() == self.history.document.creator
            && !(0..self.n).any(|n| match self.node.slot(n) {
                Slot::Known(event) => event.kind() == Some(kind),
                _ => false,
            })
    }

    /// What a later rule asks for of what this author saw.
    fn seen(&self) -> Seen {
        let mut seen = Seen::default();
        match self.event {
            Event::SetDue(_) => {
                seen.round = self.past().current();
                seen.extension = self.extends();
            }
            Event::Resolve(_) | Event::CloseUnsolved(_) => seen.level = Some(self.level()),
            Event::Close(_) => {
                seen.round = self.past().current();
                seen.grounds = self.past().grounds().unwrap_or_default();
            }
            _ => {}
        }
        seen
    }
}

/// The references of an event to events of its document, by the field that they stand in.
fn references(event: &Event) -> Vec<(RefField, &Ref)> {
    match event {
        Event::Decline(e) => named(RefField::Declined, e.of.as_slice()),
        Event::SetGrade(e) => named(RefField::Supersedes, &e.supersedes),
        Event::SetDue(e) => named(RefField::Supersedes, &e.supersedes),
        Event::SendBack(e) => named(RefField::Returns, &e.returns),
        Event::Assign(e) => named(RefField::Supersedes, &e.supersedes),
        Event::Resolve(e) => named(RefField::Answers, &e.answers),
        Event::CloseUnsolved(e) => named(RefField::Answers, &e.answers),
        Event::AskedNoAnswer(e) => named(RefField::Resolution, std::slice::from_ref(&e.resolution)),
        Event::FeedBack(e) => named(RefField::Resolution, std::slice::from_ref(&e.resolution)),
        Event::Confirm(e) => named(RefField::Resolution, std::slice::from_ref(&e.resolution)),
        Event::Reject(e) => named(RefField::Resolution, std::slice::from_ref(&e.resolution)),
        Event::NotDuplicate(e) => named(RefField::Undone, std::slice::from_ref(&e.link)),
        Event::NotSame(e) => named(RefField::Undone, std::slice::from_ref(&e.link)),
        Event::Attach(e) => named(RefField::Any, e.of.as_slice()),
        Event::Correct(e) => named(RefField::Any, std::slice::from_ref(&e.event)),
        Event::Settle(e) => named(RefField::Any, &e.about),
        Event::SetField(e) => named(RefField::Supersedes, &e.supersedes),
        Event::Person(e) => named(RefField::Supersedes, &e.supersedes),
        Event::PersonLeft(e) => {
            let mut all = named(RefField::Person, std::slice::from_ref(&e.person));
            all.extend(named(RefField::Supersedes, &e.supersedes));
            all
        }
        Event::Phone(e) => {
            let mut all = named(RefField::Person, e.person.as_slice());
            all.extend(named(RefField::Supersedes, &e.supersedes));
            all
        }
        Event::Consent(e) => named(RefField::Supersedes, &e.supersedes),
        Event::Priority(e) => named(RefField::Supersedes, &e.supersedes),
        Event::PriorityEnd(e) => named(RefField::Supersedes, &e.supersedes),
        Event::Checklist(e) => named(RefField::Supersedes, &e.supersedes),
        Event::Outcome(e) => named(RefField::Supersedes, &e.supersedes),
        Event::Attendance(e) => named(RefField::Supersedes, &e.supersedes),
        Event::ItemOutcome(e) => named(RefField::Supersedes, &e.supersedes),
        _ => Vec::new(),
    }
}

fn named(field: RefField, refs: &[Ref]) -> Vec<(RefField, &Ref)> {
    refs.iter().map(|to| (field, to)).collect()
}
