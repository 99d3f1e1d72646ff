//! Words for somebody that the domain has no sentence for.

use doorstep_core::HouseholdLine;
use doorstep_domain::event::Reporter;

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
