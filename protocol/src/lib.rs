//! What Doorstep sends: ids, roster, change, seal, log and both sides of a meeting, without I/O.
//!
//! No socket, database, clock, random source or thread: time and randomness are arguments, so that
//! a run can be replayed from a seed. `clippy.toml` beside this crate denies what would break that.

pub mod admission;
pub mod cbor;
pub mod change;
pub mod device_session;
pub mod frame;
pub mod hash;
pub mod head;
pub mod id;
pub mod invitation;
pub mod key;
pub mod limits;
pub mod log;
pub mod part;
pub mod relay_session;
pub mod roster;
pub mod seal;
pub mod session_error;
pub mod store;
pub mod wire;
