//! Links to other documents.

use std::collections::BTreeMap;

use doorstep_core::Line;
use doorstep_domain::{event::Event, fold::story::Entry, input::EventId};
use doorstep_protocol::id::DocumentId;

use super::{ids::event_text, reader::Reader};
use crate::records::LinkLine;

/// A link in force, and where it leads.
pub(crate) type Leads = (EventId, DocumentId);

/// Links in force of a story: those of one sort.
pub(crate) fn leads(story: &[Entry], to: fn(&Event) -> Option<DocumentId>) -> Vec<Leads> {
    let in_force = story.iter().filter(|entry| entry.in_force);
    in_force.filter_map(|entry| Some((entry.id, to(entry.event.as_ref()?)?))).collect()
}

/// Where a SameAs leads.
pub(crate) fn same_as(event: &Event) -> Option<DocumentId> {
    match event {
        Event::SameAs(same) => Some(same.other.doc),
        _ => None,
    }
}

/// Where a Continues leads.
pub(crate) fn continues(event: &Event) -> Option<DocumentId> {
    match event {
        Event::Continues(earlier) => Some(earlier.other.doc),
        _ => None,
    }
}

/// Where a SameVisit leads.
pub(crate) fn same_visit(event: &Event) -> Option<DocumentId> {
    match event {
        Event::SameVisit(same) => Some(same.other.doc),
        _ => None,
    }
}

impl Reader {
    /// Links, with what `lines` says of where they lead.
    pub(crate) fn links(
        &self,
        leads: &[Leads],
        lines: &BTreeMap<DocumentId, Line>,
    ) -> Vec<LinkLine> {
        let line = |(event, doc): &Leads| LinkLine {
            event: event_text(*event),
            doc: doc.to_string(),
            title: self.title_of(*doc, lines),
            here: lines.contains_key(doc),
        };
        leads.iter().map(line).collect()
    }

    /// What is said of a document that is not here.
    pub(crate) fn elsewhere(&self) -> String {
        self.pick("不在本机", "Not on this phone")
    }
}
