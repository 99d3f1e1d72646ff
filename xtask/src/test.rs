//! Every test of the project with one command, and at its end a table of what ran, was skipped or failed.

use std::{
    cell::OnceCell,
    ffi::OsString,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use clap::ValueEnum;

use crate::{
    bindings::{self, Host},
    counts::Counts,
    tools,
};

/// A part of the tests; each needs other things installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The workspace's own tests, the documents' examples too.
    Rust,
    /// The golden bytes, worked out again by a script that shares no code with the project.
    Python,
    /// The coroutine facade and the app's logic, over the library and with a real relay.
    Kotlin,
    /// The app's screens, run and drawn without a device.
    Android,
    /// The Swift package, over the library and with a real relay.
    Swift,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Kotlin => "kotlin",
            Self::Android => "android",
            Self::Swift => "swift",
        }
    }

    /// What a person sees while it runs.
    fn what(self) -> &'static str {
        match self {
            Self::Rust => "the whole workspace; from nothing it compiles for some minutes",
            Self::Python => "the golden bytes by an independent script",
            Self::Kotlin => {
                "sdk and app-core over the real library; the first time Maven fetches what it needs"
            }
            Self::Android => {
                "the app's screens under Robolectric; the first time it fetches Android, some 300 MB"
            }
            Self::Swift => "the Swift package over the real library",
        }
    }

    fn missing(self) -> Option<Missing> {
        match self {
            Self::Rust => None,
            Self::Python => match tools::python() {
                Some(version) if version >= (3, 10) => None,
                Some((major, minor)) => Some(Missing::required(format!(
                    "Python {major}.{minor} is older than 3.10; install python3"
                ))),
                None => Some(Missing::required("no Python; install python3, 3.10 or newer")),
            },
            Self::Kotlin => missing_for_maven().map(Missing::required),
            Self::Android => missing_for_maven()
                .or_else(|| {
                    let none = tools::find("aapt2").is_none();
                    none.then(|| {
                        "no aapt2; install aapt, or put an Android SDK's build-tools in PATH".into()
                    })
                })
                .map(Missing::required),
            Self::Swift => missing_for_swift(),
        }
    }

    fn run(self, host: &Built, counts: &mut Counts) -> Result<(), String> {
        match self {
            Self::Rust => counted(
                &mut tools::cargo(["test", "--workspace", "--locked", "--no-fail-fast"]),
                counts,
            ),
            Self::Python => {
                let mut python = tools::command("python3");
                tools::run(python.arg("protocol/golden/check.py"))?;
                counts.passed += 1;
                Ok(())
            }
            Self::Kotlin => kotlin(host.get()?, counts),
            Self::Android => android(host.get()?, counts),
            Self::Swift => swift(counts),
        }?;
        // A runner that finds no test is content; whoever moved a folder would never know.
        if counts.any() { Ok(()) } else { Err("ended well, but ran no test".to_owned()) }
    }
}

/// What a part lacks here.
struct Missing {
    why: String,
    /// Skipped without fault even where everything is required.
    excused: bool,
}

impl Missing {
    fn required(why: impl Into<String>) -> Self {
        Self { why: why.into(), excused: false }
    }
}

/// Library, generator and relay: built when the first part asks for them.
#[derive(Default)]
struct Built(OnceCell<Result<Host, String>>);

impl Built {
    fn get(&self) -> Result<&Host, String> {
        self.0.get_or_init(bindings::host).as_ref().map_err(Clone::clone)
    }
}

enum Outcome {
    Passed(Counts),
    Skipped(Missing),
    Failed(Counts, String),
}

/// Runs some parts, or all where none is named. Every part runs, whatever became of those before it.
pub(crate) fn run(only: &[Part]) -> Result<(), String> {
    let required = tools::everything_required();
    let host = Built::default();
    let mut table = Vec::new();
    for part in Part::value_variants() {
        if !only.is_empty() && !only.contains(part) {
            continue;
        }
        let begun = Instant::now();
        let outcome = match part.missing() {
            Some(missing) => {
                println!("\n== {}: skipped: {}", part.name(), missing.why);
                Outcome::Skipped(missing)
            }
            None => {
                println!("\n== {}: {}", part.name(), part.what());
                let mut counts = Counts::default();
                match part.run(&host, &mut counts) {
                    Ok(()) => judged(counts, required),
                    Err(reason) => Outcome::Failed(counts, reason),
                }
            }
        };
        table.push((*part, outcome, begun.elapsed()));
    }
    let failed = shown(&table, required);
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// A single skipped test is as bad as a skipped part where everything is required.
fn judged(counts: Counts, required: bool) -> Outcome {
    if required && counts.skipped > 0 {
        Outcome::Failed(counts, "tests were skipped where everything is required".to_owned())
    } else {
        Outcome::Passed(counts)
    }
}

/// Prints the table; gives the names of the parts that failed.
fn shown(table: &[(Part, Outcome, Duration)], required: bool) -> Vec<&'static str> {
    let mut failed = Vec::new();
    let mut total = Counts::default();
    let mut text = String::new();
    for (part, outcome, took) in table {
        let (word, said) = match outcome {
            Outcome::Passed(counts) => {
                total += *counts;
                let skipped = if counts.skipped > 0 {
                    format!(", {} skipped", counts.skipped)
                } else {
                    String::new()
                };
                ("ok", format!("{} passed{skipped}", counts.passed))
            }
            Outcome::Skipped(missing) if required && !missing.excused => {
                failed.push(part.name());
                ("failed", format!("required here, but skipped: {}", missing.why))
            }
            Outcome::Skipped(missing) => ("skipped", missing.why.clone()),
            Outcome::Failed(counts, reason) => {
                total += *counts;
                failed.push(part.name());
                ("failed", reason.clone())
            }
        };
        let _ = writeln!(text, "{:<8} {word:<8} {:>5} s  {said}", part.name(), took.as_secs());
    }
    println!(
        "\n{text}\ntotal: {} passed, {} failed, {} skipped",
        total.passed, total.failed, total.skipped
    );
    failed
}

