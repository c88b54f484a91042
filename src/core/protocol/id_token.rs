//! The ID token's checks: OpenID Connect Core §3.1.3.7, and §12.2 for a refreshed one.

use super::jws::{Jws, refuse, unlike};
use super::metadata::list;
use crate::core::base::clock::{Millis, WallTime};
use crate::core::base::encoding::{base64url, sha256};
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::{Engine, Member};
use crate::core::base::secret::{AccessToken, IdToken, Nonce};
use crate::core::base::text::{concat, decimal};

/// What the checks look at.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// The user: at most 255 ASCII characters, Core §2.
    pub sub: String,
    /// For whom.
    pub aud: Vec<String>,
    /// The authorized party, where there is one.
    pub azp: Option<String>,
    /// Seconds since 1970; may be fractional.
    pub exp: f64,
    /// Seconds since 1970.
    pub iat: f64,
    /// When the user signed in, in seconds since 1970.
    pub auth_time: Option<f64>,
    /// The sign-in's nonce.
    pub nonce: Option<String>,
    /// The access token's hash, Core §3.1.3.6.
    pub at_hash: Option<String>,
}

/// Claims that speak of the token and of the authentication, not of the user: what an app gets as `user` is without them.
/// Core §2, §3.1.3.6, §3.3.2.11; RFC 7519 §4.1; Front-Channel Logout 1.0 §3; Financial-grade API 1.0 part 2 §5.1.
pub const PROTOCOL_CLAIMS: [&str; 15] = [
    "iss",
    "aud",
    "azp",
    "exp",
    "nbf",
    "iat",
    "jti",
    "nonce",
    "auth_time",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
];

/// The check of a refreshed ID token that failed, so that its session ends: [`ErrorCode::SessionMismatch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check(u8);

const CHECKS: [&str; 17] = [
    "another",
    "iss",
    "sub",
    "aud",
    "azp",
    "nonce",
    "at_hash",
    "signature",
    "alg",
    "kid",
    "crit",
    "exp",
    "auth_time",
    "payload",
    "header",
    "parts",
    "size",
];

impl Check {
    /// The one called so; `another` where only another version of this SDK knows it.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(CHECKS.iter().position(|known| *known == name).unwrap_or_default() as u8)
    }

    /// As details and records name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        CHECKS.get(usize::from(self.0)).copied().unwrap_or_default()
    }
}

/// Which sign-in the token must belong to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Purpose {
    /// A code's answer: time, nonce and `max_age` count.
    SignIn {
        /// As sent.
        nonce: Nonce,
        /// In seconds, where asked for.
        max_age: Option<i64>,
    },
    /// A refresh token's answer: it must continue the sign-in. Time is not compared with the device's clock: the user is
    /// signed in already, and a clock that jumps must not end that.
    Refresh {
        /// The sign-in's own token, whatever refreshes brought since: they may leave out what it says.
        sign_in: IdToken,
    },
}

/// What the token must say.
pub struct Expected<'a> {
    /// Compared as a string.
    pub issuer: &'a str,
    /// Must be in `aud`.
    pub client_id: &'a str,
    /// May be in `aud` too, where `azp` is this client.
    pub additional_audiences: &'a [String],
    /// The access token of the same answer, for `at_hash`.
    pub access_token: &'a AccessToken,
    /// Now, in milliseconds since 1970.
    pub now: WallTime,
    /// Tolerated clock difference, in milliseconds.
    pub skew: Millis,
}

