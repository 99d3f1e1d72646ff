//! Live lists, each under a name.

use std::collections::BTreeMap;

use doorstep_core::{
    Engine, Filter, GrievanceLine, HouseholdLine, LiveList, MeetingLine, ReadError, RowChange,
    VisitLine,
};
use doorstep_protocol::id::DocumentKind;
use serde::Serialize;
use serde_json::{Value, json};

use super::{answer::Fault, to};

/// Lists that are open at once, at most.
const LISTS_MAX: usize = 16;

/// The lists that are open.
#[derive(Default)]
pub(super) struct Lists(BTreeMap<String, List>);

enum List {
    Households(LiveList<HouseholdLine>),
    Visits(LiveList<VisitLine>),
    Grievances(LiveList<GrievanceLine>),
    Meetings(LiveList<MeetingLine>),
}

impl Lists {
    /// Opens a list, in the place of one that had its name, and gives its rows.
    pub(super) fn open(
        &mut self,
        engine: &Engine,
        name: String,
        kind: DocumentKind,
        filter: Filter,
        limit: u32,
    ) -> Result<Value, Fault> {
        if self.0.len() >= LISTS_MAX && !self.0.contains_key(&name) {
            return Err(Fault::too_many_lists(LISTS_MAX));
        }
        let list = List::open(engine, kind, filter, limit)?;
        let lines = list.lines()?;
        self.0.insert(name, list);
        Ok(json!({ "lines": lines }))
    }

    /// What changed in a list since it was last looked at.
    pub(super) fn refresh(&mut self, name: &str) -> Result<Value, Fault> {
        let list = self.0.get_mut(name).ok_or_else(Fault::no_list)?;
        Ok(json!({ "changes": list.refresh()? }))
    }
}

impl List {
    fn open(
        engine: &Engine,
        kind: DocumentKind,
        filter: Filter,
        limit: u32,
    ) -> Result<Self, ReadError> {
        Ok(match kind {
            DocumentKind::Household => Self::Households(engine.live_households(filter, limit)?),
            DocumentKind::Visit => Self::Visits(engine.live_visits(filter, limit)?),
            DocumentKind::Grievance => Self::Grievances(engine.live_grievances(filter, limit)?),
            DocumentKind::Meeting => Self::Meetings(engine.live_meetings(filter, limit)?),
        })
    }

    fn lines(&self) -> Result<Value, Fault> {
        match self {
            Self::Households(list) => to(list.lines()),
            Self::Visits(list) => to(list.lines()),
            Self::Grievances(list) => to(list.lines()),
            Self::Meetings(list) => to(list.lines()),
        }
    }

    fn refresh(&mut self) -> Result<Value, Fault> {
        match self {
            Self::Households(list) => said(list.refresh()),
            Self::Visits(list) => said(list.refresh()),
            Self::Grievances(list) => said(list.refresh()),
            Self::Meetings(list) => said(list.refresh()),
        }
    }
}

fn said<L: Serialize>(changes: Result<Vec<RowChange<L>>, ReadError>) -> Result<Value, Fault> {
    to(changes?)
}
