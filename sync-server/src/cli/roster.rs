//! `doorstep roster`

mod change;

use std::{fs, path::PathBuf};

use clap::Subcommand;
use doorstep_protocol::{id::Level, store::RelayStore as _};
use serde::Serialize;

use super::{DataArgs, Failure, now_ms, read_roster, say, say_json};
use crate::{
    generate::{Proportions, generate},
    roster_csv,
    store::RelayDb,
};

/// Looks at the rosters, or changes them by a roster file or spreadsheets.
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
    ///
    /// What it does to phones is said before: which gain and which drop a place. Nothing is written that
    /// would give a phone more than 10,000 documents.
    Apply(change::ApplyArgs),
    /// As apply, from spreadsheets (CSV): places, members, buildings, teams
    ///
    /// The first line of each names its columns, in English or Chinese; docs/roster.md has them all. Every
    /// row that cannot be used is listed by file, line and column, and nothing is done then.
    Import(change::ImportArgs),
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
    /// Write it as spreadsheets too: places.csv, members.csv, buildings.csv and teams.csv in this folder
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
    /// Where to write it; none = standard output, unless --csv is given
    #[arg(value_name = "ROSTER_FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.command {
        None => show(&args.show),
        Some(Command::Show(args)) => show(args),
        Some(Command::Apply(args)) => change::apply(args),
        Some(Command::Import(args)) => change::import(args),
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

fn make(args: &GenerateArgs) -> Result<(), Failure> {
    let proportions = Proportions {
        communities: args.communities,
        blocks: args.blocks,
        grids: args.grids,
        buildings_per_grid: args.buildings_per_grid,
        members: args.members,
    };
    let file = generate(&proportions, args.seed);
    if let Some(folder) = &args.csv {
        roster_csv::write(&file, folder).map_err(Failure::failed)?;
    }
    match &args.out {
        None if args.csv.is_some() => Ok(()),
        None => say(file.to_text()?.trim_end()),
        Some(path) => fs::write(path, file.to_text()?)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display()))),
    }
}
