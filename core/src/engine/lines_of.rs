//! Rows of single documents: for what names a document and wants to say what it is.

use std::collections::BTreeMap;

use doorstep_protocol::id::{DocumentId, DocumentKind};
use serde::Serialize;

use super::{Engine, GrievanceLine, HouseholdLine, MeetingLine, VisitLine};
use crate::{
    error::ReadError,
    projection::{self, Row},
};

/// The row of a document in the list of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "document", rename_all = "snake_case")]
pub enum Line {
    /// 户
    Household(HouseholdLine),
    /// 走访
    Visit(VisitLine),
    /// 诉求
    Grievance(GrievanceLine),
    /// 会议
    Meeting(MeetingLine),
}

impl From<Row> for Line {
    fn from(row: Row) -> Self {
        match row.kind {
            DocumentKind::Household => Self::Household(row.into()),
            DocumentKind::Visit => Self::Visit(row.into()),
            DocumentKind::Grievance => Self::Grievance(row.into()),
            DocumentKind::Meeting => Self::Meeting(row.into()),
        }
    }
}

impl Engine {
    /// The rows of these documents. What is not on this phone, or no longer shown, is left out.
    ///
    /// For what names documents of other lists: the household of a visit, what waits for the relay.
    pub fn lines_of(
        &self,
        docs: impl IntoIterator<Item = DocumentId>,
    ) -> Result<BTreeMap<DocumentId, Line>, ReadError> {
        let state = self.lock();
        let connection = state.store.connection();
        let mut lines = BTreeMap::new();
        for doc in docs {
            if lines.contains_key(&doc) {
                continue;
            }
            let Some(row) = projection::row(connection, doc)? else { continue };
            lines.insert(doc, row.into());
        }
        Ok(lines)
    }
}