fn kotlin(host: &Host, counts: &mut Counts) -> Result<(), String> {
    bindings::kotlin(&host.folder, None)?;
    counted(maven(host).args(["-pl", "sdk,app-core", "-am", "verify"]), counts)
}

/// The modules that the app is made of are built, and their tests left to the part before.
fn android(host: &Host, counts: &mut Counts) -> Result<(), String> {
    bindings::kotlin(&host.folder, None)?;
    let app = ["-pl", "app/test-shim,app", "-am", "-Ddoorstep.core.tests.skip=true", "verify"];
    counted(maven(host).args(app), counts)
}

/// The package's own script builds, generates and starts a relay.
fn swift(counts: &mut Counts) -> Result<(), String> {
    let mut script = tools::command("bash");
    counted(script.arg("ios/test.sh").envs(swiftc().map(|swiftc| ("SWIFTC", swiftc))), counts)
}

fn maven(host: &Host) -> Command {
    let mut maven = tools::maven([]);
    maven
        .arg(with("-Ddoorstep.library=", &host.folder))
        .arg(with("-Ddoorstep.relay=", &host.relay));
    maven
}

fn with(option: &str, path: &Path) -> OsString {
    let mut text = OsString::from(option);
    text.push(path);
    text
}

fn counted(command: &mut Command, counts: &mut Counts) -> Result<(), String> {
    tools::run_watched(command, |line| *counts += Counts::of_line(line))
}

fn missing_for_maven() -> Option<String> {
    let install = "install openjdk-17-jdk-headless and maven";
    match tools::jdk() {
        None => Some(format!("no JDK {} or newer; {install}", tools::JDK_MIN)),
        Some(old) if old < tools::JDK_MIN => Some(format!(
            "the JDK is of version {old}, and {} is needed; {install}",
            tools::JDK_MIN
        )),
        Some(_) => tools::find("mvn").is_none().then(|| "no Maven; install maven".to_owned()),
    }
}

fn missing_for_swift() -> Option<Missing> {
    if swiftc().is_none() {
        let why = "no swiftc in SWIFTC or PATH; install swiftlang (Debian 13 and newer) or Swift's own toolchain; \
                   Debian 12 has no package of it, so it is never required";
        return Some(Missing { why: why.into(), excused: true });
    }
    let openssl = tools::find("openssl");
    openssl
        .is_none()
        .then(|| Missing::required("no openssl, which signs for the test phones; install openssl"))
}

/// The Swift compiler: the one that SWIFTC names, by its path or its name, else `swiftc`.
fn swiftc() -> Option<PathBuf> {
    let named = std::env::var("SWIFTC").ok().filter(|named| !named.is_empty());
    let named = named.unwrap_or_else(|| "swiftc".to_owned());
    tools::find(&named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(outcomes: [Outcome; 3]) -> Vec<(Part, Outcome, Duration)> {
        let parts = [Part::Rust, Part::Kotlin, Part::Swift];
        parts
            .into_iter()
            .zip(outcomes)
            .map(|(part, outcome)| (part, outcome, Duration::ZERO))
            .collect()
    }

    fn passed() -> Outcome {
        judged(Counts { passed: 3, ..Counts::default() }, true)
    }

    #[test]
    fn what_is_skipped_fails_only_where_everything_is_required() {
        let skipped = || table([passed(), Outcome::Skipped(Missing::required("no JDK")), passed()]);
        assert_eq!(shown(&skipped(), false), Vec::<&str>::new());
        assert_eq!(shown(&skipped(), true), ["kotlin"]);
        let excused = Missing { why: "no swiftc".into(), excused: true };
        assert_eq!(
            shown(&table([passed(), passed(), Outcome::Skipped(excused)]), true),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn a_failed_part_and_a_skipped_test_are_failures() {
        let failed = Outcome::Failed(Counts::default(), "mvn ended with exit status: 1".into());
        assert_eq!(shown(&table([passed(), failed, passed()]), false), ["kotlin"]);
        let skipped = Counts { passed: 3, skipped: 1, ..Counts::default() };
        assert_eq!(shown(&table([judged(skipped, true), passed(), passed()]), true), ["rust"]);
        assert_eq!(
            shown(&table([judged(skipped, false), passed(), passed()]), false),
            Vec::<&str>::new()
        );
    }
}
