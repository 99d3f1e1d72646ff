//! From the app's records to the engine's and back. No rule of the domain is decided here.

pub(crate) mod enums;
pub(crate) mod history;
pub(crate) mod ids;
pub(crate) mod lines;
pub(crate) mod numbers;
pub(crate) mod query;
pub(crate) mod reader;
pub(crate) mod reporter;
pub(crate) mod status;
pub(crate) mod steps;
pub(crate) mod texts;
pub(crate) mod written;
