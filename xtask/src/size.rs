//! What the library of a phone weighs, against its budget, and whose bytes they are; as tables for the documents.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{symbols, tools};

/// What a stripped library may take on a phone, for each kind of processor: 5 MiB.
const BYTES_MAX: u64 = 5 * 1024 * 1024;
/// What it may add to a download: 2.5 MiB.
const DEFLATED_BYTES_MAX: u64 = 5 * 512 * 1024;
const PHONE: Bound = Bound { stripped_bytes: BYTES_MAX, deflated_bytes: DEFLATED_BYTES_MAX };

/// Where the report fails for this machine's build. No phone runs that; it stands for them where there is no NDK. It has
/// been over their budget since the facade has the whole domain, which is said; what grows further is found here.
const STAND_IN: Bound = Bound { stripped_bytes: 6 * 1024 * 1024, deflated_bytes: 3 * 1024 * 1024 };

/// Where `scripts/build-android.sh` puts the libraries of phones.
const PHONES: &str = "android-demo/app/src/main/jniLibs";

/// What a library may weigh.
#[derive(Clone, Copy)]
struct Bound {
    stripped_bytes: u64,
    deflated_bytes: u64,
}

/// Builds and measures; fails where a phone's library is over the budget, or this machine's over its bound.
pub(crate) fn run(mobile_only: bool) -> Result<(), String> {
    let mobile = built("mobile")?;
    let mut rows = vec![Row::measured("this machine, profile mobile", &mobile, Some(STAND_IN))?];
    if !mobile_only {
        rows.push(Row::measured("this machine, profile release", &built("release")?, None)?);
    }
    for (abi, library) in phones() {
        rows.push(Row::measured(&format!("{abi}, profile mobile"), &library, Some(PHONE))?);
    }
    println!("\n| library | bytes | stripped | deflated | budget |\n|---|---:|---:|---:|---|");
    for row in &rows {
        println!("{}", row.shown());
    }
    println!(
        "\nBudget: {BYTES_MAX} stripped, {DEFLATED_BYTES_MAX} deflated (gzip -9), for each library of a phone.\n"
    );
    let stripped_bytes = rows.first().map_or(0, |row| row.stripped_bytes);
    println!("{}", made_of(&mobile, stripped_bytes)?);
    let over = rows.iter().filter(|row| row.bound.is_some_and(|bound| row.over(bound)));
    let over: Vec<&str> = over.map(|row| row.name.as_str()).collect();
    if over.is_empty() { Ok(()) } else { Err(format!("too large: {}", over.join("; "))) }
}

/// One library's line in the table.
struct Row {
    name: String,
    bytes: u64,
    stripped_bytes: u64,
    deflated_bytes: u64,
    /// Where the report fails; none = it is shown beside.
    bound: Option<Bound>,
}

impl Row {
    fn measured(name: &str, library: &Path, bound: Option<Bound>) -> Result<Self, String> {
        let stripped = library.with_extension("stripped");
        let strip = if cfg!(target_os = "macos") { "-x" } else { "--strip-unneeded" };
        // The strip of this machine may not know a phone's processor; the NDK's llvm-strip knows them all.
        let tool = std::env::var_os("STRIP").unwrap_or_else(|| "strip".into());
        tools::run(tools::command(tool).arg(strip).arg("-o").arg(&stripped).arg(library))?;
        let deflated = deflated_bytes(&stripped);
        let (bytes, stripped_bytes) = (length(library)?, length(&stripped)?);
        fs::remove_file(&stripped).map_err(|error| format!("{}: {error}", stripped.display()))?;
        Ok(Self { name: name.to_owned(), bytes, stripped_bytes, deflated_bytes: deflated?, bound })
    }

    fn over(&self, bound: Bound) -> bool {
        self.stripped_bytes > bound.stripped_bytes || self.deflated_bytes > bound.deflated_bytes
    }

    fn shown(&self) -> String {
        let verdict = match (self.bound, self.over(PHONE)) {
            (None, _) => "none",
            (Some(_), false) => "kept",
            (Some(_), true) => "**over**",
        };
        let Self { name, bytes, stripped_bytes, deflated_bytes, .. } = self;
        format!("| {name} | {bytes} | {stripped_bytes} | {deflated_bytes} | {verdict} |")
    }
}

/// The library alone, as a shared library only. Built with its generator it would carry what only the generator needs;
/// and Cargo optimises nothing over all crates, whatever the profile says, where a Rust library is asked for as well.
fn built(profile: &str) -> Result<PathBuf, String> {
    let mut cargo = tools::cargo(["rustc", "--locked", "--profile", profile, "--lib"]);
    cargo.args(["--package", "doorstep-ffi", "--crate-type", "cdylib"]);
    // As scripts/build-android.sh links it, so far as this machine's linker goes the same way.
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        cargo.args(["--", "-C", "link-arg=-Wl,--icf=all"]);
        cargo.args(["-C", "link-arg=-Wl,-z,pack-relative-relocs"]);
    }
    tools::run(&mut cargo)?;
    Ok(tools::library(&tools::built(profile)?))
}

