//! Which requests carry the access token, and when a refused one is worth a newer one. RFC 6749 §10.3: only to the
//! resource server it is for.

use crate::core::base::config::Config;
use crate::core::base::origin::Origin;

/// Whether a request to the absolute `url` may carry the token: its origin is one that the app named, compared whole.
#[must_use]
pub fn may_carry_token(config: &Config, url: &str) -> bool {
    Origin::of(url).is_some_and(|origin| config.allowed_origins.contains(&origin))
}

/// Whether a newer access token may be accepted where one was refused with this `WWW-Authenticate`: not where the scope
/// (RFC 6750 §3.1) or the user's authentication (RFC 9470 §3) is what is missing, which a refresh does not change.
#[must_use]
pub fn newer_token_may_help(challenges: &str) -> bool {
    let text = challenges.as_bytes();
    let (mut at, mut names_error) = (0, false);
    while let Some(&first) = text.get(at) {
        let quoted = first == b'"';
        let start = at + usize::from(quoted);
        at = start;
        while let Some(&byte) = text.get(at)
            && if quoted { byte != b'"' } else { is_token(byte) }
        {
            at += if quoted && byte == b'\\' { 2 } else { 1 };
        }
        let word = text.get(start..at).unwrap_or_default();
        if names_error && (word == b"insufficient_scope" || word == b"insufficient_user_authentication") {
            return false;
        }
        if quoted || !word.is_empty() {
            // RFC 9110 §11.2: names are case-insensitive, with optional whitespace around `=`.
            names_error = !quoted && word.eq_ignore_ascii_case(b"error");
        } else if first == b',' {
            names_error = false;
        }
        if quoted || word.is_empty() {
            at += 1;
        }
    }
    true
}

/// A character of a token (RFC 9110 §5.6.2) or of an error code.
fn is_token(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\t' | b',' | b'=' | b'"')
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::base::config::tests::options;

    #[test]
    fn a_missing_scope_or_authentication_asks_for_no_newer_token() {
        for no in [
            r#"Bearer error="insufficient_scope""#,
            r#"Bearer realm="a, b=\"c\"", error="insufficient_scope", scope="reports""#,
            r#"bearer ERROR = insufficient_user_authentication , acr_values="2""#,
            r#"DPoP algs="ES256", Bearer error="insufficient_user_authentication", max_age="5""#,
            r#"Basic realm="error=", Bearer error="insufficient_scope""#,
        ] {
            assert!(!newer_token_may_help(no), "{no}");
        }
        for yes in [
            "",
            "Bearer",
            r#"Bearer error="invalid_token""#,
            r#"Bearer error="invalid_token", error_description="not insufficient_scope""#,
            r#"Bearer realm="error=insufficient_scope""#,
            r#"Bearer realm="x\", error=\"insufficient_scope""#,
            r#"Bearer error_description="insufficient_scope""#,
            r#"Bearer error, insufficient_scope"#,
            r#"Bearer scope="insufficient_scope""#,
            r#"Bearer error="#,
            r#"Bearer error=""#,
            r#"Bearer error="\"#,
        ] {
            assert!(newer_token_may_help(yes), "{yes}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_challenge_panics(text in "(Bearer error=)?[\"\\\\=, a-z\u{e9}]{0,20}") {
            let _ = newer_token_may_help(&text);
        }
    }

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
