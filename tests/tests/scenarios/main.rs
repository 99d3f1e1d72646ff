//! Scenarios by name: each a story in the simulated world, whatever the storms find.
//!
//! `docs/proof.md` lists them, with the fault that each is for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod a_day;
mod copies;
mod links;
mod places;
mod power;
mod restored;
mod trust;
