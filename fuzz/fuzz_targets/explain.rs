#![no_main]
use intelliauth_spa_sdk::explain::{Known, explain};
use intelliauth_spa_sdk::native::engine;
use libfuzzer_sys::fuzz_target;

// Whatever is pasted, and whatever is known: no panic, valid JSON, ranges within the input, worst first.
fuzz_target!(|given: (&str, &str)| {
    let (input, known) = given;
    let known = Known::from_json(known, engine).unwrap_or_default().with_authorization_request(known);
    let report = explain(input, &known, engine);
    assert!(engine(&report.to_json()).is_some());
    assert!(report.findings.is_sorted_by(|a, b| a.severity >= b.severity));
    let findings = report.findings.iter().filter_map(|finding| finding.range.clone());
    for range in report.parts.iter().map(|part| part.range.clone()).chain(findings) {
        assert!(input.get(range).is_some());
    }
});
