#![no_main]
use intelliauth_spa_sdk::core::protocol::authorization_response::{AuthorizationResult, cleaned, read};
use libfuzzer_sys::fuzz_target;

// Whatever an address is: no panic, and once cleaned it holds no answer, and cleaning it again changes nothing.
fuzz_target!(|url: &str| {
    let _ = read(url);
    let clean = cleaned(url);
    let again = read(&clean);
    assert!(again.states.is_empty());
    assert!(!matches!(again.answer, Ok(AuthorizationResult::Code(_))));
    assert_eq!(cleaned(&clean), clean);
});
