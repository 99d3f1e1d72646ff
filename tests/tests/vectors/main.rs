//! Vectors in every order, random histories, and a long document: what the fold must hold whatever
//! arrives when.
//!
//! `DOORSTEP_SEEDS=100000` for a long night, `DOORSTEP_FIRST` for the first of them; one history again:
//! `DOORSTEP_FIRST=17 DOORSTEP_SEEDS=1 cargo test -p doorstep-tests --test vectors histories`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../../domain/tests/town/mod.rs"]
mod town;

mod counted;
mod covered;
mod folder;
mod histories;
mod kept;
mod long;
mod orders;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|n| n.parse().ok())
}