impl Claims {
    /// Reads a token's claims without judging them.
    pub fn read(engine: Engine, jws: &Jws) -> Result<Self, Error> {
        let object = jws.claims(engine).ok_or_else(|| refuse("payload"))?;
        // The first odd claim is kept for the end, so that there is one way out.
        let mut odd: Option<(&str, &str, &str)> = None;
        let mut text = |name, required: bool| match object.member(name) {
            Member::Text(text) => Some(text),
            Member::Missing if !required => None,
            other => {
                odd.get_or_insert((name, "a string", other.kind()));
                None
            }
        };
        let (iss, sub) = (text("iss", true), text("sub", true));
        let (azp, nonce, at_hash) = (text("azp", false), text("nonce", false), text("at_hash", false));
        let mut time = |name, required: bool| match object.member(name) {
            Member::Number(seconds) if seconds.abs() < 1e12 => Some(seconds),
            Member::Missing if !required => None,
            other => {
                odd.get_or_insert((name, "a number of seconds since 1970", other.kind()));
                None
            }
        };
        let (exp, iat, auth_time) = (time("exp", true), time("iat", true), time("auth_time", false));
        let sub = sub.unwrap_or_default();
        if sub.is_empty() || sub.len() > 255 || !sub.is_ascii() {
            odd.get_or_insert(("sub", "1 to 255 ASCII characters", "another string"));
        }
        let aud = match object.member("aud") {
            Member::Text(one) => vec![one],
            Member::Texts(many) => many,
            other => {
                odd.get_or_insert(("aud", "a string or an array of strings", other.kind()));
                Vec::new()
            }
        };
        let (iss, exp, iat) = (iss.unwrap_or_default(), exp.unwrap_or_default(), iat.unwrap_or_default());
        let claims = Self { iss, sub, aud, azp, exp, iat, auth_time, nonce, at_hash };
        odd.map_or(Ok(claims), |(name, expected, received)| Err(unlike(name, expected, received)))
    }
}

/// Checks `token` for `purpose`; everything but the signature, which the platform's keys decide (see
/// [`super::jwks`]) or TLS does (Core §3.1.3.7 item 6). Answers with the parts, for that.
pub fn check(engine: Engine, token: &IdToken, expected: &Expected, purpose: &Purpose) -> Result<Jws, Error> {
    let jws = Jws::read(engine, token.expose())?;
    let claims = Claims::read(engine, &jws)?;
    let client_id = expected.client_id;
    if claims.iss != expected.issuer {
        return Err(unlike("iss", expected.issuer, &claims.iss).with("option", "issuer"));
    }
    // Item 3: this client must be among the audiences, and every other one must be trusted.
    let (mut own, mut further, mut strange) = (false, false, false);
    for audience in &claims.aud {
        let is_own = audience == client_id;
        own |= is_own;
        further |= !is_own;
        strange |= !is_own && !expected.additional_audiences.contains(audience);
    }
    if !own || strange {
        let option = if own { "additionalAudiences" } else { "clientId" };
        return Err(unlike("aud", client_id, &list(&claims.aud)).with("option", option));
    }
    // Items 4 and 5.
    if claims.azp.as_deref().map_or(further, |azp| azp != client_id) {
        return Err(unlike("azp", client_id, claims.azp.as_deref().unwrap_or("nothing")));
    }
    // Only SHA-256 is available synchronously; at_hash is optional, Core §3.1.3.8.
    if jws.alg.hash == "SHA-256"
        && claims
            .at_hash
            .as_deref()
            .is_some_and(|hash| hash != base64url(&sha256(expected.access_token.expose())[..16]))
    {
        return Err(unlike("at_hash", "the access token's", "another"));
    }
    match purpose {
        Purpose::SignIn { nonce, max_age } => {
            if claims.nonce.as_deref() != Some(nonce.expose()) {
                return Err(another_nonce(&claims));
            }
            check_time(&claims, expected, *max_age)?;
        }
        Purpose::Refresh { sign_in } => check_continues(engine, &claims, sign_in)?,
    }
    Ok(jws)
}

fn another_nonce(claims: &Claims) -> Error {
    unlike("nonce", "the sign-in's", if claims.nonce.is_some() { "another" } else { "nothing" })
}

