//! The events of a grievance, and those that every document takes.

use super::{Teller, lower};
use crate::{
    event::{
        AskedNoAnswer, Assign, Attach, CloseUnsolved, Confirm, Contact, Correct, Decline, Discover,
        DispatchTeam, Escalate, Event, Evidence, FeedBack, NotDuplicate, Progress, Reject,
        Reporter, Resolve, SendBack, SetDue, SetGrade, Settle, TakeOver, Transfer, Withdraw,
    },
    table::{By, Channel, Flag, Grade, How, Level, list},
    words::{Language, terms},
};

impl Teller<'_> {
    pub(super) fn discover(&self, e: &Discover) -> String {
        let language = self.language;
        let kind = self.code(list::KIND, e.kind);
        let mut said = say!(language, "发现诉求：{kind}", "Found a grievance: {kind}");
        if let Some(grade) = e.grade {
            let grade = terms::grade(grade, language);
            said += &say!(language, "，{grade}", ", urgency {grade}");
        }
        if e.visit.is_some() {
            said += language.pick("，走访时发现", ", on a visit");
        }
        if e.source.is_some() {
            said += language.pick("，由台账导入", ", taken from a register");
        }
        said += match &e.reporter {
            Reporter::Anonymous => {
                language.pick("，反映人不愿具名", ", from somebody who wishes not to be named")
            }
            Reporter::Link(_) => language.pick("，住户反映", ", from a household"),
            Reporter::Contact(_) => {
                language.pick("，其他人反映", ", from somebody outside the households")
            }
        };
        said
    }

    pub(super) fn decline(&self, e: &Decline) -> String {
        let said = match e.of {
            Some(_) => self.language.pick("退单，不再办理", "Gave it back"),
            None => self.language.pick("没有受理", "Did not take it on"),
        };
        said.to_owned() + &self.reason(e.reason)
    }

    pub(super) fn contact(&self, e: &Contact) -> String {
        let how = lower(terms::how(e.how, self.language));
        say!(self.language, "已联系居民（{how}）", "Contacted the resident ({how})")
    }

    pub(super) fn progress(&self, e: &Progress) -> String {
        let how = lower(terms::how(e.how, self.language));
        let helpers = self.helpers(&e.helpers);
        say!(self.language, "正在办理：{how}{helpers}", "Worked on it: {how}{helpers}")
    }

    pub(super) fn set_grade(&self, e: &SetGrade) -> String {
        let grade = terms::grade(e.grade, self.language);
        let reason = self.reason_if(e.reason);
        say!(self.language, "紧急程度定为{grade}{reason}", "Urgency set to {grade}{reason}")
    }

    pub(super) fn set_due(&self, e: &SetDue) -> String {
        let (due, reason) = (self.time(e.due), self.reason_if(e.reason));
        say!(self.language, "办理期限定为{due}{reason}", "Due date set to {due}{reason}")
    }

    pub(super) fn escalate(&self, e: &Escalate) -> String {
        let (level, reason) = (self.level(e.level), self.reason(e.reason));
        if e.level == Level::Outside {
            say!(self.language, "转办到{level}{reason}", "Passed on to {level}{reason}")
        } else {
            say!(self.language, "上报到{level}{reason}", "Passed up to {level}{reason}")
        }
    }

    pub(super) fn take_over(&self, e: &TakeOver) -> String {
        let level = self.level(e.level);
        say!(self.language, "提级到{level}办理", "Took it over for {level}")
    }

    pub(super) fn send_back(&self, e: &SendBack) -> String {
        let (level, reason) = (self.level(e.to), self.reason(e.reason));
        say!(self.language, "退回{level}{reason}", "Sent back to {level}{reason}")
    }

    pub(super) fn assign(&self, e: &Assign) -> String {
        let (to, reason) = (self.names.member(e.to), self.reason_if(e.reason));
        say!(self.language, "指派给{to}{reason}", "Given to {to}{reason}")
    }

    pub(super) fn dispatch_team(&self, e: &DispatchTeam) -> String {
        let team = self.names.team(e.team);
        say!(self.language, "派出服务队：{team}", "Sent a response team: {team}")
    }

    pub(super) fn resolve(&self, e: &Resolve) -> String {
        let mut said = solved(e.how, self.language).to_owned();
        if e.item.is_some() && e.how != How::Council {
            said += self.language.pick("，按街区理事会的议题结果", ", as the block council said");
        }
        if e.with.is_some() {
            said +=
                self.language.pick("，与另一件诉求一并办理", ", together with another grievance");
        }
        said + &self.helpers(&e.helpers)
    }

    pub(super) fn transfer(&self, e: &Transfer) -> String {
        let reason = self.reason(e.reason);
        say!(
            self.language,
            "登记的地点不对，已移交到对的地方{reason}",
            "Filed at the wrong place, so filed again at the right one{reason}"
        )
    }

    pub(super) fn asked_no_answer(&self, e: &AskedNoAnswer) -> String {
        let channel = self.channel(e.channel);
        say!(
            self.language,
            "回访居民，没有得到回应（{channel}）",
            "Asked the resident {channel}, no answer"
        )
    }

    pub(super) fn feed_back(&self, e: &FeedBack) -> String {
        let channel = self.channel(e.channel);
        say!(
            self.language,
            "已向居民反馈结果（{channel}）",
            "Told the resident the result, {channel}"
        )
    }

    pub(super) fn close_unsolved(&self, e: &CloseUnsolved) -> String {
        let reason = self.reason(e.reason);
        let told = match e.told.map(|told| self.channel(told)) {
            Some(told) => {
                say!(self.language, "，已告知居民（{told}）", ". The resident was told {told}")
            }
            None => self.plain("，还要告知居民", ". The resident is still to be told"),
        };
        say!(self.language, "未能解决{reason}{told}", "It could not be solved{reason}{told}")
    }

    pub(super) fn not_duplicate(&self, e: &NotDuplicate) -> String {
        let reason = self.reason_if(e.reason);
        say!(
            self.language,
            "取消关联：不是同一件事{reason}",
            "Link taken away: not the same trouble after all{reason}"
        )
    }

    pub(super) fn attach(&self, e: &Attach) -> String {
        let media = lower(terms::media(e.media, self.language));
        say!(self.language, "添加了附件：{media}", "Added a file: {media}")
    }

    pub(super) fn confirm(&self, e: &Confirm) -> String {
        let said = match e.by {
            By::Resident => self.plain("居民确认满意", "The resident is content"),
            By::Family => {
                self.plain("家人代居民确认满意", "The family says the resident is content")
            }
            By::Other => {
                self.plain("他人代居民确认满意", "Somebody else says the resident is content")
            }
        };
        let points = e.satisfaction.map(|points| {
            say!(self.language, "，打{points}分（满分5分）", ", {points} points of 5")
        });
        said + &self.heard(e.heard) + &points.unwrap_or_default() + &self.proof(&e.evidence)
    }

    pub(super) fn reject(&self, e: &Reject) -> String {
        let said = match e.by {
            By::Resident => self.plain("居民不满意", "The resident is not content"),
            By::Family => {
                self.plain("家人代居民表示不满意", "The family says the resident is not content")
            }
            By::Other => {
                self.plain("他人代居民表示不满意", "Somebody else says the resident is not content")
            }
        };
        said + &self.heard(e.heard) + &self.reason(e.reason)
    }

    pub(super) fn withdraw(&self, e: &Withdraw) -> String {
        let said = match e.by {
            By::Resident => self.plain("居民撤回诉求", "The resident takes it back"),
            By::Family => {
                self.plain("家人代居民撤回诉求", "The family takes it back for the resident")
            }
            By::Other => {
                self.plain("他人代居民撤回诉求", "Somebody else takes it back for the resident")
            }
        };
        said + &self.heard(e.heard) + &self.reason(e.reason) + &self.proof(&e.evidence)
    }

    /// How a resident's word was heard.
    fn heard(&self, heard: Channel) -> String {
        let heard = self.channel(heard);
        say!(self.language, "（{heard}）", ", heard {heard}")
    }

    /// What shows that a word was the resident's.
    fn proof(&self, evidence: &[Evidence]) -> String {
        let mut kinds: Vec<_> = evidence.iter().map(|evidence| evidence.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            return String::new();
        }
        let named = |kind| lower(terms::evidence(kind, self.language));
        let shown = self.list(&kinds.into_iter().map(named).collect::<Vec<_>>());
        say!(self.language, "，凭据：{shown}", ". Proof: {shown}")
    }

    pub(super) fn correct(&self, e: &Correct) -> String {
        let reason = self.reason(e.reason);
        match e.replacement.as_deref() {
            None => say!(self.language, "删去一条记录{reason}", "Struck out an entry{reason}"),
            // What a correction corrects again is told where it stands.
            Some(Event::Correct(_)) => {
                say!(self.language, "更正了一条更正{reason}", "Corrected a correction{reason}")
            }
            Some(event) => {
                let now = self.event(event);
                say!(
                    self.language,
                    "更正了一条记录{reason}。更正为：{now}",
                    "Corrected an entry{reason}. It now says: {now}"
                )
            }
        }
    }

    pub(super) fn settle(&self, e: &Settle) -> String {
        let (zh, en) = match e.flag {
            Flag::Grade => {
                let grade = Grade::from_number(e.choice);
                let grade = grade.map(|grade| terms::grade(grade, self.language));
                return match grade {
                    Some(grade) => {
                        say!(
                            self.language,
                            "裁定紧急程度为{grade}",
                            "Settled: the urgency is {grade}"
                        )
                    }
                    None => self.plain("裁定紧急程度", "Settled the urgency"),
                } + &self.reason_if(e.reason);
            }
            Flag::Due => {
                let due = self.time(e.choice);
                return say!(
                    self.language,
                    "裁定办理期限为{due}",
                    "Settled: the due date is {due}"
                ) + &self.reason_if(e.reason);
            }
            Flag::ConfirmReject => ("居民满意和不满意", "content and not content at once"),
            Flag::ResolveEscalate => ("已解决又上报", "solved and passed up at once"),
            Flag::RejectionUnanswered => {
                ("居民不满意没有得到答复", "the resident was not content and got no answer")
            }
            Flag::AfterTransfer => {
                ("移交时收到的居民意见", "what came in while it was filed at another place")
            }
            Flag::AttemptsByResolver => {
                ("三次回访都由解决的人做", "all attempts were by the person who solved it")
            }
            Flag::OtherCopy => ("同一条记录有两份", "two copies of one entry"),
            Flag::Priority => ("重点户取消又保留", "priority ended and kept at once"),
            Flag::Consent => ("走访意愿不一致", "different wishes about visits"),
        };
        let (about, reason) = (self.language.pick(zh, en), self.reason_if(e.reason));
        say!(
            self.language,
            "裁定：{about}，已看过{reason}",
            "Looked at and settled: {about}{reason}"
        )
    }
}

/// That something is solved, and how.
fn solved(how: How, language: Language) -> &'static str {
    let (zh, en) = match how {
        How::Help => ("经帮办解决", "Solved by helping"),
        How::Intervene => ("出面处理后解决", "Solved by stepping in"),
        How::PeoplesMediation => ("经人民调解解决", "Solved by people's mediation"),
        How::AdministrativeMediation => ("经行政调解解决", "Solved by administrative mediation"),
        How::JudicialMediation => ("经司法调解解决", "Solved by judicial mediation"),
        How::Council => ("经街区理事会解决", "Solved by the block council"),
        How::Referral => ("经转办解决", "Solved by passing it to the right office"),
        How::Explained => ("已向居民解释说明", "Explained to the resident"),
    };
    language.pick(zh, en)
}
