//! What changed in a list that is looked at again.

use super::{GrievanceLine, HouseholdLine, VisitLine};

macro_rules! changes {
    ($($(#[$doc:meta])* $name:ident of $line:ident,)+) => {$(
        $(#[$doc])*
        ///
        /// Changes are applied in the order in which they come; `at` counts from 0 in the list as it is
        /// by then.
        #[allow(missing_docs)] // the variants say it
        #[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            /// It is no longer in the list, or comes again at another place.
            Removed { at: i32 },
            /// It came into the list, or came from another place of it.
            Inserted { at: i32, line: $line },
            /// It stays where it is and says something else.
            Changed { at: i32, line: $line },
        }
    )+};
}

changes! {
    /// What changed in one row of a list of grievances.
    GrievanceRowChange of GrievanceLine,
    /// What changed in one row of a list of households.
    HouseholdRowChange of HouseholdLine,
    /// What changed in one row of a list of visits.
    VisitRowChange of VisitLine,
}
