//! What a call costs from Kotlin, beside the same verb of the engine called from Rust; in one run and on one store. What
//! Kotlin adds is the facade, the way through the bindings and the change of thread.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    bindings::{self, Language},
    tools,
};

/// The engine's verbs by the names that Kotlin's calls of them go by in the table.
const VERBS: [(&str, &str); 4] = [
    ("open", "open"),
    ("households_page", "first_page"),
    ("my_day", "today"),
    ("save_household", "save"),
];

/// Measures both and prints a table for the documents. Kotlin is first: it enrols with a relay and fills the store.
pub(crate) fn run() -> Result<(), String> {
    if tools::jdk().is_none_or(|version| version < tools::JDK_MIN) || tools::find("mvn").is_none() {
        return Err(format!("needs a JDK {} or newer and Maven", tools::JDK_MIN));
    }
    bindings::run(Language::Kotlin, None)?;
    let release = ["build", "--release", "--locked", "--package"];
    tools::run(tools::cargo(release).args(["doorstep-relay", "--bin", "doorstep"]))?;
    tools::run(tools::cargo(release).args(["doorstep-ffi", "--lib", "--example", "facade_cost"]))?;
    let built = tools::built("release")?;
    let folder = emptied(built.join("facade-cost"))?;
    let kotlin = measured(&mut kotlin(&built, &folder))?;
    let mut rust = tools::command(tools::program(&built.join("examples"), "facade_cost"));
    let rust = measured(rust.arg(folder.join("store")).arg(folder.join("device-key.spki.hex")))?;
    println!("\n{}", table(&rust, &kotlin));
    Ok(())
}

/// A store that an earlier run left would be measured with what that run wrote.
fn emptied(folder: PathBuf) -> Result<PathBuf, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(failed)?;
    }
    std::fs::create_dir_all(&folder).map_err(failed)?;
    Ok(folder)
}

/// The main of the sdk's tests, in the virtual machine that runs Maven.
fn kotlin(built: &Path, folder: &Path) -> Command {
    let mut maven = tools::maven(["-q", "-pl", "sdk", "test-compile", "exec:java"]);
    maven.args(["-Dexec.classpathScope=test", "-Dexec.mainClass=app.doorstep.sdk.FacadeCostKt"]);
    let (library, relay) = (built.display(), tools::program(built, "doorstep"));
    maven.arg(format!("-Dexec.args={}", folder.display()));
    maven.arg(format!("-Ddoorstep.relay={}", relay.display()));
    maven.args([format!("-Ddoorstep.library={library}"), format!("-Djna.library.path={library}")]);
    maven
}

/// The median of each call that a program measured, in its order.
fn measured(program: &mut Command) -> Result<Vec<(String, f64)>, String> {
    let mut costs = Vec::new();
    tools::run_watched(program, |line| costs.extend(costs_of_line(line)))?;
    if costs.is_empty() { Err("ended well, but measured nothing".to_owned()) } else { Ok(costs) }
}

/// Kotlin prints `cost: NAME MICROSECONDS`, a line each; Rust one object with all.
fn costs_of_line(line: &str) -> Vec<(String, f64)> {
    // Maven resets a terminal's colours, where there is none too.
    let line = line.trim_start_matches("\u{1b}[0m");
    let cost = || {
        let (name, number) = line.trim().strip_prefix("cost: ")?.split_once(' ')?;
        Some((name.to_owned(), number.trim().parse().ok()?))
    };
    let Ok(object) = serde_json::from_str::<Value>(line) else {
        return cost().into_iter().collect();
    };
    let median = |verb: &str| object.get(verb)?.get("median")?.as_f64();
    VERBS.iter().filter_map(|(verb, name)| Some(((*name).to_owned(), median(verb)?))).collect()
}

/// A line for each call that either measured, with a dash where the other did not.
fn table(rust: &[(String, f64)], kotlin: &[(String, f64)]) -> String {
    let of = |side: &[(String, f64)], name: &str| {
        side.iter().find(|(measured, _)| measured == name).map(|(_, cost_us)| *cost_us)
    };
    let mut names: Vec<&str> = kotlin.iter().map(|(name, _)| name.as_str()).collect();
    names.extend(
        rust.iter().map(|(name, _)| name.as_str()).filter(|name| of(kotlin, name).is_none()),
    );
    let number =
        |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"));
    let mut text = String::from(
        "| call | engine from Rust, us | Kotlin, us | Kotlin / Rust | added, us |\n|---|---:|---:|---:|---:|\n",
    );
    for name in names {
        let (rust, kotlin) = (of(rust, name), of(kotlin, name));
        let both = rust.zip(kotlin);
        let ratio = number(both.map(|(rust, kotlin)| kotlin / rust));
        let added = number(both.map(|(rust, kotlin)| kotlin - rust));
        let (rust, kotlin) = (number(rust), number(kotlin));
        text.push_str(&format!("| {name} | {rust} | {kotlin} | {ratio} | {added} |\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_stand_in_one_line() {
        let rust = costs_of_line(r#"{"my_day": {"best": 390.1, "median": 400.5, "runs": 50}}"#);
        let kotlin = costs_of_line("\u{1b}[0mcost: today 801");
        let both = table(&rust, &kotlin);
        assert!(both.ends_with("\n| today | 400.5 | 801.0 | 2.0 | 400.5 |\n"), "{both}");
        assert!(table(&rust, &[]).ends_with("\n| today | 400.5 | - | - | - |\n"));
        assert_eq!(costs_of_line("costly: today 4"), []);
        assert_eq!(costs_of_line("cost: today"), []);
    }

    #[test]
    fn a_program_that_measures_nothing_is_a_failure() {
        assert!(measured(&mut tools::cargo(["--version"])).is_err());
    }
}
