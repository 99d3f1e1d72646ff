//! Every bound of the fixed formats and of a meeting, in one place.
//!
//! Reaching one is an error with a name, never a silent cut. Numbers that belong to events (the size
//! of a note, the length of a list) live in `doorstep-domain`.

/// The largest canonical change, in bytes.
pub const CHANGE_BYTES_MAX: usize = 64 * 1024;
/// The largest number of dependencies of one change (17 people who write unseen by each other give
/// the next change 17 heads).
pub const CHANGE_DEPS_MAX: usize = 255;
/// The largest number of changes in one seal.
pub const SEAL_CHANGES_MAX: usize = 256;
/// The largest sum of raw change bytes in one seal.
pub const SEAL_RAW_BYTES_MAX: usize = 192 * 1024;
/// Where an author cuts a seal: about this many encoded bytes.
pub const SEAL_CUT_BYTES: usize = 32 * 1024;
/// Acts of one device in one document that the log applies; one more is `OverCap`.
pub const DOCUMENT_DEVICE_ACTS_MAX: u32 = 2_048;
/// Bytes of one device in one document that the log applies; more is `OverCap`.
pub const DOCUMENT_DEVICE_BYTES_MAX: u64 = 256 * 1024;
/// The largest body of a frame.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// What a frame that carries many items is filled up to, so that it stays below the cap.
pub const FRAME_FILL_BYTES: usize = 192 * 1024;
/// Log bytes sent before a `Head` closes the burst; the phone commits a burst at once.
pub const BURST_BYTES_MAX: usize = 1024 * 1024;
/// Seal bytes that a phone has on the way up without an answer.
pub const PUSH_BYTES_IN_FLIGHT_MAX: usize = 64 * 1024;
/// Logs that one meeting speaks of.
pub const SESSION_LOGS_MAX: usize = 1_024;
/// Items in one `Head` or `Receipt`.
pub const HEAD_ITEMS_MAX: usize = 1_024;
/// Records in one roster entry.
pub const ROSTER_ENTRY_RECORDS_MAX: usize = 256;
/// Bytes of one roster entry's body.
pub const ROSTER_ENTRY_BYTES_MAX: usize = 64 * 1024;
/// A name or a code text in a roster record, in bytes.
pub const ROSTER_TEXT_BYTES_MAX: usize = 1024;
/// The data of a code list's item, in bytes.
pub const CODE_DATA_BYTES_MAX: usize = 4 * 1024;
/// Entries in one `Log` frame.
pub const LOG_ENTRIES_MAX: usize = 4_096;
/// Points offered in one `Rebase`.
pub const REBASE_POINTS_MAX: usize = 64;
/// Arrays within arrays in CBOR, in every kind and schema.
pub const CBOR_DEPTH_MAX: usize = 16;
/// Items of one CBOR array (an act holds at most 64 events with lists of 64).
pub const CBOR_ITEMS_MAX: usize = 8_192;
/// A jump of relay time over this needs the operator's word: one wrong clock poisons every `floor`.
pub const RELAY_TIME_JUMP_MS_MAX: u64 = 7 * 24 * 60 * 60 * 1000;
/// Bytes that one author (all devices of a member) may add in a day.
pub const AUTHOR_DAY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Documents that the logs of one phone may hold when places are given out: field systems of this kind
/// slow down or break from about 10,000 on (Community Health Toolkit warns there, `DOC_IDS_WARN_LIMIT`;
/// CommCare advises against more). Refused where rosters are changed, never on the phone.
pub const DEVICE_DOCUMENTS_MAX: u64 = 10_000;
