//! The register as all rosters together have it, and which record rides in which roster.
//!
//! A record about a place in a block rides in that block's roster; one about what is above blocks in
//! those of all blocks below and in the realm's; a member and their devices wherever the member has a
//! role, an assignment or a sending; a team where one of these names it. So whoever may write in a
//! place stands, key and rights, in the roster of its block.
//!
//! A change is planned by [`Register::plan`]: it is written wherever the record rides and wherever an
//! older version of it still stands (a building given to another block is a record in both), and what
//! comes to ride somewhere because of it is written there before it. Source: `docs/protocol.md`.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{Chain8, Level, PlaceId, RealmId},
    limits::{ROSTER_ENTRY_BYTES_MAX, ROSTER_ENTRY_RECORDS_MAX},
    roster::{Fact, Record, RecordKind, Roster, RosterAt},
};

/// A roster by its block; none is the realm's.
pub type RosterName = Option<PlaceId>;
/// What a record is about.
type Key = (u8, Vec<u8>);

/// The newest version of a record in one roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// When it was written there.
    pub relay_time: u64,
    /// What it says; none = gone.
    pub value: Option<Vec<u8>>,
}

/// Records to be written as one entry in each of some rosters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The rosters.
    pub rosters: BTreeSet<RosterName>,
    /// The records.
    pub records: Vec<Record>,
    /// The relay time it must bear, where it is not that of now: Genesis has that of `init`.
    pub relay_time: Option<u64>,
}

/// The newest version of every record in every roster.
#[derive(Debug, Clone)]
pub struct Register {
    realm: RealmId,
    genesis: Option<(u64, Record)>,
    rosters: BTreeMap<RosterName, BTreeMap<Key, Version>>,
}

impl Register {
    /// Nothing yet.
    pub fn new(realm: RealmId) -> Self {
        Self { realm, genesis: None, rosters: BTreeMap::new() }
    }

