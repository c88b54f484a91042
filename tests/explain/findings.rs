//! Every finding of the catalog can be found: by a mistake of the corpus, or by one of `findings.txt`.

use crate::corpus::{cases, corpus};
use intelliauth_spa_sdk::explain::{Known, catalog::rows, explain};
use intelliauth_spa_sdk::native::engine;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_finding_of_the_catalog_is_found_in_an_input() {
    let own = cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain/findings.txt"));
    let mut found = BTreeSet::new();
    let mut failed = 0;
    for case in &own {
        let known =
            Known::from_json(&case.known, engine).unwrap_or_else(|error| panic!("{}: {error}", case.title));
        let report = explain(&case.input, &known, engine);
        let codes: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
        if codes.first() != Some(&case.first.as_str()) {
            failed += 1;
            eprintln!("{}\n  expected {}, got {codes:?}, {:?}", case.title, case.first, report.kind);
        }
    }
    for case in own.iter().chain(&corpus()) {
        let known = Known::from_json(&case.known, engine).unwrap();
        found.extend(explain(&case.input, &known, engine).findings.into_iter().map(|finding| finding.code));
    }
    let missing: Vec<_> = rows().map(|row| row.code).filter(|code| !found.contains(code)).collect();
    assert!(failed == 0 && missing.is_empty(), "{failed} failed; never found: {missing:?}");
}