fn phones() -> Vec<(String, PathBuf)> {
    let Ok(folders) = fs::read_dir(tools::root().join(PHONES)) else { return Vec::new() };
    let mut found: Vec<_> = folders
        .flatten()
        .map(|folder| {
            (
                folder.file_name().to_string_lossy().into_owned(),
                folder.path().join("libdoorstep_ffi.so"),
            )
        })
        .filter(|(_, library)| library.is_file())
        .collect();
    found.sort();
    found
}

/// The table of whose bytes they are.
fn made_of(library: &Path, stripped_bytes: u64) -> Result<String, String> {
    let symbols =
        said(tools::command("nm").args(["-S", "--defined-only", "--demangle"]).arg(library))?;
    let sections = said(tools::command("size").arg("-A").arg(library))?;
    Ok(table(&rows(&symbols, &sections, stripped_bytes), stripped_bytes))
}

/// Symbols by group, then what has none: tables for unwinding, relocations, constants, and what is left.
fn rows(nm: &str, sections: &str, stripped_bytes: u64) -> Vec<(&'static str, u64)> {
    let mut rows = symbols::bytes_by_group(nm);
    let named: u64 = rows.iter().map(|(_, bytes)| bytes).sum();
    let sum = |names: &[&str]| names.iter().map(|name| section_bytes(sections, name)).sum::<u64>();
    let content =
        sum(&[".text", ".rodata", ".data", ".data.rel.ro", ".data.rel.ro.local", ".tdata"]);
    rows.push(("Tables for unwinding", sum(&[".eh_frame", ".eh_frame_hdr", ".gcc_except_table"])));
    rows.push((
        "Relocations",
        sum(&[".rela.dyn", ".rel.dyn", ".relr.dyn", ".rela.plt", ".got", ".got.plt"]),
    ));
    rows.push(("Constants and padding without a symbol", content.saturating_sub(named)));
    let known: u64 = rows.iter().map(|(_, bytes)| bytes).sum();
    rows.push(("Names for the linker, headers", stripped_bytes.saturating_sub(known)));
    rows
}

fn table(rows: &[(&str, u64)], stripped_bytes: u64) -> String {
    let mut text =
        String::from("| what it is made of | bytes | of the stripped library |\n|---|---:|---:|\n");
    for (name, bytes) in rows {
        let share = *bytes as f64 * 100.0 / stripped_bytes.max(1) as f64;
        text.push_str(&format!("| {name} | {bytes} | {share:.1} % |\n"));
    }
    text
}

/// A line of `size -A` is `name size address`.
fn section_bytes(sections: &str, name: &str) -> u64 {
    let line = sections.lines().find(|line| line.split_whitespace().next() == Some(name));
    line.and_then(|line| line.split_whitespace().nth(1))
        .and_then(|bytes| bytes.parse().ok())
        .unwrap_or(0)
}

fn deflated_bytes(file: &Path) -> Result<u64, String> {
    let packed = tools::output(tools::command("gzip").args(["-9", "-n", "-c"]).arg(file))?;
    u64::try_from(packed.len()).map_err(|error| error.to_string())
}

fn length(file: &Path) -> Result<u64, String> {
    fs::metadata(file)
        .map(|data| data.len())
        .map_err(|error| format!("{}: {error}", file.display()))
}

fn said(command: &mut Command) -> Result<String, String> {
    tools::output(command.stdin(Stdio::null()))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(stripped_bytes: u64, deflated_bytes: u64, bound: Option<Bound>) -> Row {
        Row { name: "library".into(), bytes: stripped_bytes, stripped_bytes, deflated_bytes, bound }
    }

    #[test]
    fn each_bound_is_kept_to_the_byte() {
        for bound in [PHONE, STAND_IN] {
            let Bound { stripped_bytes, deflated_bytes } = bound;
            let over = |stripped: u64, deflated: u64| row(stripped, deflated, None).over(bound);
            assert!(!over(stripped_bytes, deflated_bytes));
            assert!(over(stripped_bytes + 1, 1));
            assert!(over(1, deflated_bytes + 1));
        }
    }

    #[test]
    fn over_the_budget_is_said_whatever_fails_the_report() {
        assert!(row(BYTES_MAX + 1, 1, Some(PHONE)).shown().contains("**over**"));
        assert!(row(BYTES_MAX + 1, 1, Some(STAND_IN)).shown().contains("**over**"));
        assert!(row(BYTES_MAX, 1, Some(STAND_IN)).shown().contains("kept"));
        assert!(row(BYTES_MAX + 1, 1, None).shown().contains("none"));
    }

    #[test]
    fn the_parts_make_the_whole() {
        let nm = "0000000000001000 0000000000000010 T tokio::a\n0000000000002000 0000000000000020 t pagerUnlock\n";
        let sections = "a.so  :\nsection      size   addr\n.text   64   4096\n.eh_frame  8  1\n.rela.dyn  4  1\n";
        let rows = rows(nm, sections, 100);
        assert_eq!(rows.iter().map(|(_, bytes)| bytes).sum::<u64>(), 100);
        assert!(rows.contains(&("Constants and padding without a symbol", 16)), "{rows:?}");
        assert!(table(&rows, 100).contains("| SQLite | 32 | 32.0 % |"), "{}", table(&rows, 100));
    }
}
