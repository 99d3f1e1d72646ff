//! A line of a story, taken apart.

use serde_json::{Value, json};

use crate::people::defaults;

/// A line, taken apart.
pub(crate) struct Said<'l> {
    pub(crate) line: &'l str,
    pub(crate) who: &'l str,
    pub(crate) name: &'l str,
    pub(crate) refused: Option<&'l str>,
    marks: Vec<&'l str>,
    pub(crate) parts: Vec<Part<'l>>,
}

/// What it says in one document.
pub(crate) struct Part<'l> {
    pub(crate) doc: Option<&'l str>,
    events: Vec<Vec<&'l str>>,
}

impl<'l> Said<'l> {
    pub(crate) fn of(line: &'l str) -> Self {
        let (said, refused) = match line.split_once("=>") {
            Some((said, reason)) => (said, Some(reason.trim())),
            None => (line, None),
        };
        let mut words = said.split_whitespace();
        let (who, name) = (words.next().unwrap(), words.next().unwrap());
        let words: Vec<&str> = words.collect();
        let marks = words.iter().filter_map(|word| word.strip_prefix('!')).collect();
        let parts = words.split(|word| *word == "&").map(Part::of).collect();
        Self { line, who, name, refused, marks, parts }
    }

    pub(crate) fn mark(&self, key: &str) -> Option<&'l str> {
        self.marks.iter().find_map(|mark| mark.strip_prefix(key)?.strip_prefix('='))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.marks.contains(&key)
    }

    pub(crate) fn verb(&self) -> &'l str {
        self.parts[0].events[0][0]
    }

    pub(crate) fn is_raw(&self) -> bool {
        self.parts[0].key("raw").is_some() || self.parts[0].key("whole").is_some()
    }

    pub(crate) fn value(&self, text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{}: {error}", self.line))
    }
}

impl<'l> Part<'l> {
    fn of(words: &[&'l str]) -> Self {
        let doc = words.iter().find_map(|word| word.strip_prefix("!in="));
        let words: Vec<&str> =
            words.iter().copied().filter(|word| !word.starts_with('!')).collect();
        let events = words.split(|word| *word == ";").map(<[&str]>::to_vec).collect();
        Self { doc, events }
    }

    pub(crate) fn key(&self, key: &str) -> Option<&'l str> {
        self.events[0].iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    pub(crate) fn form(&self) -> Value {
        form(&self.events[0])
    }

    pub(crate) fn forms(&self) -> impl Iterator<Item = Value> {
        self.events.iter().map(|words| form(words))
    }
}

/// The JSON form of an event, with what a form fills in.
fn form(words: &[&str]) -> Value {
    let mut form = defaults(words[0]);
    form["type"] = json!(words[0]);
    for word in &words[1..] {
        let (key, text) = word.split_once('=').unwrap_or_else(|| panic!("{word}"));
        form[key] = if key == "replacement" {
            self::form(&text.split('|').collect::<Vec<_>>())
        } else {
            value(text)
        };
    }
    form
}

fn value(text: &str) -> Value {
    match text.strip_prefix('[') {
        Some(list) => {
            let list = list.trim_end_matches(']').split(',');
            list.filter(|item| !item.is_empty()).map(value).collect()
        }
        None => match text {
            "signed" => json!({"kind": "signature", "hash": "ab".repeat(32)}),
            "code" => json!({"kind": "code", "hash": "ab".repeat(32)}),
            // The id of an item.
            _ if text.len() == 16 => json!(text),
            _ if text.starts_with('{') => serde_json::from_str(text).unwrap(),
            _ => text.parse::<u64>().map_or_else(
                |_| text.parse::<bool>().map_or_else(|_| json!(text), |is| json!(is)),
                |n| json!(n),
            ),
        },
    }
}
