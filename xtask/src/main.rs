//! The project's own checks: `cargo xtask tidy`. The same checks run as tests.

mod tidy;

use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    match command.as_deref() {
        Some("tidy") => report(&tidy::check(root())),
        _ => {
            eprintln!("usage: cargo xtask tidy\n\n  tidy   layers, file sizes, names in the documents");
            ExitCode::from(2)
        }
    }
}

fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn report(found: &[String]) -> ExitCode {
    for line in found {
        eprintln!("{line}");
    }
    if found.is_empty() {
        println!("tidy: nothing found");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
