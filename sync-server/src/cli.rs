//! The commands. A new one is a module with `Args` and `run`, a line in `Command` and one in
//! `Command::run`.

mod confirm;
mod devices;
mod init;
mod invite;
mod revoke;
mod roster;
mod serve;

use std::{
    fmt,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};

use crate::{
    demo, import, phone,
    realm::{DATABASE_FILE, RealmError},
    roster_file::{RosterFile, RosterFileError},
    store::{EnrolError, RelayDb},
    surroundings::{Clock as _, SystemClock, SystemEntropy},
};

/// Could not be done; what to do stands in the message.
const EXIT_FAILED: u8 = 1;
/// What was given cannot be used: a flag (clap exits so by itself), a file, a code.
const EXIT_USAGE: u8 = 2;

/// Doorstep's relay: collects what phones recorded without signal, and hands it on.
///
/// Begin with `doorstep roster generate > roster.toml` (or write one), `doorstep init --roster roster.toml`,
/// `doorstep serve`, and `doorstep invite MEMBER` for each phone.
#[derive(Debug, Parser)]
#[command(name = "doorstep", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a realm: keys, database and first rosters, from a roster file
    Init(init::Args),
    /// Serve phones, and a status page for people
    Serve(serve::Args),
    /// Make an invitation for one phone of a member, printed as one line
    Invite(invite::Args),
    /// Confirm the six digits that an invited phone shows
    Confirm(confirm::Args),
    /// List the phones of the rosters
    Devices(devices::Args),
    /// Take a phone out of the rosters
    Revoke(revoke::Args),
    /// Look at the rosters, or change them by a roster file or spreadsheets
    Roster(roster::Args),
    /// Import an existing register into grievances
    Import(import::ImportArgs),
    /// The main job on one machine: a relay, phones, a day without signal, the reconciliation, a report
    Demo(demo::DemoArgs),
    /// Be a phone: commands as lines of JSON on standard input (docs/phone-cli.md)
    Phone(phone::PhoneArgs),
}

impl Command {
    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Init(args) => init::run(&args),
            Self::Serve(args) => serve::run(&args),
            Self::Invite(args) => invite::run(&args),
            Self::Confirm(args) => confirm::run(&args),
            Self::Devices(args) => devices::run(&args),
            Self::Revoke(args) => revoke::run(&args),
            Self::Roster(args) => roster::run(&args),
            Self::Import(args) => {
                let report = import::run(&args).map_err(|error| {
                    Failure::failed(format_args!(
                        "{error}\nWhat was committed stays; the same command completes it."
                    ))
                })?;
                Ok(import::print_report(&report, &mut io::stdout())?)
            }
            Self::Demo(args) => demo::run(&args).map_err(Failure::failed),
            Self::Phone(args) => phone::run(&args).map_err(Failure::failed),
        }
    }
}

/// Where the realm's files are; the same for every command.
#[derive(Debug, clap::Args)]
pub struct DataArgs {
    /// The folder with the relay's keys and database
    #[arg(long, value_name = "DIR", default_value = "doorstep-data")]
    pub data: PathBuf,
}

impl DataArgs {
    fn open(&self) -> Result<RelayDb, Failure> {
        let path = self.data.join(DATABASE_FILE);
        RelayDb::open(&path, Arc::new(SystemEntropy::new())).map_err(Failure::failed)
    }
}

/// Why a command ends without having done it.
#[derive(Debug)]
pub struct Failure {
    message: String,
    exit: u8,
}

impl Failure {
    /// It could not be done.
    pub fn failed(error: impl fmt::Display) -> Self {
        Self { message: error.to_string(), exit: EXIT_FAILED }
    }

    /// What was given cannot be used.
    pub fn usage(error: impl fmt::Display) -> Self {
        Self { message: error.to_string(), exit: EXIT_USAGE }
    }
}

impl From<RealmError> for Failure {
    fn from(error: RealmError) -> Self {
        match error {
            RealmError::File(error) => error.into(),
            other => Self::failed(other),
        }
    }
}

impl From<RosterFileError> for Failure {
    fn from(error: RosterFileError) -> Self {
        Self::usage(error)
    }
}

impl From<EnrolError> for Failure {
    fn from(error: EnrolError) -> Self {
        Self::failed(error)
    }
}

impl From<doorstep_protocol::store::StoreError> for Failure {
    fn from(error: doorstep_protocol::store::StoreError) -> Self {
        Self::failed(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            // Whoever read the output has seen enough.
            return Self { message: String::new(), exit: 0 };
        }
        Self::failed(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(error)
    }
}

/// Runs the command line and says how it went: 0 done, 1 could not be done, 2 cannot be used so.
pub fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                let _ = writeln!(io::stderr(), "doorstep: {}", failure.message);
            }
            ExitCode::from(failure.exit)
        }
    }
}

fn now_ms() -> u64 {
    SystemClock::new().now_ms()
}

/// One line to standard output.
fn say(text: impl fmt::Display) -> Result<(), Failure> {
    writeln!(io::stdout(), "{text}").map_err(Failure::from)
}

/// A word to the person, where standard output is for machines.
fn note(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn say_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    say(serde_json::to_string_pretty(value)?)
}

fn read_roster(path: &Path) -> Result<RosterFile, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    Ok(RosterFile::parse(&text)?)
}
