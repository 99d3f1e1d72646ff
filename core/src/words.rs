//! Plain words in two languages for how things stand with the relay. What the domain says:
//! [`doorstep_domain::words`].
//!
//! "The office" (后台) is the relay and who runs it, "the organiser" (管理员) who gave the invitation,
//! "the staff list" (人员名单) the rosters. No term of the protocol is shown to a person.
//!
//! ```
//! use doorstep_core::{Reason, words};
//! use doorstep_domain::words::Language;
//! let said = words::reason(Reason::NoSignalYet, Language::English);
//! assert_eq!(said, "It is ready. There was no signal yet to send it.");
//! ```

use doorstep_domain::words::Language;

use crate::{
    engine::{Next, Reason, SyncState, SyncStatus},
    store::alarm as names,
};

/// Why something of one's own is not delivered, as a sentence.
pub fn reason(reason: Reason, language: Language) -> &'static str {
    let (zh, en) = match reason {
        Reason::NotSealedYet => {
            ("上次联网之后才保存的。", "It was saved since this phone was last connected.")
        }
        Reason::NoSignalYet => {
            ("已准备好，还没有信号可以送出。", "It is ready. There was no signal yet to send it.")
        }
        Reason::RelayNeedsRoster => (
            "后台还没有填写时用的那份人员名单。",
            "The office does not have the staff list that it was written under.",
        ),
        Reason::RelayNeedsDependencies => {
            ("它接着的那条记录还没有送到。", "Something that it builds on has to arrive first.")
        }
        Reason::DayIsFull => {
            ("今天能送出的量已经用完。", "Today's share of what you can send is used up.")
        }
        Reason::NoPlace => (
            "填写时，您在这个地方没有工作安排。",
            "When you wrote it, you had no duty at this place.",
        ),
        Reason::NotReadable => (
            "后台读不出来，可能在路上损坏了。",
            "The office could not read it. It may have been damaged on the way.",
        ),
        Reason::TooBig => ("内容太大，后台收不下。", "It is too big for the office to take."),
        Reason::RelayIsOlder => {
            ("后台的版本太旧，看不懂。", "The office's version is too old to understand it.")
        }
        Reason::TwinSetAside => (
            "本机数据的另一份副本抢先写了，这一条被放到一边。",
            "A copy of this phone's data wrote in its place, so it was put aside.",
        ),
        Reason::NeedsSetAside => (
            "它接着的那条记录被放到一边，这一条也跟着放到一边。",
            "What it builds on was put aside, and so was this.",
        ),
        Reason::DocumentFull => {
            ("本机在这一份里已经写满。", "This phone has no more room in this record.")
        }
        Reason::GuardSetAside => (
            "应用出错，这一条没有写对。不是您的错。",
            "The app made a mistake in writing it. It is not your fault.",
        ),
        Reason::Erased => ("这一份已被删除。", "The record was erased."),
        Reason::ArrivedNotInForce => (
            "已经送到，但是不生效。打开这一份可以看到原因。",
            "It arrived, but it does not count. Open the record to see why.",
        ),
    };
    language.pick(zh, en)
}

/// What comes next, as a sentence, and whether the person has to do something.
pub fn next(next: Next, language: Language) -> &'static str {
    let (zh, en) = match next {
        Next::NextMeeting => (
            "下次有信号时会自动送出，您不用管。",
            "It goes out by itself when there is signal. You need not do anything.",
        ),
        Next::Tomorrow => (
            "明天起会自动送出，您不用管。",
            "It goes out by itself from tomorrow on. You need not do anything.",
        ),
        Next::WrittenAgain => (
            "应用会重新写好，下次有信号时自动送出，您不用管。",
            "The app writes it again and sends it when there is signal. You need not do anything.",
        ),
        Next::RelayActs => (
            "内容留在手机里，每次联网都会再送。过几天还不行，请告诉管理员。",
            "It stays on this phone and is offered again each time. If that lasts for days, tell your \
             organiser.",
        ),
        Next::Person => (
            "请看一看：还有用就重新填一次，没用就不用管。",
            "Please look at it. If it still matters, enter it anew.",
        ),
    };
    language.pick(zh, en)
}

/// How things stand with the relay, as a sentence that says what to do where there is something to do.
pub fn state(status: &SyncStatus, language: Language) -> String {
    let unsent = status.unsent;
    let own = u64::from(unsent.changes) + u64::from(unsent.set_aside);
    match (status.state, status.digits) {
        (SyncState::NotInvited, _) => language
            .pick(
                "这部手机还没有加入。请扫管理员的二维码。",
                "This phone has not joined yet. Scan the organiser's code.",
            )
            .to_owned(),
        (SyncState::Enrolling, Some(digits)) => match language {
            Language::Chinese => {
                format!("正在等管理员确认这部手机。请和管理员核对这六位数字：{digits:06}。")
            }
            Language::English => format!(
                "The organiser has to confirm this phone. Compare these six digits with the \
                 organiser: {digits:06}."
            ),
        },
        (SyncState::Enrolling, None) => language
            .pick(
                "这部手机正在加入。有信号时请打开应用。",
                "This phone is joining. Open the app where there is signal.",
            )
            .to_owned(),
        (SyncState::Revoked, _) => revoked(own, language),
        (SyncState::Waiting, _) => waiting(own, u64::from(unsent.carried), language),
        (SyncState::InStep, _) => {
            language.pick("本机保存的都已送到。", "Everything saved here has arrived.").to_owned()
        }
    }
}

