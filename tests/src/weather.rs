//! Weather: what goes wrong in a storm, and how often. All of it follows from the world's dice.

use doorstep_core::WriteError;
use doorstep_protocol::id::DocumentId;

use crate::{
    chance::{Dice, mix},
    clock::{DAY_MS, HOUR_MS},
    phone::PhoneCopy,
    relay::Backup,
    town,
    world::World,
};

/// Backups and copies kept for later.
const KEPT_MAX: usize = 3;
/// Phones of the town, clones included.
const PHONES_MAX: usize = 8;

/// What may happen. Links are always bad; the rest is drawn for each seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// Things that happen before the weather is over.
    pub events: u32,
    /// Phones and the relay lose power.
    pub kills: bool,
    /// The relay is restored from backups.
    pub restores: bool,
    /// Phones are rolled back, unnoticed.
    pub roll_backs: bool,
    /// Phones are cloned.
    pub clones: bool,
    /// Buildings change hands.
    pub register: bool,
    /// Phones are taken out of the rosters.
    pub revokes: bool,
    /// Clocks are set wrong, by up to ten years.
    pub clocks: bool,
    /// Bundles are carried from phone to phone.
    pub bundles: bool,
}

impl Weather {
    /// Bad links and nothing else.
    pub fn links(events: u32) -> Self {
        Self {
            events,
            kills: false,
            restores: false,
            roll_backs: false,
            clones: false,
            register: false,
            revokes: false,
            clocks: false,
            bundles: false,
        }
    }

    /// The weather of a seed.
    pub fn of_seed(seed: u64) -> Self {
        let mut dice = Dice::new(mix(seed, "weather", 0));
        let events = 60 + dice.below(120) as u32;
        let restores = dice.once_in(2);
        Self {
            events,
            kills: !dice.once_in(4),
            restores,
            roll_backs: dice.once_in(3),
            clones: dice.once_in(4),
            // A register that changes on both sides of a restore forks, which ends with a person: a
            // scenario of its own.
            register: !restores && dice.once_in(2),
            revokes: !restores && dice.once_in(3),
            clocks: dice.once_in(3),
            bundles: dice.once_in(2),
        }
    }
}

/// What may be put back.
#[derive(Debug, Default)]
struct Kept {
    backups: Vec<Backup>,
    copies: Vec<PhoneCopy>,
    clones: u32,
}

/// A storm; then the weather is over, everybody meets, and the judge looks at everything. Gives the
/// rounds of meetings that it took.
pub fn storm(world: &mut World, weather: Weather) -> usize {
    world.note(format!("{weather:?}"));
    let mut kept = Kept::default();
    for _ in 0..weather.events {
        let ms = 1 + world.dice.below(HOUR_MS / 4);
        world.pass(ms);
        happen(world, weather, &mut kept);
    }
    world.settle()
}

fn happen(world: &mut World, weather: Weather, kept: &mut Kept) {
    match world.dice.below(100) {
        0..35 => deed(world),
        35..50 => dial(world),
        50..76 => some_steps(world),
        76..81 if weather.kills => {
            let name = anybody(world);
            world.kill(&name);
        }
        81..83 if weather.kills => world.kill_relay(),
        83..86 if weather.restores => {
            let backup = world.back_up();
            keep(&mut kept.backups, backup);
        }
        86..88 if weather.restores && !kept.backups.is_empty() => {
            let backup = world.dice.one_of(&kept.backups).clone();
            world.restore(&backup);
        }
        88..90 if weather.roll_backs || weather.clones => {
            let name = anybody(world);
            let copy = world.copy_phone(&name);
            keep(&mut kept.copies, copy);
        }
        90..92 if weather.roll_backs && !kept.copies.is_empty() => {
            let copy = world.dice.one_of(&kept.copies).clone();
            world.roll_back(&copy);
            write_over(world, &copy.of);
        }
        92..93 if weather.clones && !kept.copies.is_empty() => clone(world, kept),
        93..94 if weather.roll_backs => lose_a_morning(world),
        94..95 if weather.register => change_register(world),
        95..96 if weather.revokes => revoke(world),
        96..97 if weather.clocks => set_a_clock(world),
        97..100 if weather.bundles => carry(world),
        _ => deed(world),
    }
}

fn keep<T>(kept: &mut Vec<T>, new: T) {
    if kept.len() == KEPT_MAX {
        kept.remove(0);
    }
    kept.push(new);
}

fn anybody(world: &mut World) -> String {
    let names = world.names();
    world.dice.one_of(&names).clone()
}

fn clone(world: &mut World, kept: &mut Kept) {
    if world.phones.len() < PHONES_MAX {
        let copy = world.dice.one_of(&kept.copies).clone();
        kept.clones += 1;
        let of = copy.of.split('+').next().unwrap();
        world.clone_phone(&copy, &format!("{of}+{}", kept.clones));
    }
}

fn change_register(world: &mut World) {
    let (building, _) = *world.dice.one_of(&town::BUILDINGS);
    let grid = *world.dice.one_of(&["G1", "G2", "G3"]);
    world.change_register(|file| town::move_building(file, building, grid));
}

/// Somebody works on what is there, delivers it, and is put back to before it.
fn lose_a_morning(world: &mut World) {
    let name = anybody(world);
    let copy = world.copy_phone(&name);
    let docs: Vec<DocumentId> = world.ledger.lines.iter().map(|line| line.doc).rev().collect();
    for doc in docs.into_iter().take(12) {
        if let Some(view) = world.phone(&name).view(doc)
            && let Err(error) = world.phone(&name).notes_on(&view)
        {
            world.note(format!("{name} does not write: {error}"));
        }
    }
    let _ = world.meets(&name);
    world.roll_back(&copy);
    write_over(world, &name);
}

