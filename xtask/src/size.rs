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

/// Where `scripts/build-android.sh` puts the libraries of phones.
const PHONES: &str = "android-demo/app/src/main/jniLibs";

/// Builds and measures; fails where a library is over the budget.
pub(crate) fn run(mobile_only: bool) -> Result<(), String> {
    let mobile = built("mobile")?;
    let mut rows = vec![Row::measured("this machine, profile mobile", &mobile, true)?];
    if !mobile_only {
        rows.push(Row::measured("this machine, profile release", &built("release")?, false)?);
    }
    for (abi, library) in phones() {
        rows.push(Row::measured(&format!("{abi}, profile mobile"), &library, true)?);
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
    let over: Vec<&str> =
        rows.iter().filter(|row| row.over()).map(|row| row.name.as_str()).collect();
    if over.is_empty() { Ok(()) } else { Err(format!("over the budget: {}", over.join("; "))) }
}

/// One library's line in the table.
struct Row {
    name: String,
    bytes: u64,
    stripped_bytes: u64,
    deflated_bytes: u64,
    /// Whether the budget is meant for it.
    shipped: bool,
}

impl Row {
    fn measured(name: &str, library: &Path, shipped: bool) -> Result<Self, String> {
        let stripped = library.with_extension("stripped");
        let strip = if cfg!(target_os = "macos") { "-x" } else { "--strip-unneeded" };
        // The strip of this machine may not know a phone's processor; the NDK's llvm-strip knows them all.
        let tool = std::env::var_os("STRIP").unwrap_or_else(|| "strip".into());
        tools::run(tools::command(tool).arg(strip).arg("-o").arg(&stripped).arg(library))?;
        let deflated = deflated_bytes(&stripped);
        let (bytes, stripped_bytes) = (length(library)?, length(&stripped)?);
        fs::remove_file(&stripped).map_err(|error| format!("{}: {error}", stripped.display()))?;
        Ok(Self {
            name: name.to_owned(),
            bytes,
            stripped_bytes,
            deflated_bytes: deflated?,
            shipped,
        })
    }

    fn over(&self) -> bool {
        self.shipped
            && (self.stripped_bytes > BYTES_MAX || self.deflated_bytes > DEFLATED_BYTES_MAX)
    }

    fn shown(&self) -> String {
        let verdict = match (self.shipped, self.over()) {
            (false, _) => "none",
            (true, false) => "kept",
            (true, true) => "**over**",
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

    fn row(stripped_bytes: u64, deflated_bytes: u64, shipped: bool) -> Row {
        Row {
            name: "library".into(),
            bytes: stripped_bytes,
            stripped_bytes,
            deflated_bytes,
            shipped,
        }
    }

    #[test]
    fn each_bound_of_the_budget_is_kept_to_the_byte() {
        assert!(!row(BYTES_MAX, DEFLATED_BYTES_MAX, true).over());
        assert!(row(BYTES_MAX + 1, 1, true).over());
        assert!(row(1, DEFLATED_BYTES_MAX + 1, true).over());
        assert!(!row(BYTES_MAX + 1, DEFLATED_BYTES_MAX + 1, false).over());
        assert!(row(BYTES_MAX + 1, 1, true).shown().contains("**over**"));
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
