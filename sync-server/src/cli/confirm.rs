//! `doorstep confirm`

use doorstep_protocol::{
    id::{MemberId, trim_code},
    store::RelayStore as _,
};

use super::{DataArgs, Failure, now_ms, say};

/// Confirms the six digits that an invited phone shows. Compare them with the person who holds it: they
/// are the proof that the key which came to the relay is that phone's.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The register's code of the member
    member: String,
    /// The six digits, with leading zeros; a space between is fine
    digits: String,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let digits: String = args.digits.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_six = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit());
    let digits = digits
        .parse()
        .ok()
        .filter(|_| is_six)
        .ok_or_else(|| Failure::usage("six digits are needed, as the phone shows them"))?;
    let mut db = args.data.open()?;
    let code = trim_code(&args.member);
    let member = MemberId::of(&db.realm(), code);
    let device = db.confirm(member, digits, now_ms())?;
    say(format_args!("enrolled  {device}  for {code}"))
}
