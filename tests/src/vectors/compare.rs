//! What was expected against what came: only the fields that are given, each named where it differs.

use serde_json::Value;

use super::format::{after, since};

/// Fields that are compared whole: a rejection too many is a difference too.
const WHOLE: &[&str] = &["rejected"];

/// What differs, one line each: field, expected, got.
#[derive(Debug)]
pub struct Differences {
    /// They.
    pub lines: Vec<String>,
    start: u64,
}

impl Differences {
    /// None yet; times with `+` count from `start`, in s since 1970.
    pub fn new(start: u64) -> Self {
        Self { lines: Vec::new(), start }
    }

    /// Compares what is given.
    pub fn compare(&mut self, at: &str, expected: &Value, got: &Value) {
        match (expected, got) {
            (Value::Object(fields), Value::Object(all)) => {
                for (key, field) in fields {
                    let at = format!("{at}.{key}");
                    match all.get(key) {
                        Some(got) => self.compare(&at, field, got),
                        None => self.lines.push(format!("{at}: there is no such field here")),
                    }
                }
                let whole = WHOLE.iter().any(|name| at.ends_with(&format!(".{name}")));
                for key in all.keys().filter(|key| whole && !fields.contains_key(*key)) {
                    self.lines.push(format!("{at}: expected no {key}, got {}", all[key]));
                }
            }
            (Value::Array(wanted), Value::Array(all)) if wanted.len() == all.len() => {
                // A list of words is a set, which is shown in order.
                let mut wanted = wanted.clone();
                if wanted.iter().all(Value::is_string) && all.iter().all(Value::is_string) {
                    wanted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                }
                if !wanted.iter().zip(all).all(|(a, b)| self.same(a, b)) {
                    for (n, (wanted, got)) in wanted.iter().zip(all).enumerate() {
                        self.compare(&format!("{at}[{n}]"), wanted, got);
                    }
                }
            }
            _ if self.same(expected, got) => {}
            _ => {
                let got = match (expected, got.as_u64()) {
                    (Value::String(_), Some(time)) => format!("\"{}\"", since(time, self.start)),
                    _ => got.to_string(),
                };
                self.lines.push(format!("{at}: expected {expected}, got {got}"));
            }
        }
    }

    /// Whether two values are the same, times written either way.
    fn same(&self, expected: &Value, got: &Value) -> bool {
        match (expected, got) {
            (Value::String(text), Value::Number(n)) => {
                n.as_u64().is_some() && after(text, self.start) == n.as_u64()
            }
            _ => expected == got,
        }
    }
}
