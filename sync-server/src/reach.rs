//! Who holds which logs, and what a change of rosters does to the phones.
//!
//! [`Reach`] is what the rosters give everybody; [`ReachChanges::between`] two of them says which phones
//! gain and drop which places, and who would be given more than a phone can bear. It opens no document: it
//! counts them by log.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use doorstep_protocol::{
    id::{DeviceId, MemberId, PlaceId, Scope},
    limits::{DEVICE_DOCUMENTS_MAX, SESSION_LOGS_MAX},
    roster::Roster,
};
use serde::Serialize;

use crate::place_name::{PlaceName, list};

/// Letters of a device's id that are enough to find it in `doorstep devices`.
const DEVICE_PREFIX: usize = 8;
/// Members over a limit that one message names; a count says how many more there are.
const FULL_NAMED_MAX: usize = 20;

/// Documents by log, as the relay counts them.
pub type Documents = BTreeMap<Scope, u64>;

/// What rosters give everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    places: BTreeMap<MemberId, BTreeSet<PlaceId>>,
    devices: BTreeMap<DeviceId, MemberId>,
    codes: BTreeMap<MemberId, String>,
    names: BTreeMap<PlaceId, PlaceName>,
}

impl Reach {
    /// What these rosters give.
    pub fn of(rosters: &[Roster]) -> Self {
        let mut out = Self::default();
        for roster in rosters {
            let at = roster.tip();
            for (member, places) in at.holders() {
                out.places.entry(member).or_default().extend(places);
            }
            out.devices.extend(at.devices().map(|(id, device)| (id, device.member)));
            out.codes.extend(at.members().map(|(id, named)| (id, named.code.clone())));
            for (id, place) in at.places() {
                out.names.entry(id).or_insert_with(|| PlaceName::of(place));
            }
        }
        out
    }

    /// The places whose logs a member's phones hold.
    pub fn places(&self, member: MemberId) -> impl Iterator<Item = PlaceId> + '_ {
        self.places.get(&member).into_iter().flatten().copied()
    }

    fn without(&self, other: &Self, member: MemberId) -> Vec<PlaceName> {
        let elsewhere = other.places.get(&member);
        let mut names: Vec<PlaceName> = self
            .places(member)
            .filter(|place| elsewhere.is_none_or(|places| !places.contains(place)))
            .filter_map(|place| self.names.get(&place).cloned())
            .collect();
        names.sort();
        names
    }

    fn load(&self, member: MemberId, documents: &Documents) -> Load {
        let held = self.places(member);
        let of = |place: PlaceId| documents.get(&place.scope()).copied().unwrap_or_default();
        held.fold(Load::default(), |load, place| Load {
            documents: load.documents.saturating_add(of(place)),
            logs: load.logs + 1,
        })
    }
}

/// How much a member's phone holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Load {
    documents: u64,
    logs: u64,
}

/// What a change of rosters does to phones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReachChanges {
    /// Phones that gain or drop a place, by member's code, then device.
    pub phones: Vec<PhoneChange>,
    /// Members without a phone to whom the same happens.
    pub members_without_phone: usize,
    /// Members over a limit already, whom this change gives nothing more: to be looked at.
    pub over: Vec<Full>,
}

impl ReachChanges {
    /// The same without the numbers of documents, which grow by themselves.
    pub fn uncounted(mut self) -> Self {
        self.over.clear();
        for phone in &mut self.phones {
            phone.documents = 0;
        }
        self
    }

