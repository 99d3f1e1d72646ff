//! What is installed here, and running it. Everything runs from the root of the tree.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

use serde_json::Value;

/// The oldest JDK that the Kotlin parts build with.
pub(crate) const JDK_MIN: u32 = 17;

/// The root of the tree.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A command that runs at the root, in the environment that a person's own shell would give it: build scripts watch
/// the variables that `cargo run` sets for this program, and would compile half the tree anew each time the two take
/// turns.
pub(crate) fn command(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let ours =
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_", "CARGO_PRIMARY_"];
        if ours.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command.current_dir(root());
    command
}

/// Cargo, the one that runs this program.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    cargo
}

/// Maven over the Android tree, without its daemon, which outlives a build with a gigabyte or two.
pub(crate) fn maven<const N: usize>(arguments: [&str; N]) -> Command {
    let mut maven = command("mvn");
    maven.args(["-B", "-ntp", "-Dkotlin.compiler.daemon=false", "-f", "android-demo/pom.xml"]);
    maven.args(arguments);
    maven
}

/// Runs to the end; what it prints is shown. The error names the command.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| not_running(command, &error))?;
    ended(command, status)
}

/// Runs to the end, and gives each line of its standard output to `line` as well as showing it.
pub(crate) fn run_watched(command: &mut Command, mut line: impl FnMut(&str)) -> Result<(), String> {
    let started = command.stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| not_running(command, &error))?;
    if let Some(output) = child.stdout.take() {
        let mut shown = io::stdout();
        for bytes in BufReader::new(output).split(b'\n') {
            let Ok(bytes) = bytes else { break };
            let text = String::from_utf8_lossy(&bytes);
            line(text.trim_end());
            // A closed standard output stops no test.
            let _ = writeln!(shown, "{text}");
        }
    }
    let status = child.wait().map_err(|error| format!("{} is lost: {error}", shown(command)))?;
    ended(command, status)
}

/// Runs to the end; what it printed to standard output.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| not_running(command, &error))?;
    ended(command, output.status)?;
    Ok(output.stdout)
}

/// Where a program is, by its path or its name.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    if program.contains(std::path::MAIN_SEPARATOR) {
        return Some(PathBuf::from(program)).filter(|path| path.is_file());
    }
    let names = [program.to_owned(), format!("{program}{}", env::consts::EXE_SUFFIX)];
    let folders = env::split_paths(&env::var_os("PATH")?).collect::<Vec<_>>();
    folders
        .iter()
        .flat_map(|folder| names.iter().map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// The version of the Java compiler that Maven will use; none where there is only a runtime, or nothing.
pub(crate) fn jdk() -> Option<u32> {
    let home = env::var_os("JAVA_HOME").filter(|home| !home.is_empty());
    let javac =
        home.map_or_else(|| PathBuf::from("javac"), |home| PathBuf::from(home).join("bin/javac"));
    let output = command(javac).arg("-version").output().ok()?;
    let said = [output.stdout, output.stderr].concat();
    java_version(&String::from_utf8_lossy(&said))
}

/// The version of Python 3 here, as its first two numbers.
pub(crate) fn python() -> Option<(u32, u32)> {
    let output = command("python3").arg("--version").output().ok()?;
    numbers_of(&String::from_utf8_lossy(&output.stdout), "Python ")
}

/// The folder that Cargo builds a profile into.
pub(crate) fn built(profile: &str) -> Result<PathBuf, String> {
    let metadata =
        output(&mut cargo(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let metadata: Value =
        serde_json::from_slice(&metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let target = metadata.get("target_directory").and_then(Value::as_str);
    let target = target.ok_or("cargo metadata names no target_directory")?;
    // Cargo's own exception: the folder of the dev profile is called debug.
    Ok(Path::new(target).join(if profile == "dev" { "debug" } else { profile }))
}

/// A program that Cargo built.
pub(crate) fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The facade's shared library in a folder that Cargo built into.
pub(crate) fn library(folder: &Path) -> PathBuf {
    folder.join(format!("{}doorstep_ffi{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX))
}

/// Whether whatever is skipped is a failure here.
pub(crate) fn everything_required() -> bool {
    env::var("DOORSTEP_REQUIRE_ALL").is_ok_and(|value| value == "1")
}

fn ended(command: &Command, status: ExitStatus) -> Result<(), String> {
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command))) }
}

fn not_running(command: &Command, error: &io::Error) -> String {
    format!("{} does not run: {error}", shown(command))
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut text = program;
    for argument in command.get_args().map(|argument| argument.to_string_lossy()) {
        text.push(' ');
        text.push_str(&argument);
    }
    text
}

/// `javac 17.0.15` is 17 and `javac 1.8.0_402` is 8.
fn java_version(said: &str) -> Option<u32> {
    let (first, second) = numbers_of(said, "javac ")?;
    Some(if first == 1 { second } else { first })
}

/// The first two numbers after a word; the second is 0 where there is none.
fn numbers_of(said: &str, word: &str) -> Option<(u32, u32)> {
    let rest = said.lines().find_map(|line| line.trim().strip_prefix(word))?;
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).map(|digits| digits.parse().ok());
    Some((numbers.next()??, numbers.next().flatten().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_of_old_and_new_compilers_are_read() {
        assert_eq!(java_version("javac 17.0.15\n"), Some(17));
        assert_eq!(java_version("Picked up JAVA_TOOL_OPTIONS: -Xmx1g\njavac 21-ea\n"), Some(21));
        assert_eq!(java_version("javac 1.8.0_402\n"), Some(8));
        assert_eq!(java_version("The operation couldn't be completed.\n"), None);
        assert_eq!(numbers_of("Python 3.11.2\n", "Python "), Some((3, 11)));
    }

    #[test]
    fn what_ran_and_how_it_ended_is_said() {
        let mut cargo = cargo(["no-such-command-of-cargo"]);
        let reason = run(cargo.stderr(Stdio::null())).unwrap_err();
        assert!(reason.contains("no-such-command-of-cargo ended with"), "{reason}");
        let reason = run(&mut command("no-such-program-anywhere")).unwrap_err();
        assert!(reason.starts_with("no-such-program-anywhere does not run"), "{reason}");
    }

    #[test]
    fn lines_are_shown_and_given() {
        let mut lines = Vec::new();
        run_watched(&mut cargo(["--version"]), |line| lines.push(line.to_owned())).unwrap();
        assert!(lines.iter().any(|line| line.starts_with("cargo ")), "{lines:?}");
        assert!(find("no-such-program-anywhere").is_none());
    }
}
