//! Words for two things that the domain has no sentence for.

use doorstep_core::HouseholdLine;
use doorstep_domain::{event::Reporter, table::Flag};

use super::reader::Reader;

/// Who asked, in words; `home` is their household where it is shown here.
pub(crate) fn reporter(
    reader: &Reader,
    reporter: Option<&Reporter>,
    home: Option<&HouseholdLine>,
) -> String {
    match (reporter, home) {
        (Some(Reporter::Anonymous), _) => {
            reader.pick("没有留名", "Somebody who wished not to be named")
        }
        (Some(Reporter::Contact(text)), _) => text.to_string(),
        (Some(Reporter::Link(_)), Some(home)) => reader.door(home.place, &home.unit),
        (Some(Reporter::Link(_)), None) => {
            reader.pick("不在本机的一户", "A household that is not on this phone")
        }
        (None, _) => reader.pick("不清楚", "Not known"),
    }
}

/// The word of a flag, as in its JSON form.
pub(crate) fn flag_word(flag: Flag) -> &'static str {
    match flag {
        Flag::Grade => "grade",
        Flag::Due => "due",
        Flag::ConfirmReject => "confirm_reject",
        Flag::ResolveEscalate => "resolve_escalate",
        Flag::RejectionUnanswered => "rejection_unanswered",
        Flag::AfterTransfer => "after_transfer",
        Flag::AttemptsByResolver => "attempts_by_resolver",
        Flag::OtherCopy => "other_copy",
        Flag::Priority => "priority",
        Flag::Consent => "consent",
    }
}
