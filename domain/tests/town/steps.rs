//! Random histories of a grievance: what may be said, drawn by numbers. The numbers are those of
//! whoever draws: proptest, which shrinks them, or a seed.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use super::Story;

/// Who acts.
pub const WHO: [&str; 12] =
    ["Li", "Li", "Wang", "Ma", "Chen", "Zhao", "Sun", "Song", "Qian", "Wu", "Kiosk", "Audit"];

/// Event, the kind that its target should have, whether it is said often.
pub const SAID: &[(&str, &str, u32)] = &[
    ("accept", "", 6),
    ("decline of=@1", "accept", 2),
    ("contact", "", 2),
    ("progress", "", 4),
    ("resolve answers=[@2]", "reject", 8),
    ("resolve", "", 8),
    ("confirm resolution=@1", "resolve", 8),
    ("confirm resolution=@1 evidence=[proof]", "resolve", 4),
    ("reject resolution=@1", "resolve", 8),
    ("reject resolution=@1", "close_unsolved", 2),
    ("feed_back resolution=@1", "resolve", 6),
    ("asked_no_answer resolution=@1", "resolve", 8),
    ("close", "", 6),
    ("close_unsolved answers=[@2] told=phone", "reject", 4),
    ("withdraw evidence=[proof]", "", 1),
    ("set_grade grade=a", "", 2),
    ("set_grade grade=d supersedes=[@1] reason=6", "set_grade", 4),
    ("set_due due=+30", "", 2),
    ("set_due due=+500 supersedes=[@1,@d] reason=13", "set_due", 4),
    ("escalate level=community", "", 2),
    ("escalate level=outside body=court", "", 1),
    ("take_over level=block", "", 2),
    ("send_back to=grid returns=[@1]", "escalate", 3),
    ("assign to=%Chen supersedes=[@2]", "assign", 2),
    ("dispatch_team team=^water", "", 2),
    ("correct event=@1", "resolve", 2),
    ("correct event=@1", "correct", 2),
    ("correct event=@d", "", 1),
    ("correct event=@1 replacement=resolve|how=council", "resolve", 2),
    ("settle flag=grade about=[@1] choice=1", "set_grade", 2),
    ("transfer to=#5", "", 1),
    ("duplicate_of other=#5", "", 2),
    ("not_duplicate link=@1", "duplicate_of", 2),
    ("accept ; resolve", "", 1),
    ("discover", "", 1),
    ("note", "", 1),
];

/// One of a list, by a number.
pub fn pick<T>(n: u64, of: &[T]) -> &T {
    &of[(n % of.len() as u64) as usize]
}

/// What was said so far, by the kinds that others name.
pub struct Said {
    by_kind: BTreeMap<&'static str, Vec<String>>,
}

impl Default for Said {
    fn default() -> Self {
        Self { by_kind: BTreeMap::from([("", vec!["d".to_owned()])]) }
    }
}

impl Said {
    /// All acts.
    pub fn all(&self) -> &[String] {
        &self.by_kind[""]
    }

    /// The words of an event, drawn by `what`, and its two targets, drawn by `targets` among those acts
    /// that `knows` lets through, if there are any.
    pub fn words(
        &self,
        what: u64,
        targets: (u64, u64),
        knows: &dyn Fn(&str) -> bool,
    ) -> (String, [String; 2]) {
        let weights: u32 = SAID.iter().map(|said| said.2).sum();
        let mut left = (what % u64::from(weights)) as u32;
        let drawn = SAID.iter().find(|said| {
            let here = left < said.2;
            left = left.saturating_sub(said.2);
            here
        });
        let (mut what, mut of, _) = *drawn.unwrap();
        if !of.is_empty() && !self.by_kind.contains_key(of) {
            (what, of) = ("resolve", "");
        }
        let target = |n: u64| {
            let all = self.by_kind.get(of).map_or_else(|| self.all(), Vec::as_slice);
            let known: Vec<&String> = all.iter().filter(|name| knows(name)).collect();
            if known.is_empty() { pick(n, all).clone() } else { (*pick(n, &known)).clone() }
        };
        let named = [target(targets.0), target(targets.1)];
        let words =
            what.replace("@1", &format!("@{}", named[0])).replace("@2", &format!("@{}", named[1]));
        (words, named)
    }

    /// An act was said.
    pub fn note(&mut self, name: &str, words: &str) {
        let kind = words.split(' ').next().unwrap();
        let kind = SAID.iter().map(|said| said.1).find(|of| *of == kind).unwrap_or("");
        self.by_kind.get_mut("").unwrap().push(name.to_owned());
        if !kind.is_empty() {
            self.by_kind.entry(kind).or_default().push(name.to_owned());
        }
    }
}

/// How an act is written, by a small number: mostly as usual.
pub fn manner(n: u8) -> &'static str {
    match n {
        0 => "!held",
        1 => "!uncertain",
        2 => "!point=2",
        3 => "!fresh",
        4 => "!fresh !again=d",
        _ => "",
    }
}

/// One step, as numbers: who, what, what they had seen, which targets, how it was written.
#[derive(Debug, Clone)]
pub struct Step {
    pub who: u64,
    pub what: u64,
    /// None = everything.
    pub seen: Option<Vec<u64>>,
    pub targets: (u64, u64),
    pub manner: u8,
    pub hours: u64,
}

/// The story of some steps.
pub fn story(steps: &[Step]) -> Story {
    let mut story = Story::grievance(&["Xu d - discover kind=2"]);
    let mut said = Said::default();
    let mut clock = 0;
    for (i, step) in steps.iter().enumerate() {
        let (words, named) = said.words(step.what, step.targets, &|_| true);
        let seen: Vec<String> = match &step.seen {
            None => said.all().to_vec(),
            Some(some) => {
                let mut some: Vec<String> =
                    some.iter().map(|n| pick(*n, said.all()).clone()).collect();
                some.push("d".into());
                // Mostly an act names what its author had seen.
                if step.manner < 34 {
                    some.extend(named);
                }
                some
            }
        };
        clock += step.hours;
        let who = if step.manner == 4 { "Xu" } else { pick(step.who, &WHO) };
        let manner = manner(step.manner);
        story.line(&format!("{who} a{i} {} !hour={clock} {manner} {words}", seen.join(",")));
        said.note(&format!("a{i}"), &words);
    }
    story
}
