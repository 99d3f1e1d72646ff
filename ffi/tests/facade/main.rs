//! The facade as an app uses it: real files, a real relay in this process, QUIC on loopback.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod acts;
mod closing;
mod council;
mod errors;
mod families;
mod journey;
mod keys;
mod listening;
mod lists;
mod outcomes;
mod steps;
mod steps_more;
mod syncing;
mod together;
mod world;
