//! The table "two people act offline at once" through the whole stack: engines, their sessions and
//! databases, and a relay. Each row is played by people who do not see each other, reconciled with either
//! meeting first, and read on their phones and on one that was never there.
//!
//! How a story is written: `play.rs`. What each test shows: `docs/proof.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod accept;
mod bad;
mod beside;
mod group;
mod line;
mod people;
mod play;
mod roles;
mod shown;
mod solved;
mod tap;
mod together;
mod urgent;
