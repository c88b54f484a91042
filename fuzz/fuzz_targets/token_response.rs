#![no_main]
use intelliauth_spa_sdk::core::base::clock::Millis;
use intelliauth_spa_sdk::core::protocol::token::{TokenOutcome, process_token_response};
use intelliauth_spa_sdk::native::engine;
use libfuzzer_sys::fuzz_target;

// Whatever the token endpoint answers: no panic, tokens only from a 2xx, fit for a header, with a life that no timer
// overflows on; and only the platform's own words are final.
fuzz_target!(|input: (u16, &str)| {
    let (status, body) = input;
    match process_token_response(engine, status, Some(body), Millis(0)) {
        TokenOutcome::Tokens(tokens) => {
            assert!((200..300).contains(&status));
            assert!(!tokens.access.expose().is_empty());
            assert!(tokens.access.expose().bytes().all(|b| b.is_ascii_graphic()));
            assert!((1..=315_360_000_000).contains(&tokens.lifetime.0));
        }
        TokenOutcome::Refused { .. } => assert!(status < 500 && status != 408 && status != 429),
        TokenOutcome::Indeterminate { .. } => {}
        TokenOutcome::Unusable { .. } | TokenOutcome::NotSent { .. } => {
            unreachable!("judged where more than the answer is known")
        }
    }
});
