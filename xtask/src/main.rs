//! The project's own commands, as `cargo xtask COMMAND`: every test of every language, the generated
//! bindings, what the library of a phone weighs and what a call of it costs, checks of the tree and pictures.

mod bindings;
mod cost;
mod counts;
mod picture;
mod size;
mod symbols;
mod test;
mod tidy;
mod tools;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Every test: Rust, the independent check of the golden bytes, Kotlin, Android, Swift.
    ///
    /// What is not installed is skipped, and the end says what to install for it. With DOORSTEP_REQUIRE_ALL=1 a
    /// skipped part is a failure, except Swift, for which Debian 12 has no package.
    Test {
        /// Some parts only, with commas between them.
        #[arg(long, value_delimiter = ',', value_name = "PART,...")]
        only: Vec<test::Part>,
    },
    /// Generates the foreign side of the facade from its library, built for this machine.
    Bindings {
        language: bindings::Language,
        /// The folder to write to; where it is not given, the one that the language's own build reads.
        out: Option<PathBuf>,
    },
    /// What the library of a phone weighs, against its budget, and what it is made of.
    ///
    /// Needs nm, size and strip (binutils) and gzip. Ends with 1 where a library is over the budget.
    Size {
        /// Leave out the release profile, which is there to compare with.
        #[arg(long)]
        mobile_only: bool,
    },
    /// What a call costs from Kotlin, beside the engine called from Rust, on one store.
    Cost,
    /// Stories with their expected state, every order of arrival tried: see docs/vectors.md.
    Vectors {
        /// The folder of stories; where it is not given, tests/vectors.
        folder: Option<PathBuf>,
    },
    /// Layers, file sizes, names in the documents.
    Tidy,
    /// Standard input, what COMMAND printed, as SVG.
    Picture { command: String },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Verb::Test { only } => test::run(&only),
        Verb::Bindings { language, out } => bindings::run(language, out.as_deref()),
        Verb::Size { mobile_only } => size::run(mobile_only),
        Verb::Cost => cost::run(),
        Verb::Vectors { folder } => vectors(folder.as_deref()),
        Verb::Tidy => tidy::run(),
        Verb::Picture { command } => picture::run(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// The runner is a program of the tests' crate, so that the crates' layers stay as they are.
fn vectors(folder: Option<&Path>) -> Result<(), String> {
    let mut cargo = tools::cargo([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "doorstep-tests",
        "--bin",
        "vectors",
        "--",
    ]);
    // A path that a person gives is meant from where they stand, not from the root of the tree.
    let folder = folder.map(std::path::absolute).transpose().map_err(|error| error.to_string())?;
    cargo.args(folder);
    tools::run(&mut cargo)
}
