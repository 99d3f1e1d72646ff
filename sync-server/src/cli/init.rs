//! `doorstep init`

use std::{path::PathBuf, sync::Arc};

use serde::Serialize;

use super::{DataArgs, Failure, now_ms, read_roster, say, say_json};
use crate::{
    keys::{BACKUP_KEY_FILE, load_relay_key},
    realm::init,
    surroundings::SystemEntropy,
};

/// Makes the relay's keys, the realm's first rosters and its database in a new folder.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Places, members and buildings (see `doorstep roster generate` for the form)
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// For machines
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Made {
    realm: String,
    relay_key_hash: String,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    use doorstep_protocol::key::DeviceKey as _;
    let file = read_roster(&args.roster)?;
    let folder = &args.data.data;
    let realm = init(folder, &file, Arc::new(SystemEntropy::new()), now_ms())?;
    let relay = load_relay_key(folder).map_err(Failure::failed)?.spki().key_hash();
    if args.json {
        let made = Made { realm: realm.to_string(), relay_key_hash: relay.to_string() };
        return say_json(&made);
    }
    say(format_args!("realm      {realm}"))?;
    say(format_args!("relay key  {relay}"))?;
    say(format_args!(
        "Keep a copy of {} where this machine's disk cannot take it along: with it, and only with \
         it, another relay can adopt the realm.",
        folder.join(BACKUP_KEY_FILE).display()
    ))?;
    say("Next: doorstep serve, and doorstep invite MEMBER for each phone.")
}
