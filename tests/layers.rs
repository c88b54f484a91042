//! The core's folders stand on one another in one direction only: `base`, `protocol`, `client`.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// Files that are compiled for tests alone.
const TESTS: &[&str] = &["tests.rs", "generated.rs"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else if !TESTS.iter().any(|tests| path.to_string_lossy().ends_with(tests)) {
            found.push(path);
        }
    }
}

/// No file of `folder` names any of `others`.
fn stands_apart(folder: &str, others: &[&str]) {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core").join(folder), &mut files);
    assert!(!files.is_empty(), "{folder} has no files");
    for file in files {
        let text = fs::read_to_string(&file).expect("the file can be read");
        for (number, line) in text.lines().enumerate().take_while(|(_, line)| !line.contains("mod tests {")) {
            let named = others.iter().find(|other| line.contains(*other));
            assert!(named.is_none(), "{}:{} names {}", file.display(), number + 1, named.unwrap_or(&""));
        }
    }
}

#[test]
fn base_knows_neither_protocol_nor_client() {
    stands_apart("base", &["core::protocol", "core::client", "super::super"]);
}

#[test]
fn protocol_does_not_know_the_client() {
    stands_apart("protocol", &["core::client", "super::super"]);
}

#[test]
fn the_core_does_no_io() {
    stands_apart(
        "",
        &[
            "crate::web",
            "crate::native",
            "std::time",
            "std::env",
            "std::fs",
            "std::net",
            "std::thread",
            "SystemTime",
        ],
    );
}
