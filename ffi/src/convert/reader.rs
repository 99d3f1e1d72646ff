//! Who reads, in which language, with what the rosters call things.

use std::sync::Arc;

use doorstep_domain::words::{Language, Names};
use doorstep_protocol::id::{MemberId, PlaceId, TeamId};

use crate::{
    directory::Directory,
    records::{CodeLine, MemberLine},
};

/// What turns ids and codes into words for one call.
pub(crate) struct Reader {
    pub(crate) directory: Arc<Directory>,
    pub(crate) language: Language,
    /// This phone's member.
    pub(crate) me: Option<MemberId>,
    /// This phone's time.
    pub(crate) now_s: u64,
}

impl Reader {
    /// A text of two.
    pub(crate) fn pick(&self, chinese: &str, english: &str) -> String {
        self.language.pick(chinese, english).to_owned()
    }

    pub(crate) fn member_line(&self, member: MemberId) -> MemberLine {
        MemberLine { member: member.to_string(), name: self.member(member) }
    }

    /// The text of a code; its number where the list here does not have it.
    pub(crate) fn text(&self, list: u16, code: u16) -> String {
        self.code(list, code).unwrap_or_else(|| code.to_string())
    }

    /// The items of a list that are offered for new entries, in its order.
    pub(crate) fn offered(&self, list: u16) -> Vec<CodeLine> {
        let in_use = self.directory.codes(list).iter().filter(|item| item.in_use);
        let text = |zh: &str, en: &str| self.pick(zh, en);
        in_use.map(|it| CodeLine { code: it.code.into(), text: text(&it.zh, &it.en) }).collect()
    }

    /// A place and a unit in it, as one says it.
    pub(crate) fn door(&self, place: PlaceId, unit: &str) -> String {
        format!("{} {unit}", self.place(place)).trim().to_owned()
    }
}

/// A name, or a code where the register has no name.
fn called<'a>(name: &'a str, code: &'a str) -> &'a str {
    if name.is_empty() { code } else { name }
}

impl Names for Reader {
    fn member(&self, member: MemberId) -> String {
        match self.directory.people.get(&member) {
            Some(person) => called(&person.name, &person.code).to_owned(),
            None => self.pick("名单外的人员", "Somebody not on this phone's staff list"),
        }
    }

    fn place(&self, place: PlaceId) -> String {
        match self.directory.places.get(&place) {
            Some(place) => called(&place.name, &place.code).to_owned(),
            None => self.pick("名单外的地点", "A place not on this phone's list"),
        }
    }

    fn team(&self, team: TeamId) -> String {
        let name = self.directory.teams.get(&team).cloned();
        name.unwrap_or_else(|| self.pick("服务队", "A response team"))
    }

    fn code(&self, list: u16, code: u16) -> Option<String> {
        let items = self.directory.codes(list);
        let item = items.iter().find(|item| item.code == code)?;
        Some(self.pick(&item.zh, &item.en))
    }

    fn local_min(&self) -> i64 {
        self.directory.local_min
    }
}
