//! No false alarm: what the providers document is neither an error nor worth a warning.

use crate::corpus::cases;
use intelliauth_spa_sdk::explain::{Kind, Known, Severity, explain};
use intelliauth_spa_sdk::native::engine;
use std::path::Path;

#[test]
fn what_the_providers_document_has_no_error_and_no_warning() {
    let cases = cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain/documentation.txt"));
    assert!(cases.len() >= 12, "{} requests", cases.len());
    let mut failed = 0;
    for case in &cases {
        let known = Known::from_json(&case.known, engine).unwrap();
        let report = explain(&case.input, &known, engine);
        if report.kind == Kind::Unknown || report.worst() > Some(Severity::Note) {
            failed += 1;
            eprintln!("{}\n{}", case.title, report.to_text());
        }
    }
    assert_eq!(failed, 0, "of {} requests", cases.len());
}
