//! Tells all vectors of a folder.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    thread,
};

use super::{Fault, Told, tell};

/// What came of a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Vectors.
    pub vectors: usize,
    /// Those that did not hold.
    pub wrong: usize,
    /// Copies of acts in all of them.
    pub acts: usize,
    /// Complete orders that were run.
    pub orders: u64,
    /// Folds that this took.
    pub folds: u64,
}

impl Summary {
    /// There are vectors, and all hold.
    pub fn holds(&self) -> bool {
        self.vectors > 0 && self.wrong == 0
    }
}

/// Tells every `.json` file of a folder and of the folders in it, by name: a line each, what differs
/// under it, and a summary.
///
/// # Errors
///
/// Where the folder or a file of it cannot be read.
pub fn run_folder(folder: &Path, out: &mut dyn Write) -> io::Result<Summary> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let texts = files.iter().map(fs::read_to_string).collect::<io::Result<Vec<String>>>()?;
    let mut summary = Summary::default();
    for (file, told) in files.iter().zip(tell_all(&texts)) {
        summary.vectors += 1;
        let about = file.strip_prefix(folder).unwrap_or(file).with_extension("");
        match told {
            Ok(told) => {
                summary.acts += told.acts;
                summary.orders += told.orders;
                summary.folds += told.folds;
                let word = if told.differences.is_empty() { "ok   " } else { "WRONG" };
                let about = about.display();
                writeln!(out, "{word} {about}: {} ({} orders)", told.name, told.orders)?;
                if !told.differences.is_empty() {
                    summary.wrong += 1;
                    writeln!(out, "      rule: {}", told.rule)?;
                }
                for line in told.differences {
                    writeln!(out, "      {line}")?;
                }
            }
            Err(fault) => {
                summary.wrong += 1;
                writeln!(out, "WRONG {}: {fault}", about.display())?;
            }
        }
    }
    let Summary { vectors, wrong, acts, orders, folds } = summary;
    writeln!(
        out,
        "{vectors} vectors, {acts} acts, {orders} complete orders, {folds} folds: {} hold, {wrong} do not",
        vectors - wrong
    )?;
    Ok(summary)
}

/// Tells them all, some at a time, in their order.
fn tell_all(texts: &[String]) -> Vec<Result<Told, Fault>> {
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    let mut told: Vec<Option<Result<Told, Fault>>> = texts.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let running: Vec<_> = (0..lanes)
            .map(|lane| {
                let mine = texts.iter().enumerate().skip(lane).step_by(lanes);
                scope.spawn(move || mine.map(|(n, text)| (n, tell(text))).collect::<Vec<_>>())
            })
            .collect();
        for lane in running {
            // A panic of the fold is caught where it is run, with its order.
            for (n, one) in lane.join().unwrap_or_default() {
                told[n] = Some(one);
            }
        }
    });
    let lost = || Err("the runner panicked".to_owned());
    told.into_iter().map(|one| one.unwrap_or_else(lost)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}
