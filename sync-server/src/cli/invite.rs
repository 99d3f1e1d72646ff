//! `doorstep invite`

use doorstep_protocol::{
    id::{MemberId, trim_code},
    invitation::{ADDRESS_BYTES_MAX, ADDRESSES_MAX, Invitation},
    key::DeviceKey as _,
    store::RelayStore as _,
};
use serde::Serialize;

use super::{DataArgs, Failure, note, now_ms, say, say_json};
use crate::keys::load_relay_key;

/// Makes an invitation for one phone of a member: one line, to be shown as a QR code or sent.
///
/// The phone shows six digits. Whoever invited compares them with the person who holds it, and
/// confirms: `doorstep confirm MEMBER DIGITS`. The first phone that uses the invitation has it; the
/// same phone may use it again, another one cannot.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The register's code of the member
    member: String,
    /// For how long it works
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=10_080))]
    minutes: u64,
    /// Enrol the first phone that comes with it at once, without comparing digits. Whoever sees the
    /// line can enrol: for scripts, kiosks and tests
    #[arg(long)]
    unattended: bool,
    /// Where phones meet the relay, host:port; may be given several times
    #[arg(long = "address", value_name = "HOST:PORT", default_value = "127.0.0.1:4433")]
    addresses: Vec<String>,
    /// For machines
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Made<'a> {
    invitation: &'a str,
    member: &'a str,
    expires_at_ms: u64,
    unattended: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.addresses.len() > ADDRESSES_MAX {
        return Err(Failure::usage(format!("at most {ADDRESSES_MAX} addresses")));
    }
    if args.addresses.iter().any(|address| address.len() > ADDRESS_BYTES_MAX) {
        return Err(Failure::usage(format!("an address over {ADDRESS_BYTES_MAX} bytes")));
    }
    let key = load_relay_key(&args.data.data).map_err(Failure::failed)?;
    let mut db = args.data.open()?;
    let code = trim_code(&args.member);
    let member = MemberId::of(&db.realm(), code);
    // An address that no phone could read is refused before a token is made of it.
    let draft = |token| Invitation {
        realm: db.realm(),
        relay: key.spki().key_hash(),
        token,
        addresses: args.addresses.clone(),
    };
    let draft_text = draft(doorstep_protocol::id::Token::ZERO).to_string();
    if draft_text.parse::<Invitation>().is_err() {
        return Err(Failure::usage("an address is host:port, an IPv6 host in brackets"));
    }
    let realm = db.realm();
    let invited = db.invite(member, args.minutes, args.unattended, now_ms())?;
    let invitation = Invitation {
        realm,
        relay: key.spki().key_hash(),
        token: invited.token,
        addresses: args.addresses.clone(),
    }
    .to_string();
    if args.json {
        return say_json(&Made {
            invitation: &invitation,
            member: code,
            expires_at_ms: invited.expires_at,
            unattended: args.unattended,
        });
    }
    say(&invitation)?;
    if args.unattended {
        note("Unattended: the first phone that comes with this line is enrolled at once.");
    } else {
        note(format_args!(
            "Good for {} minutes. Compare the six digits that the phone shows, then: doorstep \
             confirm {code} DIGITS",
            args.minutes
        ));
    }
    Ok(())
}
