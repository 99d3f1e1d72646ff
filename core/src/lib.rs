//! The engine that a phone embeds: documents, store, lists, and the meeting with the relay.
//!
//! A write returns when it is durable on this phone, and never touches the network. Reads come from
//! this phone. [`Engine::sync`] is the one place that meets the relay, when the app says so; what has
//! arrived and why something has not is in [`Engine::sync_status`] and [`Engine::explain`].
//!
//! ```
//! use std::sync::Arc;
//! use doorstep_core::{
//!     ActOptions, Engine, Filter, Keys, NewHousehold, Page, Settings, Surroundings, WriteError,
//! };
//! use doorstep_protocol::{id::PlaceId, key::SoftwareKey};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let keys = Keys { device: Arc::new(SoftwareKey::from_secret(&[7; 32])?), store: None };
//! let engine = Engine::open(Settings::in_memory(), keys, Surroundings::system())?;
//!
//! // A phone that is not enrolled shows nothing and saves nothing, and says so.
//! assert!(engine.households(&Filter::default(), &Page::first(20))?.is_empty());
//! let household =
//!     NewHousehold { place: PlaceId([1; 8]), unit: "3-201".into(), more: vec![] };
//! let written = engine.found_household(household, ActOptions::default());
//! assert_eq!(written, Err(WriteError::NotEnrolled));
//!
//! // With the QR code of the organiser it asks to be enrolled at its next meeting:
//! // engine.accept_invitation(&text.parse()?)?;
//! // engine.sync(Budget::seconds(30)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! [`Engine`] has the verbs; [`store`] is one SQLite file for one member of one realm; what a document
//! means is folded by `doorstep-domain`; [`Meeting`] is the exchange with the relay without a socket,
//! [`quic`] the socket. Nothing here decides what an event means, and nothing that comes from the
//! network reaches Automerge before the guard of `doorstep-protocol` has bounded it.

mod document;
mod engine;
mod error;
mod meeting;
mod projection;
pub mod quic;
pub mod store;
pub mod words;

pub use engine::{
    ActCopy, ActOptions, ActState, AlarmInfo, BuildingDay, ByHand, ChangeListener, Changes, Clock,
    CodeInfo, Delivery, DeviceInfo, Engine, Explained, FOUND_MAX, Filter, GROUP_MAX, GrievanceLine,
    GrievanceRecord, Group, GroupMember, GroupWritten, Grouped, HouseholdLine, HouseholdRecord,
    ItemGrievance, ItemRecord, ItemSettled, JUMP_MS_MAX, Keys, LINES_MAX, Line, MeetingLine,
    MeetingRecord, MyDay, NewGrievance, NewHousehold, NewMeeting, NewOutcome, NewVisit, Next, Page,
    PersonInfo, PlaceInfo, Position, Reason, Settings, Solved, Subscription, Surroundings,
    SyncState, SyncStatus, SystemClock, SystemEntropy, Unsent, View, ViewError, VisitLine,
    VisitRecord, Written,
};
pub use error::{Invalid, InviteError, MeetError, OpenError, ReadError, SyncError, WriteError};
pub use meeting::{Budget, Left, MEETINGS_MAX, Meeting, MeetingReport, SyncReport};
pub use store::{Entropy, EntropyError};
