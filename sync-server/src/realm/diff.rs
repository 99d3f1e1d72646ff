//! Which facts a changed roster file makes.

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::MemberId,
    roster::{Fact, Record, RecordKind, RoleKind, setting},
};

use super::{Key, key_of};
use crate::{
    place_name::PlaceName,
    register::{Register, View},
    roster_file::{MissingPlaces, RosterFile, RosterFileError},
};

/// What a changed file would change of what stands: only the records that differ, those that are gone
/// too. Devices, sendings and code lists are no business of the file; the devices of a member who is
/// gone go with them.
pub fn diff(register: &Register, file: &RosterFile) -> Result<Vec<Fact>, RosterFileError> {
    let wanted = file.facts(register.realm())?;
    let view = register.view();
    let standing: BTreeSet<&Record> = view.records().iter().collect();
    let keys: BTreeSet<Key> = wanted.iter().map(|fact| key_of(&fact.record())).collect();
    let mut out = Vec::new();
    let known: BTreeSet<Key> = view.records().iter().map(key_of).collect();
    let placed = placed(&wanted);
    for fact in &wanted {
        let record = fact.record();
        let key = key_of(&record);
        // Who has no place anywhere stands in no roster, and is not written by any.
        let rides = match fact {
            Fact::Member { .. } | Fact::Team { .. } => placed.contains(&key),
            _ => true,
        };
        if !standing.contains(&record) && (rides || known.contains(&key)) {
            out.push(fact.clone());
        }
    }
    let imports = imports(&view);
    let mut missing = Vec::new();
    for record in view.records() {
        if keys.contains(&key_of(record)) {
            continue;
        }
        match record.fact() {
            Ok(Some(Fact::Place { place: Some(place), .. })) => {
                missing.push(PlaceName::of(&place));
            }
            Ok(Some(fact)) => out.extend(gone(&fact, &keys, &imports)),
            _ => {}
        }
    }
    if missing.is_empty() {
        return Ok(out);
    }
    missing.sort();
    Err(RosterFileError::PlaceMissing(MissingPlaces(missing)))
}

/// The keys of the members and teams that some role or assignment names.
fn placed(facts: &[Fact]) -> BTreeSet<Key> {
    let mut out = BTreeSet::new();
    for fact in facts {
        match fact {
            Fact::Role { member, given: Some(team), .. } => {
                out.insert((RecordKind::Member as u8, member.0.to_vec()));
                out.extend(team.map(|team| (RecordKind::Team as u8, team.0.to_vec())));
            }
            Fact::Assign { member, assign: Some(_), .. } => {
                out.insert((RecordKind::Member as u8, member.0.to_vec()));
            }
            _ => {}
        }
    }
    out
}

/// The members that an import of a register works as: no file names them, and none takes them away.
fn imports(view: &View) -> BTreeSet<MemberId> {
    view.facts()
        .filter_map(|fact| match fact {
            Fact::Role { member, role, given: Some(_), .. } if role == RoleKind::Register as u8 => {
                Some(member)
            }
            _ => None,
        })
        .collect()
}

/// The fact that takes away one which is not in the file, where that is the file's business.
fn gone(fact: &Fact, wanted: &BTreeSet<Key>, imports: &BTreeSet<MemberId>) -> Option<Fact> {
    match fact {
        Fact::Setting { name, .. } if is_of_the_file(*name) => {
            Some(Fact::Setting { name: *name, value: None })
        }
        Fact::Member { id, .. } if !imports.contains(id) => {
            Some(Fact::Member { id: *id, named: None })
        }
        Fact::Team { id, .. } => Some(Fact::Team { id: *id, named: None }),
        Fact::Role { member, place, role, .. } if *role != RoleKind::Register as u8 => {
            Some(Fact::Role { member: *member, place: *place, role: *role, given: None })
        }
        Fact::Assign { building, member, .. } => {
            Some(Fact::Assign { building: *building, member: *member, assign: None })
        }
        Fact::Device { id, device: Some(device) } if !imports.contains(&device.member) => {
            let member = (RecordKind::Member as u8, device.member.0.to_vec());
            (!wanted.contains(&member)).then_some(Fact::Device { id: *id, device: None })
        }
        _ => None,
    }
}

fn is_of_the_file(name: u16) -> bool {
    matches!(name, setting::LOCAL_TIME_MIN | setting::LEASE_S | setting::DROP_PERIOD_S)
}
