//! A day on real cases: a register is imported first, and members of its busiest blocks act on what it
//! holds.
//!
//! Places and cases are the register's. Members and a few buildings are added, since a register of cases
//! knows neither.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use doorstep_domain::event::Event;
use doorstep_protocol::{
    id::{ActId, DocumentId, Incarnation, Level, MemberId, PlaceId, RealmId},
    roster::{AssignKind, Fact, Named, Place, Record, RoleKind},
    store::RelayStore as _,
};
use serde::Serialize;
use serde_json::Value;

use super::{
    dice::Dice,
    district::{Block, District, Grid, PHONES_PER_BLOCK, building_place, member_id},
    plan::{blocks_for, clock_before_ms},
    replica::RelayReplica,
    setup::{Folders, make_realm, open_database, realm_error},
    worker::DayError,
};
use crate::{
    import::{Mapping, import, keys_of},
    keys::load_import_secret,
    roster_file::{BuildingLine, MemberLine, RosterFile},
    store::RelayDb,
};

/// Cases of a block that a demo takes at most: a block lead's phone holds them all.
const BLOCK_CASES_MAX: usize = 600;
/// Grids of a block in which members get phones.
const GRIDS_MAX: usize = 3;
/// Buildings that are added for each member.
const BUILDINGS: usize = 2;

/// A resolution that the register brought: act, number in it, whose.
pub(super) type Resolution = (ActId, u32, MemberId);

/// An imported grievance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Case {
    /// The document.
    pub(super) doc: DocumentId,
    /// How the register closed it; none = it is open.
    pub(super) resolution: Option<Resolution>,
}

/// Imported grievances by the place whose log they are in.
pub(super) type Cases = BTreeMap<PlaceId, Vec<Case>>;

/// What was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct CasesReport {
    /// Rows of the register.
    pub(super) rows: u64,
    /// Of these, new grievances.
    pub(super) imported: u64,
    /// Rows that stood already.
    pub(super) already_there: u64,
    /// Rows that were refused.
    pub(super) refused: u64,
    /// Cases in the blocks of this demo.
    pub(super) in_hand: u64,
}

/// A realm that was filled with a register.
#[derive(Debug)]
pub(super) struct Filled {
    pub(super) realm: RealmId,
    pub(super) district: District,
    pub(super) cases: Cases,
    /// Whose acts came with the register.
    pub(super) authors: BTreeSet<MemberId>,
    /// None where nothing was imported.
    pub(super) report: Option<CasesReport>,
}

impl Filled {
    /// A realm without cases.
    pub(super) fn empty(realm: RealmId, district: District) -> Self {
        let (cases, authors) = (Cases::new(), BTreeSet::new());
        Self { realm, district, cases, authors, report: None }
    }
}

/// Makes a realm and imports a register into it; then members get places in its busiest blocks.
pub(super) fn fill(
    folders: &Folders,
    file: &Path,
    map: &Path,
    seed: u64,
    phones: usize,
) -> Result<Filled, DayError> {
    let mapping = Mapping::read(map).map_err(realm_error)?;
    let (code, name) = match &mapping.realm {
        Some(names) => (names.code.as_str(), names.name.as_str()),
        None => ("S1", "Sub-district"),
    };
    let register = RosterFile::of_sub_district(code, name, i64::from(mapping.time_zone_min));
    let realm = make_realm(folders, &register, seed)?;
    let mut db = open_database(&folders.database())?;
    let secret = load_import_secret(&folders.relay()).map_err(realm_error)?;
    let incarnation = Incarnation(Dice::new(seed, "import").bytes());
    let keys = keys_of(secret, &mapping.system, incarnation).map_err(realm_error)?;
    let report = import(&mut db, &keys, &mapping, file, clock_before_ms(3, 7, 35), &mut |_| {})
        .map_err(realm_error)?;
    let relay =
        RelayReplica::read(&folders.database(), clock_before_ms(3, 7, 40)).map_err(realm_error)?;
    let cases = cases_of(&relay);
    let blocks = busiest(&db, &cases, blocks_for(phones))?;
    let district = settle_in(&mut db, register, blocks)?;
    let grids = district.blocks.iter().flat_map(|block| &block.grids);
    let in_hand =
        grids.map(|grid| cases.get(&grid.place(&realm)).map_or(0, Vec::len)).sum::<usize>();
    Ok(Filled {
        realm,
        district,
        cases,
        authors: relay.replica.acts.iter().map(|act| act.member).collect(),
        report: Some(CasesReport {
            rows: report.rows,
            imported: report.imported,
            already_there: report.already_there,
            refused: report.refused,
            in_hand: in_hand as u64,
        }),
    })
}

