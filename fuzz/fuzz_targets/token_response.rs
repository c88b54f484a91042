#![no_main]
use libfuzzer_sys::fuzz_target;
use intelliauth_spa_sdk::core::token::{Outcome, judge};
use intelliauth_spa_sdk::native::engine;

// Whatever the token endpoint answers: no panic, tokens only from a 2xx, fit for a header, with a life that no timer
// overflows on; and only the platform's own words are final.
fuzz_target!(|input: (u16, &str)| {
    let (status, body) = input;
    match judge(engine, status, Some(body), None) {
        Outcome::Tokens(tokens) => {
            assert!((200..300).contains(&status));
            assert!(!tokens.access.expose().is_empty());
            assert!(tokens.access.expose().bytes().all(|b| b.is_ascii_graphic()));
            assert!(tokens.lifetime > 0 && tokens.lifetime <= 315_360_000_000);
        }
        Outcome::Refused { .. } => assert!(status < 500 && status != 408 && status != 429),
        Outcome::Unclear { .. } => {}
        Outcome::Mismatch { .. } | Outcome::Unsent { .. } => unreachable!("judged where more than the answer is known"),
    }
});
