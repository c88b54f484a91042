//! Every test that `docs/checklist.md` names is there.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

#[test]
fn every_test_that_the_checklist_names_exists() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let text = fs::read_to_string(docs.join("checklist.md")).unwrap();
    let named: Vec<(&str, &str)> = text
        .split("[`")
        .skip(1)
        .filter_map(|rest| rest.split_once("`]("))
        .filter_map(|(name, rest)| Some((name, rest.split_once(')')?.0)))
        .collect();
    assert!(named.len() > 60, "only {} tests are named", named.len());
    for (name, path) in named {
        let held = fs::read_to_string(docs.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(held.contains(name), "{path} holds no {name}");
    }
}
