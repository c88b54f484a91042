//! The token endpoint's requests and answers: RFC 6749 §4.1.3, §5 and §6, OpenID Connect Core §3.1.3.

use crate::core::base::clock::Millis;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::form::Form;
use crate::core::base::json::{Engine, Member, Object, parse};
use crate::core::base::secret::{AccessToken, AuthorizationCode, IdToken, RefreshToken, Verifier};
use crate::core::base::text::{decimal, number, sanitize};

/// Larger answers are refused while they stream, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// What is assumed where the platform names no usable lifetime.
pub const ASSUMED_LIFETIME: Millis = Millis::seconds(5 * 60);

/// Longer lifetimes are taken as this, in milliseconds: ten years.
const MAX_LIFETIME: f64 = 315_360_000_000.0;

/// The form of the code's one exchange: exactly the contract's fields. Consumes code and verifier.
///
/// ```
/// use intelliauth_spa_sdk::core::{base::secret::{AuthorizationCode, Verifier}, protocol::token::exchange_form};
/// let body = exchange_form("app", AuthorizationCode::new("abc"), "https://app.example/cb", Verifier::new("v"));
/// assert_eq!(body, "grant_type=authorization_code&client_id=app&code=abc&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=v");
/// ```
#[must_use]
pub fn exchange_form(
    client_id: &str,
    code: AuthorizationCode,
    redirect_uri: &str,
    verifier: Verifier,
) -> String {
    Form::new()
        .pair("grant_type", "authorization_code")
        .pair("client_id", client_id)
        .pair("code", code.expose())
        .pair("redirect_uri", redirect_uri)
        .pair("code_verifier", verifier.expose())
        .text()
}

/// The form of a refresh, RFC 6749 §6. No scope: what was granted stays granted.
#[must_use]
pub fn refresh_form(client_id: &str, refresh_token: &RefreshToken) -> String {
    Form::new()
        .pair("grant_type", "refresh_token")
        .pair("client_id", client_id)
        .pair("refresh_token", refresh_token.expose())
        .text()
}

/// The form of a revocation, RFC 7009 §2.1.
#[must_use]
pub fn revoke_form(client_id: &str, refresh_token: &RefreshToken) -> String {
    Form::new()
        .pair("token", refresh_token.expose())
        .pair("token_type_hint", "refresh_token")
        .pair("client_id", client_id)
        .text()
}

/// Tokens as the platform gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Opaque, never parsed.
    pub access: AccessToken,
    /// Absent from a refresh's answer: the one before stays good.
    pub refresh: Option<RefreshToken>,
    /// Always in a sign-in's answer, Core §3.1.3.3.
    pub id_token: Option<IdToken>,
    /// Absent: as asked, RFC 6749 §5.1.
    pub scope: Option<String>,
    /// [`ASSUMED_LIFETIME`] where the platform names none.
    pub lifetime: Millis,
}

/// The outcome of a token request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenOutcome {
    /// Tokens that may be used.
    Tokens(Box<Tokens>),
    /// The platform's own refusal: final. `grant` where it refused the code or refresh token itself.
    Refused {
        /// What to tell.
        error: Error,
        /// `invalid_grant`.
        grant: bool,
    },
    /// Tokens came, and their ID token fails a check: none of them may be used.
    Unusable {
        /// What failed, in its details `check`, `expected` and `received`.
        error: Error,
        /// The new refresh token, to be revoked.
        refresh: Option<RefreshToken>,
    },
    /// Nothing was sent: what it needs could not be had.
    NotSent {
        /// What to tell.
        error: Error,
    },
    /// No usable answer: whether the platform acted is not known.
    Indeterminate {
        /// What to tell.
        error: Error,
    },
}

/// The error of a status that says: the same request may succeed later.
pub(in crate::core) fn status_error(status: u16) -> Option<Error> {
    match status {
        429 => Some(Error::new(ErrorCode::RateLimited)),
        408 | 500.. => Some(unavailable(status)),
        _ => None,
    }
}

fn unavailable(status: u16) -> Error {
    Error::new(ErrorCode::PlatformUnavailable).with("status", decimal(status.into()))
}

/// Judges an answer that was read whole. `body` is `None` where it was too large or no text.
pub fn process_token_response(
    engine: Engine,
    status: u16,
    body: Option<&str>,
    retry_after: Millis,
) -> TokenOutcome {
    let object = body.and_then(|text| parse(engine, text));
    let indeterminate = |error: Error| TokenOutcome::Indeterminate { error: error.after(retry_after) };
    if let Some(error) = status_error(status) {
        return indeterminate(error);
    }
    let good = matches!(status, 200..=299);
    let Some(object) = object else {
        return indeterminate(unusable(if good {
            "it is no JSON object within the size limit"
        } else {
            "its status is an error and its body is no OAuth error"
        }));
    };
    let problem = if good {
        match read(object.as_ref()) {
            Ok(tokens) => return TokenOutcome::Tokens(Box::new(tokens)),
            Err(problem) => problem,
        }
    } else {
        "its status is an error and its body names none"
    };
    // Some platforms answer an error with status 200.
    match object.member("error") {
        Member::Text(error) if !good || !error.is_empty() => match error.as_str() {
            "temporarily_unavailable" | "server_error" | "slow_down" => indeterminate(unavailable(status)),
            name => {
                let code = match name {
                    "invalid_grant" => ErrorCode::CodeRefused,
                    "invalid_client" | "unauthorized_client" => ErrorCode::ClientRefused,
                    _ => ErrorCode::TokenRequestRefused,
                };
                let description = object.member("error_description").text().unwrap_or_default();
                let told = Error::new(code)
                    .with("error", sanitize(name))
                    .with("description", sanitize(&description));
                TokenOutcome::Refused { error: told, grant: name == "invalid_grant" }
            }
        },
        _ => indeterminate(unusable(problem)),
    }
}

