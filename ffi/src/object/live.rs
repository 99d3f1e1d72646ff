//! Lists that say which rows changed, when they are asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use doorstep_core::{self as core, LiveList, RowChange};

use super::{Desk, Doorstep, Front};
use crate::{
    convert::{
        numbers::{count, taken},
        query,
    },
    error::{Code, DoorstepError, Fault},
    gate::Closes,
    records::{
        GrievanceLine, GrievanceRowChange, HouseholdLine, HouseholdRowChange, ListFilter,
        VisitLine, VisitRowChange,
    },
};

/// A list while it is open: it has the engine in it, so that closing has to close it too.
struct Live<L>(Mutex<Option<LiveList<L>>>);

impl<L> Live<L> {
    fn lock(&self) -> MutexGuard<'_, Option<LiveList<L>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: Send> Closes for Live<L> {
    fn close(&self) {
        self.lock().take();
    }

    fn is_open(&self) -> bool {
        self.lock().is_some()
    }
}

impl<L: Clone + PartialEq + Send + 'static> Live<L> {
    fn begin(front: &Front, list: LiveList<L>) -> Result<Arc<Self>, Fault> {
        let live = Arc::new(Self(Mutex::new(Some(list))));
        let closes: Arc<dyn Closes> = Arc::clone(&live) as _;
        front.gate.add_list(&closes)?;
        Ok(live)
    }

    fn lines(&self) -> Result<Vec<L>, Fault> {
        Ok(self.lock().as_ref().ok_or(Code::Closed)?.lines().to_vec())
    }

    fn refresh(&self) -> Result<Vec<RowChange<L>>, Fault> {
        Ok(self.lock().as_mut().ok_or(Code::Closed)?.refresh()?)
    }
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident {
        $engine:ident, $line:ident, $change:ident, $say:ident
    })+) => {$(
        $(#[$doc])*
        ///
        /// It asks for nothing by itself: call `refresh` when a listener was told of a change. Names and
        /// the language are those of the moment in which a row is given; after a change of these read
        /// `lines` again. Destroy it, or call `stop`, when the screen is left: at most 16 lists are open
        /// at once.
        #[derive(uniffi::Object)]
        pub struct $name {
            front: Front,
            live: Arc<Live<core::$line>>,
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field("open", &self.live.is_open()).finish()
            }
        }

        #[uniffi::export]
        impl $name {
            /// The rows, as they were when they were last looked at.
            pub fn lines(&self) -> Result<Vec<$line>, DoorstepError> {
                self.front.call(|desk| desk.$say(self.live.lines()?))
            }

            /// Looks again: what makes of the rows that were here those that are here now. Empty where
            /// nothing changed.
            pub fn refresh(&self) -> Result<Vec<$change>, DoorstepError> {
                self.front.call(|desk| {
                    let changes = self.live.refresh()?;
                    let lines = changes.iter().filter_map(|change| match change {
                        RowChange::Removed { .. } => None,
                        RowChange::Inserted { line, .. } | RowChange::Changed { line, .. } => {
                            Some(line.clone())
                        }
                    });
                    let mut lines = desk.$say(lines.collect())?.into_iter();
                    let mut next = || lines.next().ok_or(Code::Bug);
                    changes
                        .into_iter()
                        .map(|change| {
                            Ok(match change {
                                RowChange::Removed { at } => $change::Removed { at: count(at) },
                                RowChange::Inserted { at, .. } => {
                                    $change::Inserted { at: count(at), line: next()? }
                                }
                                RowChange::Changed { at, .. } => {
                                    $change::Changed { at: count(at), line: next()? }
                                }
                            })
                        })
                        .collect()
                })
            }

            /// Lets the rows go; every later call is refused with `closed`.
            pub fn stop(&self) {
                self.live.close();
            }
        }

        #[uniffi::export]
        impl Doorstep {
            /// The first rows of a list, to be looked at again; at most `limit`, 1 to 200; 0 = 200.
            ///
            /// # Errors
            ///
            /// `too_many_lists` where 16 are open.
            pub fn $engine(
                &self,
                filter: ListFilter,
                limit: i32,
            ) -> Result<Arc<$name>, DoorstepError> {
                self.front.call(|desk| {
                    let (filter, limit) = (query::filter(filter)?, taken(limit)?);
                    let list = desk.call.engine.$engine(filter, limit)?;
                    let live = Live::begin(&self.front, list)?;
                    Ok(Arc::new($name { front: self.front.clone(), live }))
                })
            }
        }
    )+};
}

lists! {
    /// Grievances on a screen: open ones first, by their due.
    GrievanceList { live_grievances, GrievanceLine, GrievanceRowChange, say_grievances }
    /// Households on a screen, by place and unit.
    HouseholdList { live_households, HouseholdLine, HouseholdRowChange, say_households }
    /// Visits on a screen, newest first.
    VisitList { live_visits, VisitLine, VisitRowChange, say_visits }
}

impl Desk<'_> {
    fn say_grievances(&self, lines: Vec<core::GrievanceLine>) -> Result<Vec<GrievanceLine>, Fault> {
        let reader = self.reader();
        Ok(lines.into_iter().map(|line| reader.grievance(line)).collect())
    }

    fn say_households(&self, lines: Vec<core::HouseholdLine>) -> Result<Vec<HouseholdLine>, Fault> {
        let reader = self.reader();
        Ok(lines.into_iter().map(|line| reader.household(line)).collect())
    }

    fn say_visits(&self, lines: Vec<core::VisitLine>) -> Result<Vec<VisitLine>, Fault> {
        self.visit_lines(&self.reader(), lines)
    }
}