    /// What becomes of everybody's phones between two states.
    ///
    /// # Errors
    /// [`TooMuch`] where somebody would be given more than [`DEVICE_DOCUMENTS_MAX`] documents or
    /// [`SESSION_LOGS_MAX`] logs. Who holds more already is refused only what makes it still more: an empty
    /// grid that takes over a part of theirs is not.
    pub fn between(before: &Reach, after: &Reach, documents: &Documents) -> Result<Self, TooMuch> {
        let mut out = Self::default();
        let mut refused = Vec::new();
        let mut with_phone: BTreeMap<MemberId, BTreeSet<DeviceId>> = BTreeMap::new();
        for (device, member) in before.devices.iter().chain(&after.devices) {
            with_phone.entry(*member).or_default().insert(*device);
        }
        let members: BTreeSet<MemberId> =
            before.places.keys().chain(after.places.keys()).copied().collect();
        for member in members {
            let code = after.codes.get(&member).or_else(|| before.codes.get(&member));
            let code = code.cloned().unwrap_or_default();
            let (was, is) = (before.load(member, documents), after.load(member, documents));
            match full(&code, was, is) {
                Some((full, true)) => refused.push(full),
                Some((full, false)) => out.over.push(full),
                None => {}
            }
            let gains = after.without(before, member);
            let drops = before.without(after, member);
            if gains.is_empty() && drops.is_empty() {
                continue;
            }
            let Some(devices) = with_phone.get(&member) else {
                out.members_without_phone += 1;
                continue;
            };
            out.phones.extend(devices.iter().map(|device| PhoneChange {
                member: code.clone(),
                device: *device,
                leaves: !after.devices.contains_key(device),
                gains: gains.clone(),
                drops: drops.clone(),
                documents: is.documents,
            }));
        }
        out.phones.sort_by(|a, b| (&a.member, a.device).cmp(&(&b.member, b.device)));
        out.over.sort_by(|a, b| a.member.cmp(&b.member));
        refused.sort_by(|a, b| a.member.cmp(&b.member));
        if refused.is_empty() { Ok(out) } else { Err(TooMuch { refused }) }
    }
}

/// Whether a member is over a limit, and whether it is this change that makes it more.
fn full(code: &str, was: Load, is: Load) -> Option<(Full, bool)> {
    let member = code.to_owned();
    let logs_max = SESSION_LOGS_MAX as u64;
    if is.documents > DEVICE_DOCUMENTS_MAX {
        let (held, max) = (is.documents, DEVICE_DOCUMENTS_MAX);
        let full = Full { member, what: What::Documents, held, max };
        return Some((full, is.documents > was.documents));
    }
    (is.logs > logs_max).then(|| {
        let full = Full { member, what: What::Logs, held: is.logs, max: logs_max };
        (full, is.logs > was.logs)
    })
}

/// A phone that gains or drops places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhoneChange {
    /// The code of its member.
    pub member: String,
    /// The device.
    pub device: DeviceId,
    /// Whether it is taken out of the rosters, with its member.
    pub leaves: bool,
    /// Places whose logs it holds from now on.
    pub gains: Vec<PlaceName>,
    /// Places whose logs it holds no more.
    pub drops: Vec<PlaceName>,
    /// Documents in all the logs that it holds then.
    pub documents: u64,
}

impl fmt::Display for PhoneChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = self.device.to_string();
        let device = device.get(..DEVICE_PREFIX).unwrap_or(&device);
        write!(f, "phone {device} of {}", self.member)?;
        let mut before = if self.leaves { " leaves, and" } else { "" };
        for (verb, places) in [("drops", &self.drops), ("gains", &self.gains)] {
            if !places.is_empty() {
                write!(f, "{before} {verb} {}", list(places))?;
                before = ", and";
            }
        }
        match self.documents {
            0 => Ok(()),
            documents => write!(f, "; holds {documents} documents then"),
        }
    }
}

/// Of what there can be too much on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Documents in all its logs.
    Documents,
    /// Logs.
    Logs,
}

/// A member whose phone holds, or would hold, more than a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Full {
    /// The register's code.
    pub member: String,
    /// Of what.
    pub what: What,
    /// How many.
    pub held: u64,
    /// How many a phone may hold.
    pub max: u64,
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            What::Documents => "documents",
            What::Logs => "logs of places",
        };
        write!(f, "member {}: {} {what}, and a phone may hold {}", self.member, self.held, self.max)
    }
}

/// Members to whom a change would give more than a phone may hold. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TooMuch {
    /// Each of them, by code.
    pub refused: Vec<Full>,
}

impl std::error::Error for TooMuch {}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "nothing was written, since phones would be given more than they can hold:")?;
        for full in self.refused.iter().take(FULL_NAMED_MAX) {
            writeln!(f, "  {full}")?;
        }
        if let Some(more) = self.refused.len().checked_sub(FULL_NAMED_MAX).filter(|more| *more > 0)
        {
            writeln!(f, "  and {more} more members")?;
        }
        write!(
            f,
            "Split the place between more members, or give these less: a role at a grid instead of the \
             block, or only some buildings."
        )
    }
}
