//! The relay and its operator's commands.
pub mod cli;
pub mod generate;
pub mod keys;
pub mod realm;
pub mod register;
pub mod relay_core;
pub mod roster_file;
pub mod serve;
pub mod status;
pub mod store;
pub mod surroundings;
pub mod demo;
pub mod import;
pub mod phone;
