//! The day, laid out from the seed before anything runs.
//!
//! Nothing here depends on timing: what somebody does without signal rests on what all phones had
//! synced completely in the morning. So one seed gives the same acts on every machine, however the
//! meetings and the kills fall.

use std::collections::BTreeMap;

use doorstep_protocol::id::{DocumentId, DocumentKind, MemberId, PlaceId, RealmId};

use super::{
    cases::Cases,
    clash::{Clash, lay_out},
    deed::{Handle, Write},
    dice::Dice,
    district::{District, PHONES_PER_BLOCK, building_place, member_id},
    layout::Builder,
    stories,
};

/// Midnight of the simulated day in local time: 16 March 2026, in ms since 1970.
const MIDNIGHT_MS: u64 = 1_773_590_400_000;
const MINUTE_MS: u64 = 60_000;
/// Local time is so many minutes east of UTC, as the register's settings say.
const LOCAL_TIME_MIN: u64 = 480;

/// A moment of the simulated day, in ms since 1970.
pub(super) fn clock_ms(hour: u64, minute: u64) -> u64 {
    MIDNIGHT_MS + (hour * 60 + minute) * MINUTE_MS
}

/// A moment so many days before it.
pub(super) fn clock_before_ms(days: u64, hour: u64, minute: u64) -> u64 {
    clock_ms(hour, minute) - days * 24 * 60 * MINUTE_MS
}

/// The simulated day, counted from 1970 in local time.
pub(super) fn today() -> u32 {
    let local_ms = MIDNIGHT_MS + LOCAL_TIME_MIN * MINUTE_MS;
    u32::try_from(local_ms / (24 * 60 * MINUTE_MS)).unwrap_or(u32::MAX)
}

/// One phone and who carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PhonePlan {
    /// The member's code in the register.
    pub(super) code: String,
    /// Who.
    pub(super) member: MemberId,
    /// Which block of the part.
    pub(super) block: usize,
    /// Which grid of the block; none = the block's lead.
    pub(super) grid: Option<usize>,
    /// From which its key and its random numbers are made.
    pub(super) key_seed: [u8; 32],
}

/// A document that somebody will make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DocumentPlan {
    /// Its kind.
    pub(super) kind: DocumentKind,
    /// Its log.
    pub(super) place: PlaceId,
    /// The phone that makes it; none = it was imported.
    pub(super) phone: Option<usize>,
}

/// A part of the day: what each phone writes, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stage {
    /// What it is called.
    pub(super) name: &'static str,
    /// When it begins and ends, ms.
    pub(super) from_ms: u64,
    /// See `from_ms`.
    pub(super) to_ms: u64,
    /// By phone.
    pub(super) writes: Vec<Vec<Write>>,
}

/// A SIGKILL to a phone just after a command to write was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WriteKill {
    /// Which phone.
    pub(super) phone: usize,
    /// After which of its writes without signal.
    pub(super) write: usize,
    /// So many microseconds after sending it.
    pub(super) after_us: u64,
}

/// A SIGKILL in the middle of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SyncKill {
    /// Which phone.
    pub(super) phone: usize,
    /// So many ms after all began to sync.
    pub(super) after_ms: u64,
}

/// A building that goes to another grid of its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// Its code.
    pub(super) building: String,
    /// Its log.
    pub(super) place: PlaceId,
    /// The code of the grid.
    pub(super) grid: String,
    /// The phones of the grid that it leaves.
    pub(super) from: Vec<usize>,
    /// The phones of the grid that it goes to.
    pub(super) to: Vec<usize>,
}

/// The whole day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// The phones.
    pub(super) phones: Vec<PhonePlan>,
    /// All documents that will be made, and those imported ones on which somebody acts.
    pub(super) documents: Vec<DocumentPlan>,
    /// The imported ones.
    pub(super) known: BTreeMap<Handle, DocumentId>,
    /// The three days before and the morning, with signal.
    pub(super) morning: Vec<Stage>,
    /// The hours without.
    pub(super) offline: Stage,
    /// Grievances on which two act unseen by each other.
    pub(super) clashes: Vec<Clash>,
    /// The building that goes to another grid while nobody has signal.
    pub(super) given: Option<Given>,
    /// Kills of phones that may be writing.
    pub(super) write_kills: Vec<WriteKill>,
    /// Kills of phones that sync.
    pub(super) sync_kills: Vec<SyncKill>,
    /// When the relay is killed, ms after all began to sync.
    pub(super) relay_kill_ms: u64,
}

/// How many blocks so many phones need.
pub(super) fn blocks_for(phones: usize) -> usize {
    phones.div_ceil(PHONES_PER_BLOCK)
}

