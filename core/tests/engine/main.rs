//! The engine as an app sees it, against a relay in memory: no socket, no clock but the test's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test stops where it fails

// The relay of the protocol's own tests.
#[path = "../../../protocol/tests/sessions/index.rs"]
mod index;
#[allow(dead_code)]
#[path = "../../../protocol/tests/sessions/memory_relay.rs"]
mod memory_relay;

mod council;
mod courier;
mod day;
mod delivery;
mod groups;
mod listening;
mod online;
mod reading;
mod reasons;
mod restoring;
mod world;
mod writing;
