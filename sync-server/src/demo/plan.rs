//! The day, laid out from the seed before anything runs.
//!
//! Nothing here depends on timing: what somebody does without signal rests on what all phones had
//! synced completely in the morning. So one seed gives the same acts on every machine, however the
//! meetings and the kills fall.

use doorstep_domain::{
    event::{
        Attendance, Attendee, Consent, Event, FieldValue, Item, ItemOutcome, NoticeGiven, Person,
        Phone, SetField, Text,
    },
    table::{By, Channel, ConsentLevel, Grade, MeetingOutcome, Seat, VisitOutcome},
};
use doorstep_protocol::id::{ActId, DocumentKind, ItemId, MemberId, PlaceId, RealmId};

use super::{
    clash::{Clash, lay_out},
    deed::{Deed, Handle, Write},
    dice::Dice,
    district::{Block, District, Grid, PHONES_PER_BLOCK, building_place, member_id},
    steps, words,
};

/// Households that each phone of a grid founds in the morning.
const HOUSEHOLDS: usize = 3;
/// In so many of the buildings given to its member.
const BUILDINGS: usize = 2;
/// Visits of a phone without signal.
const VISITS: usize = 5;
/// Midnight of the simulated day in local time: 16 March 2026, in ms since 1970.
const MIDNIGHT_MS: u64 = 1_773_590_400_000;
const MINUTE_MS: u64 = 60_000;
/// Local time is so many minutes east of UTC, as the register's settings say.
const LOCAL_TIME_MIN: u64 = 480;

/// A moment of the simulated day, in ms since 1970.
pub fn clock_ms(hour: u64, minute: u64) -> u64 {
    MIDNIGHT_MS + (hour * 60 + minute) * MINUTE_MS
}

/// The simulated day, counted from 1970 in local time.
pub fn today() -> u32 {
    let local_ms = MIDNIGHT_MS + LOCAL_TIME_MIN * MINUTE_MS;
    u32::try_from(local_ms / (24 * 60 * MINUTE_MS)).unwrap_or(u32::MAX)
}

/// One phone and who carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhonePlan {
    /// The member's code in the register.
    pub code: String,
    /// Who.
    pub member: MemberId,
    /// Which block of the part.
    pub block: usize,
    /// Which grid of the block; none = the block's lead.
    pub grid: Option<usize>,
    /// From which its key and its random numbers are made.
    pub key_seed: [u8; 32],
}

/// A document that somebody will make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentPlan {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its log.
    pub place: PlaceId,
    /// The phone that makes it.
    pub phone: usize,
}

/// A part of the day: what each phone writes, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What it is called.
    pub name: &'static str,
    /// When it begins and ends, ms.
    pub from_ms: u64,
    /// See `from_ms`.
    pub to_ms: u64,
    /// By phone.
    pub writes: Vec<Vec<Write>>,
}

/// A SIGKILL to a phone just after a command to write was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteKill {
    /// Which phone.
    pub phone: usize,
    /// After which of its writes without signal.
    pub write: usize,
    /// So many microseconds after sending it.
    pub after_us: u64,
}

/// A SIGKILL in the middle of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncKill {
    /// Which phone.
    pub phone: usize,
    /// So many ms after all began to sync.
    pub after_ms: u64,
}

/// The whole day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The phones.
    pub phones: Vec<PhonePlan>,
    /// All documents that will be made.
    pub documents: Vec<DocumentPlan>,
    /// The morning, with signal.
    pub morning: Vec<Stage>,
    /// The hours without.
    pub offline: Stage,
    /// Grievances on which two act unseen by each other.
    pub clashes: Vec<Clash>,
    /// The building that goes to another grid while nobody has signal: its code, and that of the grid.
    pub given: Option<(String, String)>,
    /// Kills of phones that may be writing.
    pub write_kills: Vec<WriteKill>,
    /// Kills of phones that sync.
    pub sync_kills: Vec<SyncKill>,
    /// When the relay is killed, ms after all began to sync.
    pub relay_kill_ms: u64,
}

/// How many blocks so many phones need.
pub fn blocks_for(phones: usize) -> usize {
    phones.div_ceil(PHONES_PER_BLOCK)
}

