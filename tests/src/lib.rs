//! The simulated world: phones, links, a relay, clocks and power in one thread, from one seed.
//!
//! Real engines over real SQLite files, real sessions, a real relay; only network, clock, chance and
//! power are simulated. A scenario reads like a story:
//!
//! ```
//! use doorstep_tests::World;
//! let mut world = World::new(1);
//! world.enrol(&["Li", "Wang"]);
//! let household = world.phone("Li").founds("G1-1", "3-201");
//! let visit = world.phone("Li").visits(household);
//! world.settle();
//! assert!(world.phone("Wang").sees(visit));
//! ```
//!
//! The judge looks after every step, and once more when the weather is over; what it finds ends the
//! test with the seed. How it all works, and what each scenario is for: `docs/proof.md`.

// All of this crate is test code: it says what it expects in the shortest way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod call;
pub mod chance;
pub mod clock;
pub mod deeds;
pub mod hand;
pub mod judge;
pub mod ledger;
pub mod modified;
pub mod phone;
pub mod planted;
pub mod relay;
pub mod town;
pub mod trace;
pub mod vectors;
pub mod weather;
pub mod world;

pub use call::Ended;
pub use planted::{PhoneFault, RelayFault};
pub use weather::{Weather, storm};
pub use world::World;
