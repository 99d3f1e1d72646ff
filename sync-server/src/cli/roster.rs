//! `doorstep roster`

use std::{fs, path::PathBuf};

use clap::Subcommand;
use doorstep_protocol::{id::Level, store::RelayStore as _};
use serde::Serialize;

use super::{DataArgs, Failure, now_ms, read_roster, say, say_json};
use crate::{
    generate::{Proportions, generate},
    realm::{Changes, apply},
    store::RelayDb,
};

/// Looks at the rosters, or changes them by a roster file.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(flatten)]
    show: ShowArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the rosters: one for the realm, one a block
    Show(ShowArgs),
    /// Make a changed roster file stand; only what differs is written
    Apply(ApplyArgs),
    /// Make a roster file of true proportions that nobody lives in
    Generate(GenerateArgs),
}

/// What to show.
#[derive(Debug, clap::Args)]
struct ShowArgs {
    #[command(flatten)]
    data: DataArgs,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// What to apply.
#[derive(Debug, clap::Args)]
struct ApplyArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The changed file
    #[arg(value_name = "ROSTER_FILE")]
    roster: PathBuf,
    /// Write nothing; only say what would change
    #[arg(long)]
    dry_run: bool,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// What to make.
#[derive(Debug, clap::Args)]
struct GenerateArgs {
    /// Communities
    #[arg(long, default_value_t = Proportions::default().communities)]
    communities: usize,
    /// Blocks in all
    #[arg(long, default_value_t = Proportions::default().blocks)]
    blocks: usize,
    /// Grids in all
    #[arg(long, default_value_t = Proportions::default().grids)]
    grids: usize,
    /// Buildings in each grid
    #[arg(long, default_value_t = Proportions::default().buildings_per_grid)]
    buildings_per_grid: usize,
    /// Members in all
    #[arg(long, default_value_t = Proportions::default().members)]
    members: usize,
    /// The same seed makes the same file
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to write it; none = standard output
    #[arg(value_name = "ROSTER_FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.command {
        None => show(&args.show),
        Some(Command::Show(args)) => show(args),
        Some(Command::Apply(args)) => apply_file(args),
        Some(Command::Generate(args)) => make(args),
    }
}

#[derive(Serialize)]
struct RosterLine {
    block: Option<String>,
    name: String,
    entries: u32,
    chain: String,
    relay_time_ms: u64,
    grids: usize,
    buildings: usize,
    members: usize,
    devices: usize,
}

fn lines(db: &RelayDb) -> Vec<RosterLine> {
    let mut lines: Vec<RosterLine> = db
        .rosters()
        .iter()
        .map(|roster| {
            let at = roster.tip();
            let place = roster.block().and_then(|block| at.place(block));
            let of_level = |level: Level| {
                let here = at.places().filter(|(id, _)| at.is_under_block(*id));
                here.filter(|(_, place)| place.level == level.number()).count()
            };
            RosterLine {
                block: place.map(|place| place.code.clone()),
                name: place.map(|place| place.name.clone()).unwrap_or_default(),
                entries: roster.tip_seq(),
                chain: roster.tip_point().chain8.to_string(),
                relay_time_ms: roster.relay_time(roster.tip_seq()).unwrap_or_default(),
                grids: of_level(Level::Grid),
                buildings: of_level(Level::Building),
                members: at.members().count(),
                devices: at.devices().count(),
            }
        })
        .collect();
    lines.sort_by(|a, b| a.block.cmp(&b.block));
    lines
}

fn show(args: &ShowArgs) -> Result<(), Failure> {
    let db = args.data.open()?;
    let lines = lines(&db);
    if args.json {
        return say_json(&lines);
    }
    say(format_args!("realm {}", db.realm()))?;
    say("block       entries  grids  buildings  members  phones  name")?;
    for line in lines {
        say(format_args!(
            "{:<10}  {:>7}  {:>5}  {:>9}  {:>7}  {:>6}  {}",
            line.block.as_deref().unwrap_or("(realm)"),
            line.entries,
            line.grids,
            line.buildings,
            line.members,
            line.devices,
            line.name
        ))?;
    }
    Ok(())
}

fn apply_file(args: &ApplyArgs) -> Result<(), Failure> {
    let file = read_roster(&args.roster)?;
    let mut db = args.data.open()?;
    let changes = apply(&mut db, &file, now_ms(), args.dry_run)?;
    if args.json { say_json(&changes) } else { say_changes(&changes, args.dry_run) }
}

fn say_changes(changes: &Changes, dry_run: bool) -> Result<(), Failure> {
    if changes.entries == 0 {
        return say("Nothing differs from what stands.");
    }
    for moved in &changes.moved {
        say(moved)?;
    }
    for place in &changes.new_places {
        say(format_args!("new: {place}"))?;
    }
    for place in &changes.ended_places {
        say(format_args!("ended: {place}"))?;
    }
    for code in &changes.new_members {
        say(format_args!("new: member {code}"))?;
    }
    for code in &changes.gone_members {
        say(format_args!("gone: member {code}"))?;
    }
    let verb = if dry_run { "would be written" } else { "written" };
    say(format_args!(
        "{} records differ; {} entries {verb} in {} rosters, {} of them new.",
        changes.records, changes.entries, changes.rosters, changes.new_rosters
    ))
}

fn make(args: &GenerateArgs) -> Result<(), Failure> {
    let proportions = Proportions {
        communities: args.communities,
        blocks: args.blocks,
        grids: args.grids,
        buildings_per_grid: args.buildings_per_grid,
        members: args.members,
    };
    let text = generate(&proportions, args.seed).to_text()?;
    match &args.out {
        None => say(text.trim_end()),
        Some(path) => fs::write(path, text)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display()))),
    }
}