fn unusable(problem: &str) -> Error {
    Error::new(ErrorCode::TokenResponseInvalid).with("problem", problem)
}

/// Reads the members of RFC 6749 §5.1; unknown ones are ignored.
fn read(object: &dyn Object) -> Result<Tokens, &'static str> {
    // RFC 6749 appendix A.12 and A.17: visible ASCII, so it is also safe in a header.
    let token = |name: &str| match object.member(name) {
        Member::Missing => Ok(None),
        Member::Text(token) if token.is_empty() => Ok(None),
        Member::Text(token) if token.bytes().all(|b| (0x21..=0x7e).contains(&b)) => Ok(Some(token)),
        _ => Err(()),
    };
    let Ok(Some(access)) = token("access_token") else { return Err("access_token is missing or no token") };
    match object.member("token_type") {
        Member::Text(kind) if kind.eq_ignore_ascii_case("Bearer") => {}
        _ => return Err("token_type is not Bearer"),
    }
    let scope = match object.member("scope") {
        Member::Missing => None,
        Member::Text(scope) => Some(scope),
        _ => return Err("scope is no text"),
    };
    Ok(Tokens {
        access: AccessToken::new(access),
        refresh: token("refresh_token").map_err(|()| "refresh_token is no token")?.map(RefreshToken::new),
        id_token: token("id_token").map_err(|()| "id_token is no token")?.map(IdToken::new),
        scope,
        lifetime: lifetime(object.member("expires_in")),
    })
}

