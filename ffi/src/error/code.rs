//! The names of everything that can go wrong at the facade: one code, one class, one sentence.

use doorstep_domain::{table::Rejection, words::Language};

use super::{DoorstepError, words};

/// What the app does next: the six variants of [`DoorstepError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Rejected,
    Unreachable,
    NotAdmitted,
    Outdated,
    StorageFull,
    Damaged,
}

macro_rules! codes {
    ($($class:ident { $($name:ident = $word:literal,)+ })+) => {
        /// A stable word for one fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code {
            $($($name,)+)+
            /// A step that every reader would reject.
            Step(Rejection),
        }

        impl Code {
            /// All but those of steps.
            #[cfg(test)]
            pub(crate) const PLAIN: &'static [Self] = &[$($(Self::$name,)+)+];

            pub(crate) fn class(self) -> Class {
                match self {
                    $($(Self::$name => Class::$class,)+)+
                    Self::Step(_) => Class::Rejected,
                }
            }

            pub(crate) fn word(self) -> &'static str {
                match self {
                    $($(Self::$name => $word,)+)+
                    Self::Step(rejection) => step_word(rejection),
                }
            }
        }
    };
}

codes! {
    Rejected {
        TextTooLong = "text_too_long",
        TextEmpty = "text_empty",
        BadText = "bad_text",
        BadNumber = "bad_number",
        BadId = "bad_id",
        BadPage = "bad_page",
        BadInvitation = "bad_invitation",
        OtherRealm = "other_realm",
        OtherDevice = "other_device",
        InUse = "in_use",
        NoPlace = "no_place",
        LookAgain = "look_again",
        ActReused = "act_reused",
        DocumentFull = "document_full",
        TooBig = "too_big",
        TooMany = "too_many",
        TooManyLists = "too_many_lists",
        KeyLocked = "key_locked",
        Closed = "closed",
    }
    Unreachable { Unreachable = "unreachable", }
    NotAdmitted {
        NotEnrolled = "not_enrolled",
        WrongRelay = "wrong_relay",
        WaitingForConfirmation = "waiting_for_confirmation",
    }
    Outdated { RelayNewer = "relay_newer", StoreNewer = "store_newer", }
    StorageFull { StorageFull = "storage_full", }
    Damaged {
        NotAStore = "not_a_store",
        Storage = "storage",
        NoRandom = "no_random",
        NoEncryption = "no_encryption",
        KeyGone = "key_gone",
        BadKey = "bad_key",
        Bug = "bug",
    }
}

/// The word of a rejection, as in its JSON form.
fn step_word(rejection: Rejection) -> &'static str {
    match rejection {
        Rejection::BadValue => "bad_value",
        Rejection::UnknownTarget => "unknown_target",
        Rejection::NoRight => "no_right",
        Rejection::NoReason => "no_reason",
        Rejection::OwnWord => "own_word",
        Rejection::ExtensionUsed => "extension_used",
        Rejection::NotAnswered => "not_answered",
        Rejection::NotFirst => "not_first",
        Rejection::WrongDocument => "wrong_document",
    }
}

/// What went wrong, before anybody knows in which language it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    /// Six digits to compare with the organiser.
    pub(crate) digits: Option<u32>,
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self { code, digits: None }
    }
}

impl Fault {
    /// As the app is told.
    pub(crate) fn say(self, language: Language) -> DoorstepError {
        let code = self.code.word().to_owned();
        let sentence = words::sentence(self.code, language).to_owned();
        match self.code.class() {
            Class::Rejected => DoorstepError::Rejected { code, sentence },
            Class::Unreachable => DoorstepError::Unreachable { code, sentence },
            Class::NotAdmitted => {
                let digits = self.digits.map(|digits| format!("{digits:06}"));
                DoorstepError::NotAdmitted { code, sentence, digits }
            }
            Class::Outdated => DoorstepError::Outdated { code, sentence },
            Class::StorageFull => DoorstepError::StorageFull { code, sentence },
            Class::Damaged => DoorstepError::Damaged { code, sentence },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> impl Iterator<Item = Code> {
        let steps = [
            Rejection::BadValue,
            Rejection::UnknownTarget,
            Rejection::NoRight,
            Rejection::NoReason,
            Rejection::OwnWord,
            Rejection::ExtensionUsed,
            Rejection::NotAnswered,
            Rejection::NotFirst,
            Rejection::WrongDocument,
        ];
        Code::PLAIN.iter().copied().chain(steps.map(Code::Step))
    }

    #[test]
    fn every_code_has_its_own_word_and_its_own_sentence_in_both_languages() {
        let mut words = BTreeSet::new();
        let mut sentences = BTreeSet::new();
        for code in all() {
            assert!(words.insert(code.word()), "{code:?}");
            for &language in Language::ALL {
                let sentence = super::words::sentence(code, language);
                assert!(sentences.insert(sentence), "{sentence}");
                assert!(sentence.ends_with(language.pick('。', '.')), "{sentence}");
                let latin = sentence.contains(|c: char| c.is_ascii_alphabetic());
                assert_eq!(latin, language == Language::English, "{sentence}");
            }
        }
    }

    #[test]
    fn every_code_is_named_where_the_error_is_described() {
        let page = include_str!("mod.rs");
        for code in all() {
            assert!(page.contains(&format!("`{}`", code.word())), "{}", code.word());
        }
    }

    #[test]
    fn digits_have_their_leading_zeros() {
        let fault = Fault { code: Code::WaitingForConfirmation, digits: Some(42) };
        let DoorstepError::NotAdmitted { digits, .. } = fault.say(Language::English) else {
            panic!("another class");
        };
        assert_eq!(digits.as_deref(), Some("000042"));
    }
}
