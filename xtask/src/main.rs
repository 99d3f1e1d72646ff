//! The project's own checks and pictures: `cargo xtask tidy`, `cargo xtask picture`. The checks run as
//! tests too.

mod picture;
mod tidy;

use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    match command.as_deref() {
        Some("tidy") => report(&tidy::check(root())),
        Some("picture") => draw(std::env::args().nth(2).as_deref().unwrap_or_default()),
        _ => {
            eprintln!(
                "usage: cargo xtask COMMAND\n\n  \
                 tidy              layers, file sizes, names in the documents\n  \
                 picture COMMAND   standard input, what COMMAND printed, as SVG"
            );
            ExitCode::from(2)
        }
    }
}

fn draw(command: &str) -> ExitCode {
    match std::io::read_to_string(std::io::stdin()) {
        Ok(text) => {
            print!("{}", picture::of(command, &text));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("standard input cannot be read: {error}");
            ExitCode::FAILURE
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