/// All cases on which somebody can act: open ones, and those that wait for the resident's word.
fn cases_of(relay: &RelayReplica) -> Cases {
    let mut resolutions: BTreeMap<DocumentId, Resolution> = BTreeMap::new();
    let mut places: BTreeMap<DocumentId, PlaceId> = BTreeMap::new();
    for held in &relay.replica.acts {
        places.insert(held.doc, held.place);
        let at = held.events.iter().position(|event| matches!(event, Event::Resolve(_)));
        if let Some(n) = at.and_then(|n| u32::try_from(n).ok()) {
            resolutions.insert(held.doc, (held.act, n, held.member));
        }
    }
    let mut cases = Cases::new();
    for (doc, record) in &relay.replica.states {
        let stage = record.get("stage").and_then(Value::as_str).unwrap_or_default();
        let resolution = match stage {
            "discovered" | "accepted" | "in_progress" => None,
            "resolved" => resolutions.get(doc).copied(),
            _ => continue,
        };
        if let Some(place) = places.get(doc) {
            cases.entry(*place).or_default().push(Case { doc: *doc, resolution });
        }
    }
    cases
}

/// The blocks with most cases, none of them with more than a phone is to hold, and in each its grids with
/// most cases.
fn busiest(db: &RelayDb, cases: &Cases, count: usize) -> Result<Vec<Block>, DayError> {
    let register = db.register().map_err(realm_error)?;
    let realm = db.realm();
    let view = register.view();
    let at = view.at();
    let mut found: Vec<(usize, Block)> = Vec::new();
    for (id, place) in at.places().filter(|(_, place)| place.level() == Some(Level::Block)) {
        let mut grids: Vec<(usize, Grid)> = at
            .places()
            .filter(|(_, grid)| grid.parent == id && grid.level() == Some(Level::Grid))
            .map(|(grid, place)| {
                let (buildings, members) = (Vec::new(), Vec::new());
                let grid_cases = cases.get(&grid).map_or(0, Vec::len);
                (grid_cases, Grid { code: place.code.clone(), buildings, members })
            })
            .collect();
        let total = grids.iter().map(|(cases, _)| cases).sum();
        if total > BLOCK_CASES_MAX || grids.is_empty() {
            continue;
        }
        grids.sort_by(|a, b| (b.0, &a.1.code).cmp(&(a.0, &b.1.code)));
        let grids: Vec<Grid> = grids.into_iter().take(GRIDS_MAX).map(|(_, grid)| grid).collect();
        let grids = populate(&place.code, grids);
        let lead = Some(format!("demo/{}/lead", place.code));
        found.push((total, Block { code: place.code.clone(), grids, lead }));
    }
    found.sort_by(|a, b| (b.0, &a.1.code).cmp(&(a.0, &b.1.code)));
    if found.len() < count {
        return Err(DayError::Realm(format!(
            "the cases lie in {} blocks of a size for phones ({realm}): at most {} phones",
            found.len(),
            found.len() * PHONES_PER_BLOCK
        )));
    }
    Ok(found.into_iter().take(count).map(|(_, block)| block).collect())
}

/// Gives the grids members, and them buildings, by their codes.
fn populate(block: &str, mut grids: Vec<Grid>) -> Vec<Grid> {
    for grid in &mut grids {
        for n in 1..PHONES_PER_BLOCK {
            grid.members.push(format!("demo/{block}/{}/{n}", grid.code));
            for b in 1..=BUILDINGS {
                grid.buildings.push(format!("demo/{block}/{}/{n}-{b}", grid.code));
            }
        }
    }
    grids
}

