//! Rosters: places, people, roles, devices and code lists, ordered by the relay.
//!
//! One roster log a block and one for the realm. A [`Roster`] keeps every version of every record,
//! since rights are asked at the point at which something was saved: [`Roster::at`] gives the state
//! there. Last one wins per key. Source: `docs/formats.md`, "Rosters"; `docs/domain.md`.

mod reach;
mod record;

use std::collections::BTreeMap;

pub use reach::RosterAt;
pub use record::{
    AssignKind, CodeItem, Device, Fact, Genesis, Named, Place, Record, RecordKind, RoleKind,
    setting,
};

use crate::{
    id::{Chain8, DeviceId, PlaceId, Point, RealmId, Scope},
    key::Spki,
};

/// The values a key had, oldest first.
type Versions = Vec<(u32, Option<Fact>)>;

/// One roster with its whole history.
#[derive(Debug, Clone)]
pub struct Roster {
    realm: RealmId,
    block: Option<PlaceId>,
    scope: Scope,
    links: Vec<(Chain8, u64)>,
    history: BTreeMap<(u8, Vec<u8>), Versions>,
}

impl Roster {
    /// An empty roster of a block, or of the realm where `block` is none.
    pub fn new(realm: RealmId, block: Option<PlaceId>) -> Self {
        Self {
            realm,
            block,
            scope: Scope::roster(&realm, block),
            links: Vec::new(),
            history: BTreeMap::new(),
        }
    }

    /// Its realm.
    pub fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// Its block; none for the realm's own.
    pub fn block(&self) -> Option<PlaceId> {
        self.block
    }

    /// Its log.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Takes the next entry: its records, the chain at it, its relay time. Records that do not agree
    /// with their id, or of an unknown kind, have no effect.
    pub fn append(&mut self, chain8: Chain8, relay_time: u64, records: &[Record]) {
        self.links.push((chain8, relay_time));
        let seq = self.tip_seq();
        for record in records {
            let Ok(Some(fact)) = record.fact() else { continue };
            if !fact.agrees(&self.realm) || self.is_void(&record.key, &fact) {
                continue;
            }
            let fact = record.value.is_some().then_some(fact);
            self.history.entry((record.kind, record.key.clone())).or_default().push((seq, fact));
        }
    }

    /// A device belongs to one member for ever; the first key announced under a number stands.
    fn is_void(&self, key: &[u8], fact: &Fact) -> bool {
        let earlier = |kind: RecordKind| {
            self.history
                .get(&(kind as u8, key.to_vec()))
                .into_iter()
                .flatten()
                .filter_map(|(_, fact)| fact.as_ref())
        };
        match fact {
            Fact::Device { device: Some(device), .. } => earlier(RecordKind::Device).any(|fact| {
                matches!(fact, Fact::Device { device: Some(was), .. } if was.member != device.member)
            }),
            // 0 and 1 are Genesis' key and the backup key.
            Fact::KeyAhead { n, .. } => *n < 2 || earlier(RecordKind::KeyAhead).next().is_some(),
            Fact::Genesis(_) => self.tip_seq() != 1,
            _ => false,
        }
    }

    /// Forgets what came after entry `seq` (a relay that was restored).
    pub fn truncate(&mut self, seq: u32) {
        self.links.truncate(seq as usize);
        self.history.retain(|_, versions| {
            versions.retain(|(at, _)| *at <= seq);
            !versions.is_empty()
        });
    }

    /// The number of the newest entry, 0 where there is none.
    pub fn tip_seq(&self) -> u32 {
        u32::try_from(self.links.len()).unwrap_or(u32::MAX)
    }

    /// The newest point.
    pub fn tip_point(&self) -> Point {
        let chain8 = self.links.last().map_or(Chain8::ZERO, |(chain8, _)| *chain8);
        Point { seq: self.tip_seq(), chain8 }
    }

    /// The newest state.
    pub fn tip(&self) -> RosterAt<'_> {
        self.at_seq(self.tip_seq())
    }

    /// The state at a point of this roster; none where the point is not of this chain.
    pub fn at(&self, point: Point) -> Option<RosterAt<'_>> {
        let index = (point.seq as usize).checked_sub(1)?;
        let (chain8, _) = self.links.get(index)?;
        (*chain8 == point.chain8).then(|| self.at_seq(point.seq))
    }

    /// The state at an entry.
    pub fn at_seq(&self, seq: u32) -> RosterAt<'_> {
        RosterAt { roster: self, seq: seq.min(self.tip_seq()) }
    }

    /// The relay time of an entry.
    pub fn relay_time(&self, seq: u32) -> Option<u64> {
        Some(self.links.get((seq as usize).checked_sub(1)?)?.1)
    }

    /// What the realm was made of, where entry 1 is held.
    pub fn genesis(&self) -> Option<Genesis> {
        match self.tip().fact(RecordKind::Genesis, &[])? {
            Fact::Genesis(genesis) => Some(*genesis),
            _ => None,
        }
    }

    /// The relay key with this signer number: 0 Genesis', from 2 a key announced ahead.
    pub fn relay_key(&self, signer: u8) -> Option<Spki> {
        if signer == 0 {
            return self.genesis().map(|genesis| genesis.relay);
        }
        match self.tip().fact(RecordKind::KeyAhead, &[signer])? {
            Fact::KeyAhead { spki, .. } => *spki,
            _ => None,
        }
    }

    /// Whether the device stands or ever stood in this roster.
    pub fn ever_had_device(&self, device: DeviceId) -> bool {
        self.history.contains_key(&(RecordKind::Device as u8, device.0.to_vec()))
    }

    /// Whether the place ever lay in this roster's block, at any entry.
    pub fn ever_held(&self, place: PlaceId) -> bool {
        let Some(versions) = self.history.get(&(RecordKind::Place as u8, place.0.to_vec())) else {
            return false;
        };
        versions.iter().any(|(seq, _)| self.at_seq(*seq).is_under_block(place))
    }
}

/// The rosters that a reader holds, and how a point or a place finds its own among them.
pub trait Rosters {
    /// The state at a point of whichever roster has it.
    fn at(&self, point: Point) -> Option<RosterAt<'_>>;
}

impl Rosters for Roster {
    fn at(&self, point: Point) -> Option<RosterAt<'_>> {
        Self::at(self, point)
    }
}

impl Rosters for [Roster] {
    fn at(&self, point: Point) -> Option<RosterAt<'_>> {
        self.iter().find_map(|roster| roster.at(point))
    }
}
