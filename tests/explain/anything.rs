//! Any text at all: no panic, valid JSON, ranges that mark a part of the input.

use crate::corpus::corpus;
use intelliauth_spa_sdk::explain::{Known, explain};
use intelliauth_spa_sdk::native::engine;
use proptest::prelude::*;

/// Explains, and checks what holds for every report.
fn check(input: &str, known: &str) {
    let known = Known::from_json(known, engine).unwrap_or_default();
    let report = explain(input, &known, engine);
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).expect("valid JSON");
    assert_eq!(json["findings"].as_array().unwrap().len(), report.findings.len());
    assert_eq!(json["parts"].as_array().unwrap().len(), report.parts.len());
    let ranges = report
        .parts
        .iter()
        .map(|part| &part.range)
        .chain(report.findings.iter().filter_map(|f| f.range.as_ref()));
    for range in ranges {
        assert!(input.get(range.clone()).is_some(), "{range:?} of {} bytes", input.len());
    }
    assert!(report.findings.is_sorted_by(|a, b| a.severity >= b.severity));
    for finding in &report.findings {
        let all = [&finding.seen, &finding.why, &finding.instead];
        assert!(all.iter().all(|text| !text.is_empty() && !text.contains(char::is_control)), "{finding:?}");
    }
    assert!(!report.to_text().chars().any(|letter| letter.is_control() && letter != '\n'));
}

/// Texts that are cut, doubled and spliced out of the corpus: they get past the first look.
fn spliced() -> impl Strategy<Value = String> {
    let inputs: Vec<String> = corpus().into_iter().map(|case| case.input).collect();
    let pieces = [
        "%", "%2", "é", "\u{202e}", "\n", "^\"", "\\u12", "'", "\"", "{", "&amp;", "?", "#", "=", "\0", "💥",
        "$'", "@",
    ];
    (
        proptest::sample::select(inputs.clone()),
        proptest::sample::select(inputs),
        any::<proptest::sample::Index>(),
        any::<proptest::sample::Index>(),
        proptest::sample::select(pieces.to_vec()),
    )
        .prop_map(|(one, other, end, begin, between)| {
            let boundary =
                |text: &str, at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let end = boundary(&one, end.index(one.len() + 1));
            let begin = boundary(&other, begin.index(other.len() + 1));
            format!("{}{between}{}", &one[..end], &other[begin..])
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_panics(input in ".{0,200}", known in ".{0,40}") {
        check(&input, &known);
    }

    #[test]
    fn nothing_made_of_mistakes_panics(input in spliced()) {
        check(&input, r#"{"redirectUris":["https://app.example/cb","é"],"tenant":"https://t.example","verifier":"é","state":"","origin":"x","sentRedirectUri":"https://app.example/cb","sentChallenge":""}"#);
    }

    #[test]
    fn no_url_panics(query in "[a-z_=&%#?+.:/0-9\"é{}-]{0,120}") {
        check(&format!("https://t.example/oauth2/authorize?response_type=code&{query}"), "{}");
        check(&format!("curl 'https://t.example/oauth2/token' -d \"{query}\" -d $'{query}'"), "{}");
        check(&format!("{{\"request\":{{\"url\":\"https://t.example/token\",\"postData\":{{\"text\":\"{query}\"}}}}}}"), "{}");
    }
}

#[test]
fn every_mistake_of_the_corpus_is_marked_in_its_input() {
    for case in corpus() {
        check(&case.input, &case.known);
    }
}

#[test]
fn deep_and_long_texts_are_read_in_time() {
    for input in [
        "[".repeat(200_000),
        "{\"a\":".repeat(100_000),
        "a=b&".repeat(20_000),
        "%".repeat(100_000),
        "{".repeat(100_000),
        "://".repeat(20_000),
    ] {
        check(&input, "{}");
    }
}