impl Plan {
    /// Lays out the day of `phones` phones in `district`, which has enough blocks for them.
    pub fn new(seed: u64, phones: usize, district: &District, realm: &RealmId) -> Self {
        let phones = hand_out(seed, phones, district, realm);
        let mut builder = Builder {
            district,
            realm,
            act_dice: Dice::new(seed, "acts"),
            households: Vec::new(),
            documents: Vec::new(),
            stages: vec![
                stage("households", clock_ms(8, 0), clock_ms(8, 25), phones.len()),
                stage("grievances", clock_ms(8, 35), clock_ms(8, 55), phones.len()),
                stage("first steps", clock_ms(9, 5), clock_ms(9, 25), phones.len()),
                stage("without signal", clock_ms(9, 45), clock_ms(16, 30), phones.len()),
            ],
            phones,
        };
        builder.households(&mut Dice::new(seed, "households"));
        let clashes = lay_out(&mut builder, &mut Dice::new(seed, "clashes"));
        builder.rounds(&mut Dice::new(seed, "rounds"));
        builder.council(&mut Dice::new(seed, "council"));
        builder.mix_and_time(&mut Dice::new(seed, "order"));
        let Builder { phones, documents, mut stages, .. } = builder;
        let offline = stages.pop().unwrap_or_else(|| stage("", 0, 0, 0));
        let mut kills = Dice::new(seed, "kills");
        Self {
            given: given(district, &phones),
            write_kills: write_kills(&mut kills, &offline),
            sync_kills: sync_kills(&mut kills, phones.len()),
            relay_kill_ms: kills.between(40, 140) as u64,
            phones,
            documents,
            morning: stages,
            offline,
            clashes,
        }
    }

    /// All writes of the day.
    pub fn writes(&self) -> impl Iterator<Item = (usize, &Write)> {
        self.morning.iter().chain([&self.offline]).flat_map(|stage| {
            stage.writes.iter().enumerate().flat_map(|(phone, writes)| {
                writes.iter().map(move |write| (phone, write))
            })
        })
    }
}

fn stage(name: &'static str, from_ms: u64, to_ms: u64, phones: usize) -> Stage {
    Stage { name, from_ms, to_ms, writes: vec![Vec::new(); phones] }
}

/// Who carries the phones: in each block its lead and members of its grids, two or three a grid.
fn hand_out(seed: u64, phones: usize, district: &District, realm: &RealmId) -> Vec<PhonePlan> {
    let mut dice = Dice::new(seed, "keys");
    let blocks = blocks_for(phones).max(1);
    let mut out = Vec::new();
    for (n, block) in district.blocks.iter().enumerate().take(blocks) {
        let count = phones / blocks + usize::from(n < phones % blocks);
        let mut carry = |code: &String, grid| {
            out.push(PhonePlan {
                code: code.clone(),
                member: member_id(realm, code),
                block: n,
                grid,
                key_seed: dice.bytes(),
            });
        };
        let mut left = count;
        if let Some(lead) = block.lead.as_ref().filter(|_| count > 3) {
            carry(lead, None);
            left -= 1;
        }
        for (g, size) in groups(left).into_iter().enumerate() {
            let members = block.grids.get(g).map_or(&[][..], |grid| &grid.members);
            members.iter().take(size).for_each(|code| carry(code, Some(g)));
        }
    }
    out
}

/// Twos, and a three where the number is odd, so that nobody is alone in a grid.
fn groups(mut count: usize) -> Vec<usize> {
    let mut out = Vec::new();
    while count > 0 {
        let size = if count % 2 == 1 { count.min(3) } else { 2 };
        out.push(size);
        count -= size;
    }
    out
}

/// A building in which the first phone of a grid has been all day goes to the next grid of its block
/// that has phones.
fn given(district: &District, phones: &[PhonePlan]) -> Option<(String, String)> {
    let from = phones.iter().find(|phone| phone.grid.is_some())?;
    let to = phones.iter().find(|phone| {
        phone.block == from.block && phone.grid.is_some() && phone.grid != from.grid
    })?;
    let grid = district.blocks.get(to.block)?.grids.get(to.grid?)?;
    let building = district.buildings_of(&from.code).next()?;
    Some((building.to_owned(), grid.code.clone()))
}

fn write_kills(dice: &mut Dice, offline: &Stage) -> Vec<WriteKill> {
    let mut phones: Vec<usize> = (0..offline.writes.len()).collect();
    dice.shuffle(&mut phones);
    let count = (phones.len() / 2).max(2);
    let kill = |phone: &usize| {
        let writes = offline.writes.get(*phone).map_or(0, Vec::len);
        // From "the command is still in the pipe" to "the answer may be on its way".
        (writes > 0).then(|| WriteKill {
            phone: *phone,
            write: dice.below(writes),
            after_us: dice.between(0, 6_000) as u64,
        })
    };
    phones.iter().take(count).filter_map(kill).collect()
}

fn sync_kills(dice: &mut Dice, phones: usize) -> Vec<SyncKill> {
    let mut order: Vec<usize> = (0..phones).collect();
    dice.shuffle(&mut order);
    let kill = |phone: &usize| SyncKill { phone: *phone, after_ms: dice.between(5, 120) as u64 };
    order.iter().take((phones / 4).max(1)).map(kill).collect()
}

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
    act_dice: Dice,
    documents: Vec<DocumentPlan>,
    stages: Vec<Stage>,
}

