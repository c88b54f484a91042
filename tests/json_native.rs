//! serde_json's half of the differential test; the browser's is in `tests/web.rs`.
#![cfg(not(target_arch = "wasm32"))]

#[path = "support/json_corpus.rs"]
mod json_corpus;

use intelliauth_spa_sdk::{core::base::json::parse, native::engine};

#[test]
fn the_native_engine_reads_the_hostile_corpus_as_the_browser_does() {
    for (text, expected) in json_corpus::corpus() {
        let shown: String = text.chars().take(80).collect();
        assert_eq!(parse(engine, &text).map(|object| object.member("a")), expected, "{shown}");
    }
}
