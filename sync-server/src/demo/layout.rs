//! What each phone writes, laid out phone by phone.

use std::collections::BTreeMap;

use doorstep_domain::{
    event::{
        Attendance, Attendee, Consent, Event, FieldValue, Item, ItemOutcome, NoticeGiven, Person,
        Phone, SetField, Text,
    },
    table::{By, Channel, ConsentLevel, Grade, MeetingOutcome, Seat, VisitOutcome},
};
use doorstep_protocol::id::{ActId, DocumentId, DocumentKind, ItemId, MemberId, PlaceId, RealmId};

use super::{
    cases::{Case, Cases},
    deed::{Deed, Handle, Write},
    dice::Dice,
    district::{Block, District, Grid, building_place},
    plan::{DocumentPlan, PhonePlan, Stage, today},
    steps, words,
};

/// Households that each phone of a grid founds in the morning.
const HOUSEHOLDS: usize = 3;
/// In so many of the buildings given to its member.
const BUILDINGS: usize = 2;
/// Visits of a phone without signal.
const VISITS: usize = 5;

/// The stages of a [`Builder`].
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    Households,
    Grievances,
    FirstSteps,
    Offline,
}

/// Lays out what each phone writes.
pub(super) struct Builder<'a> {
    pub(super) district: &'a District,
    pub(super) realm: &'a RealmId,
    pub(super) phones: Vec<PhonePlan>,
    /// Households by the phone that founds them.
    pub(super) households: Vec<(usize, Handle)>,
    /// All documents that will be made, and imported ones on which somebody acts.
    pub(super) documents: Vec<DocumentPlan>,
    /// The imported ones.
    pub(super) known: BTreeMap<Handle, DocumentId>,
    /// The parts of the day, with what was laid out so far.
    pub(super) stages: Vec<Stage>,
    act_dice: Dice,
    cases: Cases,
}

impl<'a> Builder<'a> {
    /// Nothing is laid out yet. `stages` are those of [`When`], in its order.
    pub(super) fn new(
        seed: u64,
        phones: Vec<PhonePlan>,
        district: &'a District,
        realm: &'a RealmId,
        cases: Cases,
        stages: Vec<Stage>,
    ) -> Self {
        Self {
            district,
            realm,
            phones,
            households: Vec::new(),
            documents: Vec::new(),
            known: BTreeMap::new(),
            stages,
            act_dice: Dice::new(seed, "acts"),
            cases,
        }
    }

    pub(super) fn member(&self, phone: usize) -> MemberId {
        self.phones.get(phone).map_or(MemberId([0; 8]), |phone| phone.member)
    }

