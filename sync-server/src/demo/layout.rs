//! What each phone writes, laid out phone by phone.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{
    event::{Event, FieldValue, SetField, Text},
    table::{Grade, VisitOutcome},
};
use doorstep_protocol::id::{ActId, DocumentId, DocumentKind, MemberId, PlaceId, RealmId, TeamId};

use super::{
    cases::{Case, Cases},
    deed::{CameOf, Deed, Filed, Handle, Write},
    dice::Dice,
    district::{Block, District, Grid, building_place},
    home::{Home, facts},
    plan::{DocumentPlan, PhonePlan, Stage, today},
    steps, words,
};

/// Households that each phone of a grid founds in the morning.
const HOUSEHOLDS: usize = 3;
/// In so many of the buildings given to its member.
const BUILDINGS: usize = 2;
/// Visits of a phone without signal.
const VISITS: usize = 5;
/// How many of them may fall on one household.
const VISITS_PER_HOME: usize = 2;

/// The stages of a [`Builder`].
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// Three days before: households are founded, and the first grievances found.
    DayOne,
    DayTwo,
    DayThree,
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
    /// What was written of each.
    pub(super) homes: BTreeMap<Handle, Home>,
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
            homes: BTreeMap::new(),
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

    pub(super) fn block_of(&self, phone: &PhonePlan) -> Option<&'a Block> {
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

    /// The response team of the register.
    pub(super) fn team(&self) -> Option<TeamId> {
        let code = &self.district.file.teams.first()?.code;
        Some(TeamId::of(self.realm, code))
    }

    /// The phone of a block's lead.
    pub(super) fn lead_of(&self, block: usize) -> Option<usize> {
        self.phones.iter().position(|phone| phone.block == block && phone.grid.is_none())
    }

    /// A document of this phone.
    pub(super) fn make(&mut self, when: When, phone: usize, place: PlaceId, deed: Deed) -> Handle {
        let act = self.next_act();
        self.make_as(act, when, phone, place, deed)
    }

    /// The same by an act whose id is known already, so that its events can name each other.
    pub(super) fn make_as(
        &mut self,
        act: ActId,
        when: When,
        phone: usize,
        place: PlaceId,
        deed: Deed,
    ) -> Handle {
        let document = Handle(self.documents.len());
        if let Some(kind) = deed.makes() {
            self.documents.push(DocumentPlan { kind, place, phone: Some(phone) });
        }
        if let Deed::Visit { found, .. } = &deed {
            let kind = DocumentKind::Grievance;
            let filed = found.iter().map(|(_, filed)| filed.place);
            let found = filed.map(|place| DocumentPlan { kind, place, phone: Some(phone) });
            self.documents.extend(found);
        }
        self.write(act, when, phone, document, deed);
        document
    }

    /// The id of the next act.
    pub(super) fn next_act(&mut self) -> ActId {
        ActId(self.act_dice.bytes())
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
        let act = self.next_act();
        self.write(act, when, phone, on, Deed::Act { events });
        act
    }

    /// What an act that has its id already writes.
    pub(super) fn write(
        &mut self,
        act: ActId,
        when: When,
        phone: usize,
        document: Handle,
        deed: Deed,
    ) {
        let writes = self.stages.get_mut(when as usize).and_then(|s| s.writes.get_mut(phone));
        if let Some(writes) = writes {
            writes.push(Write { act, at_ms: 0, document, deed });
        }
    }

    pub(super) fn place_of(&self, document: Handle) -> PlaceId {
        self.documents.get(document.0).map_or(PlaceId([0; 8]), |document| document.place)
    }

    /// Three days before: everybody founds households in the buildings given to them.
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
                self.found(dice, phone, place, unit, n == 0);
            }
        }
    }

    fn found(
        &mut self,
        dice: &mut Dice,
        phone: usize,
        place: PlaceId,
        unit: String,
        in_need: bool,
    ) {
        let act = self.next_act();
        let (more, home) = facts(dice, act, self.member(phone), today(), in_need);
        let deed = Deed::Found { place, unit, more };
        let household = self.make_as(act, When::DayOne, phone, place, deed);
        self.households.push((phone, household));
        self.homes.insert(household, home);
    }

    /// Without signal: visits, what was asked for on them, and what could be done at once.
    pub(super) fn rounds(&mut self, dice: &mut Dice) {
        let mut visited: BTreeMap<Handle, usize> = BTreeMap::new();
        for phone in 0..self.phones.len() {
            let Some(plan) = self.phones.get(phone) else { continue };
            let near = self.phones_in(plan.block, plan.grid);
            let mut homes: Vec<Handle> = self
                .households
                .iter()
                .filter(|(maker, _)| near.contains(maker))
                .map(|(_, household)| *household)
                .filter(|household| self.homes.get(household).is_some_and(|home| home.is_open))
                .collect();
            dice.shuffle(&mut homes);
            homes.retain(|home| visited.get(home).is_none_or(|times| *times < VISITS_PER_HOME));
            for household in homes.into_iter().take(VISITS) {
                *visited.entry(household).or_default() += 1;
                self.visit(dice, phone, household, &near);
            }
            self.street(dice, phone);
        }
    }

    fn visit(&mut self, dice: &mut Dice, phone: usize, household: Handle, near: &[usize]) {
        let place = self.place_of(household);
        let came_of = came_of(dice);
        let met = came_of.outcome == VisitOutcome::Met;
        let other = dice.pick(near).copied().filter(|other| *other != phone && dice.percent(25));
        // The visit comes first, then what was found on it.
        let mut found = Vec::new();
        while met && dice.percent([70, 20].get(found.len()).copied().unwrap_or_default()) {
            let document = Handle(self.documents.len() + 1 + found.len());
            found.push((document, found_at(dice, place, household)));
        }
        let grievance = found.first().map(|(document, _)| *document);
        let deed = Deed::Visit {
            household,
            purpose: code(dice, 6),
            asked_for: dice.percent(20),
            companions: other.map(|other| self.member(other)).into_iter().collect(),
            checklist: if met { vec![(0, code(dice, 3)), (1, code(dice, 3))] } else { vec![] },
            came_of,
            note: dice.percent(30).then(|| words::note(dice)),
            found,
        };
        self.make(When::Offline, phone, place, deed);
        if met && dice.percent(20) {
            let value = FieldValue::Text(Text::from(words::note(dice)));
            let field = SetField { field: 4, value, supersedes: vec![] };
            self.act(When::Offline, phone, household, vec![Event::SetField(field)]);
        }
        if let Some(grievance) = grievance {
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
        let what = words::street(dice);
        let (spot, household, grade) = (None, None, None);
        let deed = Deed::File(Filed { place, what, spot, household, kind: 5, grade });
        self.make(When::Offline, phone, place, deed);
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
/// what was there in the morning may be acted on at any time, until an act there names something new.
fn interleave(dice: &mut Dice, writes: &mut Vec<Write>) {
    let mut bound: BTreeSet<Handle> =
        writes.iter().flat_map(Write::makes).map(|(document, _)| document).collect();
    let (mut new, mut old) = (Vec::new(), Vec::new());
    for write in std::mem::take(writes) {
        let named = write.names();
        if bound.contains(&write.document) || named.iter().any(|doc| bound.contains(doc)) {
            bound.extend(named);
            new.push(write);
        } else {
            old.push(write);
        }
    }
    let (mut new, mut old) = (new.into_iter().peekable(), old.into_iter().peekable());
    while new.peek().is_some() || old.peek().is_some() {
        let from_new = old.peek().is_none() || (new.peek().is_some() && dice.percent(60));
        writes.extend(if from_new { new.next() } else { old.next() });
    }
}

fn came_of(dice: &mut Dice) -> CameOf {
    let outcome = match dice.below(100) {
        0..75 => VisitOutcome::Met,
        75..85 => VisitOutcome::NotHome,
        85..90 => VisitOutcome::Refused,
        _ => VisitOutcome::LeftCard,
    };
    let met = outcome == VisitOutcome::Met;
    let persons_met = if met { u32::from(code(dice, 4)) + 1 } else { 0 };
    let again = dice.percent(25).then(|| today() + u32::from(code(dice, 14)) + 1);
    CameOf { outcome, persons_met, next_day: again }
}

fn found_at(dice: &mut Dice, place: PlaceId, household: Handle) -> Filed {
    let (kind, what) = words::trouble(dice);
    let spot = dice.percent(40).then(|| words::spot(dice));
    let grade = dice.percent(40).then_some(Grade::B);
    let household = (!dice.percent(10)).then_some(household);
    Filed { place, what, spot, household, kind, grade }
}

/// A code below `limit`.
pub(super) fn code(dice: &mut Dice, limit: usize) -> u16 {
    u16::try_from(dice.below(limit)).unwrap_or_default()
}
