//! What a compiler does not check: who may depend on whom, how large a file may grow, and that every
//! `path::function` that ARCHITECTURE.md names exists.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::tools;

/// A file much over this is usually two.
const FILE_LINES_MAX: usize = 700;

/// Each crate and what of ours it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("doorstep-protocol", &[]),
    ("doorstep-domain", &["doorstep-protocol"]),
    ("doorstep-core", &["doorstep-protocol", "doorstep-domain"]),
    ("doorstep-relay", &["doorstep-protocol", "doorstep-domain", "doorstep-core"]),
    (
        "doorstep-tests",
        &["doorstep-protocol", "doorstep-domain", "doorstep-core", "doorstep-relay"],
    ),
    (
        "doorstep-bench",
        &["doorstep-protocol", "doorstep-domain", "doorstep-core", "doorstep-relay"],
    ),
    ("doorstep-ffi", &["doorstep-protocol", "doorstep-domain", "doorstep-core"]),
    ("doorstep-bindgen", &[]),
    ("xtask", &[]),
];

/// What a crate must never use.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("doorstep-protocol", &["tokio", "quinn", "rusqlite", "automerge", "rustls"]),
    ("doorstep-domain", &["tokio", "quinn", "rusqlite", "automerge", "rustls", "ring"]),
];

/// The sources whose length is looked at.
const LANGUAGES: [&str; 3] = ["rs", "kt", "swift"];

/// Folders of what a build made.
const BUILT: [&str; 4] = ["target", "build", "generated", "Generated"];

/// Prints that nothing is untidy, or fails with everything that is, a line each.
pub(crate) fn run() -> Result<(), String> {
    let found = check(tools::root());
    if !found.is_empty() {
        return Err(found.join("\n"));
    }
    println!("tidy: nothing found");
    Ok(())
}

fn check(root: &Path) -> Vec<String> {
    let mut found = layers();
    let mut files = Vec::new();
    collect(root, &mut files);
    for file in &files {
        found.extend(size(root, file));
    }
    found.extend(names(root));
    found
}

fn layers() -> Vec<String> {
    let mut cargo = tools::cargo(["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    let output = match tools::output(&mut cargo) {
        Ok(output) => output,
        Err(reason) => return vec![reason],
    };
    let Ok(metadata) = serde_json::from_slice::<serde_json::Value>(&output) else {
        return vec!["cargo metadata gives no JSON".to_owned()];
    };
    let mut found = Vec::new();
    let text = |of: &serde_json::Value, name: &str| -> String {
        of.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    let list = |of: &serde_json::Value, name: &str| -> Vec<serde_json::Value> {
        of.get(name).and_then(serde_json::Value::as_array).cloned().unwrap_or_default()
    };
    for package in list(&metadata, "packages") {
        let name = text(&package, "name");
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
            found.push(format!("{name}: has no place in xtask's LAYERS"));
            continue;
        };
        for dependency in list(&package, "dependencies") {
            if text(&dependency, "kind") == "dev" {
                continue;
            }
            let used = text(&dependency, "name");
            if used.starts_with("doorstep-") && !allowed.contains(&used.as_str()) {
                found.push(format!("{name} uses {used}: against the direction of the layers"));
            }
            let forbidden = FORBIDDEN.iter().find(|(layer, _)| *layer == name);
            if forbidden.is_some_and(|(_, list)| list.contains(&used.as_str())) {
                found.push(format!("{name} uses {used}: it is kept free of it"));
            }
        }
    }
    found
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !BUILT.contains(&name) && !name.starts_with('.') {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|end| LANGUAGES.iter().any(|known| end == *known)) {
            files.push(path);
        }
    }
}

fn size(root: &Path, file: &Path) -> Option<String> {
    let lines = fs::read_to_string(file).ok()?.lines().count();
    let shown = file.strip_prefix(root).unwrap_or(file).display();
    (lines > FILE_LINES_MAX)
        .then(|| format!("{shown}: {lines} lines; a file over {FILE_LINES_MAX} is usually two"))
}

/// ARCHITECTURE.md names code as `path/to/file.rs::name`, in each language: file and name must be there.
fn names(root: &Path) -> Vec<String> {
    let Ok(text) = fs::read_to_string(root.join("ARCHITECTURE.md")) else {
        return vec!["ARCHITECTURE.md is missing".to_owned()];
    };
    let mut found = Vec::new();
    for quoted in text.split('`').skip(1).step_by(2) {
        let Some((path, name)) = quoted.split_once("::") else { continue };
        if !LANGUAGES.iter().any(|language| path.ends_with(&format!(".{language}"))) {
            continue;
        }
        let name = name.rsplit("::").next().unwrap_or(name).trim_end_matches("()");
        match fs::read_to_string(root.join(path)) {
            Err(_) => found.push(format!("ARCHITECTURE.md names {path}, which is not there")),
            Ok(code) if !code.contains(name) => {
                found.push(format!("ARCHITECTURE.md names {name} in {path}, which is not there"));
            }
            Ok(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        let found = super::check(crate::tools::root());
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