/// Writes the members and their buildings into the rosters of their blocks.
fn settle_in(
    db: &mut RelayDb,
    mut file: RosterFile,
    blocks: Vec<Block>,
) -> Result<District, DayError> {
    let realm = db.realm();
    let mut facts = Vec::new();
    for block in &blocks {
        let lead = block.lead.as_deref().unwrap_or_default();
        employ(&realm, lead, block.place(&realm), RoleKind::BlockLead, &mut facts);
        for grid in &block.grids {
            let mut buildings = grid.buildings.chunks(BUILDINGS);
            for member in &grid.members {
                employ(&realm, member, grid.place(&realm), RoleKind::Member, &mut facts);
                let own = buildings.next().unwrap_or_default();
                for building in own {
                    give(&realm, building, grid, member, &mut facts);
                }
                let line =
                    |code: &String| BuildingLine { code: code.clone(), assign: AssignKind::Owner };
                file.members.push(MemberLine {
                    code: member.clone(),
                    name: String::new(),
                    roles: Vec::new(),
                    buildings: own.iter().map(line).collect(),
                });
            }
        }
    }
    let records: Vec<Record> = facts.iter().map(Fact::record).collect();
    let steps = db.register().map_err(realm_error)?.plan(&records);
    db.write_steps(&steps, clock_before_ms(3, 7, 40)).map_err(realm_error)?;
    // The file knows the members, not the register's places: it is not one to apply.
    Ok(District { file, blocks, is_whole: false })
}

fn employ(realm: &RealmId, code: &str, place: PlaceId, role: RoleKind, facts: &mut Vec<Fact>) {
    let member = member_id(realm, code);
    let named = Named { code: code.to_owned(), name: String::new() };
    facts.push(Fact::Member { id: member, named: Some(named) });
    facts.push(Fact::Role { member, place, role: role as u8, given: Some(None) });
}

fn give(realm: &RealmId, code: &str, grid: &Grid, member: &str, facts: &mut Vec<Fact>) {
    let building = building_place(realm, code);
    let place = Place {
        level: Level::Building.number(),
        code: code.to_owned(),
        parent: grid.place(realm),
        name: String::new(),
        successors: None,
    };
    let (member, assign) = (member_id(realm, member), Some(AssignKind::Owner as u8));
    facts.push(Fact::Place { id: building, place: Some(place) });
    facts.push(Fact::Assign { building, member, assign });
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &str = "id,area,street,what,opened,closed\n";
    const MAP: &str = r#"
        system = "test"
        time_formats = ["%Y-%m-%d"]
        make_places = true
        realm = { code = "T", name = "Test" }
        [columns]
        key = "id"
        opened = "opened"
        closed = "closed"
        text = ["what"]
        [closed]
        how = "help"
        [kind]
        default = 99
        [[place]]
        level = "community"
        value = "C"
        [[place]]
        level = "block"
        column = "area"
        [[place]]
        level = "grid"
        column = "street"
    "#;

    fn filled(folder: &Path, rows: &str, phones: usize) -> Result<Filled, DayError> {
        let (file, map) = (folder.join("cases.csv"), folder.join("map.toml"));
        std::fs::write(&file, format!("{CASES}{rows}")).unwrap();
        std::fs::write(&map, MAP).unwrap();
        let folders = Folders { root: folder.join("demo") };
        folders.make().unwrap();
        fill(&folders, &file, &map, 1, phones)
    }

    #[test]
    fn members_get_places_where_the_cases_are() {
        let folder = tempfile::tempdir().unwrap();
        let rows = "1,East,E1,lamp,2026-01-02,\n2,East,E2,noise,2026-01-03,2026-01-09\n\
                    3,West,W1,drain,2026-01-04,\n4,East,E1,bins,no day,\n";
        let filled = filled(folder.path(), rows, 8).unwrap();
        let report = filled.report.unwrap();
        assert_eq!((report.rows, report.imported, report.refused), (4, 3, 1));
        let [block] = &filled.district.blocks[..] else { panic!() };
        assert_eq!(block.code, "C/East");
        assert_eq!(report.in_hand, 2);
        let closed = filled.cases.values().flatten().filter(|case| case.resolution.is_some());
        assert_eq!(closed.count(), 1);
        assert_eq!(filled.authors.len(), 1);
        for grid in &block.grids {
            for member in &grid.members {
                assert_eq!(filled.district.buildings_of(member).count(), BUILDINGS);
            }
        }
    }

    #[test]
    fn too_few_blocks_are_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let refused = filled(folder.path(), "1,East,E1,lamp,2026-01-02,\n", 16).unwrap_err();
        assert!(refused.to_string().contains("at most 8 phones"), "{refused}");
    }
}
