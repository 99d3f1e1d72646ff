//! Six errors, each for something else that the app does next.

mod code;
mod from;
mod words;

pub(crate) use code::{Code, Fault};

/// Why something was not done. Nothing that was saved is lost by any of them.
///
/// `code` is a stable word for the app, `sentence` is for the person, in the language that was set.
/// Neither ever carries a resident's words, a name or a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum DoorstepError {
    /// **Show the sentence**: what was asked cannot be done as it stands, and a person can change that.
    ///
    /// Codes: `text_too_long`, `text_empty`, `bad_number`, `bad_id`, `bad_text`, `bad_page`,
    /// `bad_invitation`, `other_realm`, `other_device`, `in_use`, `no_place`, `look_again`,
    /// `act_reused`, `document_full`, `too_big`, `too_many`, `too_many_lists`, `key_locked`, `closed`, and of a step
    /// that every reader would reject: `bad_value`, `unknown_target`, `no_right`, `no_reason`, `own_word`,
    /// `extension_used`, `not_answered`, `not_first`, `wrong_document`.
    #[error("{code}: {sentence}")]
    Rejected {
        /// A stable word.
        code: String,
        /// For the person.
        sentence: String,
    },
    /// **Wait**: no relay was reached, everything goes out later. Code `unreachable`.
    #[error("{code}: {sentence}")]
    Unreachable {
        /// A stable word.
        code: String,
        /// For the person.
        sentence: String,
    },
    /// **Enrol**: the phone is no device of a member. Codes `not_enrolled`, `wrong_relay` (what answered
    /// is not the relay of the invitation), `waiting_for_confirmation` (compare `digits`).
    #[error("{code}: {sentence}")]
    NotAdmitted {
        /// A stable word.
        code: String,
        /// For the person.
        sentence: String,
        /// Six digits to compare with the organiser.
        digits: Option<String>,
    },
    /// **Update the app**: the relay or the files are newer. Codes `relay_newer`, `store_newer`.
    #[error("{code}: {sentence}")]
    Outdated {
        /// A stable word.
        code: String,
        /// For the person.
        sentence: String,
    },
    /// **Free some space** and try again. Code `storage_full`.
    #[error("{code}: {sentence}")]
    StorageFull {
        /// A stable word.
        code: String,
        /// For the person.
        sentence: String,
    },
    /// **Report it**: the files cannot be read, the storage failed, the key is gone, or the app has a
    /// bug. Codes `not_a_store`, `storage`, `no_random`, `no_encryption`, `key_gone`, `bad_key`, `bug`.
    #[error("{code}: {sentence}")]
    Damaged {
        /// A stable word.
        code: String,
        /// For the person.
        sentence: String,
    },
}