fn revoked(own: u64, language: Language) -> String {
    let hidden = language.pick(
        "这部手机已停用，里面的内容已隐藏。",
        "This phone was taken out of use. What is on it is hidden.",
    );
    let unsent = match (own, language) {
        (0, Language::Chinese) => "如有疑问，请找管理员。".to_owned(),
        (0, Language::English) => " If that is a mistake, ask your organiser.".to_owned(),
        (n, Language::Chinese) => format!("还有{n}条没有送出，有信号时仍会自动送出。"),
        (1, Language::English) => {
            " 1 thing was not sent yet and still goes out when there is signal.".to_owned()
        }
        (n, Language::English) => {
            format!(" {n} things were not sent yet and still go out when there is signal.")
        }
    };
    hidden.to_owned() + &unsent
}

fn waiting(own: u64, carried: u64, language: Language) -> String {
    match (own, carried, language) {
        (0, n, Language::Chinese) => format!("您替同事带着{n}条，有信号时自动送出。"),
        (0, 1, Language::English) => {
            "1 thing of a colleague is carried here and goes out when there is signal.".to_owned()
        }
        (0, n, Language::English) => {
            format!("{n} things of colleagues are carried here and go out when there is signal.")
        }
        (n, _, Language::Chinese) => format!("{n}条已存在本机，有信号时自动送出。"),
        (1, _, Language::English) => {
            "1 thing is saved here and goes out when there is signal.".to_owned()
        }
        (n, _, Language::English) => {
            format!("{n} things are saved here and go out when there is signal.")
        }
    }
}

