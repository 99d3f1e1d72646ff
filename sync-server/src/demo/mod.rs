//! The main job on one machine: `doorstep demo`.
//!
//! A relay and phones, each a process of its own from this executable, over real QUIC on loopback. Each
//! phone reaches the relay through a path that can drop every packet. Over three days with signal and one
//! without, members found households, visit, file and go the whole loop of a grievance to each of its ends,
//! and a council meets; two of them act on the same grievance unseen by each other; phones and
//! the relay are killed with SIGKILL while they may be writing; then the signal comes back and everything
//! has to be everywhere, once. What phones said is saved is noted outside of every engine, and every replica
//! is compared with it act by act, by content.
//!
//! ```text
//! plan (from the seed) -> day: worker -> child (a phone) -> path -> child (the relay)
//!                              |                                        |
//!                           ledger  ---------- verify ---------- replica
//!                                                |
//!                                              report
//! ```

mod cases;
mod child;
mod clash;
mod day;
mod deed;
mod dice;
mod district;
mod figure_block;
mod home;
mod layout;
mod ledger;
pub mod path;
mod plan;
mod progress;
mod prose;
mod replica;
mod report;
mod second_count;
mod setup;
mod stand_in;
mod steps;
mod stories;
mod verify;
mod words;
mod worker;

use std::{io::Write as _, path::PathBuf, sync::Arc, time::Duration};

use thiserror::Error;
use tokio::time::timeout;

use self::{
    cases::{Filled, fill},
    day::Day,
    district::{District, PHONES_MAX},
    ledger::Ledger,
    plan::{Plan, blocks_for},
    progress::Progress,
    prose::tell,
    replica::RelayReplica,
    report::{Report, Sides},
    setup::{Folders, RELAY_LOG, make_realm, realm_error},
    verify::compare,
    worker::{DayError, Shared},
};

/// All of it takes no longer than this, or something hangs.
const RUN_MAX: Duration = Duration::from_secs(900);
/// How long the relay may take to end by itself after Ctrl-C.
const RELAY_END_MAX: Duration = Duration::from_secs(3);

/// Play a day without signal, and prove that nothing is lost.
///
/// Starts a relay and phones, each a process with its own database, cuts the signal, lets people work, kills
/// phones and the relay in the middle, brings the signal back and compares everything with what phones had
/// said is saved. Ends with a report; then the status page stays up until Ctrl-C.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// How many phones
    #[arg(long, default_value_t = 8, value_parser = phones)]
    phones: usize,
    /// Lays out the day: one seed gives the same documents and acts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// End with the report, without keeping the status page up
    #[arg(long)]
    headless: bool,
    /// Write the report as JSON into this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Keep everything in this folder [default: a temporary one, removed at the end]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Fill the register with real cases; see `doorstep import`
    #[arg(long, value_name = "FILE", requires = "map")]
    cases: Option<PathBuf>,
    /// What the columns of the cases mean
    #[arg(long, value_name = "FILE", requires = "cases")]
    map: Option<PathBuf>,
}

fn phones(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(phones) if (2..=PHONES_MAX).contains(&phones) => Ok(phones),
        _ => Err(format!("from 2 to {PHONES_MAX}")),
    }
}

/// Why a demo ends without having proven anything.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The day did not come to its end.
    #[error(
        "{reason}\nwhat the processes said: {folder}/relay.log, {folder}/phones/*.log\n{again}"
    )]
    Broken {
        /// Why.
        reason: String,
        /// Where everything lies.
        folder: String,
        /// The same day again.
        again: String,
    },
    /// No process was started.
    #[error("{0}")]
    NotBegun(String),
    /// Somebody pressed Ctrl-C before the day was over.
    #[error("stopped")]
    Stopped,
    /// Something was lost, stands twice, or differs.
    #[error("not proven; everything is kept in {folder}\n{again}")]
    NotProven {
        /// Where everything lies.
        folder: String,
        /// The same day again.
        again: String,
    },
}

/// Runs the demo.
///
/// # Errors
///
/// Where anything was lost, stands twice or differs, or the day did not come to its end. The folder is kept
/// then.
pub fn run(args: &DemoArgs) -> Result<(), DemoError> {
    let mut scratch = None;
    let result = prepare(args, &mut scratch)
        .and_then(|(runtime, folders)| runtime.block_on(play(args, &folders)));
    let again = format!("again: doorstep demo --phones {} --seed {}", args.phones, args.seed);
    let stopped = matches!(result, Err(DayError::Stopped));
    // Where no process was started there is nothing to look at.
    let began = scratch.as_ref().is_some_and(|folder| folder.path().join(RELAY_LOG).exists());
    let is_kept = began && !stopped && !matches!(result, Ok(true));
    let folder = match (scratch, &args.data) {
        (Some(scratch), _) if is_kept => scratch.keep().display().to_string(),
        (_, Some(folder)) => folder.display().to_string(),
        _ => String::new(),
    };
    match result {
        Ok(true) => Ok(()),
        Ok(false) => Err(DemoError::NotProven { folder, again }),
        Err(DayError::Stopped) => Err(DemoError::Stopped),
        Err(source) if folder.is_empty() => Err(DemoError::NotBegun(source.to_string())),
        Err(source) => Err(DemoError::Broken { reason: source.to_string(), folder, again }),
    }
}

