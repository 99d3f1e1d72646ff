//! The relay, its operator's commands, and what runs on one machine with them.
//!
//! A relay keeps logs and opens no document: it checks that a seal is well made and fits what is
//! there, appends it, commits, and signs a receipt. [`store`] is its database, [`serve`] its network,
//! [`realm`] and [`register`] its rosters, [`relay_core`] all that without a network for tests and the
//! simulated world. [`cli`] is the binary `doorstep`.
//!
//! A realm in memory, and a phone of a member enrolled without a meeting:
//!
//! ```
//! use std::sync::Arc;
//! use doorstep_protocol::{frame::EnrolState, key::{DeviceKey, SoftwareKey}, store::RelayStore};
//! use doorstep_relay::{
//!     generate::{Proportions, generate}, relay_core::RelayCore, surroundings::SeededEntropy,
//! };
//!
//! let file = generate(
//!     &Proportions { communities: 1, blocks: 1, grids: 1, buildings_per_grid: 2, members: 9 },
//!     7,
//! );
//! let mut relay = RelayCore::in_memory(&file, Arc::new(SeededEntropy::new(7)), 1_000)?;
//! let invitation = relay.invite("M0009", 15, true, vec!["127.0.0.1:4433".into()], 1_000)?;
//! let phone = SoftwareKey::from_secret(&[9; 32])?;
//! let (state, _) = relay.db().enrol(invitation.token, &phone.spki(), 1_000)?;
//! assert_eq!(state, EnrolState::Done);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cli;
pub mod demo;
pub mod generate;
pub mod import;
pub mod keys;
pub mod phone;
pub mod place_name;
pub mod reach;
pub mod realm;
pub mod register;
pub mod relay_core;
pub mod roster_csv;
pub mod roster_file;
pub mod serve;
pub mod status;
pub mod store;
pub mod surroundings;