/// What a person must look at, by the name of an [alarm](crate::store::alarm), as sentences that say what
/// happened and what to do. A name that is not known here has words too.
pub fn alarm(name: &str, language: Language) -> &'static str {
    let (zh, en) = match name {
        names::DIVERGED => (
            "后台的记录与本机不同。您写的会重新送出。请看看有没有缺少，并告诉管理员。",
            "The office's records differ from those on this phone. What you wrote is sent again. Look \
             whether something is missing, and tell your organiser.",
        ),
        names::ROSTER_FORK => (
            "后台的人员名单与本机不同。本机先用自己的。请告诉管理员。",
            "The office's staff list differs from the one on this phone. This phone keeps its own for \
             now. Tell your organiser.",
        ),
        names::RECEIPT_LOST => (
            "后台说收到过，现在却没有了。您写的会重新送出。请告诉管理员。",
            "The office had confirmed something and does not have it any more. It is sent again. Tell \
             your organiser.",
        ),
        names::NEED_NEWER_APP => (
            "收到了这个版本看不懂的内容。请更新应用。",
            "Something came that this version cannot understand. Please update the app.",
        ),
        names::NEED_ROSTER => (
            "有的记录要用到本机没有的人员名单。请再联网一次，还不行就告诉管理员。",
            "Some entries need a staff list that is not on this phone. Connect once more. If that does \
             not help, tell your organiser.",
        ),
        names::DISAGREES => (
            "后台认可的一条记录，本机认为不对。请更新应用，再告诉管理员。",
            "The office takes an entry as right that this phone does not. Update the app, then tell \
             your organiser.",
        ),
        names::BAD_SIGNATURE => (
            "有一条记录，查不实是谁写的。请告诉管理员。",
            "It cannot be shown who wrote one of the entries. Tell your organiser.",
        ),
        names::OWN_GUARD => (
            "应用出错，您有一条记录没有写对，不生效。请重新填一次，并告诉管理员。",
            "The app made a mistake: one of your entries does not count. Enter it anew, and tell your \
             organiser.",
        ),
        names::TOO_MANY_HEADS => (
            "您有一条记录没能重新送出。请重新填一次。",
            "One of your entries could not be written again. Please enter it anew.",
        ),
        names::AUTOMERGE => (
            "应用出错，有一份内容处理不了。内容没有损坏。请告诉管理员。",
            "The app made a mistake with one of the records. The record is not harmed. Tell your \
             organiser.",
        ),
        _ => (
            "有一件事要看一看。请告诉管理员。",
            "Something needs a look. Please tell your organiser.",
        ),
    };
    language.pick(zh, en)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use doorstep_protocol::id::{DeviceId, Incarnation};

    use super::*;
    use crate::engine::Unsent;

    const REASONS: [Reason; 15] = [
        Reason::NotSealedYet,
        Reason::NoSignalYet,
        Reason::RelayNeedsRoster,
        Reason::RelayNeedsDependencies,
        Reason::DayIsFull,
        Reason::NoPlace,
        Reason::NotReadable,
        Reason::TooBig,
        Reason::RelayIsOlder,
        Reason::TwinSetAside,
        Reason::NeedsSetAside,
        Reason::DocumentFull,
        Reason::GuardSetAside,
        Reason::Erased,
        Reason::ArrivedNotInForce,
    ];
    const NEXTS: [Next; 5] =
        [Next::NextMeeting, Next::Tomorrow, Next::WrittenAgain, Next::RelayActs, Next::Person];

    /// A whole sentence in its language and no other.
    fn is_plain(text: &str, language: Language) {
        let han = |c: char| ('\u{3000}'..='\u{9fff}').contains(&c) || c > '\u{ff00}';
        match language {
            Language::Chinese => {
                assert!(text.ends_with('。'), "{text}");
                assert!(!text.contains(|c: char| c.is_ascii_alphabetic()), "{text}");
            }
            Language::English => {
                assert!(text.ends_with('.'), "{text}");
                assert!(!text.contains(han) && !text.contains("  "), "{text}");
            }
        }
    }

    fn all_differ(texts: impl IntoIterator<Item = &'static str>, language: Language) {
        let mut seen = BTreeSet::new();
        for text in texts {
            is_plain(text, language);
            assert!(seen.insert(text), "{text}");
        }
    }

    #[test]
    fn every_reason_and_what_comes_next_is_said_in_its_own_words() {
        for &language in Language::ALL {
            all_differ(REASONS.map(|of| reason(of, language)), language);
            all_differ(NEXTS.map(|of| next(of, language)), language);
        }
        // What needs nobody says so, and what needs a person does not.
        for of in REASONS.map(Reason::next) {
            let itself = matches!(of, Next::NextMeeting | Next::Tomorrow | Next::WrittenAgain);
            assert_eq!(next(of, Language::English).contains("need not"), itself, "{of:?}");
            assert_eq!(next(of, Language::Chinese).contains("您不用管"), itself, "{of:?}");
        }
    }

    #[test]
    fn every_alarm_of_the_store_has_its_own_words_and_a_strange_one_has_some() {
        // Read from the source, so that a new name cannot be forgotten.
        let source = include_str!("store/mod.rs");
        let (_, module) = source.split_once("pub mod alarm {").unwrap();
        let (module, _) = module.split_once("\n}").unwrap();
        let named: Vec<&str> = module.lines().filter_map(|line| line.split('"').nth(1)).collect();
        assert!(named.contains(&names::DIVERGED) && named.contains(&names::AUTOMERGE));
        for &language in Language::ALL {
            let texts = named.iter().map(|name| alarm(name, language));
            all_differ(texts.chain([alarm("of a later version", language)]), language);
        }
    }

    fn status(state: SyncState, changes: u32, set_aside: u32, carried: u32) -> SyncStatus {
        SyncStatus {
            state,
            unsent: Unsent { changes, set_aside, carried, oldest_s: None },
            delivered: 0,
            digits: None,
            up_to_date_ms: None,
            alarms: Vec::new(),
            realm: None,
            member: None,
            device: DeviceId([1; 12]),
            incarnation: Incarnation([2; 4]),
            clock_offset_ms: 0,
        }
    }

    #[test]
    fn the_state_is_a_sentence_of_its_own() {
        let digits = SyncStatus { digits: Some(1_234), ..status(SyncState::Enrolling, 0, 0, 0) };
        let all = [
            status(SyncState::NotInvited, 0, 0, 0),
            status(SyncState::Enrolling, 0, 0, 0),
            digits.clone(),
            status(SyncState::Revoked, 0, 0, 0),
            status(SyncState::Revoked, 1, 0, 0),
            status(SyncState::Revoked, 2, 0, 0),
            status(SyncState::Waiting, 1, 0, 9),
            status(SyncState::Waiting, 2, 0, 9),
            status(SyncState::Waiting, 0, 0, 1),
            status(SyncState::Waiting, 0, 0, 2),
            status(SyncState::InStep, 0, 0, 0),
        ];
        for &language in Language::ALL {
            let mut seen = BTreeSet::new();
            for of in &all {
                let text = state(of, language);
                is_plain(&text, language);
                assert!(seen.insert(text.clone()), "{text}");
            }
            assert!(state(&digits, language).contains("001234"), "with the zeros before");
        }
    }

    #[test]
    fn what_waits_is_counted_as_people_count() {
        let english = |changes, set_aside, carried| {
            state(&status(SyncState::Waiting, changes, set_aside, carried), Language::English)
        };
        assert_eq!(english(1, 0, 0), "1 thing is saved here and goes out when there is signal.");
        assert_eq!(english(1, 2, 0), "3 things are saved here and go out when there is signal.");
        assert_eq!(
            english(0, 0, 1),
            "1 thing of a colleague is carried here and goes out when there is signal."
        );
        let most = u64::from(u32::MAX) * 2;
        assert!(english(u32::MAX, u32::MAX, 0).starts_with(&format!("{most} things")));
        let chinese = state(&status(SyncState::Waiting, 3, 0, 0), Language::Chinese);
        assert_eq!(chinese, "3条已存在本机，有信号时自动送出。");
    }
}