/// The nonce proved that the token is of this very sign-in, so `iat` tells how far the device's clock is off.
fn check_time(claims: &Claims, expected: &Expected, max_age: Option<i64>) -> Result<(), Error> {
    let now = expected.now.0 as f64 / 1000.0;
    let skew = expected.skew.0 as f64 / 1000.0;
    let offset = now - claims.iat;
    if offset.abs() > skew {
        return Err(Error::new(ErrorCode::ClockSkew).with("offsetSeconds", decimal(offset as i64)));
    }
    if now >= claims.exp + skew || claims.exp <= claims.iat {
        return Err(late("exp", now.max(claims.iat), Some(claims.exp)));
    }
    if let Some(max_age) = max_age {
        let since = now - max_age as f64 - skew;
        if claims.auth_time.is_none_or(|auth_time| auth_time < since) {
            return Err(late("auth_time", since, claims.auth_time));
        }
    }
    Ok(())
}

/// A time that should be later, in seconds since 1970.
fn late(check: &str, expected: f64, received: Option<f64>) -> Error {
    let received = received.map_or("nothing".to_owned(), |received| decimal(received as i64));
    unlike(check, &concat(&["later than ", &decimal(expected as i64)]), &received)
}

/// Two machines of one platform may differ by this, in seconds.
const DRIFT: f64 = 10.0;

/// Core §12.2: the sign-in's sub and aud, its nonce or none, and an iat of its own. The iss is checked above. Platforms
/// move `auth_time` when the user signs in elsewhere: it ends nothing here, and `max_age` is a sign-in's alone.
fn check_continues(engine: Engine, claims: &Claims, sign_in: &IdToken) -> Result<(), Error> {
    let jws = Jws::read(engine, sign_in.expose())?;
    let before = Claims::read(engine, &jws)?;
    if claims.sub != before.sub {
        return Err(unlike("sub", "the sign-in's", "another"));
    }
    if !within(&claims.aud, &before.aud) || !within(&before.aud, &claims.aud) {
        return Err(unlike("aud", &list(&before.aud), &list(&claims.aud)));
    }
    if claims.nonce.is_some() && claims.nonce != before.nonce {
        return Err(another_nonce(claims));
    }
    if claims.iat + DRIFT < before.iat {
        return Err(late(OUTDATED, before.iat, Some(claims.iat)));
    }
    Ok(())
}

/// The last check. It does not say whose token it is, so a refresh continues without that ID token.
pub(in crate::core) const OUTDATED: &str = "iat";

