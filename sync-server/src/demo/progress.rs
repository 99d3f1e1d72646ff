//! How far the day is: bars on a terminal, lines elsewhere. On standard error, so that standard output is
//! the report's.

use std::{
    io::{IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::prose::padded;

/// Columns of the name of a part.
const NAME_COLUMNS: usize = 36;

const TICK: Duration = Duration::from_millis(120);

/// Says what is going on.
#[derive(Debug)]
pub(super) struct Progress {
    is_terminal: bool,
    start: Instant,
}

/// One part of the day.
#[derive(Debug)]
pub(super) struct Part {
    bar: Option<ProgressBar>,
    name: &'static str,
    start: Instant,
}

impl Progress {
    /// On standard error.
    pub(super) fn new() -> Self {
        Self { is_terminal: std::io::stderr().is_terminal(), start: Instant::now() }
    }

    /// Seconds since the beginning.
    pub(super) fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// Begins a part of so many steps.
    pub(super) fn begin(&self, name: &'static str, steps: usize) -> Part {
        let bar = self.is_terminal.then(|| {
            let bar = ProgressBar::new(steps as u64);
            // A template that cannot be read would be a bug of this line; the plain bar does then.
            if let Ok(style) =
                ProgressStyle::with_template("{spinner} {msg:36} {bar:32} {pos}/{len} {elapsed}")
            {
                bar.set_style(style);
            }
            bar.set_message(name);
            bar.enable_steady_tick(TICK);
            bar
        });
        Part { bar, name, start: Instant::now() }
    }
}

impl Part {
    /// One step more is done.
    pub(super) fn step(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// It is done; `what` came of it.
    pub(super) fn done(self, what: &str) {
        let seconds = self.start.elapsed().as_secs_f64();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        // Whoever does not read this has lost nothing.
        let name = padded(self.name, NAME_COLUMNS);
        let _ = writeln!(std::io::stderr(), "  {name}{what}  ({seconds:.1} s)");
    }
}
