//! The roster of a vector: one point an entry.

use std::collections::BTreeMap;

use doorstep_domain::default_code_lists;
use doorstep_protocol::{
    hash::sha256,
    id::{Chain8, Level, MemberId, PlaceId, Point, RealmId, TeamId},
    roster::{CodeItem, Fact, Named, Place, Record, Roster, setting},
};

use super::{Fault, fill::unhex, format};

/// The realm of all vectors.
pub(super) const REALM: RealmId = RealmId([7; 32]);

pub(super) fn member(code: &str) -> MemberId {
    MemberId::of(&REALM, code)
}

pub(super) fn team(code: &str) -> TeamId {
    TeamId::of(&REALM, code)
}

/// A roster, and what its places are called.
pub(super) struct Built {
    pub(super) roster: Roster,
    pub(super) places: BTreeMap<String, PlaceId>,
    pub(super) members: BTreeMap<MemberId, String>,
    pub(super) teams: BTreeMap<TeamId, String>,
}

impl Built {
    pub(super) fn of(entry: &format::Entry) -> Result<Self, Fault> {
        // Vectors are of one block or of several, so the roster is not tied to one.
        let mut built = Self {
            roster: Roster::new(REALM, None),
            places: BTreeMap::new(),
            members: BTreeMap::new(),
            teams: BTreeMap::new(),
        };
        built.append(entry, default_code_lists())?;
        for later in &entry.later {
            if !later.later.is_empty() {
                return Err("a later entry of the roster has later ones itself".into());
            }
            built.append(later, Vec::new())?;
        }
        Ok(built)
    }

    /// The point of an entry, from 1.
    pub(super) fn point(&self, seq: u32) -> Point {
        Point { seq, chain8: chain8(seq) }
    }

    pub(super) fn place(&self, code: &str) -> Result<PlaceId, Fault> {
        self.places.get(code).copied().ok_or_else(|| format!("no place {code} in the roster"))
    }

    fn append(&mut self, entry: &format::Entry, mut facts: Vec<Fact>) -> Result<(), Fault> {
        for place in &entry.places {
            self.places.insert(place.code.clone(), PlaceId::of(&REALM, place.level, &place.code));
        }
        for place in &entry.places {
            facts.push(self.place_fact(place)?);
        }
        for code in &entry.teams {
            self.teams.insert(team(code), code.clone());
            facts.push(Fact::Team { id: team(code), named: Some(named(code)) });
        }
        for one in &entry.members {
            let id = member(&one.code);
            self.members.insert(id, one.code.clone());
            facts.push(Fact::Member { id, named: Some(named(&one.code)) });
            for role in &one.roles {
                facts.push(Fact::Role {
                    member: id,
                    place: self.place(&role.place)?,
                    role: role.role as u8,
                    given: Some(role.team.as_deref().map(team)),
                });
            }
        }
        for gone in &entry.roles_gone {
            facts.push(Fact::Role {
                member: member(&gone.member),
                place: self.place(&gone.place)?,
                role: gone.role as u8,
                given: None,
            });
        }
        for given in &entry.assigned {
            facts.push(Fact::Assign {
                building: self.place(&given.building)?,
                member: member(&given.member),
                assign: Some(given.kind as u8),
            });
        }
        for gone in &entry.assigned_gone {
            facts.push(Fact::Assign {
                building: self.place(&gone.building)?,
                member: member(&gone.member),
                assign: None,
            });
        }
        for (name, value) in &entry.settings {
            facts.push(Fact::Setting { name: setting_number(name)?, value: Some(*value) });
        }
        for code in &entry.codes {
            facts.push(code_fact(code)?);
        }
        let records: Vec<Record> = facts.iter().map(Fact::record).collect();
        let seq = self.roster.tip_seq() + 1;
        self.roster.append(chain8(seq), 0, &records);
        Ok(())
    }

    fn place_fact(&self, place: &format::Place) -> Result<Fact, Fault> {
        let parent = place.parent.as_deref().map(|code| self.place(code)).transpose()?;
        let successors = place
            .successors
            .as_ref()
            .map(|codes| codes.iter().map(|code| self.place(code)).collect::<Result<Vec<_>, _>>());
        Ok(Fact::Place {
            id: self.place(&place.code)?,
            place: Some(Place {
                level: level_number(place.level),
                code: place.code.clone(),
                parent: parent.unwrap_or(PlaceId::ZERO),
                name: place.code.clone(),
                successors: successors.transpose()?,
            }),
        })
    }
}

fn level_number(level: Level) -> u8 {
    level.number()
}

fn chain8(seq: u32) -> Chain8 {
    let hash = sha256(format!("roster {seq}").as_bytes());
    Chain8(hash[..8].try_into().unwrap())
}

fn named(code: &str) -> Named {
    Named { code: code.to_owned(), name: code.to_owned() }
}

fn setting_number(name: &str) -> Result<u16, Fault> {
    match name {
        "local_time_min" => Ok(setting::LOCAL_TIME_MIN),
        "lease_s" => Ok(setting::LEASE_S),
        "drop_period_s" => Ok(setting::DROP_PERIOD_S),
        _ => Err(format!("no setting {name}")),
    }
}

fn code_fact(code: &format::Code) -> Result<Fact, Fault> {
    let data = unhex(&code.data).ok_or("the data of a code are hexadecimal digits")?;
    let item = CodeItem { zh: String::new(), en: String::new(), data, in_use: true };
    Ok(Fact::Code { list: code.list, code: code.code, item: Some(item) })
}
