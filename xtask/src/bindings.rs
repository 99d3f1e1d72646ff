//! The foreign side of the facade, generated from the built library and never committed.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::tools;

/// A language that the facade speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Kotlin,
    Swift,
}

/// Where the sdk's build looks for its Kotlin.
const KOTLIN_FOLDER: &str = "android-demo/sdk/build/generated";

/// What the other languages run against, built for this machine in the dev profile.
pub(crate) struct Host {
    /// The folder of the library.
    pub(crate) folder: PathBuf,
    /// The program `doorstep`, for a relay to meet.
    pub(crate) relay: PathBuf,
}

/// Builds library and generator, and generates into `out` or the folder that the language's build reads.
pub(crate) fn run(language: Language, out: Option<&Path>) -> Result<(), String> {
    // A path that a person gives is meant from where they stand, not from the root of the tree.
    let out = out.map(std::path::absolute).transpose().map_err(|error| error.to_string())?;
    let folder = host()?.folder;
    match language {
        Language::Kotlin => kotlin(&folder, out.as_deref()),
        Language::Swift => swift(&folder, out.as_deref()),
    }
}

/// Builds everything that Kotlin and Swift are made and tested with. Always these together: another choice of
/// packages has other features in common, and Cargo would compile half the tree a second time.
pub(crate) fn host() -> Result<Host, String> {
    let mut build = tools::cargo(["build", "--locked"]);
    for package in ["doorstep-ffi", "doorstep-bindgen", "doorstep-relay"] {
        build.args(["--package", package]);
    }
    tools::run(&mut build)?;
    let folder = tools::built("dev")?;
    let relay = tools::program(&folder, "doorstep");
    Ok(Host { folder, relay })
}

/// Kotlin, from the library in a folder that Cargo built into.
pub(crate) fn kotlin(built: &Path, out: Option<&Path>) -> Result<(), String> {
    let out = out.map_or_else(|| tools::root().join(KOTLIN_FOLDER), Path::to_path_buf);
    std::fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let mut bindgen = tools::command(tools::program(built, "doorstep-bindgen"));
    bindgen.arg("generate").arg(tools::library(built)).args(["--language", "kotlin"]);
    tools::run(bindgen.args(["--no-format", "--out-dir"]).arg(&out))?;
    println!("{}", out.display());
    Ok(())
}

/// Swift, by the script that its package has for it: header and module map stand in folders of their own there.
pub(crate) fn swift(built: &Path, out: Option<&Path>) -> Result<(), String> {
    let mut script = tools::command("bash");
    script.arg("ios/generate.sh").arg(tools::library(built));
    tools::run(script.envs(out.map(|out| ("OUT", out))))
}
