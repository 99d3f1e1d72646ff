//! Both sides of a meeting as stories, over stores in memory that are simple enough to be obviously
//! right. A restored relay is yesterday's store put back under a running day, a cut link loses the bytes
//! that were on it, and contents are compared, not counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test stops where it fails

mod harness;
mod index;
mod memory_phone;
mod memory_relay;
mod stories_bounds;
mod stories_delivery;
mod stories_leaving;
mod stories_order;
mod stories_refusal;
mod stories_restore;
mod stories_standing;