impl Plan {
    /// Lays out the day of `phones` phones in `district`, which has enough blocks for them. Of imported
    /// cases as many are acted on as there is need for.
    pub(super) fn new(
        seed: u64,
        phones: usize,
        district: &District,
        realm: &RealmId,
        cases: Cases,
    ) -> Self {
        let phones = hand_out(seed, phones, district, realm);
        let stages = vec![
            stage("households", clock_before_ms(3, 8, 0), clock_before_ms(3, 17, 0), phones.len()),
            stage("day two", clock_before_ms(2, 9, 0), clock_before_ms(2, 17, 0), phones.len()),
            stage("day three", clock_before_ms(1, 9, 0), clock_before_ms(1, 17, 0), phones.len()),
            stage("grievances", clock_ms(8, 35), clock_ms(8, 55), phones.len()),
            stage("first steps", clock_ms(9, 5), clock_ms(9, 25), phones.len()),
            stage("without signal", clock_ms(9, 45), clock_ms(16, 30), phones.len()),
        ];
        let mut builder = Builder::new(seed, phones, district, realm, cases, stages);
        builder.households(&mut Dice::new(seed, "households"));
        stories::lay_out(&mut builder, &mut Dice::new(seed, "stories"));
        let clashes = lay_out(&mut builder, &mut Dice::new(seed, "clashes"));
        builder.rounds(&mut Dice::new(seed, "rounds"));
        builder.mix_and_time(&mut Dice::new(seed, "order"));
        let Builder { phones, documents, known, mut stages, .. } = builder;
        let offline = stages.pop().unwrap_or_else(|| stage("", 0, 0, 0));
        let mut kills = Dice::new(seed, "kills");
        Self {
            given: given(district, realm, &phones),
            write_kills: write_kills(&mut kills, &offline),
            sync_kills: sync_kills(&mut kills, phones.len()),
            relay_kill_ms: kills.between(40, 140) as u64,
            phones,
            documents,
            known,
            morning: stages,
            offline,
            clashes,
        }
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
        // Round and round where there are more groups than grids.
        let mut taken = vec![0; block.grids.len()];
        for (g, size) in (0..block.grids.len()).cycle().zip(groups(left)) {
            let (Some(grid), Some(first)) = (block.grids.get(g), taken.get_mut(g)) else {
                continue;
            };
            grid.members.iter().skip(*first).take(size).for_each(|code| carry(code, Some(g)));
            *first += size;
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
fn given(district: &District, realm: &RealmId, phones: &[PhonePlan]) -> Option<Given> {
    if !district.is_whole {
        return None;
    }
    let from = phones.iter().find(|phone| phone.grid.is_some())?;
    let to = phones.iter().find(|phone| {
        phone.block == from.block && phone.grid.is_some() && phone.grid != from.grid
    })?;
    let grid = district.blocks.get(to.block)?.grids.get(to.grid?)?;
    let building = district.buildings_of(&from.code).next()?.to_owned();
    let of_grid = |of: &PhonePlan| {
        let same =
            |(_, phone): &(usize, &PhonePlan)| (phone.block, phone.grid) == (of.block, of.grid);
        phones.iter().enumerate().filter(same).map(|(n, _)| n).collect()
    };
    Some(Given {
        place: building_place(realm, &building),
        building,
        grid: grid.code.clone(),
        from: of_grid(from),
        to: of_grid(to),
    })
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use doorstep_domain::{
        event::Event,
        table::{How, Kind, VisitOutcome},
    };
    use doorstep_protocol::id::ActId;

    use super::{
        super::{cases::Case, clash::ClashKind},
        *,
    };

    const REALM: RealmId = RealmId([5; 32]);

    fn plan(seed: u64, phones: usize) -> Plan {
        Plan::new(seed, phones, &District::part(blocks_for(phones)), &REALM, Cases::new())
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
                let near =
                    |other: &&PhonePlan| (other.block, other.grid) == (phone.block, phone.grid);
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
                    let new = write.makes();
                    assert!(!new.is_empty() || own.contains(&write.document), "{write:?}");
                    assert!(new.into_iter().all(|(handle, _)| own.insert(handle)));
                }
                made.extend(own);
            }
        }
        assert_eq!(made.len(), plan.documents.len());
    }

    #[test]
    fn imported_cases_are_acted_on_first() {
        let district = District::part(1);
        let place = district.blocks[0].grids[0].place(&REALM);
        let case = |n, resolved: bool| Case {
            doc: DocumentId([n; 16]),
            resolution: resolved.then_some((ActId([n; 8]), 1, MemberId([9; 8]))),
        };
        let cases = Cases::from([(place, vec![case(1, false), case(2, true)])]);
        let plan = Plan::new(1, 8, &district, &REALM, cases);
        assert_eq!(plan.known.len(), 2);
        for handle in plan.known.keys() {
            assert_eq!(plan.documents[handle.0].place, place);
            assert!(plan.clashes.iter().any(|clash| clash.grievance == *handle));
        }
    }

    #[test]
    fn time_goes_forward_on_every_phone() {
        let plan = plan(4, 8);
        for phone in 0..8 {
            let stages = plan.morning.iter().chain([&plan.offline]);
            let times: Vec<u64> =
                stages.flat_map(|s| &s.writes[phone]).map(|write| write.at_ms).collect();
            assert!(times.is_sorted() && times.len() > 5);
            let days = clock_before_ms(3, 8, 0)..clock_ms(17, 0);
            assert!(times.iter().all(|at| days.contains(at)));
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
    fn the_day_says_everything_that_can_be_said() {
        // Two blocks, so that chance has room.
        let plan = plan(7, 16);
        let id = |handle: Handle| {
            Some(doorstep_protocol::id::DocumentId([u8::try_from(handle.0 % 200).unwrap(); 16]))
        };
        let mut said: BTreeSet<Kind> = BTreeSet::new();
        let (mut outcomes, mut hows) = (BTreeSet::new(), BTreeSet::new());
        for write in
            plan.morning.iter().chain([&plan.offline]).flat_map(|s| s.writes.iter().flatten())
        {
            for event in write.events(&id).unwrap().iter().flat_map(|(_, events)| events) {
                said.extend(event.kind());
                match event {
                    Event::Outcome(outcome) => _ = outcomes.insert(outcome.outcome),
                    Event::Progress(progress) => _ = hows.insert(progress.how),
                    Event::Resolve(resolve) => _ = hows.insert(resolve.how),
                    _ => {}
                }
            }
        }
        assert_eq!(said, Kind::ALL.iter().copied().collect());
        assert_eq!(outcomes.len(), VisitOutcome::ALL.len());
        assert_eq!(hows.len(), How::ALL.len());
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