fn within(some: &[String], all: &[String]) -> bool {
    some.iter().all(|audience| all.contains(audience))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::native::engine;

    const NOW: i64 = 1_800_000_000_000;

    fn token(claims: &str) -> IdToken {
        IdToken::new(format!("{}.{}.c2ln", base64url(r#"{"alg":"RS256"}"#), base64url(claims)))
    }

    /// The good claims with some replaced, or removed where the value is empty.
    fn claims(changes: &[(&str, &str)]) -> String {
        let mut all = vec![
            ("iss", r#""https://t""#.to_owned()),
            ("sub", r#""u1""#.to_owned()),
            ("aud", r#""app""#.to_owned()),
            ("exp", "1800003600".to_owned()),
            ("iat", "1800000000".to_owned()),
            ("nonce", r#""n""#.to_owned()),
        ];
        for (name, value) in changes {
            all.retain(|(known, _)| known != name);
            if !value.is_empty() {
                all.push((name, value.to_string()));
            }
        }
        format!("{{{}}}", all.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect::<Vec<_>>().join(","))
    }

    fn checked(changes: &[(&str, &str)], purpose: &Purpose) -> Result<(), Error> {
        let access_token = AccessToken::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        let expected = Expected {
            issuer: "https://t",
            client_id: "app",
            additional_audiences: &["api".to_owned()],
            access_token: &access_token,
            now: WallTime(NOW),
            skew: Millis(60_000),
        };
        check(engine, &token(&claims(changes)), &expected, purpose).map(drop)
    }

    fn sign_in(changes: &[(&str, &str)]) -> Result<(), Error> {
        checked(changes, &Purpose::SignIn { nonce: Nonce::new("n"), max_age: None })
    }

    fn refused(changes: &[(&str, &str)]) -> String {
        let error = sign_in(changes).expect_err("must be refused");
        assert_eq!(error.code, ErrorCode::IdTokenInvalid);
        error.detail("check").unwrap().to_owned()
    }

    #[test]
    fn good_tokens_pass() {
        for changes in [
            &[][..],
            &[("aud", r#"["app"]"#)],
            &[("azp", r#""app""#)],
            &[("at_hash", r#""77QmUPtjPfzWtF2AnpK9RQ""#)],
            &[("iat", "1800000000.5")],
            &[("__proto__", r#"{"polluted":true}"#)],
            &[("aud", r#"["api","app"]"#), ("azp", r#""app""#)],
            &[("aud", r#"["app","app"]"#)],
            &[("azp", "null"), ("at_hash", "null"), ("auth_time", "null")],
        ] {
            assert_eq!(sign_in(changes), Ok(()), "{changes:?}");
        }
    }

    // Checklist §2 rows 13 and 21: oidc-client-ts #2475, NGINX CVE-2024-10318. Core §3.1.3.7 items 2 to 11.
    #[test]
    fn every_claim_is_checked() {
        for (name, value) in [
            ("iss", r#""https://t/""#),
            ("iss", r#""https://T""#),
            ("iss", ""),
            ("iss", "1"),
            ("aud", r#""other""#),
            ("aud", r#"["app","other"]"#),
            ("aud", r#""api""#),
            ("aud", "[]"),
            ("aud", ""),
            ("aud", r#"["app",1]"#),
            ("aud", r#""App""#),
            ("azp", r#""other""#),
            ("azp", "1"),
            ("sub", ""),
            ("sub", r#""""#),
            ("sub", "7"),
            ("sub", r#""é""#),
            ("exp", ""),
            ("exp", r#""1800003600""#),
            ("exp", "1e400"),
            ("exp", "1799999940"),
            ("exp", "null"),
            ("sub", "null"),
            ("nonce", "null"),
            ("iat", ""),
            ("iat", "true"),
            ("nonce", ""),
            ("nonce", r#""N""#),
            ("nonce", "1"),
            ("at_hash", r#""x""#),
            ("at_hash", "1"),
            ("auth_time", r#""x""#),
        ] {
            assert_eq!(refused(&[(name, value)]), name, "{value}");
        }
        assert_eq!(refused(&[("sub", &format!("\"{}\"", "x".repeat(256)))]), "sub");
        assert_eq!(refused(&[("aud", r#"["app","api"]"#)]), "azp");
        assert_eq!(refused(&[("aud", r#"["app","api"]"#), ("azp", r#""api""#)]), "azp");
        assert_eq!(refused(&[("aud", r#"["app","other"]"#), ("azp", r#""app""#)]), "aud");
    }

    // okta-auth-js #251: clock skew cannot be told from other faults.
    #[test]
    fn a_clock_that_is_off_is_told_with_its_offset() {
        for (iat, offset) in [("1799999939", "61"), ("1800000061", "-61"), ("1799996400", "3600")] {
            let error = sign_in(&[("iat", iat), ("exp", "1800009999")]).unwrap_err();
            assert_eq!((error.code, error.detail("offsetSeconds")), (ErrorCode::ClockSkew, Some(offset)));
        }
        assert_eq!(sign_in(&[("iat", "1799999940")]), Ok(()));
        assert_eq!(sign_in(&[("iat", "1800000060")]), Ok(()));
        // Another sign-in's token says nothing about the clock.
        assert_eq!(refused(&[("iat", "1"), ("nonce", r#""old""#)]), "nonce");
    }

    #[test]
    fn max_age_requires_a_recent_auth_time() {
        let asked = Purpose::SignIn { nonce: Nonce::new("n"), max_age: Some(100) };
        let check = |auth_time| {
            checked(&[("auth_time", auth_time)], &asked).map_err(|e| e.detail("check").unwrap().to_owned())
        };
        assert_eq!(check("1799999900"), Ok(()));
        assert_eq!(check("1799999840"), Ok(()));
        assert_eq!(check("1799999839"), Err("auth_time".into()));
        assert_eq!(check(""), Err("auth_time".into()));
    }

    #[test]
    fn a_refusal_says_what_was_expected_and_what_came_but_no_nonce_and_no_sub() {
        for (name, value, told) in [
            ("iss", r#""https://t/""#, ["https://t", "https://t/", "issuer"]),
            ("iss", "", ["a string", "nothing", ""]),
            ("aud", r#"["other","x"]"#, ["app", "other x", "clientId"]),
            ("aud", r#"["app","x"]"#, ["app", "app x", "additionalAudiences"]),
            ("azp", r#""other""#, ["app", "other", ""]),
            ("nonce", r#""other""#, ["the sign-in's", "another", ""]),
            ("nonce", "", ["the sign-in's", "nothing", ""]),
            ("exp", "1799999000", ["later than 1800000000", "1799999000", ""]),
            ("iat", "[]", ["a number of seconds since 1970", "an array of strings", ""]),
        ] {
            let error = sign_in(&[(name, value)]).unwrap_err();
            let detail = |name| error.detail(name).unwrap_or_default();
            assert_eq!([detail("expected"), detail("received"), detail("option")], told, "{name}: {value}");
        }
    }

    // keycloak #26651, angular-auth-oidc-client #1618: the nonce rule misapplied to refreshed ID tokens.
    #[test]
    fn a_refreshed_token_continues_the_sign_in() {
        let purpose = Purpose::Refresh { sign_in: token(&claims(&[("auth_time", "1799999000")])) };
        let check = |changes: &[(&str, &str)]| {
            checked(changes, &purpose).map_err(|e| e.detail("check").unwrap().to_owned())
        };
        assert_eq!(check(&[("iat", "1800001000"), ("auth_time", "1799999000")]), Ok(()));
        assert_eq!(check(&[("nonce", "")]), Ok(()));
        assert_eq!(check(&[("nonce", "null")]), Ok(()));
        assert_eq!(check(&[("iat", "1799999990")]), Ok(()), "another machine of the platform");
        assert_eq!(
            check(&[("iat", "1900000000"), ("exp", "1900000001")]),
            Ok(()),
            "a clock that jumped ends nothing"
        );
        assert_eq!(check(&[("auth_time", "1799999001")]), Ok(()), "the user signed in on another device");
        assert_eq!(check(&[("aud", r#"["app"]"#)]), Ok(()));
        for (name, value) in [
            ("nonce", r#""other""#),
            ("sub", r#""u2""#),
            ("iss", r#""https://evil.example""#),
            ("aud", r#""other""#),
            ("iat", "1799999989"),
        ] {
            assert_eq!(check(&[(name, value)]), Err(name.into()));
        }
        assert_eq!(check(&[("aud", r#"["app","api"]"#), ("azp", r#""app""#)]), Err("aud".into()));
    }

    #[test]
    fn audiences_of_a_refreshed_token_are_a_set() {
        let both = r#"["app","api"]"#;
        let sign_in = token(&claims(&[("aud", both), ("azp", r#""app""#)]));
        let check = |aud| {
            checked(&[("aud", aud), ("azp", r#""app""#)], &Purpose::Refresh { sign_in: sign_in.clone() })
        };
        assert_eq!((check(both), check(r#"["api","app","api"]"#)), (Ok(()), Ok(())));
        assert_eq!(check(r#""app""#).unwrap_err().detail("check"), Some("aud"));
    }
}
