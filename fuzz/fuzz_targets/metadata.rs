#![no_main]
use intelliauth_spa_sdk::core::base::config::{Config, Options};
use intelliauth_spa_sdk::core::base::origin::Origin;
use intelliauth_spa_sdk::core::protocol::metadata::read;
use intelliauth_spa_sdk::native::engine;
use libfuzzer_sys::fuzz_target;

// Whatever the metadata says: no panic, and what passes stays on the issuer's origin.
fuzz_target!(|text: &str| {
    let config = Config::new(Options {
        tenant_url: "https://t.example".into(),
        client_id: "app".into(),
        redirect_uri: "https://app.example/cb".into(),
        discovery: true,
        ..Options::default()
    })
    .unwrap();
    if let Ok((metadata, _)) = read(engine, text, &config) {
        let endpoints = metadata.endpoints;
        for url in [
            endpoints.authorization,
            endpoints.token,
            endpoints.end_session,
            endpoints.revocation,
            endpoints.jwks,
        ]
        .into_iter()
        .flatten()
        {
            assert_eq!(Origin::of(&url), Origin::of("https://t.example"), "{url}");
        }
    }
});
