//! Doorstep for Kotlin and Swift: the engine behind one object, records in and out, one callback a
//! transaction.
//!
//! [`Doorstep`] is opened with the app's key and asked for whole screens; what a form made goes in as a
//! `New*` record and is durable when the call returns. Nothing is decided here: rules are the domain's,
//! words are those of `doorstep_domain::words` and `doorstep_core::words`.
//!
//! ```
//! use std::sync::Arc;
//! use doorstep_ffi::{
//!     DeviceKey, Doorstep, DoorstepError, KeyProblem, Language, Settings, SyncState,
//! };
//!
//! /// On a phone: the hardware's. This one cannot sign.
//! struct Shown(Vec<u8>);
//! impl DeviceKey for Shown {
//!     fn public_key(&self) -> Result<Vec<u8>, KeyProblem> {
//!         Ok(self.0.clone())
//!     }
//!     fn sign(&self, _message: Vec<u8>) -> Result<Vec<u8>, KeyProblem> {
//!         Err(KeyProblem::Locked)
//!     }
//! }
//!
//! # use doorstep_protocol::key::{DeviceKey as _, SoftwareKey};
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path().display().to_string();
//! # let spki = SoftwareKey::from_secret(&[7; 32])?.spki().as_bytes().to_vec();
//! let settings = Settings { folder, language: Language::English };
//! let doorstep = Doorstep::open(settings, Arc::new(Shown(spki)), None)?;
//! assert_eq!(doorstep.status()?.state, SyncState::NotInvited);
//! assert_eq!(doorstep.status()?.text, "This phone has not joined yet. Scan the organiser's code.");
//!
//! doorstep.shut_down();
//! let closed = doorstep.today().unwrap_err();
//! assert!(matches!(closed, DoorstepError::Rejected { code, .. } if code == "closed"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # For those who call it from Kotlin or Swift
//!
//! A call from Kotlin costs some ten microseconds and a record inside a list one: so one call a screen.
//! Calls may block for some ms (a write waits for the disk): not on the main thread. A bug in here
//! arrives as `InternalException` (Kotlin) or an error of uniffi's own (Swift), never as an abort.

mod convert;
mod directory;
mod enums;
mod error;
mod foreign;
mod gate;
mod keys;
mod object;
mod records;

pub use enums::{
    By, Channel, Consent, DocumentKind, Duty, EvidenceKind, FlagAsks, Grade, How, ItemOutcome,
    Language, Left, Level, Seat, Stage, StepKind, SyncState, VisitOutcome, WaitNext, WaitReason,
};
pub use error::DoorstepError;
pub use foreign::{ChangeListener, DeviceKey, KeyProblem, ListenerProblem, StoreKey};
pub use object::{Doorstep, GrievanceList, HouseholdList, Listening, SyncHandle, VisitList};
pub use records::{
    AlarmLine, Arrivals, AttendanceLine, Attendee, BuildingLine, CarriedItem, Changes, CheckLine,
    ChecklistAnswer, Choice, CodeLine, ConsentLine, ConsentRecord, Evidence, FieldLine, FieldValue,
    FlagLine, Found, FoundGrievance, FoundLine, GrievanceAt, GrievanceForm, GrievanceLine,
    GrievancePage, GrievanceRecord, GrievanceRowChange, GroupMark, GroupMemberLine, GroupRecord,
    HouseholdForm, HouseholdLine, HouseholdPage, HouseholdRecord, HouseholdRowChange,
    HouseholdStep, HouseholdStepForm, HouseholdStory, HouseholdStoryLine, ItemAt,
    ItemGrievanceLine, ItemLine, ItemRecord, ItemSettled, LeftOutLine, LinkLine, ListFilter,
    MeetingChoice, MeetingForm, MeetingLine, MeetingPage, MeetingRecord, MeetingStep,
    MeetingStepForm, MemberLine, NewAttendance, NewGrievance, NewHousehold, NewHouseholdStep,
    NewItem, NewItemOutcome, NewMeeting, NewMeetingStep, NewNotice, NewReporter, NewStep,
    NewTakeOver, NewVisit, NewVisitStep, NoticeLine, OutcomeLine, PageRequest, PersonLine,
    PhoneLine, PriorityRecord, ResolutionLine, SavedLine, Settings, SettleChoice, SolvedLine, Step,
    StepForm, StepOffer, StepRefusal, StoryLine, SyncBudget, SyncReport, SyncStatus, Terms, Today,
    VisitForm, VisitLine, VisitPage, VisitRecord, VisitRowChange, VisitStep, VisitStepForm,
    Written,
};

uniffi::setup_scaffolding!();