/// A runtime, and a folder: `scratch` is removed when it is dropped.
fn prepare(
    args: &DemoArgs,
    scratch: &mut Option<tempfile::TempDir>,
) -> Result<(tokio::runtime::Runtime, Folders), DayError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let root = match &args.data {
        Some(root) => root.clone(),
        None => {
            let folder = tempfile::Builder::new().prefix("doorstep-demo-").tempdir()?;
            scratch.insert(folder).path().to_owned()
        }
    };
    Ok((runtime, Folders { root }))
}

/// The day and what comes after it; whether all is proven.
async fn play(args: &DemoArgs, folders: &Folders) -> Result<bool, DayError> {
    let stopped = tokio::signal::ctrl_c();
    let played = tokio::select! {
        _ = stopped => return Err(DayError::Stopped),
        played = timeout(RUN_MAX, play_day(args, folders)) => played,
    };
    let (mut day, report) = played.map_err(|_| DayError::TooLong(RUN_MAX.as_secs()))??;
    if let Some(file) = &args.json {
        let text = serde_json::to_vec_pretty(&report).map_err(std::io::Error::other)?;
        std::fs::write(file, text)?;
    }
    std::io::stdout().write_all(tell(&report).as_bytes())?;
    if args.headless {
        day.relay.kill().await?;
        return Ok(report.is_proven());
    }
    let page = day.relay.page;
    writeln!(std::io::stdout(), "\nStatus page 状态页: http://{page}/   (Ctrl-C ends it)")?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        ended = day.relay.wait() => ended?,
    }
    // On a terminal Ctrl-C reaches the relay as well, and it ends in order.
    if timeout(RELAY_END_MAX, day.relay.wait()).await.is_err() {
        day.relay.kill().await?;
    }
    Ok(report.is_proven())
}

/// The realm of the day: generated, or filled with cases.
async fn found(
    args: &DemoArgs,
    folders: &Folders,
    progress: &Progress,
) -> Result<Filled, DayError> {
    folders.make()?;
    let (Some(cases), Some(map)) = (&args.cases, &args.map) else {
        let district = District::part(blocks_for(args.phones));
        let realm = make_realm(folders, &district.file, args.seed)?;
        return Ok(Filled::empty(realm, district));
    };
    let part = progress.begin("cases are imported 导入案卷", 1);
    let (folders, cases, map) = (folders.clone(), cases.clone(), map.clone());
    let (seed, phones) = (args.seed, args.phones);
    let filling = tokio::task::spawn_blocking(move || fill(&folders, &cases, &map, seed, phones));
    let filled = filling.await.map_err(realm_error)??;
    let imported = filled.report.as_ref().map_or(0, |report| report.imported);
    part.done(&format!("{imported} cases"));
    Ok(filled)
}

async fn play_day(args: &DemoArgs, folders: &Folders) -> Result<(Day, Report), DayError> {
    let progress = Progress::new();
    let filled = found(args, folders, &progress).await?;
    let Filled { realm, district, cases, authors, report: cases_report } = filled;
    let plan = Arc::new(Plan::new(args.seed, args.phones, &district, &realm, cases));
    let ledger = Ledger::create(&folders.ledger())?;
    let shared = Arc::new(Shared::new(ledger, plan.documents.clone(), plan.known.clone()));
    let program = std::env::current_exe()?;
    let plan_of_day = Arc::clone(&plan);
    let mut day =
        Day::begin(folders.clone(), plan_of_day, Arc::clone(&shared), &program, args.seed).await?;
    day.enrol(&progress).await?;
    day.morning(&progress).await?;
    day.offline(&progress, &district).await?;
    day.evening(&progress).await?;
    let replicas = day.replicas(&progress).await?;
    let relay = RelayReplica::read(&folders.database(), day::over_ms()).map_err(realm_error)?;
    let findings = compare(&shared.ledger(), &relay, &replicas, &authors);
    let sides = Sides { relay: &relay, phones: &replicas, cases: cases_report };
    let report = Report::new(args.seed, &plan, &day, sides, findings, progress.seconds());
    day.dismiss().await?;
    Ok((day, report))
}
