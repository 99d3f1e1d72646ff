//! From the app's records to the engine's and back. No rule of the domain is decided here.

pub(crate) mod enums;
pub(crate) mod evidence;
pub(crate) mod flags;
pub(crate) mod group;
pub(crate) mod history;
pub(crate) mod household;
pub(crate) mod household_steps;
pub(crate) mod ids;
pub(crate) mod lines;
pub(crate) mod links;
pub(crate) mod meeting;
pub(crate) mod meeting_steps;
pub(crate) mod numbers;
pub(crate) mod query;
pub(crate) mod reader;
pub(crate) mod reporter;
pub(crate) mod rights;
pub(crate) mod status;
pub(crate) mod steps;
pub(crate) mod terms;
pub(crate) mod texts;
pub(crate) mod visit;
pub(crate) mod visit_steps;
pub(crate) mod written;
