//! What a person reads when something was not done: what it means, and what to do.

use doorstep_domain::words::{self, Language};

use super::code::Code;

/// A fault as a sentence or two.
pub(crate) fn sentence(code: Code, language: Language) -> &'static str {
    let (zh, en) = match code {
        Code::Step(rejection) => return words::rejection(rejection, language),
        Code::TextTooLong => {
            ("文字太长，请缩短一些。", "The text is too long. Please make it shorter.")
        }
        Code::TextEmpty => ("还有必填的内容没有填。", "Something that is needed was left empty."),
        Code::BadText => (
            "文字里有无法保存的字符，请重新输入。",
            "The text has characters that cannot be saved. Please enter it anew.",
        ),
        Code::BadNumber => {
            ("有一个数字或日期超出范围。", "A number or a date is outside what is possible.")
        }
        Code::BadId => ("找不到要打开的内容。", "What was asked for is not named as it should be."),
        Code::BadPage => ("列表已经变化，请从头看起。", "The list has changed. Begin at its top."),
        Code::BadInvitation => (
            "这不是完整的邀请。请再扫一次管理员的二维码。",
            "This is no invitation, or not a whole one. Scan the organiser's code again.",
        ),
        Code::OtherRealm => (
            "这部手机已加入另一个街道，不能再用这份邀请。",
            "This phone has joined another sub-district and cannot use this invitation.",
        ),
        Code::OtherDevice => (
            "这里的数据属于另一个人或另一部手机。",
            "The data here is that of another person or another phone.",
        ),
        Code::InUse => (
            "数据已在别处打开。请关掉后再试。",
            "The data is open elsewhere. Close it there and try again.",
        ),
        Code::NoPlace => {
            ("您在这个地方没有工作安排。", "You have no duty at this place. Choose another one.")
        }
        Code::LookAgain => (
            "内容已经变化。请再看一眼，然后重试。",
            "Things have changed here. Look again, then try once more.",
        ),
        Code::ActReused => (
            "这张表已经用来保存过别的内容。请重新打开一张。",
            "This form was used for something else already. Open a new one.",
        ),
        Code::DocumentFull => (
            "本机在这一份里已经写满。请新建一份接着写。",
            "This phone has no more room in this record. Go on in a new one.",
        ),
        Code::TooBig => {
            ("一次保存的内容太多，请分开保存。", "That is too much for one time. Split it.")
        }
        Code::TooMany => (
            "一次走访最多登记十六件诉求。其余的请单独登记。",
            "A visit takes at most 16 grievances. Enter the others by themselves.",
        ),
        Code::TooManyLists => (
            "同时打开的列表太多。请先关掉一个。",
            "Too many lists are open at once. Close one of them first.",
        ),
        Code::KeyLocked => {
            ("手机还锁着。请解锁后再试。", "The phone is locked. Unlock it and try again.")
        }
        Code::Closed => {
            ("数据已经关闭。请重新打开应用。", "The records are closed. Open the app again.")
        }
        Code::Unreachable => (
            "现在没有信号。内容都存着，有信号时自动送出。",
            "There is no signal now. Everything is saved and goes out when there is.",
        ),
        Code::NotEnrolled => (
            "这部手机还没有加入，或已停用。请找管理员。",
            "This phone has not joined, or was taken out of use. Ask your organiser.",
        ),
        Code::WrongRelay => (
            "应答的不是邀请里的后台。请告诉管理员。",
            "What answered is not the office of the invitation. Tell your organiser.",
        ),
        Code::WaitingForConfirmation => (
            "正在等管理员确认。请和管理员核对六位数字。",
            "The organiser has to confirm this phone. Compare the six digits.",
        ),
        Code::RelayNewer => (
            "后台的版本比应用新。请更新应用。",
            "The office is newer than this app. Please update the app.",
        ),
        Code::StoreNewer => (
            "数据由较新的应用写成。请更新应用。",
            "The data was written by a newer app. Please update the app.",
        ),
        Code::StorageFull => (
            "手机空间已满，没有保存。请清出一些空间再试。",
            "The phone is full, so this was not saved. Free some space and try again.",
        ),
        Code::NotAStore => (
            "数据打不开，可能已损坏。请不要删除，并告诉管理员。",
            "The data cannot be opened and may be damaged. Keep it, and tell your organiser.",
        ),
        Code::Storage => (
            "手机存储出错。请重启手机再试，还不行就告诉管理员。",
            "The phone's storage failed. Restart the phone. If it fails again, tell your organiser.",
        ),
        Code::NoRandom => (
            "手机现在取不到随机数。请重启手机再试。",
            "The phone gives no random numbers now. Restart it and try again.",
        ),
        Code::NoEncryption => (
            "这个版本的应用不能打开加密的数据。请告诉管理员。",
            "This app cannot open encrypted data. Tell your organiser.",
        ),
        Code::KeyGone => (
            "这部手机的密钥已丢失。请找管理员重新邀请。",
            "This phone's key is gone. Ask your organiser for a new invitation.",
        ),
        Code::BadKey => (
            "这部手机的密钥不能用。请告诉管理员。",
            "This phone's key does not work as it should. Tell your organiser.",
        ),
        Code::Bug => (
            "应用出错，不是您的错。已保存的内容没有丢失。",
            "The app made a mistake. It is not your fault, and nothing saved is lost.",
        ),
    };
    language.pick(zh, en)
}