    /// The realm.
    pub fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// The rosters that there are.
    pub fn rosters(&self) -> impl Iterator<Item = RosterName> + '_ {
        self.rosters.keys().copied()
    }

    /// How many records stand in a roster.
    pub fn records_in(&self, roster: RosterName) -> usize {
        let versions = self.rosters.get(&roster).into_iter().flat_map(BTreeMap::values);
        versions.filter(|version| version.value.is_some()).count()
    }

    /// Takes an entry of a roster.
    pub fn take(&mut self, roster: RosterName, relay_time: u64, records: &[Record]) {
        let versions = self.rosters.entry(roster).or_default();
        for record in records {
            if record.kind == RecordKind::Genesis as u8 {
                self.genesis.get_or_insert_with(|| (relay_time, record.clone()));
                continue;
            }
            let version = Version { relay_time, value: record.value.clone() };
            versions.insert((record.kind, record.key.clone()), version);
        }
    }

    /// Takes what a step writes.
    pub fn take_step(&mut self, step: &Step, relay_time: u64) {
        for roster in &step.rosters {
            self.take(*roster, step.relay_time.unwrap_or(relay_time), &step.records);
        }
    }

    /// Sets what every roster begins with, for a realm that has none yet.
    pub fn set_genesis(&mut self, relay_time: u64, genesis: Record) {
        self.genesis = Some((relay_time, genesis));
    }

    /// Whether there is this roster.
    pub fn has(&self, roster: RosterName) -> bool {
        self.rosters.contains_key(&roster)
    }

    /// Records of which an older version still stands in some roster, as the newest has them: what a
    /// conflict after a restore leaves for a person to decide.
    pub fn uneven(&self) -> Vec<Record> {
        let stands_older = |key: &Key, newest: &Version| {
            self.rosters
                .values()
                .filter_map(|versions| versions.get(key))
                .any(|version| version.value.is_some() && version.value != newest.value)
        };
        self.merged()
            .into_iter()
            .filter(|(key, newest)| stands_older(key, newest))
            .map(|((kind, key), newest)| Record { kind, key, value: newest.value })
            .collect()
    }

    /// The newest version of a record in whichever roster.
    pub fn newest(&self, kind: u8, key: &[u8]) -> Option<&Version> {
        let key = (kind, key.to_vec());
        self.rosters.values().filter_map(|versions| versions.get(&key)).max_by_key(|v| v.relay_time)
    }

    /// What stands, by kind and key: of several versions the newest.
    pub fn standing(&self) -> Vec<Record> {
        self.merged()
            .into_iter()
            .filter_map(|((kind, key), version)| {
                let value = version.value?;
                Some(Record { kind, key, value: Some(value) })
            })
            .collect()
    }

    /// All that stands as one roster, for questions about places and people.
    pub fn view(&self) -> View {
        View::of(self.realm, self.standing())
    }

    fn merged(&self) -> BTreeMap<Key, Version> {
        let mut merged: BTreeMap<Key, Version> = BTreeMap::new();
        for (key, version) in self.rosters.values().flatten() {
            match merged.get(key) {
                Some(known) if known.relay_time >= version.relay_time => {}
                _ => {
                    merged.insert(key.clone(), version.clone());
                }
            }
        }
        merged
    }

    /// What must be written so that `changes` stand: in order, each step the same body in all its
    /// rosters. Gives nothing where everything stands already.
    pub fn plan(&self, changes: &[Record]) -> Vec<Step> {
        let mut merged: BTreeMap<Key, Option<Vec<u8>>> =
            self.merged().into_iter().map(|(key, version)| (key, version.value)).collect();
        let changed: BTreeSet<Key> =
            changes.iter().map(|record| (record.kind, record.key.clone())).collect();
        for record in changes {
            merged.insert((record.kind, record.key.clone()), record.value.clone());
        }
        let standing: Vec<Record> = merged
            .iter()
            .filter(|(_, value)| value.is_some())
            .map(|((kind, key), value)| Record {
                kind: *kind,
                key: key.clone(),
                value: value.clone(),
            })
            .collect();
        let view = View::of(self.realm, standing);
        let rides = Rides::of(&view);
        let mut steps = self.new_rosters(&view, &rides);
        let mut groups: BTreeMap<(u8, BTreeSet<RosterName>), Vec<Record>> = BTreeMap::new();
        for (key, value) in &merged {
            let is_changed = changed.contains(key);
            let record = Record { kind: key.0, key: key.1.clone(), value: value.clone() };
            let lacking = self.lacking(&record, is_changed, &rides);
            if !lacking.is_empty() {
                groups.entry((rank(&record, is_changed), lacking)).or_default().push(record);
            }
        }
        for ((_, rosters), records) in groups {
            for records in cut(records) {
                steps.push(Step { rosters: rosters.clone(), records, relay_time: None });
            }
        }
        steps
    }

    /// Of the rosters that are there: those in which a record must be written.
    fn lacking(&self, record: &Record, is_changed: bool, rides: &Rides) -> BTreeSet<RosterName> {
        let key = (record.kind, record.key.clone());
        let riding = if record.value.is_some() { rides.of_record(record) } else { BTreeSet::new() };
        self.rosters
            .iter()
            .filter(|(roster, versions)| {
                let here = versions.get(&key).and_then(|version| version.value.as_ref());
                let concerned = riding.contains(*roster) || (is_changed && here.is_some());
                concerned && here != record.value.as_ref()
            })
            .map(|(roster, _)| *roster)
            .collect()
    }

    /// A new roster: Genesis alone, then all that rides in it by kind and key.
    fn new_rosters(&self, view: &View, rides: &Rides) -> Vec<Step> {
        let Some((genesis_time, genesis)) = &self.genesis else { return Vec::new() };
        let mut missing: BTreeMap<RosterName, Vec<Record>> = rides
            .rosters()
            .filter(|roster| !self.rosters.contains_key(roster))
            .map(|roster| (roster, Vec::new()))
            .collect();
        if missing.is_empty() {
            return Vec::new();
        }
        for record in &view.records {
            for roster in rides.of_record(record) {
                if let Some(records) = missing.get_mut(&roster) {
                    records.push(record.clone());
                }
            }
        }
        let mut steps = Vec::new();
        for (roster, records) in missing {
            let rosters = BTreeSet::from([roster]);
            steps.push(Step {
                rosters: rosters.clone(),
                records: vec![genesis.clone()],
                relay_time: Some(*genesis_time),
            });
            for records in cut(records) {
                steps.push(Step { rosters: rosters.clone(), records, relay_time: None });
            }
        }
        steps
    }
}

/// In which order groups are written: what comes to ride, then people and settings, then places from
/// the top, then what gives somebody a place.
fn rank(record: &Record, is_changed: bool) -> u8 {
    if !is_changed {
        return 0;
    }
    match record.fact() {
        Ok(Some(Fact::Place { place: Some(place), .. })) => 7_u8.saturating_sub(place.level).max(2),
        Ok(Some(Fact::Place { place: None, .. })) => 8,
        Ok(Some(Fact::Role { .. } | Fact::Assign { .. } | Fact::Sent { .. })) => 9,
        _ => 1,
    }
}

/// Cuts records into as few entries as the caps allow.
fn cut(records: Vec<Record>) -> Vec<Vec<Record>> {
    const COUNT_BYTES: usize = 2;
    let mut out: Vec<Vec<Record>> = Vec::new();
    let mut bytes = 0;
    for record in records {
        let size = 1 + 4 + record.key.len() + 1 + record.value.as_ref().map_or(0, |v| 4 + v.len());
        match out.last_mut() {
            Some(last)
                if last.len() < ROSTER_ENTRY_RECORDS_MAX
                    && bytes + size <= ROSTER_ENTRY_BYTES_MAX =>
            {
                bytes += size;
                last.push(record);
            }
            _ => {
                bytes = COUNT_BYTES + size;
                out.push(vec![record]);
            }
        }
    }
    out
}

