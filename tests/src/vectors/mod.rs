//! Vectors: stories as JSON files, each with what must be so at its end, and the runner that tells them
//! in every order.
//!
//! The files are in `tests/vectors`, their format is `docs/vectors.md`. A vector is told to the real fold:
//! in all orders of arrival where it is short, in many seeded ones where it is long, over one to three
//! replicas. All orders must end in one state, and that must be the one that the file expects.
//!
//! ```
//! use doorstep_tests::vectors;
//! let text = r#"{
//!     "name": "found",
//!     "rule": "What was found and taken on by nobody is discovered.",
//!     "roster": {
//!         "places": [{"code": "G1", "level": "grid"}],
//!         "members": [{"code": "Li", "roles": [{"role": "member", "place": "G1"}]}]
//!     },
//!     "documents": {"g": {"kind": "grievance", "place": "G1"}},
//!     "acts": [{"label": "d", "by": "Li", "seen": [], "event": {
//!         "type": "discover", "what": "lamp", "reporter": "anonymous", "kind": 2
//!     }}],
//!     "expect": {"g": {"stage": "discovered", "owner": null}}
//! }"#;
//! let told = vectors::tell(text).unwrap();
//! assert!(told.differences.is_empty());
//! ```

mod compare;
mod fill;
mod folder;
mod format;
mod orders;
mod roster;
mod told;
mod view;

pub use compare::Differences;
pub use fill::{Ids, act_id};
pub use folder::{Summary, run_folder};
pub use orders::{Arrivals, EXHAUSTIVE_MAX, Ended, ORDERS};
pub use told::{Told, tell};
pub use view::Names;

/// Why a vector cannot be told at all: it breaks the format, or names what is not in it. It stands for a
/// difference, since a vector that proves nothing is wrong.
pub type Fault = String;
