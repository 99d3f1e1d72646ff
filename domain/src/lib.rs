//! What it means: events and their bytes, who may do what, the fold of each kind of document, figure
//! rows and figures.
//!
//! Everything here is a pure function. No Automerge, SQLite, clock, random source or thread; of
//! `doorstep-protocol` only the ids, the roster and strict CBOR. What a document *means* is decided by
//! its events, their seal heads and the roster, and by nothing else: no rule compares anything with now,
//! and none depends on the order in which things arrived.
//!
//! The rules and the glossary: `docs/domain.md`.

// The tests of the town, which are outside, are used by some inside.
#[cfg(test)]
extern crate self as doorstep_domain;

pub mod allowed;
pub mod check;
pub mod codes;
pub mod event;
pub mod figures;
pub mod fold;
mod history;
pub mod input;
mod outlook;
pub mod rights;
mod scene;
pub mod table;
mod validity;
pub mod words;

pub use codes::default_code_lists;
