//! The facade as an app uses it: real files, a real relay in this process, QUIC on loopback.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod closing;
mod errors;
mod journey;
mod keys;
mod listening;
mod steps;
mod syncing;
mod world;
