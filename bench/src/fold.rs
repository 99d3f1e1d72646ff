//! What it takes to fold grievances: how many events in a second, what an event costs as a grievance
//! grows, one event more on a long one, and the rows and figures of all that a sub-district has.

use std::time::{Duration, Instant};

use doorstep_domain::{
    check::check,
    figures::{Row, figures, row},
    fold::{grievance, grievance::Stage, work},
};

use crate::{
    Outcome,
    fold_made::{Grid, Made},
    stopwatch::Times,
    table::{Table, each, ratio, whole},
};

/// How many acts a usual grievance has.
const USUAL: usize = 8;
/// How many grievances are made, and folded, at a time.
const CHUNK: u64 = 5_000;

/// Folding grievances of one length.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) acts: usize,
    pub(crate) events: u64,
    /// Steps and bits that it took, by the fold's own count.
    pub(crate) steps: u64,
    pub(crate) bits: u64,
    took: Duration,
}

impl Line {
    fn event_s(&self) -> f64 {
        ratio(self.took.as_secs_f64(), self.events as f64)
    }
}

/// One event more on grievances of some length, against one of the usual length.
#[derive(Debug)]
pub(crate) struct Longer {
    acts: usize,
    fold: f64,
    check: f64,
    /// How long the check takes for each fold of the same grievance.
    check_of_fold: f64,
}

/// Rows and figures of many grievances.
#[derive(Debug)]
pub(crate) struct Many {
    pub(crate) grievances: u64,
    pub(crate) events: u64,
    pub(crate) collected: u64,
    rows: Duration,
    figures: Duration,
}

/// Folds about so many events, in grievances of each length.
pub(crate) fn lengths(lengths: &[usize], events: usize) -> Outcome<Vec<Line>> {
    let grid = Grid::new();
    let mut lines = Vec::new();
    for acts in lengths {
        let made = (0..(events / acts).max(1) as u64).map(|n| grid.grievance(n, *acts));
        let made: Vec<Made> = made.collect::<Outcome<_>>()?;
        let (mut steps, mut bits) = (0, 0);
        for made in &made {
            let took = work(&made.document(), &grid.roster);
            steps += took.steps;
            bits += took.bits;
        }
        let began = Instant::now();
        for made in &made {
            let state = grievance::fold(&made.document(), &grid.roster);
            if state.stage != Stage::Closed {
                return Err("a grievance did not end closed".into());
            }
        }
        let events = (made.len() * acts) as u64;
        lines.push(Line { acts: *acts, events, steps, bits, took: began.elapsed() });
    }
    Ok(lines)
}

/// One event more on a usual grievance and on long ones, in turn.
pub(crate) fn one_more(lengths: &[usize], runs: usize) -> Outcome<Vec<Longer>> {
    let grid = Grid::new();
    let (mut lines, mut usual) = (Vec::new(), (Times::default(), Times::default()));
    for acts in lengths {
        lines.push((*acts, grid.grievance(1, *acts)?, Times::default(), Times::default()));
    }
    let short = grid.grievance(1, USUAL)?;
    for _ in 0..runs {
        once(&grid, &short, &mut usual.0, &mut usual.1)?;
        for (_, made, fold, check) in &mut lines {
            once(&grid, made, fold, check)?;
        }
    }
    let longer = lines.into_iter().map(|(acts, _, fold, check)| Longer {
        acts,
        check_of_fold: check.against(&fold),
        fold: fold.against(&usual.0),
        check: check.against(&usual.1),
    });
    Ok(longer.collect())
}

fn once(grid: &Grid, made: &Made, fold: &mut Times, check_: &mut Times) -> Outcome<()> {
    let new = grid.next(made, 1)?;
    let document = made.document();
    check_.take(|| check(&document, &grid.roster, &new).map_err(|_| "it was refused".into()))?;
    fold.take(|| Ok(grievance::fold(&document, &grid.roster)))?;
    Ok(())
}

/// Rows of so many usual grievances, made a chunk at a time, and their figures.
pub(crate) fn many(grievances: u64) -> Outcome<Many> {
    let grid = Grid::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut took = Duration::ZERO;
    let mut events = 0;
    for first in (0..grievances).step_by(usize::try_from(CHUNK)?) {
        let numbers = first..(first + CHUNK).min(grievances);
        let made = numbers.map(|n| grid.grievance(n, USUAL)).collect::<Outcome<Vec<_>>>()?;
        let began = Instant::now();
        rows.extend(made.iter().filter_map(|made| row(&made.document(), &grid.roster)));
        took += began.elapsed();
        events += made.iter().map(|made| made.copies.len() as u64).sum::<u64>();
    }
    let began = Instant::now();
    let figures = figures(&rows);
    Ok(Many {
        grievances: rows.len() as u64,
        events,
        collected: figures.collected,
        rows: took,
        figures: began.elapsed(),
    })
}

/// So many in a second, to a thousand.
fn a_second(n: u64, took: Duration) -> String {
    let n = ratio(n as f64, took.as_secs_f64());
    whole((n / 1_000.0).round() as u64 * 1_000)
}

pub(crate) fn table(lines: &[Line], longer: &[Longer], many: &Many) -> Table {
    let header = [
        "what",
        "events",
        "events a second",
        "an event, against the usual",
        "steps an event",
        "bits an event",
    ];
    let mut table = Table::new("Folding grievances", &header).note(
        "One core. *Steps*: events taken in hand; *bits*: questions of a few instructions. The usual grievance has 8 acts of one event: found, taken \
         on, contacted, solved, confirmed, told, closed; a longer one comes back round after round before that. *Folded* is decoding, judging every \
         event by what its author had seen, state and story. *Check before saving* judges one event more, with all that comes before it. Times of \
         one more event are ratios of medians, in turn.",
    );
    let usual = lines.first().map_or(0.0, Line::event_s);
    for line in lines {
        table.row(vec![
            format!("folded, {} acts each", whole(line.acts as u64)),
            whole(line.events),
            a_second(line.events, line.took),
            format!("{:.2}x", ratio(line.event_s(), usual)),
            each(line.steps, line.events),
            each(line.bits, line.events),
        ]);
    }
    let plain = |what: String, events: String, second: String, times: String| {
        vec![what, events, second, times, String::new(), String::new()]
    };
    for line in longer {
        let what = format!("fold again with one more, {} acts", whole(line.acts as u64));
        table.row(plain(
            what,
            String::new(),
            String::new(),
            format!("{:.1}x a usual fold", line.fold),
        ));
        let what = format!("check before saving, {} acts", whole(line.acts as u64));
        let times =
            format!("{:.1}x a usual check, {:.2}x the fold", line.check, line.check_of_fold);
        table.row(plain(what, String::new(), String::new(), times));
    }
    let what = format!("rows of {} grievances", whole(many.grievances));
    table.row(plain(what, whole(many.events), a_second(many.events, many.rows), String::new()));
    let what =
        format!("figures of {} rows, {} collected", whole(many.grievances), whole(many.collected));
    let share = format!(
        "{:.3}x making the rows",
        ratio(many.figures.as_secs_f64(), many.rows.as_secs_f64())
    );
    table.row(plain(
        what,
        String::new(),
        format!("{} rows", a_second(many.grievances, many.figures)),
        share,
    ));
    table
}
