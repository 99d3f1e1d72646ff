//! What happened, step by step: a hash that two runs of one seed must share.

use std::collections::VecDeque;

use doorstep_protocol::hash::h;

/// Steps kept for the report of a failure.
const KEPT_MAX: usize = 400;

/// The trace of a run: who did what, with ids, never a signature.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    hash: [u8; 32],
    steps: u64,
    kept: VecDeque<String>,
}

impl Trace {
    /// Notes a step.
    pub fn note(&mut self, step: String) {
        let mut fields = self.hash.to_vec();
        fields.extend_from_slice(step.as_bytes());
        self.hash = h("trace", &fields);
        self.steps += 1;
        if self.kept.len() == KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(step);
    }

    /// The hash of all steps so far.
    pub fn hash(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// How many steps.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The last steps, oldest first.
    pub fn last(&self, count: usize) -> String {
        let skip = self.kept.len().saturating_sub(count);
        let first = self.steps - (self.kept.len() - skip) as u64;
        let lines = self.kept.iter().skip(skip).enumerate();
        lines.map(|(n, step)| format!("  {:>6} {step}\n", first + n as u64)).collect()
    }
}
