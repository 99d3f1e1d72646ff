//! `doorstep devices`

use super::{DataArgs, Failure, now_ms, say, say_json};

/// Lists the phones of the rosters: device, member, when last met.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// For machines
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let db = args.data.open()?;
    let devices = db.devices()?;
    if args.json {
        return say_json(&devices);
    }
    if devices.is_empty() {
        return say("No phone is enrolled: doorstep invite MEMBER");
    }
    let now = now_ms();
    for row in devices {
        let met = row.last_met.map_or_else(|| "never met".to_owned(), |last| ago(now, last));
        say(format_args!("{}  {:<12}  {met}", row.device, row.code))?;
    }
    Ok(())
}

fn ago(now_ms: u64, then_ms: u64) -> String {
    let minutes = now_ms.saturating_sub(then_ms) / 60_000;
    match (minutes / 1_440, minutes / 60, minutes) {
        (0, 0, 0) => "met just now".to_owned(),
        (0, 0, minutes) => format!("met {minutes} min ago"),
        (0, hours, _) => format!("met {hours} h ago"),
        (days, _, _) => format!("met {days} d ago"),
    }
}