    fn block_of(&self, phone: &PhonePlan) -> Option<&'a Block> {
        self.district.blocks.get(phone.block)
    }

    pub(super) fn grid_of(&self, phone: usize) -> Option<&'a Grid> {
        let phone = self.phones.get(phone)?;
        self.block_of(phone)?.grids.get(phone.grid?)
    }

    /// The phones of a block, or of a grid of it.
    pub(super) fn phones_in(&self, block: usize, grid: Option<usize>) -> Vec<usize> {
        let of = |phone: &PhonePlan| phone.block == block && (grid.is_none() || phone.grid == grid);
        let found = self.phones.iter().enumerate().filter(|(_, phone)| of(phone));
        found.map(|(n, _)| n).collect()
    }

    /// The phone of a block's lead.
    pub(super) fn lead_of(&self, block: usize) -> Option<usize> {
        self.phones.iter().position(|phone| phone.block == block && phone.grid.is_none())
    }

    /// A document of this phone.
    pub(super) fn make(&mut self, when: When, phone: usize, place: PlaceId, deed: Deed) -> Handle {
        let document = Handle(self.documents.len());
        if let Some(kind) = deed.makes() {
            self.documents.push(DocumentPlan { kind, place, phone: Some(phone) });
        }
        self.write(when, phone, document, deed);
        document
    }

    /// An imported case of this log that nobody acts on yet, resolved or open.
    pub(super) fn take_case(&mut self, place: PlaceId, resolved: bool) -> Option<(Handle, Case)> {
        let cases = self.cases.get_mut(&place)?;
        let at = cases.iter().position(|case| case.resolution.is_some() == resolved)?;
        let case = cases.swap_remove(at);
        let document = Handle(self.documents.len());
        self.documents.push(DocumentPlan { kind: DocumentKind::Grievance, place, phone: None });
        self.known.insert(document, case.doc);
        Some((document, case))
    }

    /// Events in a document that this phone holds by then.
    pub(super) fn act(
        &mut self,
        when: When,
        phone: usize,
        on: Handle,
        events: Vec<Event>,
    ) -> ActId {
        self.write(when, phone, on, Deed::Act { events })
    }

    fn write(&mut self, when: When, phone: usize, document: Handle, deed: Deed) -> ActId {
        let act = ActId(self.act_dice.bytes());
        let writes = self.stages.get_mut(when as usize).and_then(|s| s.writes.get_mut(phone));
        if let Some(writes) = writes {
            writes.push(Write { act, at_ms: 0, document, deed });
        }
        act
    }

    pub(super) fn place_of(&self, document: Handle) -> PlaceId {
        self.documents.get(document.0).map_or(PlaceId([0; 8]), |document| document.place)
    }

    /// The morning: everybody founds households in the buildings given to them.
    pub(super) fn households(&mut self, dice: &mut Dice) {
        for phone in 0..self.phones.len() {
            let Some(plan) = self.phones.get(phone).filter(|plan| plan.grid.is_some()) else {
                continue;
            };
            let own: Vec<&str> = self.district.buildings_of(&plan.code).take(BUILDINGS).collect();
            for n in 0..HOUSEHOLDS {
                let Some(building) = own.get(n % own.len().max(1)) else { continue };
                let place = building_place(self.realm, building);
                let unit = format!("{}-{:02}", dice.between(1, 12), n + 1);
                let deed = Deed::Found { place, unit, more: household_facts(dice) };
                let household = self.make(When::Households, phone, place, deed);
                self.households.push((phone, household));
            }
        }
    }

    /// Without signal: visits, what was asked for on them, and what could be done at once.
    pub(super) fn rounds(&mut self, dice: &mut Dice) {
        for phone in 0..self.phones.len() {
            let Some(plan) = self.phones.get(phone) else { continue };
            let near = self.phones_in(plan.block, plan.grid);
            let mut homes: Vec<Handle> = self
                .households
                .iter()
                .filter(|(maker, _)| near.contains(maker))
                .map(|(_, household)| *household)
                .collect();
            dice.shuffle(&mut homes);
            for household in homes.into_iter().take(VISITS) {
                self.visit(dice, phone, household, &near);
            }
            self.street(dice, phone);
        }
    }

    fn visit(&mut self, dice: &mut Dice, phone: usize, household: Handle, near: &[usize]) {
        let place = self.place_of(household);
        let met = dice.percent(80);
        let other = dice.pick(near).copied().filter(|other| *other != phone && dice.percent(25));
        let deed = Deed::Visit {
            household,
            purpose: u16::try_from(dice.below(6)).unwrap_or_default(),
            companions: other.map(|other| self.member(other)).into_iter().collect(),
            checklist: if met { vec![(0, code(dice, 3)), (1, code(dice, 3))] } else { vec![] },
            outcome: if met {
                (VisitOutcome::Met, dice.between(1, 4) as u32)
            } else {
                (VisitOutcome::NotHome, 0)
            },
            note: dice.percent(30).then(|| words::note(dice)),
        };
        let visit = self.make(When::Offline, phone, place, deed);
        if !met {
            return;
        }
        if dice.percent(20) {
            let value = FieldValue::Text(Text::from(words::note(dice)));
            let field = SetField { field: 4, value, supersedes: vec![] };
            self.act(When::Offline, phone, household, vec![Event::SetField(field)]);
        }
        if dice.percent(70) {
            let anonymous = dice.percent(10);
            let (kind, what) = words::trouble(dice);
            let deed = Deed::File {
                place,
                what,
                spot: dice.percent(40).then(|| words::spot(dice)),
                household: (!anonymous).then_some(household),
                kind,
                grade: dice.percent(40).then_some(Grade::B),
                visit: (!anonymous).then_some(visit),
            };
            let grievance = self.make(When::Offline, phone, place, deed);
            let length = dice.below(steps::LONGEST + 1);
            self.carry_on(dice, When::Offline, phone, grievance, length);
        }
    }

    /// Takes a grievance so many steps on, all by one phone.
    pub(super) fn carry_on(
        &mut self,
        dice: &mut Dice,
        when: When,
        phone: usize,
        grievance: Handle,
        length: usize,
    ) -> Option<ActId> {
        let me = self.member(phone);
        let mut resolution = None;
        for n in 0..length {
            let events = steps::step(dice, n, me, resolution);
            let act = self.act(when, phone, grievance, events);
            if n == steps::RESOLVE {
                resolution = Some(act);
            }
        }
        resolution
    }

    /// Something about the street itself, in the grid's own log.
    fn street(&mut self, dice: &mut Dice, phone: usize) {
        let Some(place) = self.grid_of(phone).map(|grid| grid.place(self.realm)) else { return };
        if !dice.percent(60) {
            return;
        }
        let deed = Deed::File {
            place,
            what: words::street(dice),
            spot: None,
            household: None,
            kind: 5,
            grade: None,
            visit: None,
        };
        self.make(When::Offline, phone, place, deed);
    }

    /// Each lead holds the block's council in the afternoon.
    pub(super) fn council(&mut self, dice: &mut Dice) {
        for phone in 0..self.phones.len() {
            let Some(plan) = self.phones.get(phone).filter(|plan| plan.grid.is_none()) else {
                continue;
            };
            let Some(place) = self.block_of(plan).map(|block| block.place(self.realm)) else {
                continue;
            };
            let seat = |member| {
                let who = Attendee::Member(member);
                let (seat, present) = (Seat::Fixed, true);
                Event::Attendance(Attendance { who, seat, present, supersedes: vec![] })
            };
            let near = self.phones_in(plan.block, None);
            let mut more: Vec<Event> = near.iter().map(|phone| seat(self.member(*phone))).collect();
            for outcome in [MeetingOutcome::Resolved, MeetingOutcome::Deferred] {
                let item = ItemId(dice.bytes());
                let title = Text::from(words::street(dice));
                more.push(Event::Item(Item { item, title, grievances: vec![], carries: None }));
                let outcome = ItemOutcome { item, outcome, supersedes: vec![] };
                more.push(Event::ItemOutcome(outcome));
            }
            let venue = "议事亭".to_owned();
            let deed = Deed::Meet { place, day: today(), venue, more };
            self.make(When::Offline, phone, place, deed);
        }
    }

    /// Clash acts fall anywhere in the hours without signal, each phone's own in their order; then
    /// every write gets its time.
    pub(super) fn mix_and_time(&mut self, dice: &mut Dice) {
        for (n, stage) in self.stages.iter_mut().enumerate() {
            for writes in &mut stage.writes {
                if n == When::Offline as usize {
                    interleave(dice, writes);
                }
                let each = (stage.to_ms - stage.from_ms) / (writes.len() as u64 + 1);
                for (n, write) in writes.iter_mut().enumerate() {
                    let late = dice.below(usize::try_from(each / 2).unwrap_or_default()) as u64;
                    write.at_ms = stage.from_ms + each * n as u64 + late;
                }
            }
        }
    }
}

