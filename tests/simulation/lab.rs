//! Worlds from a script, as the demo's page /lab plays them.

use simulation::script::{RULES, play_to_json, seeds_to_json};

/// The scripts of the page, each with the digest of its course; the browser's test compares its own with these.
const COURSES: &str = include_str!("courses.txt");

fn digest(json: &str) -> &str {
    json.split("\"digest\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap()
}

#[test]
fn a_script_is_always_the_same_course() {
    let (mut courses, mut written) = (0, String::new());
    for course in COURSES.split("\n\n").filter(|course| !course.trim().is_empty()) {
        let (script, _) = course.trim().rsplit_once('\n').unwrap();
        let json = play_to_json(script);
        written += &format!("{script}\n{}\n\n", digest(&json));
        courses += 1;
    }
    if std::env::var("GENERATE").is_ok() {
        std::fs::write("tests/simulation/courses.txt", written.trim_end().to_owned() + "\n").unwrap();
    } else {
        assert_eq!(written.trim(), COURSES.trim(), "GENERATE=1 writes them anew");
    }
    assert!(courses >= 5);
}

/// One seed for each rule, found by running a thousand on the page. Where one means something else since the simulation
/// changed, take another.
const MISSED: [(&str, u64); 6] =
    [("lock", 41), ("hold", 9), ("reread", 110), ("query", 169), ("channel", 41), ("tombstone", 17)];

#[test]
fn a_rule_that_is_switched_off_is_missed() {
    assert_eq!(MISSED.map(|(rule, _)| rule), RULES.map(|(rule, _)| rule));
    for (rule, seed) in MISSED {
        let whole = seeds_to_json(seed, 1, "");
        assert!(whole.ends_with("\"broken\":[]}"), "{whole}");
        let without = seeds_to_json(seed, 1, rule);
        assert!(without.contains(&format!("\"broken\":[{{\"seed\":{seed}")), "{rule}: {without}");
        let played = play_to_json(&format!("seed {seed}\nwithout {rule}"));
        assert!(played.contains("\"kind\":\"broken\""), "seed {seed} without {rule}");
    }
}

#[test]
fn what_is_no_script_is_not_played() {
    for text in ["seed x", "calm local", "without nothing", "at 5", "calm local 0", "nonsense"] {
        assert_eq!(play_to_json(text), "null", "{text}");
    }
    // A command that cannot be carried out says so.
    assert!(play_to_json("calm local 60\ndo freeze 3\ndo nonsense").contains("\"done\":false"));
}
