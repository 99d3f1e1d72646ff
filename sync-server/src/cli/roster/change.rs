//! `doorstep roster apply` and `doorstep roster import`

use std::{fs, path::PathBuf};

use super::{DataArgs, Failure, now_ms, read_roster, say, say_json};
use crate::{
    cli::note,
    place_name::{list, list_codes},
    realm::{Changes, DATABASE_FILE, RealmError, apply as apply_file, apply_shown},
    roster_csv::{CsvError, Import, Kept, Sheets, Source, read},
    roster_file::RosterFile,
    store::RelayDb,
};

/// Phones, moved places and faults that are named, a line each.
const LINES_MAX: usize = 40;

/// How to change the rosters.
#[derive(Debug, clap::Args)]
struct How {
    #[command(flatten)]
    data: DataArgs,
    /// Write nothing; only say what would change
    #[arg(long)]
    dry_run: bool,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// What to apply.
#[derive(Debug, clap::Args)]
pub(super) struct ApplyArgs {
    #[command(flatten)]
    how: How,
    /// The changed file
    #[arg(value_name = "ROSTER_FILE")]
    roster: PathBuf,
}

/// What to import.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    how: How,
    /// Level, code, name, parent (级别, 编码, 名称, 上级), and successors (承接) of what has ended
    #[arg(long, value_name = "CSV")]
    places: PathBuf,
    /// Member, name, role, place (工号, 姓名, 角色, 地点), and team (服务队); a row a role
    #[arg(long, value_name = "CSV")]
    members: PathBuf,
    /// Building, member, duty (楼栋, 工号, 职责); without it those of the realm stay as they are
    #[arg(long, value_name = "CSV")]
    buildings: Option<PathBuf>,
    /// Code and name (编码, 名称) of response teams; without it those of the realm stay as they are
    #[arg(long, value_name = "CSV")]
    teams: Option<PathBuf>,
    /// Change nothing: write the roster file that these spreadsheets make, for `init` or `roster apply`
    #[arg(long, value_name = "ROSTER_FILE", conflicts_with = "dry_run")]
    write: Option<PathBuf>,
}

pub(super) fn apply(args: &ApplyArgs) -> Result<(), Failure> {
    let file = read_roster(&args.roster)?;
    all_faults(&file)?;
    let mut db = args.how.data.open()?;
    change(&mut db, &file, &args.how)
}

/// Everything that is wrong with a roster file, not only the first.
fn all_faults(file: &RosterFile) -> Result<(), Failure> {
    let faults = file.faults();
    if faults.is_empty() {
        return Ok(());
    }
    let named = faults.iter().take(LINES_MAX).map(|fault| fault.error.to_string());
    let mut lines: Vec<String> = named.collect();
    if let Some(more @ 1..) = faults.len().checked_sub(LINES_MAX) {
        lines.push(format!("and {more} more"));
    }
    Err(Failure::usage(lines.join("\n  ")))
}

pub(super) fn import(args: &ImportArgs) -> Result<(), Failure> {
    let open = |path: &PathBuf| Source::open(path).map_err(Failure::usage);
    let sheets = Sheets {
        places: open(&args.places)?,
        members: open(&args.members)?,
        buildings: args.buildings.as_ref().map(open).transpose()?,
        teams: args.teams.as_ref().map(open).transpose()?,
    };
    let how = &args.how;
    // A roster file for a realm that is not there yet is made of the spreadsheets alone.
    let is_new = args.write.is_some() && !how.data.data.join(DATABASE_FILE).exists();
    let mut db = if is_new { None } else { Some(how.data.open()?) };
    let kept = match &db {
        None => Kept::default(),
        Some(db) => Kept::of(&db.register()?.view()),
    };
    let Import { file, unused } = read(&sheets, kept).map_err(|error| {
        if let (true, CsvError::Rows(faults)) = (how.json, &error) {
            let _ = say_json(faults);
        }
        Failure::usage(error)
    })?;
    for column in unused {
        note(format_args!("{}: column {} is not used", column.file, column.column));
    }
    match (&args.write, &mut db) {
        (Some(path), _) => fs::write(path, file.to_text()?)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display()))),
        (None, Some(db)) => change(db, &file, how),
        (None, None) => Ok(()),
    }
}

/// Says what changes, then writes just that.
fn change(db: &mut RelayDb, file: &RosterFile, how: &How) -> Result<(), Failure> {
    let now_ms = now_ms();
    let changes = apply_file(db, file, now_ms, true).inspect_err(|error| {
        if let (true, RealmError::TooMuch(too_much)) = (how.json, error) {
            let _ = say_json(too_much);
        }
    })?;
    if how.json {
        say_json(&changes)?;
    } else {
        say_changes(&changes)?;
    }
    if !how.dry_run {
        apply_shown(db, file, now_ms, &changes)?;
    }
    if how.json || changes.entries == 0 {
        return Ok(());
    }
    let verb = if how.dry_run { "would be written" } else { "written" };
    say(format_args!(
        "{} records differ; {} entries {verb} in {} rosters, {} of them new.",
        changes.records, changes.entries, changes.rosters, changes.new_rosters
    ))
}

fn say_changes(changes: &Changes) -> Result<(), Failure> {
    for moved in changes.moved.iter().take(LINES_MAX) {
        say(moved)?;
    }
    say_more(changes.moved.len(), "places that moved")?;
    for (what, places) in [("new", &changes.new_places), ("ended", &changes.ended_places)] {
        if !places.is_empty() {
            say(format_args!("{what}: {}", list(places)))?;
        }
    }
    for (what, codes) in [("new", &changes.new_members), ("gone", &changes.gone_members)] {
        if !codes.is_empty() {
            say(format_args!("{what}: member {}", list_codes(codes)))?;
        }
    }
    say_reach(changes)?;
    if changes.entries == 0 { say("Nothing differs from what stands.") } else { Ok(()) }
}

fn say_more(all: usize, what: &str) -> Result<(), Failure> {
    match all.checked_sub(LINES_MAX) {
        Some(more @ 1..) => say(format_args!("and {more} more {what} (--json lists them)")),
        _ => Ok(()),
    }
}

fn say_reach(changes: &Changes) -> Result<(), Failure> {
    let reach = &changes.reach;
    for phone in reach.phones.iter().take(LINES_MAX) {
        say(phone)?;
    }
    say_more(reach.phones.len(), "phones")?;
    for full in &reach.over {
        say(format_args!("over the limit already: {full}"))?;
    }
    if changes.entries == 0 {
        return Ok(());
    }
    let gain = reach.phones.iter().filter(|phone| !phone.gains.is_empty()).count();
    let drop = reach.phones.iter().filter(|phone| !phone.drops.is_empty()).count();
    say(format_args!(
        "Phones that gain places: {gain}; that drop some: {drop}. Members without a phone to whom the same \
         happens: {}.",
        reach.members_without_phone
    ))
}