/// Mixes the writes so that those on one document, and those on what it rests on, keep their order:
/// what was there in the morning may be acted on at any time.
fn interleave(dice: &mut Dice, writes: &mut Vec<Write>) {
    let made: Vec<Handle> =
        writes.iter().filter(|w| w.deed.makes().is_some()).map(|w| w.document).collect();
    let (new, old): (Vec<Write>, Vec<Write>) =
        std::mem::take(writes).into_iter().partition(|write| made.contains(&write.document));
    let (mut new, mut old) = (new.into_iter().peekable(), old.into_iter().peekable());
    while new.peek().is_some() || old.peek().is_some() {
        let from_new = old.peek().is_none() || (new.peek().is_some() && dice.percent(60));
        writes.extend(if from_new { new.next() } else { old.next() });
    }
}

fn code(dice: &mut Dice, limit: usize) -> u16 {
    u16::try_from(dice.below(limit)).unwrap_or_default()
}

fn household_facts(dice: &mut Dice) -> Vec<Event> {
    let mut more = vec![
        Event::Person(Person {
            name: Text::from(words::name(dice)),
            relation: 0,
            birth_band: code(dice, 9),
            supersedes: vec![],
        }),
        Event::NoticeGiven(NoticeGiven {
            version: 1,
            channel: Channel::InPerson,
            language: code(dice, 4),
            by: By::Resident,
        }),
        Event::Consent(Consent {
            level: ConsentLevel::Yes,
            until: None,
            by: By::Resident,
            supersedes: vec![],
        }),
    ];
    if dice.percent(50) {
        let number = Text::from(words::telephone(dice));
        more.push(Event::Phone(Phone { person: None, number, supersedes: vec![] }));
    }
    more
}
