//! A grievance, folded. There is no status field anywhere: stage, round, owner, level, grade and due all
//! come from the events.
//!
//! [`fold`] makes a [`Grievance`] of a [`crate::input::Document`]. Nothing in it is ever stored as truth.

mod closing;
mod fold;
mod place;
mod rounds;
mod state;
mod urgency;

pub use state::{Account, Answer, Grievance, Raised, Stage, Times};
pub use urgency::Due;

pub use fold::fold;

#[cfg(test)]
pub(crate) use closing::grounds;
pub(crate) use fold::{of, settle};
pub(crate) use place::{Ownership, base_level, level, rank};
pub(crate) use rounds::Rounds;
pub(crate) use urgency::{Urgency, discovery, due_of, grade_of};
