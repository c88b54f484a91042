#![no_main]
use intelliauth_spa_sdk::core::base::clock::{Millis, WallTime};
use intelliauth_spa_sdk::core::base::encoding::base64url;
use intelliauth_spa_sdk::core::base::secret::{AccessToken, IdToken, Nonce};
use intelliauth_spa_sdk::core::protocol::id_token::{Expected, Purpose, check};
use intelliauth_spa_sdk::core::protocol::jws::Jws;
use intelliauth_spa_sdk::native::engine;
use libfuzzer_sys::fuzz_target;

// Whatever stands in an ID token, raw or well wrapped: no panic, and what passes names this issuer, client and nonce.
fuzz_target!(|input: (&str, &str, bool)| {
    let (header, claims, wrapped) = input;
    let text = if wrapped {
        format!("{}.{}.c2ln", base64url(header), base64url(claims))
    } else {
        format!("{header}.{claims}")
    };
    let access = AccessToken::new("at");
    let expected = Expected {
        issuer: "https://t",
        client_id: "app",
        additional_audiences: &[],
        access_token: &access,
        now: WallTime(1_800_000_000_000),
        skew: Millis(60_000),
    };
    let purpose = Purpose::SignIn { nonce: Nonce::new("n"), max_age: None };
    let _ = Jws::read(engine, &text);
    if let Ok(jws) = check(engine, &IdToken::new(text), &expected, &purpose) {
        for needed in ["https://t", "app"] {
            assert!(jws.payload.replace("\\/", "/").contains(needed) || jws.payload.contains("\\u"));
        }
    }
});
