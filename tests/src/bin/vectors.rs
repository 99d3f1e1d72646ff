//! Tells the vectors of a folder and says which hold: `vectors [DIR]`, DIR being this package's own folder
//! where none is given. The format: `docs/vectors.md`.

use std::{env, io, path::PathBuf, process::ExitCode};

use doorstep_tests::vectors::run_folder;

fn main() -> ExitCode {
    let own = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"));
    let folder = env::args_os().nth(1).map_or_else(own, PathBuf::from);
    match run_folder(&folder, &mut io::stdout().lock()) {
        Ok(summary) if summary.holds() => ExitCode::SUCCESS,
        Ok(summary) => {
            if summary.vectors == 0 {
                eprintln!("no vectors in {}", folder.display());
            }
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}
