//! A state in the words of a vector: labels for events, names for people and documents.

use std::collections::BTreeMap;

use doorstep_domain::{
    event::{Attendee, FieldValue},
    figures::Figures,
    fold::{
        Grievance, Household, Meeting, Said, State, Visit, grievance::Raised, story::Entry,
        story::Judgement,
    },
    input::EventId,
};
use doorstep_protocol::id::{DocumentId, MemberId, TeamId};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::orders::parts;

/// What things are called.
#[derive(Debug, Default)]
pub struct Names {
    /// Events of the document, by their act: the first label of each.
    pub acts: BTreeMap<EventId, String>,
    /// Members, by their code.
    pub members: BTreeMap<MemberId, String>,
    /// Teams, by their code.
    pub teams: BTreeMap<TeamId, String>,
    /// Documents.
    pub documents: BTreeMap<DocumentId, String>,
}

fn word(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

impl Names {
    fn event(&self, id: EventId) -> String {
        let label = self.acts.get(&EventId { n: 0, ..id });
        let label = label.cloned().unwrap_or_else(|| format!("{id:?}"));
        if id.n == 0 { label } else { format!("{label}.{}", id.n) }
    }

    fn events(&self, ids: impl IntoIterator<Item = EventId>) -> Value {
        sorted(ids.into_iter().map(|id| self.event(id)))
    }

    fn member(&self, id: MemberId) -> String {
        self.members.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn members(&self, ids: &[MemberId]) -> Value {
        sorted(ids.iter().map(|id| self.member(*id)))
    }

    fn document(&self, id: DocumentId) -> String {
        self.documents.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn documents(&self, ids: impl IntoIterator<Item = DocumentId>) -> Value {
        sorted(ids.into_iter().map(|id| self.document(id)))
    }

    fn said<T>(&self, said: &[Said<T>]) -> Value {
        self.events(said.iter().map(|said| said.id))
    }

    /// The state of a document.
    pub fn state(&self, state: &State) -> Value {
        let mut fields = match state {
            State::Grievance(state) => self.grievance(state),
            State::Household(state) => self.household(state),
            State::Visit(state) => self.visit(state),
            State::Meeting(state) => self.meeting(state),
        };
        let (story, waiting) = parts(state);
        self.story(&mut fields, story);
        fields.insert("waiting".into(), json!(waiting));
        Value::Object(fields)
    }

    /// What every document has.
    fn story(&self, fields: &mut Map<String, Value>, story: &[Entry]) {
        let ids = |is: fn(&Entry) -> bool| {
            self.events(story.iter().filter(|entry| is(entry)).map(|entry| entry.id))
        };
        let mut rejected = Map::new();
        let mut corrected = Map::new();
        let mut says = Map::new();
        for entry in story {
            let name = self.event(entry.id);
            if let Judgement::Rejected(reason) = entry.judgement {
                rejected.insert(name.clone(), word(reason));
            }
            if let Some(by) = entry.corrected_by {
                corrected.insert(name.clone(), json!(self.event(by)));
            }
            says.insert(name, word(&entry.event));
        }
        fields.insert("rejected".into(), Value::Object(rejected));
        fields.insert("corrected".into(), Value::Object(corrected));
        fields.insert("says".into(), Value::Object(says));
        fields.insert("in_force".into(), ids(|entry| entry.in_force));
        fields.insert("held".into(), ids(|entry| entry.held));
        fields.insert("story".into(), ids(|_| true));
        fields.insert("newer_entries".into(), ids(|entry| entry.judgement == Judgement::Newer));
    }

    fn flags(&self, fields: &mut Map<String, Value>, flags: &[Raised]) {
        let named = |settled: bool| {
            let flags = flags.iter().filter(|flag| flag.settled == settled);
            let mut words: Vec<String> =
                flags.map(|flag| word(flag.flag).as_str().unwrap_or_default().to_owned()).collect();
            words.sort();
            words.dedup();
            json!(words)
        };
        let mut about: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for flag in flags {
            let word = word(flag.flag).as_str().unwrap_or_default().to_owned();
            about.entry(word).or_default().extend(flag.about.iter().map(|id| self.event(*id)));
        }
        for names in about.values_mut() {
            names.sort();
            names.dedup();
        }
        fields.insert("flags".into(), named(false));
        fields.insert("settled".into(), named(true));
        fields.insert("flagged".into(), json!(about));
    }

    fn grievance(&self, state: &Grievance) -> Map<String, Value> {
        let mut fields = map(json!({
            "stage": state.stage,
            "round": state.round,
            "level": state.level,
            "grade": state.grade,
            "grade_by_default": state.grade_by_default,
            "due": state.due.map(|due| due.from),
            "due_to": state.due.and_then(|due| due.to),
            "owner": state.owner.map(|owner| self.member(owner)),
            "helpers": self.members(&state.helpers),
            "teams": sorted(state.teams.iter().map(|team| {
                self.teams.get(team).cloned().unwrap_or_else(|| team.to_string())
            })),
            "facts": state.facts,
            "discovered_by": state.discovered_by.map(|by| self.member(by)),
            "accounts": self.events(state.accounts.iter().map(|account| account.id)),
            "open_rejections": self.events(state.open_rejections.iter().copied()),
            "attempts": self.events(state.attempts.iter().copied()),
            "told": state.told,
            "may_close": state.may_close,
            "confirmed": state.confirmed,
            "explained_only": state.explained_only,
            "resolved_level": state.resolved_level,
            "how": state.how,
            "mediation": state.mediation,
            "struck": state.struck,
            "duplicates": self.documents(state.duplicates.iter().map(|(_, doc)| *doc)),
            "transferred_to": state.transferred_to.as_ref().map(|to| self.document(to.doc)),
            "times": state.times,
            "newer": state.newer,
        }));
        let account = state.accounts.iter().map(|account| {
            let answers = |in_force: bool| {
                let answers = account.answers.iter().filter(|a| a.in_force == in_force);
                self.events(answers.map(|answer| answer.id))
            };
            let told = json!({
                "round": account.round,
                "how": account.how,
                "helpers": self.members(&account.helpers),
                "level": account.level,
                "text": account.text,
                "held": account.held,
                "time": account.time,
                "answers": answers(true),
                "answers_without_force": answers(false),
            });
            (self.event(account.id), told)
        });
        fields.insert("account".into(), Value::Object(account.collect()));
        self.flags(&mut fields, &state.flags);
        fields
    }

    fn household(&self, state: &Household) -> Map<String, Value> {
        let field = |said: &[Said<FieldValue>]| -> Value {
            said.iter().map(|said| word(&said.value)).collect()
        };
        let persons: Vec<Value> = state
            .persons
            .iter()
            .map(|person| {
                json!({
                    "person": self.event(person.id),
                    "names": sorted(person.said.iter().map(|said| said.value.name.to_string())),
                    "said": self.said(&person.said),
                    "left": person.left,
                })
            })
            .collect();
        let mut fields = map(json!({
            "unit": state.facts.as_ref().map(|found| &found.unit),
            "struck": state.struck,
            "fields": state.fields.iter().map(|now| (now.field.to_string(), field(&now.said)))
                .collect::<Map<String, Value>>(),
            "persons": persons,
            "phones": sorted(state.phones.iter().map(|said| said.value.number.to_string())),
            "consent": state.consent,
            "consents": self.said(&state.consents),
            "priority": state.priority,
            "priority_ended": state.priority_ended,
            "notices": self.said(&state.notices),
            "same_as": self.documents(state.same_as.iter().copied()),
            "continues": self.documents(state.continues.iter().copied()),
            "newer": state.newer,
        }));
        self.flags(&mut fields, &state.flags);
        fields
    }

    fn visit(&self, state: &Visit) -> Map<String, Value> {
        let checked = state.checklist.iter().map(|now| {
            let answers: Vec<u16> = now.said.iter().map(|said| said.value).collect();
            (now.item.to_string(), json!(answers))
        });
        let facts = state.facts.as_ref();
        let mut fields = map(json!({
            "household": facts.map(|facts| self.document(facts.household.doc)),
            "purpose": facts.map(|facts| facts.purpose),
            "struck": state.struck,
            "starter": state.starter.map(|by| self.member(by)),
            "members": self.members(&state.members),
            "time": state.time,
            "day": state.day,
            "checklist": checked.collect::<Map<String, Value>>(),
            "outcome": state.outcome.as_ref().map(|said| said.value.outcome),
            "persons_met": state.outcome.as_ref().map(|said| said.value.persons_met),
            "grievances": state.outcome.as_ref().map(|said| {
                self.documents(said.value.grievances.iter().map(|link| link.doc))
            }),
            "outcome_is": state.outcome.as_ref().map(|said| self.event(said.id)),
            "outcomes": self.said(&state.outcomes),
            "same_visit": self.documents(state.same_visit.iter().copied()),
            "newer": state.newer,
        }));
        self.flags(&mut fields, &state.flags);
        fields
    }

    fn meeting(&self, state: &Meeting) -> Map<String, Value> {
        let present = |present: bool| {
            let seats = state.attendance.iter().filter(|said| said.value.present == present);
            sorted(seats.map(|said| match &said.value.who {
                Attendee::Member(member) => self.member(*member),
                Attendee::Name(name) => name.to_string(),
            }))
        };
        let items = state.items.iter().map(|now| {
            let told = json!({
                "id": self.event(now.id),
                "title": now.title,
                "grievances": self.documents(now.grievances.iter().map(|link| link.doc)),
                "outcome": now.outcome,
                "said": self.said(&now.said),
                "carries": now.carries.as_ref().map(|at| self.document(at.meeting.doc)),
            });
            (now.item.to_string(), told)
        });
        let mut fields = map(json!({
            "day": state.facts.as_ref().map(|held| held.day),
            "struck": state.struck,
            "present": present(true),
            "absent": present(false),
            "attendance": self.said(&state.attendance),
            "items": items.collect::<Map<String, Value>>(),
            "newer": state.newer,
        }));
        self.flags(&mut fields, &state.flags);
        fields
    }

    /// Figures, with every rate also as it is printed.
    pub fn figures(&self, figures: &Figures) -> Value {
        let mut fields = map(word(figures));
        fields.insert(
            "printed".into(),
            json!({
                "resolved": figures.resolved.to_string(),
                "resolved_or_answered": figures.resolved_or_answered.to_string(),
                "within_block": figures.within_block.to_string(),
                "disputes": figures.disputes.resolved.to_string(),
                "items": figures.items.to_string(),
            }),
        );
        Value::Object(fields)
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Value {
    let mut names: Vec<String> = names.collect();
    names.sort();
    json!(names)
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
