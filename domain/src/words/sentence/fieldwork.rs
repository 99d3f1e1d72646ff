//! The events of households, visits and meetings.

use super::{Teller, lower};
use crate::{
    event::{
        Attendance, Attendee, Checklist, Consent, FieldValue, Found, Held, Item, ItemOutcome,
        Joined, NoticeGiven, Outcome, Person, Phone, Priority, PriorityEnd, SetField, Started,
    },
    table::{By, list},
    words::terms,
};

impl Teller<'_> {
    pub(super) fn found(&self, e: &Found) -> String {
        match e.source {
            None => self.plain("登记了这一户", "Entered the household"),
            Some(_) => self
                .plain("登记了这一户，由台账导入", "Entered the household, taken from a register"),
        }
    }

    pub(super) fn set_field(&self, e: &SetField) -> String {
        let field = self.code(list::FIELD, e.field);
        match e.value {
            FieldValue::Text(_) => say!(self.language, "填写了：{field}", "Filled in: {field}"),
            // Which list the code is of is the field's affair, and not known here.
            FieldValue::Code(code) => {
                say!(
                    self.language,
                    "填写了：{field}（代码{code}）",
                    "Filled in: {field} (code {code})"
                )
            }
        }
    }

    pub(super) fn person(&self, e: &Person) -> String {
        let relation = self.code(list::RELATION, e.relation);
        let born = self.code(list::BIRTH_BAND, e.birth_band);
        let language = self.language;
        if e.supersedes.is_empty() {
            say!(
                language,
                "登记家庭成员：{relation}，出生年代：{born}",
                "Entered a person: {relation}, born: {born}"
            )
        } else {
            say!(
                language,
                "更新家庭成员：{relation}，出生年代：{born}",
                "Changed a person: {relation}, born: {born}"
            )
        }
    }

    pub(super) fn phone(&self, e: &Phone) -> String {
        match (e.person, e.supersedes.is_empty()) {
            (None, true) => self.plain("登记了电话", "Entered a telephone number"),
            (None, false) => self.plain("更新了电话", "Changed a telephone number"),
            (Some(_), true) => {
                self.plain("登记了一名家庭成员的电话", "Entered a person's telephone number")
            }
            (Some(_), false) => {
                self.plain("更新了一名家庭成员的电话", "Changed a person's telephone number")
            }
        }
    }

    pub(super) fn consent(&self, e: &Consent) -> String {
        let wish = lower(terms::consent(e.level, self.language));
        let who = terms::by(e.by, self.language);
        let until = e
            .until
            .map(|day| self.day(day))
            .map(|day| say!(self.language, "，到{day}为止", ", until {day}"));
        let until = until.unwrap_or_default();
        say!(self.language, "{who}表示：{wish}{until}", "{who} said: {wish}{until}")
    }

    pub(super) fn priority(&self, e: &Priority) -> String {
        let why = self.code(list::PRIORITY, e.code);
        let day = self.day(e.review_by);
        say!(
            self.language,
            "列为重点户：{why}，{day}前复核",
            "Made a priority household: {why}. To be looked at again by {day}"
        )
    }

    pub(super) fn priority_end(&self, e: &PriorityEnd) -> String {
        let reason = self.reason(e.reason);
        say!(self.language, "不再是重点户{reason}", "No longer a priority household{reason}")
    }

    pub(super) fn notice_given(&self, e: &NoticeGiven) -> String {
        let tongue = self.code(list::LANGUAGE, e.language);
        let channel = self.channel(e.channel);
        let version = e.version;
        let to = match e.by {
            By::Resident => self.language.pick("居民本人", "the resident"),
            By::Family => self.language.pick("家人", "the family"),
            By::Other => self.language.pick("其他人", "somebody else"),
        };
        say!(
            self.language,
            "已向{to}告知隐私事项（{channel}，{tongue}，第{version}版）",
            "Gave the privacy notice to {to}, {channel}, {tongue}, version {version}"
        )
    }

    pub(super) fn started(&self, e: &Started) -> String {
        let purpose = self.code(list::PURPOSE, e.purpose);
        let mut said = say!(self.language, "开始走访：{purpose}", "Began the visit: {purpose}");
        if e.asked_for == Some(true) {
            said += self.language.pick("，居民要求", ", the resident asked for it");
        }
        if e.planned == Some(true) {
            said += self.language.pick("，按计划", ", as planned");
        }
        said
    }

    pub(super) fn joined(&self, e: &Joined) -> String {
        match e.member.map(|member| self.names.member(member)) {
            Some(name) => say!(self.language, "{name}同行", "{name} came along"),
            None => self.plain("同行", "Came along"),
        }
    }

    pub(super) fn checklist(&self, e: &Checklist) -> String {
        let item = self.code(list::CHECKLIST, e.item);
        let answer = self.code(list::ANSWER, e.answer);
        say!(self.language, "已检查{item}：{answer}", "Checked {item}: {answer}")
    }

    pub(super) fn outcome(&self, e: &Outcome) -> String {
        let mut said = terms::outcome(e.outcome, self.language).to_owned();
        match e.persons_met {
            0 => {}
            1 => said += self.language.pick("（1人）", " (1 person)"),
            met => said += &say!(self.language, "（{met}人）", " ({met} persons)"),
        }
        match e.grievances.len() {
            0 => {}
            1 => said += self.language.pick("，发现1件诉求", ", 1 grievance found"),
            found => {
                said += &say!(self.language, "，发现{found}件诉求", ", {found} grievances found")
            }
        }
        if let Some(day) = e.next_day.map(|day| self.day(day)) {
            said += &say!(self.language, "，{day}再来", ", next visit {day}");
        }
        said
    }

    pub(super) fn held(&self, e: &Held) -> String {
        let day = self.day(e.day);
        say!(self.language, "街区理事会{day}开会", "The block council met on {day}")
    }

    pub(super) fn attendance(&self, e: &Attendance) -> String {
        let who = match &e.who {
            Attendee::Member(member) => self.names.member(*member),
            Attendee::Name(_) => self.plain("一人", "One person"),
        };
        let seat = lower(terms::seat(e.seat, self.language));
        if e.present {
            say!(self.language, "{who}出席（{seat}）", "{who} was there ({seat})")
        } else {
            say!(self.language, "{who}没有出席（{seat}）", "{who} was not there ({seat})")
        }
    }

    pub(super) fn item(&self, e: &Item) -> String {
        let mut said = self.plain("提出一项议题", "Put an item on the table");
        match e.grievances.len() {
            0 => {}
            1 => said += self.language.pick("，有关1件诉求", ", about 1 grievance"),
            about => {
                said += &say!(self.language, "，有关{about}件诉求", ", about {about} grievances")
            }
        }
        if e.carries.is_some() {
            said +=
                self.language.pick("，接着上次会议的议题", ", going on from an earlier meeting");
        }
        said
    }

    pub(super) fn item_outcome(&self, e: &ItemOutcome) -> String {
        let outcome = lower(terms::item_outcome(e.outcome, self.language));
        say!(self.language, "议题结果：{outcome}", "What came of an item: {outcome}")
    }
}