/// Everything that stands, as one roster without a block.
#[derive(Debug, Clone)]
pub struct View {
    roster: Roster,
    records: Vec<Record>,
}

impl View {
    fn of(realm: RealmId, records: Vec<Record>) -> Self {
        let mut roster = Roster::new(realm, None);
        roster.append(Chain8::ZERO, 0, &records);
        Self { roster, records }
    }

    /// Its state.
    pub fn at(&self) -> RosterAt<'_> {
        self.roster.tip()
    }

    /// What stands, by kind and key.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// What stands and is understood.
    pub fn facts(&self) -> impl Iterator<Item = Fact> + '_ {
        self.records.iter().filter_map(|record| record.fact().ok().flatten())
    }

    /// The blocks in which a place lies: one, or, where it has ended, those of its successors too.
    pub fn blocks_of(&self, place: PlaceId) -> BTreeSet<PlaceId> {
        let at = self.at();
        let above = at.above(place).into_iter();
        above.filter(|id| at.place(*id).is_some_and(|p| p.level == Level::Block.number())).collect()
    }
}

/// Which record rides where.
#[derive(Debug)]
struct Rides {
    all: BTreeSet<RosterName>,
    places: BTreeMap<PlaceId, BTreeSet<RosterName>>,
    members: BTreeMap<[u8; 8], BTreeSet<RosterName>>,
    teams: BTreeMap<[u8; 8], BTreeSet<RosterName>>,
}

impl Rides {
    fn of(view: &View) -> Self {
        let mut all = BTreeSet::from([None]);
        let mut below: BTreeMap<PlaceId, BTreeSet<RosterName>> = BTreeMap::new();
        for (block, place) in view.at().places() {
            if place.level == Level::Block.number() {
                all.insert(Some(block));
                for above in view.at().above(block) {
                    below.entry(above).or_default().insert(Some(block));
                }
            }
        }
        let mut out =
            Self { all, places: BTreeMap::new(), members: BTreeMap::new(), teams: BTreeMap::new() };
        for (id, place) in view.at().places() {
            let blocks = view.blocks_of(id);
            let rosters = if place.level > Level::Block.number() || blocks.is_empty() {
                let mut rosters = below.remove(&id).unwrap_or_default();
                rosters.insert(None);
                rosters
            } else {
                blocks.into_iter().map(Some).collect()
            };
            out.places.insert(id, rosters);
        }
        for fact in view.facts() {
            out.take(&fact, view);
        }
        out
    }

    /// What gives a member or a team a place there.
    fn take(&mut self, fact: &Fact, view: &View) {
        let at = |place: &PlaceId| self.places.get(place).cloned().unwrap_or_default();
        match fact {
            Fact::Role { member, place, given: Some(team), .. } => {
                let rosters = at(place);
                self.members.entry(member.0).or_default().extend(&rosters);
                if let Some(team) = team {
                    self.teams.entry(team.0).or_default().extend(rosters);
                }
            }
            Fact::Assign { building, member, assign: Some(_) } => {
                let rosters = at(building);
                self.members.entry(member.0).or_default().extend(rosters);
            }
            Fact::Sent { team, place, stands: true, .. } => {
                let rosters = at(place);
                self.teams.entry(team.0).or_default().extend(&rosters);
                for (member, _) in view.at().members() {
                    if view.at().teams(member).contains(team) {
                        self.members.entry(member.0).or_default().extend(&rosters);
                    }
                }
            }
            _ => {}
        }
    }

    fn rosters(&self) -> impl Iterator<Item = RosterName> + '_ {
        self.all.iter().copied()
    }

    fn of_record(&self, record: &Record) -> BTreeSet<RosterName> {
        let at = |place: &PlaceId| self.places.get(place).cloned().unwrap_or_default();
        let member = |id: &[u8; 8]| self.members.get(id).cloned().unwrap_or_default();
        match record.fact() {
            Ok(Some(Fact::Place { id, .. })) => at(&id),
            Ok(Some(Fact::Member { id, .. })) => member(&id.0),
            Ok(Some(Fact::Team { id, .. })) => self.teams.get(&id.0).cloned().unwrap_or_default(),
            Ok(Some(Fact::Role { place, .. } | Fact::Sent { place, .. })) => at(&place),
            Ok(Some(Fact::Assign { building, .. })) => at(&building),
            Ok(Some(Fact::Device { device: Some(device), .. })) => member(&device.member.0),
            Ok(Some(Fact::Setting { .. } | Fact::Code { .. } | Fact::KeyAhead { .. })) => {
                self.all.clone()
            }
            _ => BTreeSet::new(),
        }
    }
}
