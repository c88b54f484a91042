//! Which requests carry the access token. RFC 6749 §10.3: only to the resource server it is for.

use super::config::Config;
use super::origin::Origin;

/// Whether a request to the absolute `url` may carry the token: its origin is one that the app named, compared whole.
pub fn may_carry_token(config: &Config, url: &str) -> bool {
    Origin::of(url).is_some_and(|origin| config.allowed_origins.contains(&origin))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::config::tests::options;
    use super::*;

    #[test]
    fn origins_match_whole_and_never_by_prefix() {
        let mut options = options();
        options.allowed_origins = vec!["https://api.example".into(), "http://localhost:4000".into()];
        let config = Config::new(options).unwrap();
        for yes in ["https://api.example", "https://api.example:443/x?y", "http://localhost:4000/api/me"] {
            assert!(may_carry_token(&config, yes), "{yes}");
        }
        for no in [
            "https://api.example.evil.example/",
            "https://api.example@evil.example/",
            "http://api.example/",
            "https://api.example:444/",
            "https://evil.example/?https://api.example",
            "http://localhost:40000/",
            "/x",
            "",
        ] {
            assert!(!may_carry_token(&config, no), "{no}");
        }
    }
}