/// `expires_in`. Platforms send it as a string, as 0, or not at all: none of these may cause one refresh after another.
fn lifetime(expires_in: Member) -> Millis {
    let seconds = match expires_in {
        Member::Number(seconds) => seconds,
        // The standard library's parser of `f64` would be a sixth of the SDK.
        Member::Text(text) => number(text.trim_ascii()).unwrap_or(0) as f64,
        _ => 0.0,
    };
    let milliseconds = seconds * 1000.0;
    if milliseconds >= 1.0 { Millis(milliseconds.min(MAX_LIFETIME) as i64) } else { ASSUMED_LIFETIME }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::native::engine;
    use proptest::prelude::*;

    fn answer(status: u16, body: &str) -> TokenOutcome {
        process_token_response(engine, status, Some(body), Millis(0))
    }

    fn with(member: &str) -> TokenOutcome {
        answer(200, &format!(r#"{{"access_token":"at","token_type":"Bearer",{member}}}"#))
    }

    #[test]
    fn the_contracts_answer() {
        let body = r#"{"access_token":"at","id_token":"it","refresh_token":"rt","token_type":"Bearer","expires_in":3600,"scope":"openid profile email"}"#;
        let TokenOutcome::Tokens(tokens) = answer(200, body) else { panic!() };
        assert_eq!((tokens.access.expose(), tokens.lifetime), ("at", Millis(3_600_000)));
        assert_eq!(tokens.refresh.unwrap().expose(), "rt");
        assert_eq!(tokens.id_token.unwrap().expose(), "it");
        assert_eq!(tokens.scope.as_deref(), Some("openid profile email"));
    }

    // keycloak-js #107, authkit-nextjs #273: timers that overflow, or refresh without a pause.
    #[test]
    fn odd_lifetimes_neither_overflow_nor_refresh_without_a_pause() {
        for (expires_in, lifetime) in [
            ("1.5", Millis(1500)),
            ("\"3600\"", Millis(3_600_000)),
            ("0", ASSUMED_LIFETIME),
            ("-5", ASSUMED_LIFETIME),
            ("null", ASSUMED_LIFETIME),
            ("\"soon\"", ASSUMED_LIFETIME),
            ("\"NaN\"", ASSUMED_LIFETIME),
            ("[]", ASSUMED_LIFETIME),
            ("1e400", ASSUMED_LIFETIME),
            ("1e300", Millis(MAX_LIFETIME as i64)),
            ("\"inf\"", ASSUMED_LIFETIME),
            ("0.0001", ASSUMED_LIFETIME),
            ("31536000", Millis(31_536_000_000)),
        ] {
            let TokenOutcome::Tokens(tokens) = with(&format!("\"expires_in\":{expires_in}")) else {
                panic!()
            };
            assert_eq!(tokens.lifetime, lifetime, "{expires_in}");
        }
    }

    #[test]
    fn unusable_answers_are_indeterminate_and_named() {
        for body in [
            "",
            "[]",
            "<html>",
            "null",
            "{}",
            r#"{"access_token":"at"}"#,
            r#"{"token_type":"Bearer"}"#,
            r#"{"access_token":"","token_type":"Bearer"}"#,
            r#"{"access_token":7,"token_type":"Bearer"}"#,
            r#"{"access_token":"a b","token_type":"Bearer"}"#,
            r#"{"access_token":"a\nb","token_type":"Bearer"}"#,
            r#"{"access_token":"at","token_type":"DPoP"}"#,
            r#"{"access_token":"at","token_type":"mac"}"#,
            r#"{"access_token":"at","token_type":"Bearer","refresh_token":7}"#,
            r#"{"access_token":"at","token_type":"Bearer","id_token":{}}"#,
            r#"{"access_token":"at","token_type":"Bearer","scope":["openid"]}"#,
        ] {
            let TokenOutcome::Indeterminate { error, .. } = answer(200, body) else { panic!("{body}") };
            assert_eq!(error.code, ErrorCode::TokenResponseInvalid, "{body}");
        }
        assert!(matches!(
            process_token_response(engine, 200, None, Millis(0)),
            TokenOutcome::Indeterminate { .. }
        ));
        assert!(matches!(with(r#""error":"x""#), TokenOutcome::Tokens(_)), "usable tokens are tokens");
        let TokenOutcome::Tokens(tokens) =
            answer(200, r#"{"access_token":"at","token_type":"bEARER","__proto__":{"polluted":1}}"#)
        else {
            panic!()
        };
        assert_eq!((tokens.refresh, tokens.scope), (None, None));
        for nothing in ["null", "\"\""] {
            let TokenOutcome::Tokens(tokens) =
                with(&format!("\"refresh_token\":{nothing},\"id_token\":{nothing},\"scope\":null"))
            else {
                panic!("{nothing}")
            };
            assert_eq!((tokens.refresh, tokens.id_token, tokens.scope), (None, None, None), "{nothing}");
        }
    }

    #[test]
    fn only_the_platforms_own_refusal_is_final() {
        for (status, body, code, grant) in [
            (400, r#"{"error":"invalid_grant","error_description":"x"}"#, ErrorCode::CodeRefused, true),
            (401, r#"{"error":"invalid_client"}"#, ErrorCode::ClientRefused, false),
            (400, r#"{"error":"unauthorized_client"}"#, ErrorCode::ClientRefused, false),
            (400, r#"{"error":"invalid_scope"}"#, ErrorCode::TokenRequestRefused, false),
            (403, r#"{"error":"home_made"}"#, ErrorCode::TokenRequestRefused, false),
            (200, r#"{"error":"invalid_grant"}"#, ErrorCode::CodeRefused, true),
            (200, r#"{"error":"home_made","access_token":null}"#, ErrorCode::TokenRequestRefused, false),
        ] {
            let TokenOutcome::Refused { error, grant: refused } = answer(status, body) else {
                panic!("{body}")
            };
            assert_eq!((error.code, refused), (code, grant), "{body}");
        }
        for (status, body, code) in [
            (500, r#"{"error":"invalid_grant"}"#, ErrorCode::PlatformUnavailable),
            (503, "<html>", ErrorCode::PlatformUnavailable),
            (408, "", ErrorCode::PlatformUnavailable),
            (429, r#"{"error":"invalid_grant"}"#, ErrorCode::RateLimited),
            (400, r#"{"error":"temporarily_unavailable"}"#, ErrorCode::PlatformUnavailable),
            (200, r#"{"error":"server_error"}"#, ErrorCode::PlatformUnavailable),
            (200, r#"{"error":""}"#, ErrorCode::TokenResponseInvalid),
            (200, r#"{"error":null}"#, ErrorCode::TokenResponseInvalid),
            (400, r#"{"error":7}"#, ErrorCode::TokenResponseInvalid),
            (403, "<html>blocked</html>", ErrorCode::TokenResponseInvalid),
            (404, "{}", ErrorCode::TokenResponseInvalid),
        ] {
            let TokenOutcome::Indeterminate { error, .. } = answer(status, body) else {
                panic!("{status} {body}")
            };
            assert_eq!(error.code, code, "{status} {body}");
        }
    }

    #[test]
    fn forms_hold_the_contracts_fields_and_no_other() {
        let body = refresh_form("a b", &RefreshToken::new("r&t"));
        assert_eq!(body, "grant_type=refresh_token&client_id=a+b&refresh_token=r%26t");
        assert_eq!(
            revoke_form("a", &RefreshToken::new("r")),
            "token=r&token_type_hint=refresh_token&client_id=a"
        );
    }

    proptest! {
        #[test]
        fn no_body_panics_and_only_good_tokens_come_out(status: u16, body in "(\\{\"access_token\":\"[ -~]{0,9}\",\"token_type\":\"Bearer\"\\}|.*)") {
            if let TokenOutcome::Tokens(tokens) = answer(status, &body) {
                prop_assert!((200..300).contains(&status));
                prop_assert!(!tokens.access.expose().is_empty() && tokens.lifetime > Millis(0));
            }
        }
    }
}