/// Whoever was rolled back goes on where they had been: the same numbers in the same documents.
fn write_over(world: &mut World, name: &str) {
    let lost = world.ledger.lines.iter().filter(|line| line.phone == name && line.origin_gone);
    let docs: Vec<DocumentId> = lost.map(|line| line.doc).rev().take(4).collect();
    for doc in docs {
        if let Some(view) = world.phone(name).view(doc)
            && let Err(error) = world.phone(name).notes_on(&view)
        {
            world.note(format!("{name} does not write over: {error}"));
        }
    }
}

/// At most two: somebody has to be left.
fn revoke(world: &mut World) {
    let name = anybody(world);
    let revoked = world.phones.values().filter(|phone| phone.revoked).count();
    if revoked < 2 && !world.phones[&name].revoked {
        world.revoke(&name);
    }
}

fn set_a_clock(world: &mut World) {
    let name = anybody(world);
    let years = 3_650 * DAY_MS;
    let wrong_by = world.dice.below(2 * years) as i64 - years as i64;
    world.note(format!("the clock of {name} is wrong by {wrong_by}"));
    world.phone_mut(&name).clock.set_wrong_by(wrong_by);
}

fn carry(world: &mut World) {
    let (from, to) = (anybody(world), anybody(world));
    if from != to && is_usable(world, &from) && is_usable(world, &to) {
        world.carry_bundle(&from, &to);
    }
}

/// Whether a person can use the phone now: a bare store is open for its meeting.
fn is_usable(world: &World, name: &str) -> bool {
    world.phones[name].fault.is_none() || !world.is_in_call(name)
}

fn deed(world: &mut World) {
    let name = anybody(world);
    if !is_usable(world, &name) {
        return;
    }
    let done = match world.dice.below(10) {
        0..2 => found(world, &name),
        2..4 => visit(world, &name),
        4..6 => file(world, &name),
        _ => act(world, &name),
    };
    match done {
        Ok(()) => offer(world, &name),
        Err(
            WriteError::NoPlace
            | WriteError::LookAgain
            | WriteError::NotEnrolled
            | WriteError::Rejected { .. },
        ) => {}
        Err(error) => world.fail(&format!("{name} cannot save: {error}")),
    }
}

/// A building whose log the phone holds, if there is one.
fn building(world: &mut World, name: &str) -> Option<&'static str> {
    let realm = world.realm();
    let held = world.phone_mut(name).engine().my_logs();
    let codes = town::BUILDINGS.iter().map(|(code, _)| *code);
    let codes: Vec<&str> =
        codes.filter(|code| held.contains(&town::place_id(&realm, code))).collect();
    if codes.is_empty() { None } else { Some(*world.dice.one_of(&codes)) }
}

fn found(world: &mut World, name: &str) -> Result<(), WriteError> {
    let Some(building) = building(world, name) else { return Ok(()) };
    world.phone(name).try_founds(building, "1-1").map(|_| ())
}

fn visit(world: &mut World, name: &str) -> Result<(), WriteError> {
    let Some(household) = some_document(world, "found") else { return found(world, name) };
    world.phone(name).try_visits(household).map(|_| ())
}

fn file(world: &mut World, name: &str) -> Result<(), WriteError> {
    let Some(building) = building(world, name) else { return Ok(()) };
    world.phone(name).try_files(building).map(|_| ())
}

fn act(world: &mut World, name: &str) -> Result<(), WriteError> {
    let first = if world.dice.once_in(3) { "found" } else { "discover" };
    let Some(doc) = some_document(world, first) else { return file(world, name) };
    let Some(view) = world.phone(name).view(doc) else { return Ok(()) };
    let is_household = first == "found";
    let is_note = is_household || world.dice.once_in(4);
    let mut phone = world.phone(name);
    let done = if is_note { phone.notes_on(&view) } else { phone.works_on_view(&view) };
    done.map(|_| ())
}

/// A document that begins with such an event, one of the first few more often than not: so people meet
/// in one document.
fn some_document(world: &mut World, first: &str) -> Option<DocumentId> {
    let lines = world.ledger.lines.iter().filter(|line| line.kinds[0] == first);
    let docs: Vec<DocumentId> = lines.map(|line| line.doc).collect();
    let few = docs.len().min(3);
    if docs.is_empty() {
        return None;
    }
    let among = if world.dice.once_in(2) { &docs[..few] } else { &docs[..] };
    Some(*world.dice.one_of(among))
}

/// A meeting that is under way is told of what was saved, or is not.
fn offer(world: &mut World, name: &str) {
    let call = world.calls.iter().position(|call| call.phone == name && call.side.is_some());
    if let Some(call) = call
        && world.dice.once_in(2)
    {
        world.offer_saved(call);
    }
}

fn dial(world: &mut World) {
    let name = anybody(world);
    // A phone has one meeting at a time.
    if world.is_in_call(&name) {
        return;
    }
    let Ok(call) = world.dial(&name) else { return };
    if world.dice.once_in(2) {
        let (up, down) = (1 + world.dice.below(6_000), 1 + world.dice.below(20_000));
        let lingers = world.dice.once_in(2);
        let here = &mut world.calls[call];
        (here.up_left, here.down_left, here.lingers) = (up, down, lingers);
    }
    let _ = world.step(call, 4_000, 4_000);
}

/// Some steps of some calls, in odd pieces.
fn some_steps(world: &mut World) {
    for _ in 0..1 + world.dice.below(8) {
        if world.calls.is_empty() {
            return;
        }
        let call = world.dice.below(world.calls.len() as u64) as usize;
        let most = if world.dice.once_in(3) { 20 } else { 8_000 };
        let (up, down) = (world.dice.below(most) as usize, world.dice.below(most) as usize);
        let _ = world.step(call, up, down);
    }
}