impl<'a> Builder<'a> {
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
            self.documents.push(DocumentPlan { kind, place, phone });
        }
        self.write(when, phone, document, deed);
        document
    }

    /// Events in a document that this phone holds by then.
    pub(super) fn act(&mut self, when: When, phone: usize, on: Handle, events: Vec<Event>) -> ActId {
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
    fn households(&mut self, dice: &mut Dice) {
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
    fn rounds(&mut self, dice: &mut Dice) {
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
    fn council(&mut self, dice: &mut Dice) {
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
    fn mix_and_time(&mut self, dice: &mut Dice) {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::clash::ClashKind, *};

    const REALM: RealmId = RealmId([5; 32]);

    fn plan(seed: u64, phones: usize) -> Plan {
        Plan::new(seed, phones, &District::part(blocks_for(phones)), &REALM)
    }

    #[test]
    fn one_seed_is_one_day() {
        assert_eq!(plan(7, 24), plan(7, 24));
        assert_ne!(plan(7, 8).offline, plan(8, 8).offline);
    }

    #[test]
    fn everybody_gets_a_phone_and_nobody_is_alone() {
        for phones in 2..60 {
            let plan = plan(1, phones);
            assert_eq!(plan.phones.len(), phones);
            let members: BTreeSet<MemberId> = plan.phones.iter().map(|p| p.member).collect();
            assert_eq!(members.len(), phones);
            for phone in plan.phones.iter().filter(|phone| phone.grid.is_some()) {
                let near = |other: &&PhonePlan| {
                    (other.block, other.grid) == (phone.block, phone.grid)
                };
                assert!(plan.phones.iter().filter(near).count() >= 2, "{phones} phones");
            }
        }
    }

    #[test]
    fn what_is_named_was_made_before() {
        let plan = plan(3, 16);
        let mut made: BTreeSet<Handle> = BTreeSet::new();
        let mut acts: BTreeSet<ActId> = BTreeSet::new();
        for stage in plan.morning.iter().chain([&plan.offline]) {
            let before = made.clone();
            for writes in &stage.writes {
                let mut own = before.clone();
                for write in writes {
                    assert!(acts.insert(write.act), "an act id stands twice");
                    let named = |handle: Handle| {
                        own.contains(&handle).then_some(doorstep_protocol::id::DocumentId([1; 16]))
                    };
                    assert!(write.command(&named).is_some(), "{write:?}");
                    if write.deed.makes().is_some() {
                        assert!(own.insert(write.document));
                    } else {
                        assert!(own.contains(&write.document), "{write:?}");
                    }
                }
                made.extend(own);
            }
        }
        assert_eq!(made.len(), plan.documents.len());
    }

    #[test]
    fn time_goes_forward_on_every_phone() {
        let plan = plan(4, 8);
        for phone in 0..8 {
            let stages = plan.morning.iter().chain([&plan.offline]);
            let times: Vec<u64> =
                stages.flat_map(|s| &s.writes[phone]).map(|write| write.at_ms).collect();
            assert!(times.is_sorted() && times.len() > 5);
            assert!(times.iter().all(|at| (clock_ms(8, 0)..clock_ms(17, 0)).contains(at)));
        }
    }

    #[test]
    fn two_act_on_one_grievance_in_every_grid_and_every_way() {
        let plan = plan(1, 24);
        let kinds: BTreeSet<ClashKind> = plan.clashes.iter().map(|clash| clash.kind).collect();
        assert_eq!(kinds.len(), ClashKind::ALL.len());
        for clash in &plan.clashes {
            let [first, second] = clash.phones;
            assert_ne!(plan.phones[first].member, plan.phones[second].member);
            for (phone, act) in clash.phones.iter().zip(&clash.acts) {
                let writes = &plan.offline.writes[*phone];
                assert!(writes.iter().any(|w| w.act == *act && w.document == clash.grievance));
            }
        }
    }

    #[test]
    fn kills_fall_on_writes_that_there_are() {
        for seed in 0..20 {
            let plan = plan(seed, 8);
            assert!(plan.write_kills.len() >= 2 && !plan.sync_kills.is_empty());
            for kill in &plan.write_kills {
                assert!(kill.write < plan.offline.writes[kill.phone].len());
            }
        }
    }

    #[test]
    fn the_day_is_the_sixteenth_of_march() {
        assert_eq!(today(), 20_528);
        assert_eq!(clock_ms(8, 0), 1_773_619_200_000);
    }
}
