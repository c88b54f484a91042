//! Mistakes from the threads of other libraries: what is explained first must be the mistake that it was.

use intelliauth_spa_sdk::explain::{Known, explain};
use intelliauth_spa_sdk::native::engine;
use std::fs;
use std::path::Path;

pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const STATE: &str = "_RqmqYbGlwSqLaLlULx1eA";

/// One mistake of a file.
pub struct Case {
    pub title: String,
    pub link: String,
    pub known: String,
    pub first: String,
    pub input: String,
}

/// The blocks of a file. `first` is empty where the file says none.
pub fn cases(path: &Path) -> Vec<Case> {
    let text = fs::read_to_string(path).unwrap();
    let mut cases = Vec::new();
    // Before the first block a file may say what it is.
    for block in text.split("\n## ").flat_map(|block| block.strip_prefix("## ").or(Some(block))) {
        if block.starts_with('#') {
            continue;
        }
        let (head, input) = block.split_once("\ninput:\n").unwrap_or_else(|| panic!("no input in {block}"));
        let field = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            filled(line.unwrap_or_default())
        };
        cases.push(Case {
            title: head.lines().next().unwrap().to_owned(),
            link: field("link"),
            known: field("known"),
            first: field("first"),
            input: filled(input.trim_end()),
        });
    }
    cases
}

/// `text` with its placeholders filled.
fn filled(text: &str) -> String {
    text.replace("{pkce}", "code_challenge={challenge}&code_challenge_method=S256")
        .replace("{challenge}", CHALLENGE)
        .replace("{verifier}", VERIFIER)
        .replace("{state}", STATE)
}

/// Every case of the corpus.
pub fn corpus() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain/corpus");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .flat_map(|path| cases(path))
        .collect()
}

#[test]
fn the_first_finding_of_each_mistake_of_the_corpus_is_that_mistake() {
    let cases = corpus();
    assert!(cases.len() >= 80, "{} cases", cases.len());
    let mut failed = 0;
    for case in &cases {
        assert!(case.link.starts_with("https://"), "{}: no link", case.title);
        let known =
            Known::from_json(&case.known, engine).unwrap_or_else(|error| panic!("{}: {error}", case.title));
        let report = explain(&case.input, &known, engine);
        let first = report.findings.first().map_or("nothing", |finding| finding.code);
        if first != case.first {
            failed += 1;
            let all: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
            eprintln!(
                "{}\n  {}\n  expected {}, got {first} of {all:?}, {:?}",
                case.title, case.link, case.first, report.kind
            );
        }
    }
    assert_eq!(failed, 0, "of {} cases", cases.len());
}
