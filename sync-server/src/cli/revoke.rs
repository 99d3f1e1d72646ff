//! `doorstep revoke`

use doorstep_protocol::id::DeviceId;

use super::{DataArgs, Failure, now_ms, say};

/// Takes a phone out of the rosters: what it saves from then on has no author here.
///
/// It may still meet to hand over what it recorded before; that counts as it did. Holding back what a
/// lost phone wrote before it was revoked (a fence) is not built yet, and nothing is wiped by this.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The device, as `doorstep devices` lists it
    device: DeviceId,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    args.data.open()?.revoke(args.device, now_ms())?;
    say(format_args!("revoked  {}", args.device))
}
