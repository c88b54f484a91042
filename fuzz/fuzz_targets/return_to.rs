#![no_main]
use intelliauth_spa_sdk::core::base::origin::Origin;
use intelliauth_spa_sdk::core::protocol::return_to::same_origin;
use libfuzzer_sys::fuzz_target;

// Whatever an app state asks for: a path of this origin, and the same when asked again.
fuzz_target!(|target: &str| {
    const HOME: &str = "https://app.example";
    let kept = same_origin(target, HOME);
    assert!(kept.starts_with('/') && !kept.starts_with("//"));
    assert!(!kept.contains('\\') && !kept.chars().any(char::is_control));
    assert_eq!(Origin::of(&format!("{HOME}{kept}")), Origin::of(HOME));
    assert_eq!(same_origin(kept, HOME), kept);
});
